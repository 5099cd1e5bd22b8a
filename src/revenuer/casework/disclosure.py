"""What whoever appeals may be shown of the evidence: a list of what may, not of what may not.

Shown is what kind of thing speaks against them, in plain words. Not shown is what names or counts
other customers, and what would tell the next campaign which sign to avoid: statements with their
numbers, thresholds, and the signs of hiding one by one. What nobody put on the list is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

ONE_HOLDER = "Accounts of the group were opened or paid for with details that point to one holder."
ONE_PLACE = "Accounts of the group were opened or used from the same places of the network."
ONE_SETUP = "Accounts of the group were used with software and wordings that are set up alike."
ONE_TIME = "Accounts of the group were opened or used at times that fit each other beyond chance."
ONE_WORK = "Work that one account of the group began was continued by another."
REASONING = (
    "Many of the requests ask for the model's reasoning in a form that serves as training data."
)
DATA = (
    "Many of the requests ask for examples, tasks or gradings in a form that serves as training "
    "data."
)
AMOUNT = "Amount and rhythm of the use are those of a collection by machine."
HIDING = "Signs that one holder of the accounts was meant to look like many."

SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "identity": ONE_HOLDER,
        "network": ONE_PLACE,
        "software": ONE_SETUP,
        "timing": ONE_TIME,
        "state": ONE_WORK,
        "reasoning-elicitation": REASONING,
        "trace-cleaning": REASONING,
        "working-asked": REASONING,
        "example-generation": DATA,
        "task-generation": DATA,
        "rubric-grading": DATA,
        "sensitive-rewriting": DATA,
        "templated-prompts": DATA,
        "above-plan": AMOUNT,
        "long-answers": AMOUNT,
        "narrow-focus": AMOUNT,
        "no-ramp": AMOUNT,
        "output-mass": AMOUNT,
        "round-the-clock": AMOUNT,
        "even-load": HIDING,
        "split-owners": HIDING,
        "tied-owners": HIDING,
    }
)
"""What is said of each kind of evidence that may be shown."""

WITHHELD: Mapping[str, str] = MappingProxyType(
    {
        "peer-sighting": "it is what another operator told in confidence",
        "composite": "it is a sum, with nothing to say in words",
        "address-rotation": "it would tell how to avoid it",
        "client-mismatch": "it would tell how to avoid it",
        "often-refused": "it would tell how to avoid it",
        "rate-ceiling": "it would tell how to avoid it",
        "release-pivot": "it would tell how to avoid it",
        "stripped-metadata": "it would tell how to avoid it",
        "throwaway-identity": "it would tell how to avoid it",
    }
)
"""Kinds of evidence that somebody thought about and that are not shown, and why."""

SPEAKS = 0.5
"""Nats from which a piece of evidence is told of. placeholder"""
SHORTEST = 4
"""Letters of an id from which a text is searched for it: shorter ones are in any text."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What may be shown of evidence.

    Attributes:
        sentences: Each once, in the order of the evidence.
        withheld: Pieces of evidence that are not told of.
    """

    sentences: tuple[str, ...]
    withheld: int


def disclosed(evidence: Iterable[tuple[str, float]]) -> Disclosed:
    """What may be shown of pieces of evidence.

    Args:
        evidence: Kind and log e-value (nats) of each.

    Examples:
        >>> found = disclosed([("network", 4.0), ("peer-sighting", 2.0), ("network", 1.0)])
        >>> found.sentences == (ONE_PLACE,), found.withheld
        (True, 1)
    """
    speaking = [kind for kind, nats in evidence if nats >= SPEAKS]
    sentences = dict.fromkeys(SHOWN[kind] for kind in speaking if kind in SHOWN)
    return Disclosed(tuple(sentences), sum(kind not in SHOWN for kind in speaking))


def leaks(text: str, secrets: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """What a text that leaves would give away.

    Args:
        text: To be sent.
        secrets: Ids of others' accounts and exchanges, and statements of evidence.
        kinds: Kinds of evidence by their own names.

    Returns:
        Each thing that must not be in it and is.
    """
    plain = " ".join(text.split()).casefold()
    found = [
        one for one in secrets if len(one) >= SHORTEST and " ".join(one.split()).casefold() in plain
    ]
    # A word such as "network" may be in any letter; a detector's name with a dash may not.
    return found + [kind for kind in dict.fromkeys(kinds) if "-" in kind and kind in plain]
