"""What the guard counts, for whoever shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from revenuer.guard.ladder import ACTIONS


class Sample(NamedTuple):
    """One number to show.

    Attributes:
        name: As Prometheus spells it.
        kind: `counter` or `gauge`.
        help: What it counts, in one sentence.
        labels: Names and values.
        value: The number.
    """

    name: str
    kind: str
    help: str
    labels: tuple[tuple[str, str], ...]
    value: float


class Metrics:
    """Counts since the guard started; plain numbers that only grow, but for the gauges.

    Attributes:
        acted: Decisions by action, as they took effect; in the ladder's order.
        would: The same by what the action would be if the policy were enforced.
        refused: Requests that did not go on.
        would_refuse: Requests that would not have gone on.
        reasons: Decisions that were not plain, by reason.
        lookups: Fingerprints looked up.
        found: Those with a verdict that counts.
        expired: Those with one whose time was over.
        stale: Decisions under a snapshot too old to be trusted.
        exempted: Verdicts that an exemption answered.
        released: Verdicts that were lifted on appeal.
        passed: Challenges that had been passed.
        unreadable: Requests that could not be reduced, since their body could not be read.
        deadline_misses: Requests that passed since nothing was known in time.
        reasoning: What was wrong with replayed reasoning, by sign.
        buckets_forgotten: Callers that still owed something when their bucket was given up.
        clock_steps: Times that time went back by more than a second.
        swaps: Snapshots that came into force.
        faults: Snapshots that did not, by fault.
        snapshot_age_s: Age of the snapshot when it was last asked; -1 without one.
        snapshot_stale: 1 where it is too old to be trusted with more than throttling, else 0.
        snapshot_sequence: Its number; 0 without one.
        snapshot_verdicts: How many callers are in it.
    """

    __slots__ = (
        "acted",
        "buckets_forgotten",
        "callers",
        "clock_steps",
        "deadline_misses",
        "exempted",
        "expired",
        "faults",
        "found",
        "lookups",
        "passed",
        "reasoning",
        "reasons",
        "refused",
        "released",
        "snapshot_age_s",
        "snapshot_sequence",
        "snapshot_stale",
        "snapshot_verdicts",
        "stale",
        "swaps",
        "unreadable",
        "would",
        "would_refuse",
    )

    def __init__(self) -> None:
        self.acted = [0] * len(ACTIONS)
        self.would = [0] * len(ACTIONS)
        self.refused = self.would_refuse = 0
        self.reasons: Counter[str] = Counter()
        self.lookups = self.found = self.expired = self.stale = 0
        self.exempted = self.released = self.passed = 0
        self.unreadable = self.deadline_misses = 0
        self.reasoning: Counter[str] = Counter()
        self.buckets_forgotten = self.clock_steps = 0
        self.swaps = 0
        self.faults: Counter[str] = Counter()
        self.snapshot_age_s = -1.0
        self.snapshot_stale = self.callers = 0
        self.snapshot_sequence = self.snapshot_verdicts = 0

    def samples(self) -> Iterator[Sample]:
        """Every number, in the names of Prometheus; equal names follow each other."""
        for name, help_, counts in _BY_ACTION:
            for action, value in zip(ACTIONS, getattr(self, counts), strict=True):
                yield Sample(name, "counter", help_, (("action", action.word),), value)
        for name, help_, counts, label in _BY_LABEL:
            for key, value in sorted(getattr(self, counts).items()):
                yield Sample(name, "counter", help_, ((label, str(key)),), value)
        for attribute, help_ in _PLAIN.items():
            name = f"revenuer_guard_{attribute}_total"
            yield Sample(name, "counter", help_, (), getattr(self, attribute))
        for attribute, help_ in _GAUGES.items():
            name = f"revenuer_guard_{attribute.replace('_age_s', '_age_seconds')}"
            yield Sample(name, "gauge", help_, (), getattr(self, attribute))


_BY_ACTION = (
    ("revenuer_guard_decisions_total", "Decisions by the action that took effect.", "acted"),
    (
        "revenuer_guard_would_be_total",
        "Decisions by the action that an enforced policy would take.",
        "would",
    ),
)
_BY_LABEL = (
    ("revenuer_guard_reasons_total", "Decisions with a reason.", "reasons", "reason"),
    ("revenuer_guard_reasoning_total", "Replayed reasoning by sign.", "reasoning", "sign"),
    ("revenuer_guard_snapshot_faults_total", "Snapshots not used.", "faults", "fault"),
)
_PLAIN = {
    "refused": "Requests that did not go on.",
    "would_refuse": "Requests that an enforced policy would have refused.",
    "lookups": "Fingerprints looked up.",
    "found": "Verdicts that count.",
    "expired": "Verdicts whose time was over.",
    "stale": "Decisions under a snapshot too old to be trusted.",
    "exempted": "Verdicts answered by an exemption.",
    "released": "Verdicts lifted on appeal.",
    "passed": "Challenges that had been passed.",
    "unreadable": "Requests whose body could not be read, and so not reduced.",
    "deadline_misses": "Requests that passed since nothing was known in time.",
    "buckets_forgotten": "Callers forgotten while they still owed something.",
    "clock_steps": "Times that time went back.",
    "swaps": "Snapshots that came into force.",
}
_GAUGES = {
    "snapshot_age_s": "Age of the snapshot in force; -1 without one.",
    "snapshot_stale": "Whether the snapshot in force is too old to be trusted.",
    "callers": "Callers whose buckets are kept.",
    "snapshot_sequence": "Sequence number of the snapshot in force.",
    "snapshot_verdicts": "Callers in the snapshot in force.",
}
