"""What of a campaign may leave without pointing at a person: the re-identification check.

A value leaves only if enough accounts have it, if two values that leave are shown by enough
accounts together or by none, and if it says more of the campaign than of everybody else. The
crowd is the operator's own: no other is known here.

Source:
    Sweeney (2002), "k-anonymity: a model for protecting privacy", Int. J. Uncertainty,
    Fuzziness and Knowledge-Based Systems 10(5), 557-570, section 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.sharing.tiers import Tier, held_back, tier_of

CROWD = 5
"""Accounts that must have a value, and a pair of values, before it leaves. placeholder"""
OUTSIDERS_A_MEMBER = 1.0
"""Accounts outside for each member that may have a value: more, and it would point at strangers
rather than at the campaign. placeholder"""
VALUES_A_KIND = 100
"""Values of a kind that leave, those of most members first. placeholder"""
KEY_ENDS = ":"
LEAST_TOLD = 5
"""Counts below are told as such; from here on bands run 5, 10, 20, 50 and so on."""
RARE = f"fewer than {CROWD} accounts have it"
COMMON = "more accounts outside the campaign have it than inside"
PAIRED = f"together with another value it is shown by fewer than {CROWD} accounts"
MANY = f"more than {VALUES_A_KIND} values of the kind"
REASONS = {
    Tier.PRIVATE: "private: only a peer that has it too learns of it, by private matching",
    Tier.NEVER: "never leaves",
    Tier.KEYED: "keyed with a key that no sharing group has",
}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A value that may leave.

    Attributes:
        kind: As in `ties.parquet`.
        value: Without its key's name, where it is keyed.
        tier: How it leaves.
        key_id: Of a keyed value.
        members: Accounts of the campaign that have it.
        outsiders: Other accounts that have it.
        exchanges: Of the campaign's own that show it.
        first: When it was first seen; None if it has no time.
        last: When it was last seen.
    """

    kind: str
    value: str
    tier: Tier
    key_id: str | None
    members: int
    outsiders: int
    exchanges: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Values of one kind that stay, and why."""

    kind: str
    tier: Tier
    values: int
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """What leaves of a campaign and what stays."""

    leaving: tuple[Leaving, ...] = ()
    held: tuple[HeldBack, ...] = field(default=())


def review(ties: pl.DataFrame, *, group_keys: Collection[str] = (), crowd: int = CROWD) -> Review:
    """Say of every value of a campaign whether it may leave.

    Args:
        ties: The campaign's rows of `ties.parquet`.
        group_keys: Ids of the keys that a sharing group has: sketches under them may leave.
        crowd: Accounts that must share what leaves.
    """
    values = ties.group_by("kind", "value").agg(
        members=pl.col("account_id").n_unique(),
        outsiders=pl.col("holders").max(),
        exchanges=pl.col("exchanges").sum(),
        first=pl.col("first_seen").min(),
        last=pl.col("last_seen").max(),
    )
    ranked = values.sort("kind", "members", "value", descending=[False, True, False])
    stays: Counter[tuple[str, Tier, str]] = Counter()
    found: list[Leaving] = []
    kept: Counter[str] = Counter()
    for row in ranked.iter_rows(named=True):
        one = _leaving(row)
        why = _why_not(one, group_keys, crowd)
        if why is None and kept[one.kind] >= VALUES_A_KIND:
            why = MANY
        if why is None:
            kept[one.kind] += 1
            found.append(one)
        else:
            stays[one.kind, one.tier, why] += 1
    safe = _without_rare_pairs(found, ties, crowd)
    for one in found:
        if one not in safe:
            stays[one.kind, one.tier, PAIRED] += 1
    held = (HeldBack(kind, tier, count, why) for (kind, tier, why), count in stays.items())
    return Review(tuple(safe), tuple(sorted(held, key=lambda one: (one.kind, one.why))))


def _leaving(row: dict[str, object]) -> Leaving:
    tier = tier_of(str(row["kind"]))
    text = str(row["value"])
    key, _, value = text.partition(KEY_ENDS) if tier is Tier.KEYED else (None, "", text)
    rest = {name: row[name] for name in ("kind", "members", "outsiders", "exchanges")}
    rest |= {"first": row["first"], "last": row["last"]}
    return Leaving(value=value, tier=tier, key_id=key, **rest)  # type: ignore[arg-type]


def _why_not(one: Leaving, group_keys: Collection[str], crowd: int) -> str | None:
    """Why a value stays; None if nothing speaks against it alone."""
    keyed = one.tier is Tier.KEYED and one.key_id in group_keys
    if one.tier is not Tier.CLEAR and not keyed:
        return REASONS[one.tier]
    if one.tier is Tier.CLEAR and (why := held_back(one.kind, one.value)) is not None:
        return why
    if one.members + one.outsiders < crowd:
        return RARE
    if one.outsiders > OUTSIDERS_A_MEMBER * one.members:
        return COMMON
    return None


def _without_rare_pairs(found: list[Leaving], ties: pl.DataFrame, crowd: int) -> list[Leaving]:
    """Drop values until any two of different kinds are shown together by a crowd or by nobody.

    The one in most rare pairs goes first, and of several the one with the fewest members.
    """
    if not found:
        return []
    together = _together(found, ties)
    kinds = np.array([one.kind for one in found])
    rare = (together > 0) & (together < crowd) & (kinds[:, None] != kinds[None, :])
    left = np.ones(len(found), dtype=bool)
    members = np.array([one.members for one in found])
    while (pairs := (rare & left & left[:, None]).sum(axis=1)).any():
        worst = np.flatnonzero(pairs == pairs.max())
        left[worst[np.argmin(members[worst])]] = False
    return [one for one, stays in zip(found, left, strict=True) if stays]


def _together(found: Iterable[Leaving], ties: pl.DataFrame) -> NDArray[np.int64]:
    """How many members have both of two values. Shape (n, n)."""
    names = [
        (one.kind, one.value if one.key_id is None else f"{one.key_id}{KEY_ENDS}{one.value}")
        for one in found
    ]
    place = pl.DataFrame(
        {"kind": [k for k, _ in names], "value": [v for _, v in names], "at": range(len(names))}
    )
    rows = ties.select("account_id", "kind", "value").join(place, on=["kind", "value"])
    account = (rows["account_id"].rank("dense").cast(pl.Int64) - 1).to_numpy()
    has = np.zeros((int(account.max()) + 1, len(names)), dtype=np.float32)
    has[account, rows["at"].to_numpy()] = 1
    both: NDArray[np.int64] = np.rint(has.T @ has).astype(np.int64)
    return both


def band(count: int) -> str:
    """A count as it may be told.

    Examples:
        >>> band(3), band(16), band(24_000)
        ('fewer than 5', '10 to 19', '20,000 to 49,999')
    """
    low, high = band_bounds(count)
    return f"fewer than {high + 1:,}" if low <= 1 else f"{low:,} to {high:,}"


def band_bounds(count: int) -> tuple[int, int]:
    """The least and the most that a band stands for."""
    if count < LEAST_TOLD:
        return (1, LEAST_TOLD - 1)
    edges = [LEAST_TOLD]
    while edges[-1] <= count:
        step = 2.5 if str(edges[-1])[0] == "2" else 2
        edges.append(int(edges[-1] * step))
    return (edges[-2], edges[-1] - 1)
