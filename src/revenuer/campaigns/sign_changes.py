"""What the accounts of a decision themselves do after it: they stop, or change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.around import CHANGES, FEWEST, Around
from revenuer.campaigns.early_signs import Draft
from revenuer.campaigns.sign_returns import INDEPENDENT, at_least
from revenuer.records import SignKind

SILENT_H = 72
"""Silence that is a retreat; who returns does so sooner. placeholder"""
SETTLED_H = 24
"""Hours after a decision before its accounts are said to have changed. placeholder"""
FEWEST_OWNERS = 3
"""Owners that must show a reaction; two do by accident. placeholder"""
RARELY = 0.1
"""Share of others that change as much as is called a change. placeholder"""
MOST = 0.8
"""Share of the accounts that must be silent in a retreat. placeholder"""
FEWEST_OTHERS = 20
"""Owners that must be there to be compared with. placeholder"""


def retreat(own: Around, others: Around, since_h: float, most: float) -> list[Draft]:
    """Nothing more comes.

    Args:
        own: The accounts that a decision acts on.
        others: Owners that it says nothing of.
        since_h: Hours since the decision.
        most: The largest p-value that is told, of one hypothesis.
    """
    others = _as_busy(own, others)
    mine, theirs = own.recent & (own.before > 0), others.recent
    if since_h < SILENT_H or mine.sum() < FEWEST_OWNERS or theirs.sum() < FEWEST_OTHERS:
        return []
    silent = (own.quiet_h >= SILENT_H)[mine]
    chance = (1 + (others.quiet_h >= SILENT_H)[theirs].sum()) / (1 + theirs.sum())
    p_value = tail_of(silent, chance)
    if silent.mean() < MOST or p_value > most:
        return []
    quiet = own.quiet_h[mine][silent]
    last_h = float(max(since_h - np.median(quiet), 0.0))
    numbers = {
        "silent": int(silent.sum()),
        "accounts": int(silent.size),
        "quiet_hours": float(quiet.min()),
        "hours_to_last": last_h,
        "an_hour_before": float(own.before[mine].sum()),
        "expected_by_chance": float(chance * silent.size),
        "p_value": p_value,
    }
    statement = (
        f"{silent.sum()} of {silent.size} owners that made {numbers['an_hour_before']:.1f} "
        f"requests an hour together have made none for {quiet.min():.0f} hours, half of them "
        f"since {last_h:.1f} hours after the decision; {numbers['expected_by_chance']:.1f} "
        "would by chance, as others as busy do."
    )
    owners = own.owners[mine][silent]
    return [Draft(SignKind.RETREAT, None, owners, p_value, statement, numbers)]


def adaptation(own: Around, others: Around, since_h: float, most: float) -> list[Draft]:
    """The same accounts go on in another way.

    Args:
        own: The accounts that a decision acts on.
        others: Owners that it says nothing of.
        since_h: Hours since the decision.
        most: The largest p-value that is told, of one hypothesis.
    """
    going = (own.quiet_h < SETTLED_H) & (own.made >= FEWEST)
    if since_h < SETTLED_H or going.sum() < FEWEST_OWNERS:
        return []
    others = _as_busy(own, others)
    numbers: dict[str, int | float] = {}
    said, least, owners = [], 1.0, np.empty(0, np.int64)
    for name, words in CHANGES.items():
        usual = others.changes[name][~np.isnan(others.changes[name])]
        mine = own.changes[name][going]
        told = ~np.isnan(mine)
        if told.sum() < FEWEST_OWNERS or usual.size < FEWEST_OTHERS:
            continue
        much = max(float(np.quantile(usual, 1 - RARELY)), 0.0)
        beyond = mine[told] > much
        p_value = tail_of(beyond, (1 + (usual > much).sum()) / (1 + usual.size))
        if p_value > most / len(CHANGES) or beyond.mean() < 0.5:
            continue
        least = min(least, p_value)
        owners = np.union1d(owners, own.owners[going][told][beyond])
        middle = float(np.median(mine[told]))
        numbers |= {name: middle, f"{name}_usual": much}
        how = f"{np.exp(-middle):.0%} of before" if name == "slower" else f"{middle:.0%} more"
        said.append(f"{beyond.sum()} of {told.sum()} {words} ({how} at the median)")
    if not said:
        return []
    numbers["p_value"] = least
    statement = f"Since the decision {'; '.join(said)}, beyond nine tenths of others as busy."
    return [Draft(SignKind.ADAPTATION, None, owners, least, statement, numbers)]


def _as_busy(own: Around, others: Around) -> Around:
    """Others that made as many requests; the busiest where too few did."""
    least = np.quantile(own.before, 0.25)
    fewer = np.sort(others.before)[::-1][: 3 * FEWEST_OTHERS].min(initial=np.inf)
    return others.of(others.owners[others.before >= min(least, fewer)])


def tail_of(shown: NDArray[np.bool_], chance: float) -> float:
    """How rarely so many show something by chance, of whom ten count at most.

    Args:
        shown: Who does. Shape (k,).
        chance: How likely each is to.
    """
    counted = min(shown.size, INDEPENDENT)
    count = round(counted * float(shown.mean())) if shown.size else 0
    return at_least(count, np.full(counted, min(chance, 1.0))) if counted else 1.0
