"""What holders of permits used, counted against what was agreed; and permits as scans read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.working import write_act
from revenuer.app.permit_use import EMPTY
from revenuer.app.saved import PERMIT_USE, read_findings, reading_scan
from revenuer.casework.permit_growth import Company, Outgrown, Use, count_use, outgrown
from revenuer.casework.permits import Permit, State
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError
from revenuer.records import Campaign
from revenuer.store.casebook import cases, permit_use, permits
from revenuer.store.casebook.permit_use import Told

USED = pl.Schema({"account_id": pl.String(), "organization_id": pl.String()} | EMPTY)
"""What accounts used, from `app.permit_use`."""
EXPORTED = pl.Schema(
    {
        "account_id": pl.String(),
        "organization_id": pl.String(),
        "purpose": pl.String(),
        "valid_from": pl.Datetime("us", "UTC"),
        "valid_until": pl.Datetime("us", "UTC"),
        "max_exchanges": pl.Int64(),
        "max_tokens": pl.Int64(),
        "models": pl.List(pl.String()),
    }
)
"""The contract's `permits` table."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of all permits came to.

    Attributes:
        permits: Permits that were looked at.
        rows: Rows of use that are new, or more than was known.
        new: Permits and how they are outgrown, of which nobody was told before.
        known: Ways in which permits are outgrown of which people were told before.
        settled: Ways in which they no longer are.
        expired: Permits whose time is over, of which nobody was told before.
    """

    permits: int
    rows: int
    new: tuple[tuple[str, Outgrown], ...]
    known: int
    settled: int
    expired: tuple[str, ...]


def check_permits(
    casebook: Casebook,
    *,
    folder: Path | None = None,
    use: pl.DataFrame | None = None,
    actor: Actor,
    now: datetime,
) -> Checked:
    """Count what was used, and tell once of each way in which a permit is outgrown.

    Args:
        casebook: Where.
        folder: The `--out` folder of a scan or a watch, which counted the use of permits that it
            was told of, and knows what their holders' campaigns do.
        use: What accounts used, from `app.permit_use`, in place of what the folder has.
        actor: Who asks.
        now: When.
    """
    actor.needs(Right.WORK)
    campaigns: Sequence[Campaign] = () if folder is None else read_findings(folder).campaigns
    if use is None and folder is not None and (folder / PERMIT_USE).exists():
        with reading_scan(folder):
            use = pl.read_parquet(folder / PERMIT_USE, columns=list(USED)).cast(USED)
    counted = _Log(casebook, use)
    new: list[tuple[str, Outgrown]] = []
    rows = known = settled = 0
    with casebook.changing(actor, now) as change:
        granted = [one for one in permits.listed(change.connection) if _was_granted(one)]
        for permit in granted:
            theirs = counted.of(permit)
            rows += permit_use.keep_use(change.connection, permit.id, theirs)
            company = tuple(counted.company(permit, granted, campaigns))
            every = permit_use.use_of(change.connection, permit.id)
            found = outgrown(permit, count_use(permit, every), company)
            told, again, over = _tell(casebook, change, permit, found)
            new += [(permit.id, one) for one in told]
            known, settled = known + again, settled + over
        expired = permits.expiry_untold(change.connection, change.now_us)
        permits.tell_expiry(change.connection, expired, change.now_us)
        for name in expired:
            change.record("permit-expired", {"permit": name})
    return Checked(len(granted), rows, tuple(new), known, settled, tuple(expired))


def _was_granted(permit: Permit) -> bool:
    return permit.state in (State.GRANTED, State.REVOKED)


def _tell(
    casebook: Casebook, change: Change, permit: Permit, found: Iterable[Outgrown]
) -> tuple[list[Outgrown], int, int]:
    """Note how a permit is outgrown; what is new, how much was known, and how much is over."""
    before = {
        one.kind: one
        for one in permit_use.growth_of(change.connection, [permit.id])
        if not one.settled_us
    }
    new, again = [], 0
    for one in found:
        told = before.pop(one.kind, None)
        first = change.now_us if told is None else told.first_us
        row = Told(permit.id, one.kind, one.statement, one.campaign, first, change.now_us, 0)
        permit_use.keep_growth(change.connection, row)
        if told is not None:
            again += 1
            continue
        new.append(one)
        said = {"permit": permit.id, "kind": one.kind.value, "statement": one.statement}
        said |= {"campaign": one.campaign} if one.campaign else {}
        change.record("permit-outgrown", said)
        _tell_case(casebook, change, one, said)
    over = 0
    for told in before.values():
        # A scan of one night need not show what the scan of another did.
        if not told.campaign:
            permit_use.keep_growth(change.connection, replace(told, settled_us=change.now_us))
            over += 1
    return new, again, over


def _tell_case(
    casebook: Casebook, change: Change, one: Outgrown, said: Mapping[str, object]
) -> None:
    """Write on the case of a campaign that shows it that a permit is outgrown."""
    case = cases.cases_of(change.connection, [one.campaign]) if one.campaign else {}
    if one.campaign in case:
        write_act(casebook, change, case[one.campaign], "permit-outgrown", said)


class _Log:
    """What accounts used, by the permits that cover them.

    Args:
        casebook: Whose fingerprints name accounts.
        use: From `app.permit_use`; None for nothing.
    """

    def __init__(self, casebook: Casebook, use: pl.DataFrame | None) -> None:
        self.casebook = casebook
        self.use = pl.DataFrame(schema=USED) if use is None else use
        owners = self.use.select("account_id", "organization_id").unique().iter_rows()
        self.owner = {account: organization or "" for account, organization in owners}
        names = {name for name in self.owner.values() if name}
        self.organization = {name: casebook.subject_of_organization(name) for name in names}
        self.subject = {name: casebook.subject(name) for name in self.owner}

    def of(self, permit: Permit) -> list[Use]:
        """What a permit's accounts used."""
        covered = [name for name in self.owner if self.covers(permit, name)]
        if not covered:
            return []
        rows = self.use.filter(pl.col("account_id").is_in(covered))
        columns = ("account_id", "model", "day", "exchanges", "tokens")
        return [
            Use(self.subject[account], model, day, exchanges, tokens)
            for account, model, day, exchanges, tokens in rows.select(columns).iter_rows()
        ]

    def covers(self, permit: Permit, account: str) -> bool:
        """Whether a permit is for an account."""
        if permit.kind == "account":
            known = self.subject.get(account)
            return permit.subject == (self.casebook.subject(account) if known is None else known)
        return permit.subject == self.organization.get(self.owner.get(account, ""))

    def company(
        self, permit: Permit, every: Sequence[Permit], campaigns: Iterable[Campaign]
    ) -> Iterable[Company]:
        """The campaigns that a permit's accounts are in."""
        for campaign in campaigns:
            covered = {name for name in campaign.account_ids if self.covers(permit, name)}
            if not covered:
                continue
            owners = {self.owner.get(name, "") for name in covered} - {""}
            others = [
                name
                for name in campaign.account_ids
                if name not in covered and not any(self.covers(one, name) for one in every)
            ]
            colleagues = sum(self.owner.get(name, "") in owners for name in others)
            yield Company(
                campaign=campaign.id,
                methods=campaign.methods,
                covered=len(covered),
                colleagues=colleagues,
                strangers=len(others) - colleagues,
                last_seen=campaign.last_seen,
            )


