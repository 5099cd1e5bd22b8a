"""The signals of a sign-up: what each means, what else it may mean, which check tells which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from revenuer.access.applications import Check


class Family(StrEnum):
    """Signals of one family have one cause; only the strongest of a family counts."""

    MAIL = "mail"
    PAYMENT = "payment"
    PHONE = "phone"
    DEVICE = "device"
    DOCUMENT = "document"
    NETWORK = "network"
    CROWD = "crowd"
    PROGRAMME = "programme"
    CHECKS = "checks"


class Sort(StrEnum):
    """What kind of statement a signal is."""

    TRAIT = "trait"
    """Something that honest people choose too; traits alone never hold anybody."""
    LINK = "link"
    """Something shared with other applicants."""
    INHERITED = "inherited"
    """Something shared with accounts of a convicted campaign."""
    OUTCOME = "outcome"
    """How a check came out."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A card of one signal.

    Attributes:
        code: Its id, never reused.
        family: What it shares its cause with.
        sort: What kind of statement it is.
        title: A few words.
        why: Why it says anything.
        blind_spots: Who shows nothing of it.
        innocent_causes: Who shows it honestly.
        applicant: What the applicant may be told: no threshold, nothing of other people.
        powers: Check to the share of the evidence that passing it takes away, because it tells
            the innocent cause from the other. placeholder
        rate: Share of honest applicants who show a trait, until the operator's own history
            says. placeholder
    """

    code: str
    family: Family
    sort: Sort
    title: str
    why: str
    blind_spots: tuple[str, ...]
    innocent_causes: tuple[str, ...]
    applicant: str
    powers: Mapping[Check, float] = field(default_factory=dict)
    rate: float = 1.0
