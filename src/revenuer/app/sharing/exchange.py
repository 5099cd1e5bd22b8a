"""Push a bundle to another operator's collection, and pull what theirs has.

| in the folder of a pull | holds |
|---|---|
| `place.json` | how far each collection was pulled |
| `pulled-TIME-NUMBER.json` | a page of it, as a STIX bundle |
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.state import ShareState
from revenuer.disk import put
from revenuer.errors import ConfigError, ConflictError, NotAllowedError
from revenuer.sharing.bounded import UnreadableError, read_json
from revenuer.sharing.http_client import HttpClient, Peer
from revenuer.sharing.taxii_client import Pushed, collection_named, push
from revenuer.sharing.taxii_pull import Place, pull, resumed
from revenuer.sharing.tlp import Tlp, label_of

PLACES = "place.json"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought.

    Attributes:
        objects: How many.
        files: The bundles that hold them.
        added_after: When the newest of them was added, as the server says it.
    """

    objects: int
    files: tuple[Path, ...]
    added_after: str


def push_file(
    state: ShareState | Recorder,
    file: Path,
    peer: Peer,
    collection: str,
    *,
    up_to: Tlp = Tlp.AMBER_STRICT,
    digest: str = "",
    about: Mapping[str, Any] = MappingProxyType({}),
    client: Callable[[Peer], HttpClient] = HttpClient,
) -> Pushed:
    """Push the objects of a bundle.

    The audit log says what is about to leave before any of it does.

    Args:
        state: Whose audit log it is.
        file: A STIX bundle.
        peer: The server; its discovery endpoint or an API root.
        collection: Id, alias or title.
        up_to: The strictest label that may leave.
        digest: What the file must be, SHA-256; empty for whatever it is.
        about: What else the log says of it, such as who asked.
        client: What calls the server.

    Raises:
        ConfigError: The file is no bundle.
        ConflictError: It is not the one of the digest.
        NotAllowedError: Something in it is marked more strictly.
        NotFoundError: There is no such collection.
        PeerError: The server refused.
    """
    raw = file.read_bytes()
    if digest and sha256(raw).hexdigest() != digest:
        raise ConflictError(f"{file.name} is not what left.", "Put it back, or export it again.")
    objects = _bundled(file, raw)
    _refuse_stricter(objects, up_to)
    with client(peer) as calls:
        into = collection_named(calls, peer.url, collection)
        if not into.can_write:
            raise NotAllowedError(
                f"Nothing may be added to {into.title} by us.", "Ask the server's operator."
            )
        body = {
            **about,
            "server": calls.origin,
            "collection": into.id,
            "title": into.title,
            "objects": len(objects),
            "sha256": sha256(raw).hexdigest(),
        }
        state.record([("pushing", body)], datetime.now(UTC))
        done = push(calls, into, objects)
    said = {**body, "taken": done.taken, "refused": len(done.refused)}
    state.record([("pushed", said)], datetime.now(UTC))
    return done


def pull_collection(
    state: ShareState,
    peer: Peer,
    collection: str,
    out: Path,
    *,
    most: int = 0,
    client: Callable[[Peer], HttpClient] = HttpClient,
) -> Pulled:
    """Pull what was added to a collection since the last time.

    Each page is on the disk before the place after it is: a pull that broke off goes on where it
    was, and may bring a page twice.

    Args:
        state: Whose audit log it is.
        peer: The server; its discovery endpoint or an API root.
        collection: Id, alias or title.
        out: Folder of the pages and of the place.
        most: Objects of a page; 0 for as many as the server likes.
        client: What calls the server.

    Raises:
        NotAllowedError: It may not be read by us.
        NotFoundError: There is no such collection.
        PeerError: What comes cannot be used; the pages before it are there.
    """
    out.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    count = 0
    with client(peer) as calls:
        source = collection_named(calls, peer.url, collection)
        if not source.can_read:
            raise NotAllowedError(
                f"{source.title} may not be read by us.", "Ask the server's operator."
            )
        key = source.url
        place = resumed(_places(out).get(key, Place()))
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        try:
            for page in pull(calls, source, place, most=most):
                if page.objects:
                    name = out / f"pulled-{stamp}-{len(files):05}.json"
                    put(name, _bundle(page.objects))
                    files.append(name)
                    count += len(page.objects)
                place = page.after
                _keep_place(out, key, place)
        finally:
            if count:
                body = {"server": calls.origin, "collection": source.id, "objects": count}
                state.record([("pulled", body)], datetime.now(UTC))
    return Pulled(count, tuple(files), place.added_after)


def _bundled(file: Path, raw: bytes) -> list[dict[str, Any]]:
    hint = "`revenuer share export` writes one."
    try:
        value = read_json(raw)
    except UnreadableError as problem:
        raise ConfigError(f"{file} {problem}.", hint) from None
    objects = value.get("objects") if isinstance(value, dict) else None
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise ConfigError(f"{file} is no STIX bundle.", hint)
    if not objects:
        raise ConfigError(f"{file} has no objects.", hint)
    return objects


def _refuse_stricter(objects: list[dict[str, Any]], up_to: Tlp) -> None:
    order = list(Tlp)
    for one in objects:
        refs = one.get("object_marking_refs", [])
        label = label_of(refs if isinstance(refs, list) else [])
        if label is not None and order.index(label) > order.index(up_to):
            raise NotAllowedError(
                f"{one.get('id')} is marked TLP:{label.value.upper()}, for {label.meaning}.",
                f"Only up to TLP:{up_to.value.upper()} leaves; say --up-to to change that.",
            )


def _bundle(objects: tuple[dict[str, Any], ...]) -> bytes:
    value = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}
    return msgspec.json.encode(value) + b"\n"


def _places(out: Path) -> dict[str, Place]:
    path = out / PLACES
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Place])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError as problem:
        raise ConfigError(
            f"{path} cannot be read.", "Remove it to pull everything again."
        ) from problem


def _keep_place(out: Path, key: str, place: Place) -> None:
    put(out / PLACES, msgspec.json.encode({**_places(out), key: place}) + b"\n")
