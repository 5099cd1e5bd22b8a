"""`provenance null`: how often the committed test accuses models that are known to be innocent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from revenuer.app.provenance.judging import Inputs, judge
from revenuer.app.provenance.registering import Registry, find
from revenuer.errors import ConfigError
from revenuer.provenance.report import Measured, Registered
from revenuer.stats.exact_rate import Rate

MEASURED = "provenance-null"


@dataclass(frozen=True, slots=True)
class Null:
    """What was measured.

    Attributes:
        measured: The rate and its interval, at the plan's alpha.
        least: The corrected p-value of each innocent's strongest account, in the order given.
    """

    measured: Measured
    least: tuple[float, ...]


def run_null(registry: Registry, id_: str, innocents: Sequence[Inputs], *, now: datetime) -> Null:
    """Run the committed test on models that learned nothing from what it marks.

    They are tested as a suspect is, with the same key, the same drawn keys and the same correction,
    at the plan's alpha, which no look exceeds. Nothing is counted as a look.

    Args:
        registry: Where.
        id_: Of the commitment, or its name.
        innocents: The files of each: students of other teachers, say.
        now: When.

    Raises:
        ConfigError: None is given, or one twice, which would count for two.
    """
    one, kept = find(registry, id_)
    digests = [tuple(sorted(each.digests().items())) for each in innocents]
    if not digests or len(set(digests)) != len(digests):
        raise ConfigError(
            "The innocents are none, or one is there twice.", "Give the answers of each once."
        )
    found = [judge(one, kept, each).results for each in innocents]
    least = tuple(results[0].adjusted for results in found)
    accused = sum(value <= one.plan.alpha for value in least)
    rate = Rate.of(accused, len(least))
    body = {
        "commitment": one.id,
        "alpha": one.plan.alpha,
        "innocents": len(least),
        "accused": accused,
        "files": [dict(each) for each in digests],
    }
    entry = registry.record(MEASURED, body, now)
    return Null(Measured(rate, one.plan.alpha, entry.at, entry.number), least)


def measured_of(registry: Registry, one: Registered) -> Measured | None:
    """What was measured of a commitment last; None if nothing was."""
    for entry in reversed(registry.audit.entries()):
        if entry.kind == MEASURED and entry.body.get("commitment") == one.id:
            rate = Rate.of(entry.body["accused"], entry.body["innocents"])
            return Measured(rate, entry.body["alpha"], entry.at, entry.number)
    return None
