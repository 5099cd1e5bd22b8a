"""Which values of ours take part: those of convicted and suspected campaigns, from `ties.parquet`.

A value that more innocents have than members points at nobody, and is neither asked nor told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import polars as pl

from revenuer.app.controls import read_controls
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
CONTROL = ""
"""In the place of a campaign: an ordinary account."""
CONTROL_VALUES = 4_096
"""Values of a kind that are asked for controls at most, so that a day's limit of a peer is never
spent on them. placeholder"""


@dataclass(frozen=True, slots=True)
class Held:
    """A value of ours in its canonical form.

    Attributes:
        kind: What it is.
        value: Canonical.
        holders: The accounts that have it, with their campaigns: (campaign, account). The
            campaign of an ordinary account is `CONTROL`.
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
        controls: What ordinary accounts have, by kind: asked for beside, never told.
    """

    def asked(self, kind: MatchKind) -> list[Held]:
        """What a peer is asked for: values of campaigns and of controls, each once, in order."""
        holders: dict[str, tuple[tuple[str, str], ...]] = {}
        for each in (*self.held[kind], *self.controls.get(kind, ())):
            holders[each.value] = holders.get(each.value, ()) + each.holders
        return [Held(kind, value, those) for value, those in sorted(holders.items())]

    held: dict[MatchKind, list[Held]]
    convicted: frozenset[str]
    unreadable: dict[MatchKind, int]
    popular: dict[MatchKind, int]
    controls: dict[MatchKind, list[Held]] = field(default_factory=dict)


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
    return Values(held, convicted, unreadable, popular, _controls(scan, kinds))


def _controls(scan: Path, kinds: Sequence[MatchKind]) -> dict[MatchKind, list[Held]]:
    """What ordinary accounts have; whole accounts, so that none is asked for half."""
    rows = read_controls(scan)
    found = {}
    for kind in kinds:
        members: dict[str, set[tuple[str, str]]] = defaultdict(set)
        # In no order that means anything: the first accounts of a log are often the oldest.
        mine = rows.filter(kind=kind.value).sort(pl.col("account_id").hash(), "account_id")
        together = mine.group_by("account_id", maintain_order=True)
        for account, values in together.agg("value").iter_rows():
            for value in values:
                with suppress(CanonicalError):
                    members[canonical(kind, value)].add((CONTROL, account))
            if len(members) > CONTROL_VALUES:
                break
        found[kind] = [Held(kind, form, tuple(sorted(of))) for form, of in sorted(members.items())]
    return found


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
