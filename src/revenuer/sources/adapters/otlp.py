"""OTLP JSON: spans with their attributes as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from revenuer.sources.adapters.adapter import Record, items, mapping, text, whole


@dataclass(frozen=True, slots=True)
class Span:
    """One span.

    Attributes:
        raw: As it came.
        attributes: Its own attributes over those of its resource.
        events: Name and attributes of each event.
    """

    raw: Record
    attributes: dict[str, object]
    events: list[tuple[str, dict[str, object]]]


def spans_of(record: Record) -> Iterator[Span]:
    """The spans of an export request, of one `resourceSpans` entry, or of a lone span."""
    for resource in items(record.get("resourceSpans")) or [record]:
        common = attributes_of(mapping(resource.get("resource")).get("attributes"))
        scopes = items(resource.get("scopeSpans")) or items(
            resource.get("instrumentationLibrarySpans")
        )
        for raw in [span for scope in scopes for span in items(scope.get("spans"))] or (
            [] if "resourceSpans" in record or "scopeSpans" in record else [resource]
        ):
            events = [
                (str(event.get("name")), attributes_of(event.get("attributes")))
                for event in items(raw.get("events"))
            ]
            yield Span(raw, {**common, **attributes_of(raw.get("attributes"))}, events)


def attributes_of(value: object) -> dict[str, object]:
    """Attributes by name, from OTLP's list of keys and typed values or from an object."""
    if isinstance(value, Mapping):
        return {str(name): part for name, part in value.items()}
    return {str(pair.get("key")): plain(mapping(pair.get("value"))) for pair in items(value)}


def plain(value: Record) -> object:
    """The plain value in OTLP's typed one.

    Examples:
        >>> plain({"arrayValue": {"values": [{"intValue": "7"}, {"stringValue": "stop"}]}})
        [7, 'stop']
    """
    if "intValue" in value:
        return whole(value["intValue"])
    if "arrayValue" in value:
        return [plain(part) for part in items(mapping(value["arrayValue"]).get("values"))]
    if "kvlistValue" in value:
        return attributes_of(mapping(value["kvlistValue"]).get("values"))
    for kind in ("stringValue", "doubleValue", "boolValue", "bytesValue"):
        if kind in value:
            return value[kind]
    return None


def unpacked(value: object) -> object:
    """A structured attribute, which older exporters write as JSON text."""
    words = text(value)
    if words is None or words[0] not in "[{":
        return value
    try:
        return json.loads(words)
    except ValueError:
        return value
