"""Sampling within bounds: temperature, top-p and the number of choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.wire import Wire

CARD = Card(
    id="sampling-limited",
    title="sampling within bounds",
    acts_on=ActsOn.PARAMETERS,
    changes_for_customers=(
        "A temperature, top-p or number of choices outside the policy's bounds is brought to the "
        "nearest bound: who asks for eight drafts gets fewer, and who asks for wilder or steadier "
        "text than the bounds allow does not get it. What lies within is as without it."
    ),
    cost="None; fewer choices cost less.",
    known_breaks=(
        "More requests instead of more choices.",
        "One answer a prompt teaches as well for most purposes; several help students that learn "
        "a distribution or reject samples.",
    ),
    source="Practice of several providers, which offer reasoning models at one temperature",
    lossless=False,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be asked for; what a request is silent about is left to the server."""

    temperature_at_least: float = 0.0
    temperature_at_most: float = 1.0
    top_p_at_least: float = 0.0
    top_p_at_most: float = 1.0
    choices_at_most: int = 1


def amend(body: dict[str, Any], wire: Wire, *, bounds: Bounds) -> dict[str, Any]:
    """A request that asks for nothing outside the bounds.

    Examples:
        >>> amend({"temperature": 1.8, "n": 8, "top_p": 0.9}, Wire.CHAT, bounds=Bounds())
        {'temperature': 1.0, 'n': 1, 'top_p': 0.9}
    """
    changed = dict(body)
    limits: dict[str, tuple[float, float]] = {
        "temperature": (bounds.temperature_at_least, bounds.temperature_at_most),
        "top_p": (bounds.top_p_at_least, bounds.top_p_at_most),
    }
    if wire in (Wire.CHAT, Wire.COMPLETIONS):
        # Servers refuse fewer than one choice themselves.
        limits |= dict.fromkeys(("n", "best_of"), (float("-inf"), bounds.choices_at_most))
    for name, (least, most) in limits.items():
        asked = _number(changed.get(name))
        if asked is not None and not least <= asked <= most:
            changed[name] = most if asked > most else least
    return body if changed == body else changed


def _number(asked: Any) -> float | None:
    """A number, also where it is written as text, which some servers take."""
    if isinstance(asked, bool):
        return None
    try:
        return float(asked)
    except (TypeError, ValueError):
        return None
