"""What an appeal is against: what was done, who had a part in it, and on which evidence."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.permit_views import permit_named
from revenuer.app.casebook.reading import campaigns_seen
from revenuer.app.desk import Desk, decision_named, open_desk
from revenuer.app.saved import read_findings, reading_scan
from revenuer.casework.appeals import Against, Part
from revenuer.casework.decisions import Decision
from revenuer.casework.permits import State
from revenuer.errors import ColumnError, NotAllowedError, NotFoundError, SourceError
from revenuer.records import Campaign
from revenuer.sources.small_table import read_small_table
from revenuer.store.casebook import cases, sightings
from revenuer.store.docket import KeptGrounds, docket_of


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an appeal is against.

    Attributes:
        against: What kind of thing.
        target: Its id.
        snapshot: In whose docket it is; empty for none.
        campaign: The campaign that it was about; empty for none.
        action: What was done.
        made_at: When.
        until: When it ends by itself; None where it does not.
        by_people: Whether persons approved it.
        parts: Who had a part in it.
        subjects: Fingerprints of whoever appeals.
        rules: What it rests on, where that is no evidence of a campaign.
    """

    against: Against
    target: str
    snapshot: str
    campaign: str
    action: str
    made_at: datetime
    until: datetime | None
    by_people: bool
    parts: tuple[Part, ...]
    subjects: tuple[str, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence, as the person who decides sees it.

    Attributes:
        kind: Its own name.
        axis: The axis it speaks to.
        statement: One sentence with its numbers.
        log_e_value: Nats.
        names_them: Whether it names the accounts of whoever appeals; None if unknown.
    """

    kind: str
    axis: str
    statement: str
    log_e_value: float
    names_them: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against, as the person who decides sees it.

    Attributes:
        source: Where it was read; empty if it is nowhere.
        verdict: Of the campaign.
        probability: Of the campaign.
        accounts: How many it has.
        innocents_nearby: Innocent accounts that share something with it.
        pieces: Piece by piece.
        explanations: Innocent causes that were tested: name, what was found, whether it holds.
        own: Log e-value of each account of whoever appeals, by its id, nats; None if unknown.
        own_exchanges: Their own exchanges that the evidence rests on; None if unknown.
        secrets: What no letter may name: others' accounts, exchanges, statements.
    """

    source: str = ""
    verdict: str = ""
    probability: float = 0.0
    accounts: int = 0
    innocents_nearby: int = 0
    pieces: tuple[Piece, ...] = ()
    explanations: tuple[tuple[str, str, bool], ...] = ()
    own: tuple[tuple[str, float | None], ...] = ()
    own_exchanges: int | None = None
    secrets: frozenset[str] = frozenset()


def grounds_of_decision(desks: Iterable[Desk], name: str, accounts: Sequence[str]) -> Grounds:
    """What was decided with `enforce` about some accounts.

    Raises:
        NotFoundError: No snapshot has such a decision, or it does not cover one of them.
    """
    desk, decision = find_decision(desks, name)
    subjects = {desk.member(account): account for account in accounts}
    missing = [account for one, account in subjects.items() if one not in decision.members]
    if missing or not subjects:
        raise NotFoundError(
            f"{decision.id} does not cover {', '.join(missing) or 'anybody who is named'}.",
            "Name the accounts with --account; the notice that they got names the decision.",
        )
    parts = [Part(decision.by, "they proposed it")]
    parts += [Part(one, "they approved it") for one in decision.approvers]
    return Grounds(
        against=Against.DECISION,
        target=decision.id,
        snapshot=str(desk.snapshot.resolve()),
        campaign=decision.campaign,
        action=decision.action,
        made_at=decision.made_at,
        until=decision.until,
        by_people=bool(decision.approvers),
        parts=tuple(parts),
        subjects=tuple(subjects),
    )


def find_decision(desks: Iterable[Desk], name: str) -> tuple[Desk, Decision]:
    """The decision of an id, or how that begins, and where it was made.

    Raises:
        NotFoundError: There is none.
    """
    for desk in desks:
        with suppress(NotFoundError):
            return desk, decision_named(desk.ledger(), name)
    raise NotFoundError(
        f"{name!r} is no decision of the snapshots that the casebook knows.",
        "Name the snapshot with --snapshot, or in the setting casebook.snapshots.",
    )


def grounds_of_permit(connection: Connection, name: str) -> Grounds:
    """A permit that was refused or taken back.

    Raises:
        NotFoundError: There is no such permit.
        NotAllowedError: It holds.
    """
    permit = permit_named(connection, name, None)
    if permit.state not in (State.REFUSED, State.REVOKED, State.VOID):
        raise NotAllowedError(
            f"{permit.id} is {permit.state.value}: nothing was decided against its holder.",
            "`revenuer permit extend` asks for other terms.",
        )
    parts = [Part(permit.decided_by, "they decided it")] if permit.decided_by else []
    parts += [Part(permit.revoked_by, "they took it back")] if permit.revoked_by else []
    return Grounds(
        against=Against.PERMIT,
        target=permit.id,
        snapshot="",
        campaign="",
        action=permit.state.value,
        made_at=permit.revoked_at or permit.decided_at or permit.requested_at,
        until=None,
        by_people=True,
        parts=tuple(parts),
        subjects=(permit.subject,),
        rules=(permit.purpose.value,),
    )


def desks_of(casebook: Casebook, snapshots: Iterable[str | Path]) -> list[Desk]:
    """The desks of snapshots about which anything was ever decided."""
    paths = [Path(one) for one in snapshots]
    return [open_desk(one, casebook.keys) for one in paths if docket_of(one).exists]


def programme_of(desk: Desk, decision: Decision, accounts: Sequence[str]) -> str:
    """The programme of accounts, as the table that the plan was made with says; empty for none."""
    table = _made_from(desk, decision).accounts
    if not table:
        return ""
    with suppress(SourceError, ColumnError, OSError), tempfile.TemporaryDirectory() as work:
        rows, _ = read_small_table("accounts", table, Path(work))
        found = rows.filter(pl.col("account_id").is_in(list(accounts)))["programme"]
        return str(next(iter(found.drop_nulls().sort()), ""))
    return ""


def evidence_of(
    casebook: Casebook, connection: Connection, desk: Desk, decision: Decision, accounts: set[str]
) -> Evidence:
    """What a decision rests on: as the scan had it that it was planned with, else its case."""
    roll = {
        one.account_id for each in desk.docket.rolls(decision.id).values() for one in each
    } - accounts
    scan = Path(_made_from(desk, decision).scan)
    with suppress(NotFoundError, SourceError), reading_scan(scan):
        for campaign in read_findings(scan).campaigns:
            if decision.campaign in (campaign.id, *campaign.supersedes):
                return _of_scan(scan, campaign, accounts, roll)
    return _of_case(casebook, connection, decision.campaign, roll)


def _made_from(desk: Desk, decision: Decision) -> KeptGrounds:
    with suppress(NotFoundError, SourceError):
        return desk.docket.plan(decision.plan).grounds
    return KeptGrounds("")


def _of_scan(scan: Path, campaign: Campaign, accounts: set[str], roll: set[str]) -> Evidence:
    others = (set(campaign.account_ids) | roll) - accounts
    cited = {one for piece in campaign.evidence for one in piece.exchange_ids}
    statements = {piece.statement for piece in campaign.evidence}
    return Evidence(
        source=str(scan),
        verdict=campaign.verdict.value,
        probability=campaign.probability,
        accounts=len(campaign.account_ids),
        innocents_nearby=campaign.innocents_nearby,
        pieces=tuple(
            Piece(
                one.kind,
                one.axis.value,
                one.statement,
                one.log_e_value,
                bool(accounts & set(one.account_ids)),
            )
            for one in campaign.evidence
        ),
        explanations=tuple(
            (one.name, one.why_rejected, one.holds) for one in campaign.innocent_explanations
        ),
        own=tuple(sorted(_weights(scan, accounts).items())),
        own_exchanges=_own_exchanges(scan, campaign.id, accounts),
        secrets=frozenset(others | cited | statements),
    )


def _weights(scan: Path, accounts: set[str]) -> dict[str, float | None]:
    found: dict[str, float | None] = dict.fromkeys(accounts)
    path = scan / "accounts.parquet"
    if path.exists():
        rows = pl.scan_parquet(path).filter(pl.col("account_id").is_in(sorted(accounts)))
        found.update(rows.select("account_id", "log_e_value").collect().iter_rows())
    return found


def _own_exchanges(scan: Path, campaign: str, accounts: set[str]) -> int | None:
    path = scan / "exchanges.parquet"
    if not path.exists():
        return None
    rows = pl.scan_parquet(path).filter(
        (pl.col("campaign_id") == campaign) & pl.col("account_id").is_in(sorted(accounts))
    )
    return int(rows.select(pl.len()).collect().item())


def _of_case(casebook: Casebook, connection: Connection, campaign: str, roll: set[str]) -> Evidence:
    case = cases.cases_of(connection, [campaign]).get(campaign)
    seen = campaigns_seen(casebook, connection, sightings.head_of(connection, case)) if case else ()
    for one in seen:
        if one.told is None:
            continue
        pieces = one.told.evidence
        cited = {name for piece in pieces for name in piece.exchange_ids}
        return Evidence(
            source=str(case),
            verdict=one.figures.verdict,
            probability=one.figures.probability,
            accounts=one.figures.accounts,
            innocents_nearby=one.figures.innocents_nearby,
            pieces=tuple(
                Piece(piece.kind, piece.axis, piece.statement, piece.log_e_value, None)
                for piece in pieces
            ),
            explanations=tuple(
                (each.name, each.why_rejected, each.holds) for each in one.told.explanations
            ),
            secrets=frozenset(roll | cited | {piece.statement for piece in pieces}),
        )
    return Evidence(secrets=frozenset(roll))
