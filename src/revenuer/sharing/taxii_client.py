"""Our side of TAXII 2.1: find a collection, and push objects into it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from revenuer.errors import NotFoundError, PeerError
from revenuer.sharing.http_client import Answer, HttpClient, RefusedByPeerError, printable

MEDIA = "application/taxii+json;version=2.1"
ACCEPT = {"accept": MEDIA}
BATCH_OBJECTS = 2000
"""Objects of one post. placeholder"""
BATCH_BYTES = 4_000_000
"""Bytes of one post, where the server does not want less. placeholder"""
STATUS_S = 120.0
"""How long a server may take to work through a post. placeholder"""


@dataclass(frozen=True, slots=True)
class Found:
    """A collection on a server.

    Attributes:
        id: Its id.
        title: For people.
        url: With a slash at the end.
        root: URL of its API root.
        can_read: Whether we may read it.
        can_write: Whether we may add to it.
        most_bytes: Bytes of one post, at most.
    """

    id: str
    title: str
    url: str
    root: str
    can_read: bool
    can_write: bool
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of objects that we pushed.

    Attributes:
        sent: How many.
        taken: How many the server has now.
        refused: Id and reason of the others.
    """

    sent: int
    taken: int
    refused: tuple[tuple[str, str], ...] = ()


def collections(client: HttpClient, url: str) -> list[Found]:
    """The collections that we may use, under all API roots of a server, or one.

    Args:
        client: Calls the server.
        url: Of its discovery endpoint, or of an API root.

    Raises:
        PeerError: There is no TAXII 2.1 server.
    """
    base = url if url.endswith("/") else f"{url}/"
    first = resource(client.get(base, ACCEPT), client)
    if "api_roots" not in first:
        return _of_root(client, base, first)
    roots = _texts(first.get("api_roots"), client)
    found: list[Found] = []
    for root in roots:
        place = client.within(base, root if root.endswith("/") else f"{root}/")
        found += _of_root(client, place, resource(client.get(place, ACCEPT), client))
    return found


def collection_named(client: HttpClient, url: str, name: str) -> Found:
    """The collection of an id, an alias or a title.

    Raises:
        NotFoundError: There is none, or there are several.
    """
    every = collections(client, url)
    found = [one for one in every if name in {one.id, one.title}] or _by_alias(client, every, name)
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{one.id} ({one.title})" for one in every[:10]) or "none"
    what = "no collection" if not found else f"{len(found)} collections"
    raise NotFoundError(f"{client.origin} has {what} {name!r}.", f"Those for us: {known}.")


def push(client: HttpClient, into: Found, objects: Sequence[Mapping[str, Any]]) -> Pushed:
    """Add objects to a collection, in batches, and wait until the server worked through them.

    An object that is there already counts as taken, so that a push that broke off can be run
    again.

    Raises:
        PeerError: The server refused a batch; what was sent before it is there.
    """
    most = min(BATCH_BYTES, into.most_bytes)
    waiting = list(_batches([msgspec.json.encode(one) for one in objects], most))
    taken, refused = 0, []
    while waiting:
        batch = waiting.pop(0)
        body = b'{"objects":[' + b",".join(batch) + b"]}"
        try:
            told = client.post(f"{into.url}objects/", {**ACCEPT, "content-type": MEDIA}, body)
        except RefusedByPeerError as problem:
            if problem.status != 413 or len(batch) == 1:
                raise
            half = len(batch) // 2
            waiting[:0] = [batch[:half], batch[half:]]
            continue
        status = _finished(client, into, resource(told, client))
        failures = _lines(status.get("failures", []), client)
        refused += failures
        taken += len(batch) - max(len(failures), _count(status, "failure_count", client))
    return Pushed(len(objects), taken, tuple(refused))


def _of_root(client: HttpClient, root: str, told: Mapping[str, Any]) -> list[Found]:
    if MEDIA not in [one.replace(" ", "") for one in _texts(told.get("versions"), client)]:
        raise PeerError(
            f"{printable(root, 200)} is no API root of TAXII 2.1.", "Name a discovery endpoint."
        )
    most = _count(told, "max_content_length", client)
    listed = resource(client.get(f"{root}collections/", ACCEPT), client).get("collections", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise unlike(client, "its collections are no list of collections")
    return [_collection(client, root, one, most) for one in listed]


def _collection(client: HttpClient, root: str, told: Mapping[str, Any], most: int) -> Found:
    id_, title = told.get("id"), told.get("title")
    rights = told.get("can_read"), told.get("can_write")
    if not isinstance(id_, str) or not isinstance(title, str):
        raise unlike(client, "a collection has no id or no title")
    if not all(isinstance(one, bool) for one in rights):
        raise unlike(client, "a collection does not say who may use it")
    url = client.within(root, f"collections/{quote(id_, safe='')}/")
    return Found(
        printable(id_, 100), printable(title, 200), url, root, rights[0] is True,
        rights[1] is True, most,
    )  # fmt: skip


def _by_alias(client: HttpClient, every: Sequence[Found], name: str) -> list[Found]:
    """Collections whose alias this is; a server shows them under it."""
    found = []
    for root in dict.fromkeys(one.root for one in every):
        try:
            url = client.within(root, f"collections/{quote(name, safe='')}/")
            id_ = resource(client.get(url, ACCEPT), client).get("id")
        except RefusedByPeerError:
            continue
        found += [one for one in every if one.id == id_ and one.root == root]
    return found


def _finished(client: HttpClient, into: Found, status: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status of a post once nothing of it is pending."""
    ends, wait = time.monotonic() + STATUS_S, 0.2
    while status.get("status") != "complete":
        id_ = status.get("id")
        if status.get("status") != "pending" or not isinstance(id_, str):
            raise unlike(client, "its status is neither pending nor complete")
        if time.monotonic() > ends:
            raise PeerError(
                f"{client.origin} has not worked through what we pushed in {STATUS_S:g} s.",
                "Push it again later; what is there already is not added twice.",
            )
        client.wait(wait)
        wait = min(wait * 2, 5.0)
        url = client.within(into.root, f"status/{quote(id_, safe='')}/")
        status = resource(client.get(url, ACCEPT), client)
    return status


def _batches(bodies: Sequence[bytes], most_bytes: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for body in bodies:
        if batch and (len(batch) == BATCH_OBJECTS or size + len(body) + 1 > most_bytes - 16):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += len(body) + 1
    if batch:
        yield batch


def resource(found: Answer, client: HttpClient) -> dict[str, Any]:
    """What a TAXII server answered.

    Raises:
        PeerError: It is no TAXII server.
    """
    kind = found.headers.get("content-type", "").replace(" ", "").lower()
    if not kind.startswith("application/taxii+json") or not isinstance(found.value, dict):
        raise PeerError(
            f"{client.origin} does not answer as a TAXII server.",
            "Name the URL of its discovery endpoint, such as https://HOST/taxii2/.",
        )
    return found.value


def _texts(value: object, client: HttpClient) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise unlike(client, "what should be a list of texts is none")
    return value


def _lines(value: object, client: HttpClient) -> list[tuple[str, str]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise unlike(client, "its failures are no list")
    return [
        (printable(str(one.get("id", "")), 300), printable(str(one.get("message", "")), 300))
        for one in value
    ]


def _count(told: Mapping[str, Any], name: str, client: HttpClient) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise unlike(client, f"{name} is no whole number")
    return value


def unlike(client: HttpClient, text: str) -> PeerError:
    """The error that an answer is not as it should be."""
    return PeerError(f"What {client.origin} sent cannot be used: {text}.")
