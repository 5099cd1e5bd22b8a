"""Filters and places in a list, as a URL says them (TAXII 2.1, sections 3.4 and 3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from revenuer.api.problems import ProblemError
from revenuer.store.taxii_pages import Filter, Which

MOST_VALUES = 200
"""Values of one filter. placeholder"""
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,18}))?Z")
_MATCH = re.compile(r"match\[([a-z_]*)\]")
_ID = re.compile(r"[a-z][a-z0-9-]{0,249}--[0-9a-fA-F-]{36}")
_TYPE = re.compile(r"[a-z0-9-]{1,250}")
_SPEC = re.compile(r"\d{1,3}\.\d{1,3}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

OBJECTS = frozenset({"id", "type", "version", "spec_version"})
OBJECT = frozenset({"version", "spec_version"})
VERSIONS = frozenset({"spec_version"})
"""What each endpoint filters by."""


def time_us(text: str) -> int | None:
    """A time of STIX or TAXII in microseconds since the epoch; None if it is none.

    Examples:
        >>> time_us("1970-01-01T00:00:01.5Z"), time_us("1970-02-31T00:00:00Z")
        (1500000, None)
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (moment - EPOCH) // timedelta(microseconds=1) + int((found[2] or "").ljust(6, "0")[:6])


def read_filter(
    said: Iterable[tuple[str, str]],
    fields: frozenset[str],
    *,
    most: int,
    versions: tuple[Which, ...] = ("last",),
) -> Filter:
    """The filter that a URL says.

    Args:
        said: Its parameters, as often as they stand there.
        fields: By which fields this endpoint filters.
        most: Objects of a page at most, whatever is asked for.
        versions: Which versions are meant where it says none.

    Raises:
        ProblemError: 400; something in it has no meaning. What is not filtered by is refused
            too: leaving a filter out would hand out more than was asked for.
    """
    values: dict[str, str] = {}
    for name, value in said:
        if name not in {"added_after", "limit", "next"} and not name.startswith("match["):
            continue
        if name in values:
            raise _wrong(f"{name[:40]} is said twice")
        values[name] = value
    matches: dict[str, tuple[Any, ...]] = {}
    for name, value in values.items():
        if name.startswith("match["):
            found = _MATCH.fullmatch(name)
            if found is None or found[1] not in fields:
                raise _wrong(f"nothing is filtered here by {name[:40]}")
            matches[found[1]] = _listed(name, value, _READERS[found[1]])
    which = matches.get("version", versions)
    if len(set(which)) < len(which) or ("all" in which and len(which) > 1):
        raise _wrong("match[version] names a version twice, or others beside all")
    return Filter(
        after_us=max(_after(values), _place(values)),
        ids=matches.get("id", ()),
        types=matches.get("type", ()),
        versions=which,
        spec_versions=matches.get("spec_version", ()),
        most=_limit(values, most),
    )


def place_after(added_us: int) -> str:
    """What `next` is for the objects after one."""
    return f"{added_us:x}"


def _after(values: Mapping[str, str]) -> int:
    if (text := values.get("added_after")) is None:
        return 0
    if (found := time_us(text)) is None:
        raise _wrong("added_after is no time such as 2027-01-31T12:00:00.000000Z")
    return max(found, 0)


def _place(values: Mapping[str, str]) -> int:
    if (text := values.get("next")) is None:
        return 0
    if not re.fullmatch(r"[0-9a-f]{1,15}", text):
        raise _wrong("next is not what this server gave")
    return int(text, 16)


def _limit(values: Mapping[str, str], most: int) -> int:
    if (text := values.get("limit")) is None:
        return most
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise _wrong("limit is no whole number above zero")
    return min(int(text), most)


def _listed(name: str, value: str, read: Callable[[str], Any]) -> tuple[Any, ...]:
    items = [item.strip() for item in value.split(",")]
    if len(items) > MOST_VALUES:
        raise _wrong(f"{name} has more than {MOST_VALUES} values")
    found = tuple(read(item) for item in items)
    if None in found:
        raise _wrong(f"{name} has a value that it cannot have")
    return found


def _version(text: str) -> Which | None:
    words: dict[str, Which] = {"all": "all", "first": "first", "last": "last"}
    return words.get(text) or time_us(text)


def _fitting(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda text: text if pattern.fullmatch(text) else None


_READERS: dict[str, Callable[[str], Any]] = {
    "id": _fitting(_ID),
    "type": _fitting(_TYPE),
    "version": _version,
    "spec_version": _fitting(_SPEC),
}


def _wrong(text: str) -> ProblemError:
    return ProblemError(400, f"The URL cannot be understood: {text}.")
