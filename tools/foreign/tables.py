"""The tables of `make bench-foreign`: worlds one by one, and what befell each kind of innocent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from foreign.guilty import GUILTY
from foreign.scans import Scanned

VERDICTS = ("convicted", "suspected", "undecided", "cleared")
WORLDS_HEAD = (
    "| seed | log | accounts | exchanges | days | guilty convicted | innocent convicted "
    "| innocent suspected | groups convicted, suspected, undecided, cleared "
    "| nearest innocent group | s |\n" + "|---" * 11 + "|"
)
KINDS_HEAD = (
    "| kind | accounts | convicted | suspected | undecided | cleared | nearest group, nats |\n"
    "|---|---|---|---|---|---|---|"
)


def _who(counts: Mapping[str, int]) -> str:
    """Kinds and how many of each; the innocent in a conviction are named."""
    return ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) or "none"


def world_line(one: Scanned) -> str:
    """A world's row."""
    if one.error:
        return f"| {one.recipe.seed} | {one.recipe.shape} | the scan failed" + " | -" * 8 + " |"
    groups = Counter(group.verdict for group in one.groups)
    near = max((g.log_e_value for g in one.groups if g.innocent), default=None)
    cells = (
        one.recipe.seed,
        one.recipe.shape,
        f"{one.kinds.total():,}",
        f"{one.exchanges:,}",
        f"{one.recipe.days:g}",
        f"{one.guilty_convicted}/{one.guilty}",
        _who(one.innocent("convicted")),
        one.innocent("suspected").total(),
        ", ".join(str(groups[verdict]) for verdict in VERDICTS),
        "-" if near is None else f"{near:.1f}",
        f"{one.seconds:.0f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def kinds_table(done: Sequence[Scanned]) -> str:
    """What befell the accounts of each kind, over all worlds; those that nobody named come last."""
    total = sum((one.kinds for one in done), Counter[str]())
    befell = {
        verdict: sum((one.innocent(verdict) for one in done), Counter[str]())
        for verdict in VERDICTS
    }
    nearest: dict[str, float] = {}
    for group in (g for one in done for g in one.groups if g.innocent):
        kind = max(group.members, key=lambda k: group.members[k])
        nearest[kind] = max(nearest.get(kind, group.log_e_value), group.log_e_value)
    order = sorted(
        (kind for kind in total if kind not in GUILTY),
        key=lambda kind: (*(-befell[verdict][kind] for verdict in VERDICTS), kind),
    )
    lines = [
        f"| {kind} | {total[kind]:,} | "
        + " | ".join(str(befell[verdict][kind]) for verdict in VERDICTS)
        + f" | {f'{nearest[kind]:.1f}' if kind in nearest else '-'} |"
        for kind in order
    ]
    return "\n".join([KINDS_HEAD, *lines])


def summary(done: Sequence[Scanned]) -> str:
    """The figures over all worlds, a sentence each."""
    people = sum(one.kinds.total() - one.guilty for one in done)
    groups = [g for one in done for g in one.groups if g.verdict == "convicted"]
    wrong = sum(g.innocent for g in groups)
    named = {v: sum(one.innocent(v).total() for one in done) for v in VERDICTS}
    suspected = [g for one in done for g in one.groups if g.verdict == "suspected"]
    return (
        f"{len(done)} worlds, {people:,} innocent accounts, {len(groups)} convictions of which "
        f"{wrong} are of mostly innocent groups.\n"
        f"Innocent accounts convicted: {named['convicted']} ({named['convicted'] / people:.4%}), "
        f"suspected: {named['suspected']} ({named['suspected'] / people:.2%}) in "
        f"{sum(g.innocent for g in suspected)} of {len(suspected)} suspected groups."
    )


def shortfalls(done: Sequence[Scanned]) -> list[str]:
    """Targets that were missed."""
    missed = []
    if any(one.error for one in done):
        missed.append("every log is scanned")
    if any(g.innocent and g.verdict == "convicted" for one in done for g in one.groups):
        missed.append("no innocent group convicted")
    return missed
