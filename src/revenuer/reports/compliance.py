"""Drafts that an operator completes: its policy, its assessment, its processing record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from revenuer.casework.inventory import CARDS
from revenuer.casework.retention import SINCE
from revenuer.detector import Card
from revenuer.guard.policy import Policy
from revenuer.reports.html import environment
from revenuer.settings import Settings

FILES = ("policy.md", "assessment.md", "processing-record.md")
TO_FILL_IN = "TO FILL IN"
"""Where only the operator knows."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the drafts are filled in from.

    Attributes:
        operator: What the operator calls itself.
        at: The day.
        settings: In force.
        policy: What is done about whom; None where none was named.
        detectors: The card of every detector.
    """

    operator: str
    at: str
    settings: Settings
    policy: Policy | None
    detectors: tuple[Card, ...]


def render_compliance(filled: Filled) -> dict[str, str]:
    """The drafts as Markdown, by the name of the file."""
    days = {kind: getattr(filled.settings.retention, f"{kind}_days") for kind in SINCE}
    made = environment().overlay(autoescape=False)
    return {
        name: made.get_template(f"compliance/{name}").render(
            operator=filled.operator,
            at=filled.at,
            settings=filled.settings,
            policy=filled.policy,
            detectors=filled.detectors,
            cards=CARDS,
            retention=days,
            since=SINCE,
            kept=_kept(days),
        )
        for name in FILES
    }


def _kept(days: Mapping[str, int]) -> dict[str, str]:
    """How long each table is kept, in words."""

    def told(kind: str) -> str:
        if not kind:
            return "as long as what it is about"
        since = SINCE[kind]
        return f"{days[kind]} days since {since}" if days[kind] else "without a limit"

    return {card.table: told(card.retention) for card in CARDS}
