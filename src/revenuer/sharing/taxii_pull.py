"""Our side of TAXII 2.1: pull what was added to a collection, and remember how far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from revenuer.errors import PeerError
from revenuer.sharing.http_client import Answer, HttpClient, RefusedByPeerError
from revenuer.sharing.taxii_client import ACCEPT, Found, resource, unlike

MOST_PAGES = 100_000
"""Pages of one pull: a server that never ends is not believed. placeholder"""
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
_PLACE = re.compile(r"[\x21-\x7e]{1,1024}")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a collection was pulled.

    Attributes:
        added_after: What was added until then is here; empty for nothing.
        next: The server's word for the next page, while a pull is under way; empty for none.
        until: When the last object of the page before was added; empty if unknown.
    """

    added_after: str = ""
    next: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class PulledPage:
    """Some objects, and the place after them."""

    objects: tuple[dict[str, Any], ...]
    after: Place
    more: bool = field(default=False)


def pull(client: HttpClient, source: Found, place: Place, *, most: int = 0) -> Iterator[PulledPage]:
    """The objects of a collection that were added after a place, the oldest first.

    Args:
        client: Calls the server.
        source: The collection.
        place: Where to go on.
        most: Objects of a page; 0 for as many as the server likes.

    Raises:
        PeerError: What comes cannot be used; the pages before it can.
    """
    before: PulledPage | None = None
    for _ in range(MOST_PAGES):
        try:
            found = client.get(f"{source.url}objects/", ACCEPT, _asking(place, most))
        except RefusedByPeerError as problem:
            if not place.next or problem.status not in {400, 404}:
                raise
            # The server forgot the place in its list: begin again after what is surely here.
            place = resumed(place)
            continue
        page = _page(client, found, place)
        yield page
        if not page.more:
            return
        # Some servers count pages on their side, under one word for the next of them all.
        if page == before or (page.after == place and not page.objects):
            raise PeerError(f"{client.origin} gives the same page again and again.")
        before, place = page, page.after
    raise PeerError(f"{client.origin} does not end after {MOST_PAGES} pages.")


def _page(client: HttpClient, found: Answer, place: Place) -> PulledPage:
    value = resource(found, client)
    objects = value.get("objects", [])
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise unlike(client, "its objects are no list of objects")
    last = found.headers.get("x-taxii-date-added-last", "")
    if last and not _TIME.fullmatch(last):
        raise unlike(client, "X-TAXII-Date-Added-Last is no time")
    more, after = value.get("more", False), value.get("next", "")
    if not isinstance(more, bool) or not isinstance(after, str | int):
        raise unlike(client, "more or next is of another type")
    last = max(last, place.until, key=_moment)
    if not more:
        return PulledPage(tuple(objects), Place(last or place.added_after))
    if after == "" and _moment(last) <= _moment(place.added_after):
        raise unlike(client, "more follows, but it does not say where")
    if after == "":
        return PulledPage(tuple(objects), Place(last, until=last), True)
    if not _PLACE.fullmatch(str(after)):
        raise unlike(client, "next cannot stand in a URL")
    return PulledPage(tuple(objects), Place(place.added_after, str(after), last), True)


def _asking(place: Place, most: int) -> dict[str, str]:
    asked = {"added_after": place.added_after, "next": place.next, "limit": str(most or "")}
    return {name: value for name, value in asked.items() if value}


def resumed(place: Place) -> Place:
    """Where a pull that broke off at a place goes on.

    Some servers forget a page once they handed it out, so that their word for the next one cannot
    be trusted again. What was added when the last object that is here was comes twice.

    Examples:
        >>> resumed(Place("", "7", "2026-11-01T00:00:01Z")).added_after
        '2026-11-01T00:00:00.999999Z'
        >>> resumed(Place("2026-11-01T00:00:01Z")).added_after
        '2026-11-01T00:00:01Z'
    """
    if not place.until:
        return Place(place.added_after)
    seconds, fraction = _moment(place.until)
    moment = datetime.fromisoformat(f"{seconds}.{fraction[:6]}")
    before = moment - timedelta(microseconds=1)
    return Place(f"{before.isoformat(timespec='microseconds')}Z")


def _moment(text: str) -> tuple[str, str]:
    """What orders times, however many digits their seconds have."""
    found = _TIME.fullmatch(text)
    return (found[1], (found[2] or "").ljust(9, "0")) if found else ("", "")
