"""What leaves of a campaign, as text: every value, every object, every field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from revenuer.app.sharing.export import Preview
from revenuer.reports.wording import counted, visible
from revenuer.sharing.profile import EXTENSION_ID

CLOCKWORK = frozenset({"type", "spec_version", "id", "created_by_ref", "object_marking_refs"})
"""Fields of every object that are told once, with its name or at the end."""


def plain_preview(shown: Preview) -> dict[str, Any]:
    """The same for programs."""
    return {
        "campaign": shown.campaign.id,
        "cluster": shown.cluster,
        "sha256": shown.sha256,
        "leaving": shown.found.leaving,
        "held_back": shown.found.held,
        "bundle": shown.bundle,
    }


def print_preview(shown: Preview, console: Console) -> None:
    """Print exactly what leaves, and what is held back and why."""
    for line in _lines(shown):
        console.print(Text(visible(line)), soft_wrap=True)


def _lines(shown: Preview) -> Iterator[str]:
    yield f"{shown.campaign.id}  {shown.campaign.verdict.value}; others will know it as"
    yield f"{shown.cluster}"
    yield ""
    yield f"Values that leave: {len(shown.found.leaving)}"
    for one in shown.found.leaving:
        crowd = f"{counted(one.members, 'member')}, {counted(one.outsiders, 'account')} outside"
        key = f" under key {one.key_id}" if one.key_id else ""
        yield f"  {one.tier.value:<6} {one.kind:<20} {one.value}{key}  ({crowd})"
    yield ""
    yield "Held back:"
    for held in shown.found.held:
        yield f"  {held.tier.value:<7} {held.kind:<20} {counted(held.values, 'value')}: {held.why}"
    yield "  never   account ids, prompts, answers, documents: no field for them exists"
    yield ""
    objects = shown.bundle["objects"]
    yield f"Objects that leave, field by field: {len(objects)}"
    for one in objects:
        yield f"  {one['id']}"
        yield from _fields(one)
    yield ""
    yield f"The file has {len(shown.text.encode()):,} bytes; SHA-256 {shown.sha256}"


def _fields(one: dict[str, Any]) -> Iterator[str]:
    for name, value in one.items():
        if name in CLOCKWORK:
            continue
        if name == "extensions" and EXTENSION_ID in value:
            for inner, told in value[EXTENSION_ID].items():
                yield f"    {inner}: {told}"
        elif name == "schema":
            yield f"    schema: the profile's JSON Schema, {len(value):,} characters"
        else:
            yield f"    {name}: {value}"
