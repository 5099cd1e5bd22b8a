"""The page of one detector, made from its card and its cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from revenuer.detector import Card


@dataclass(frozen=True, slots=True)
class Case:
    """One case beside a detector: what it is about, and whether it must fire."""

    name: str
    fires: bool


def cases_of(detector_id: str) -> tuple[Case, ...]:
    """Read the cases in a detector's folder; none for a third party's detector."""
    folder = files("revenuer.detectors").joinpath(detector_id.replace("-", "_"))
    file = folder.joinpath("cases.jsonl")
    if not file.is_file():
        return ()
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return tuple(Case(_named(row), bool(row["fires"])) for row in rows)


def _named(row: dict[str, object]) -> str:
    for key in ("name", "note", "prompt"):
        if text := row.get(key):
            return " ".join(str(text).split())
    return "unnamed"


def page(card: Card, cases: Sequence[Case]) -> str:
    """Write the page in Markdown.

    Args:
        card: The detector's card.
        cases: Its cases, in the order of the file.

    Returns:
        What `docs/detectors/` holds and `revenuer detectors show` prints.
    """
    parts = [
        f"# {card.title}",
        f"`{card.id}`, version {card.version}, {card.maturity.value}. "
        f"Speaks to **{card.axis.value}**. ATLAS: {', '.join(card.atlas) or 'none'}.",
        _section("Needs", [f"`{column}`" for column in card.needs]),
        _section("Cannot see", card.blind_spots),
        _section("Innocent causes", card.innocent_causes),
        f"## Runbook\n\n{card.runbook}",
        f"## Source\n\n{card.source}",
        _section("Must fire", [case.name for case in cases if case.fires]),
        _section("Must stay quiet", [case.name for case in cases if not case.fires]),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, items: Sequence[str]) -> str:
    listed = "\n".join(f"- {item}" for item in items) if items else "None."
    return f"## {title}\n\n{listed}"