def permits_table(casebook: Casebook, *, actor: Actor, now: datetime) -> pl.DataFrame:
    """The permits that were granted, as `scan --permits` reads them; recorded, since it has ids.

    One that was taken back ends there; one that never should have been is not in it.
    """
    actor.needs(Right.WORK)
    with casebook.changing(actor, now) as change:
        granted = [one for one in permits.listed(change.connection) if _was_granted(one)]
        names = casebook.names_of(change.connection, [one.subject for one in granted])
        rows = [
            _row(one, names)
            for one in granted
            if one.subject in names and one.ends() > one.terms.valid_from
        ]
        change.record("permits-exported", {"permits": len(rows)})
    return pl.DataFrame(rows, schema=EXPORTED)


def _row(permit: Permit, names: Mapping[str, str]) -> dict[str, object]:
    holder = names[permit.subject]
    return {
        "account_id": holder if permit.kind == "account" else None,
        "organization_id": holder if permit.kind == "organization" else None,
        "purpose": permit.purpose.value,
        "valid_from": permit.terms.valid_from,
        "valid_until": permit.ends(),
        "max_exchanges": permit.terms.max_exchanges,
        "max_tokens": permit.terms.max_tokens,
        "models": list(permit.terms.models) or None,
    }


def write_permits(table: pl.DataFrame, out: Path) -> None:
    """Write a table of permits as its ending says: .parquet or .jsonl.

    Raises:
        NotFoundError: The ending says nothing.
    """
    if out.suffix == ".parquet":
        table.write_parquet(out)
    elif out.suffix in (".jsonl", ".ndjson"):
        moments = ("valid_from", "valid_until")
        table.with_columns(pl.col(moments).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")).write_ndjson(out)
    else:
        raise NotFoundError(f"{out} has no ending of a table.", "Name a .parquet or .jsonl file.")
