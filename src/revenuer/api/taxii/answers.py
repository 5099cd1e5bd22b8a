"""Resources of TAXII 2.1 as they are written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from revenuer.api.problems import ProblemError, phrase
from revenuer.api.taxii.media import STIX_MEDIA, TAXII_MEDIA
from revenuer.api.taxii.query import place_after
from revenuer.app.access import shown_us
from revenuer.store.taxii_collections import Access, Collection
from revenuer.store.taxii_pages import Line, Page

SECURE = {
    # What is shared is for the one who asked: no cache between keeps it.
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


def answer(
    value: Mapping[str, Any] | bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A resource, under the one media type that there is."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Response(
        body, status, headers={**SECURE, "content-type": TAXII_MEDIA, **(headers or {})}
    )


def error(problem: ProblemError, error_id: str = "") -> Response:
    """An error resource (section 3.6.1)."""
    value = {
        "title": problem.title,
        "error_id": error_id or str(uuid.uuid4()),
        "error_code": phrase(problem.status).lower().replace(" ", "-"),
        "http_status": str(problem.status),
    }
    if problem.description:
        value["description"] = problem.description
    return answer(value, problem.status, problem.headers)


def collection_resource(one: Collection, given: Access) -> dict[str, Any]:
    """A collection resource (section 5.2.1), as a partner sees it."""
    found: dict[str, Any] = {"id": one.id, "title": one.title}
    if one.description:
        found["description"] = one.description
    if one.alias:
        found["alias"] = one.alias
    return {
        **found,
        "can_read": given.can_read,
        "can_write": given.can_write,
        "media_types": [STIX_MEDIA],
    }


def envelope(page: Page, after_us: int) -> Response:
    """The objects of a page (section 3.7); an empty envelope where there is none."""
    if not page.lines:
        return answer({}, headers=_dates(page, after_us))
    head = b'{"more":true,"next":"%s","objects":[' if page.more else b'{"more":false,"objects":['
    if page.more:
        head %= place_after(page.lines[-1].added_us).encode()
    return answer(head + b",".join(page.bodies) + b"]}", headers=_dates(page, after_us))


def manifest(page: Page, after_us: int) -> Response:
    """What is told of the objects of a page (section 5.3.1)."""
    return _listed(page, after_us, "objects", [_record(line) for line in page.lines])


def versions(page: Page, after_us: int) -> Response:
    """The versions of an object (section 5.8.1)."""
    return _listed(page, after_us, "versions", [line.version for line in page.lines])


def _listed(page: Page, after_us: int, name: str, items: list[Any]) -> Response:
    if not items:
        return answer({}, headers=_dates(page, after_us))
    more: dict[str, Any] = {"more": page.more}
    if page.more:
        more["next"] = place_after(page.lines[-1].added_us)
    return answer({**more, name: items}, headers=_dates(page, after_us))


def _record(line: Line) -> dict[str, str]:
    return {
        "id": line.id,
        "date_added": shown_us(line.added_us),
        "version": line.version,
        "media_type": STIX_MEDIA,
    }


def _dates(page: Page, after_us: int) -> dict[str, str]:
    """When the first and the last object of a page were added (section 3.2).

    Every answer must say so, also one without an object: then it is the time after which was
    asked, so that who goes on from there misses nothing.
    """
    first, last = (page.lines[place].added_us if page.lines else after_us for place in (0, -1))
    return {
        "x-taxii-date-added-first": shown_us(first),
        "x-taxii-date-added-last": shown_us(last),
    }
