"""Which values of ours take part: those of convicted and suspected campaigns, from `ties.parquet`.

A value that more innocents have than members points at nobody, and is neither asked nor told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from revenuer.app.ties import read_ties
from revenuer.errors import NotFoundError, SourceError
from revenuer.matching.canonical import CanonicalError, MatchKind, canonical

__all__ = ["MATCHED", "TAKEN", "Held", "Values", "read_ties", "read_values", "verdicts_of"]

MATCHED = (
    MatchKind.ADDRESS,
    MatchKind.ADDRESS_BLOCK,
    MatchKind.PAYMENT,
    MatchKind.PHONE_FINGERPRINT,
    MatchKind.DEVICE,
)
"""What is matched unless somebody says otherwise: what may leave in no other way."""

TAKEN = frozenset({"convicted", "suspected"})


@dataclass(frozen=True, slots=True)
class Held:
    """A value of ours in its canonical form.

    Attributes:
        kind: What it is.
        value: Canonical.
        holders: The accounts that have it, with their campaigns: (campaign, account).
    """

    kind: MatchKind
    value: str
    holders: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Values:
    """What takes part.

    Attributes:
        held: By kind.
        convicted: Ids of the campaigns that are; the others are suspected.
        unreadable: Values without a canonical form, by kind.
        popular: Values that more innocents have than members, by kind.
    """

    held: dict[MatchKind, list[Held]]
    convicted: frozenset[str]
    unreadable: dict[MatchKind, int]
    popular: dict[MatchKind, int]


def read_values(scan: Path, kinds: Sequence[MatchKind] = MATCHED) -> Values:
    """The values of a scan's campaigns that take part.

    Args:
        scan: The `--out` folder of a scan or of watch.
        kinds: What is wanted.

    Raises:
        NotFoundError: The folder has no findings, or none with `ties.parquet`.
        SourceError: They cannot be read.
    """
    verdicts = verdicts_of(scan)
    ties = read_ties(scan).filter(
        pl.col("campaign_id").is_in([name for name, told in verdicts.items() if told in TAKEN]),
        pl.col("kind").is_in([kind.value for kind in kinds]),
    )
    held: dict[MatchKind, list[Held]] = {kind: [] for kind in kinds}
    unreadable, popular = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0)
    for kind in kinds:
        members: dict[str, set[tuple[str, str]]] = defaultdict(set)
        strangers: dict[str, int] = defaultdict(int)
        rows = ties.filter(pl.col("kind") == kind.value)
        for campaign, account, value, others in rows.select(
            "campaign_id", "account_id", "value", "holders"
        ).iter_rows():
            try:
                form = canonical(kind, value)
            except CanonicalError:
                unreadable[kind] += 1
                continue
            members[form].add((campaign, account))
            strangers[form] = max(strangers[form], others)
        for form, holders in sorted(members.items()):
            if strangers[form] > len({account for _, account in holders}):
                popular[kind] += 1
            else:
                held[kind].append(Held(kind, form, tuple(sorted(holders))))
    convicted = frozenset(name for name, told in verdicts.items() if told == "convicted")
    return Values(held, convicted, unreadable, popular)


def verdicts_of(scan: Path) -> dict[str, str]:
    """The verdict of each campaign of a scan."""
    path = scan / "campaigns.json"
    try:
        told = msgspec.json.decode(path.read_bytes())
        return {one["id"]: one["verdict"] for one in told["campaigns"]}
    except FileNotFoundError:
        raise NotFoundError(
            f"{scan} holds no campaigns.json.", "Name the --out folder of a scan."
        ) from None
    except (msgspec.DecodeError, KeyError, TypeError, OSError) as problem:
        raise SourceError(f"{path} cannot be read as findings.") from problem
