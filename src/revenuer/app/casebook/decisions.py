"""What was decided with `enforce` about a case's campaigns, read from the dockets themselves.

A docket's audit log is the only record of decisions (decision 9); the casebook keeps no copy. What
it keeps is the newest witness of each log, so that a docket put back to an earlier day is noticed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.working import move
from revenuer.app.desk import Desk, open_desk
from revenuer.casework.cases import State, Step
from revenuer.casework.checkpoints import witness_of
from revenuer.casework.decisions import Decision, Status
from revenuer.casework.ledgers import ledger_of
from revenuer.casework.roles import Actor, Right
from revenuer.errors import RevenuerError
from revenuer.guard.countering import gravity_of
from revenuer.guard.ladder import Action, action_named
from revenuer.instants import micros
from revenuer.store.casebook import cases
from revenuer.store.casebook.case_tables import case_dockets
from revenuer.store.docket import Reaction, docket_of

logger = logging.getLogger(__name__)

ANCHORED = "docket-anchored"


@dataclass(frozen=True, slots=True)
class Made:
    """A decision about a campaign.

    Attributes:
        decision: What was decided.
        snapshot: The snapshot that it is about.
        reactions: What the campaign did since, as a watch saw it.
    """

    decision: Decision
    snapshot: Path
    reactions: tuple[Reaction, ...]

    @property
    def acts(self) -> bool:
        """Whether it is more than a mark."""
        one = self.decision
        return gravity_of(action_named(one.action), one.countermeasures) > Action.TAG


@dataclass(frozen=True, slots=True)
class Docketed:
    """All dockets.

    Attributes:
        made: Decisions, oldest first.
        witnesses: The newest entry of each log, by snapshot.
        problems: Dockets that cannot be read, and why.
    """

    made: tuple[Made, ...]
    witnesses: Mapping[str, str]
    problems: tuple[str, ...]

    def about(self, campaigns: Iterable[str]) -> list[Made]:
        """Decisions about some campaigns."""
        wanted = frozenset(campaigns)
        return [one for one in self.made if one.decision.campaign in wanted]

    def about_member(self, subject: str) -> list[Made]:
        """Decisions that cover somebody."""
        return [one for one in self.made if subject in one.decision.members]


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of cases since decisions were made about them.

    Attributes:
        actioned: Cases that something was done about.
        undone: Cases of which all that was done was taken back.
        anchored: Witnesses that were written down, by snapshot.
        problems: Dockets that cannot be read, and why.
    """

    actioned: tuple[str, ...]
    undone: tuple[str, ...]
    anchored: Mapping[str, str]
    problems: tuple[str, ...]


def dockets(snapshots: Sequence[str], keys: Path) -> Docketed:
    """Read the decisions of snapshots; one that cannot be read is said, and hides no other.

    Args:
        snapshots: As the setting `casebook.snapshots` names them.
        keys: Folder of the keys.
    """
    made: list[Made] = []
    witnesses: dict[str, str] = {}
    problems = []
    for name in snapshots:
        path = Path(name)
        if not docket_of(path).exists:
            continue
        try:
            found, witness = _of(open_desk(path, keys))
        except (RevenuerError, OSError) as problem:
            problems.append(f"{name}: {problem}")
            continue
        made += found
        if witness:
            witnesses[name] = witness
    made.sort(key=lambda one: (one.decision.made_at, one.decision.id))
    return Docketed(tuple(made), witnesses, tuple(problems))


def covered(made: Iterable[Made], now: datetime) -> frozenset[str]:
    """Whom decisions in force act on, by subject."""
    return frozenset(
        member
        for one in made
        if one.acts and one.decision.holds(now)
        for member in one.decision.members
        if member not in one.decision.tagged and member not in one.decision.released
    )


def sync(casebook: Casebook, snapshots: Sequence[str], *, actor: Actor, now: datetime) -> Synced:
    """Take over what was decided: cases are actioned, or come back; logs are anchored.

    Args:
        casebook: Where.
        snapshots: As the setting `casebook.snapshots` names them.
        actor: Who asks.
        now: When.
    """
    actor.needs(Right.WORK)
    found = dockets(snapshots, casebook.keys)
    actioned: list[str] = []
    undone: list[str] = []
    if not found.made and not found.witnesses:
        return Synced((), (), {}, found.problems)
    with casebook.changing(actor, now) as change:
        of_campaign = cases.cases_of(
            change.connection, {one.decision.campaign for one in found.made}
        )
        by_case: dict[str, list[Made]] = {}
        for one in found.made:
            if one.acts and one.decision.campaign in of_campaign:
                by_case.setdefault(of_campaign[one.decision.campaign], []).append(one)
        for row in cases.all_of(change.connection, by_case):
            step = _step(State(row.state), by_case[row.case_id], row.since_us, now)
            if step is None:
                continue
            newest = by_case[row.case_id][-1].decision
            move(casebook, change, row, step, {"decision": newest.id, "action": newest.action})
            (actioned if step is Step.ACT else undone).append(row.case_id)
        anchored = dict(_unanchored(change.connection, found.witnesses))
        for snapshot, witness in anchored.items():
            change.connection.execute(
                delete(case_dockets).where(case_dockets.c.snapshot == snapshot)
            )
            change.connection.execute(
                insert(case_dockets).values(snapshot=snapshot, witness=witness, at_us=change.now_us)
            )
            change.record(ANCHORED, {"snapshot": snapshot, "witness": witness})
    return Synced(tuple(actioned), tuple(undone), anchored, found.problems)


def anchors(casebook: Casebook, connection: Connection) -> dict[str, list[str]]:
    """The witnesses that were ever written down, by snapshot, oldest first.

    From the audit log itself: whoever could change a docket could change a table.
    """
    found: dict[str, list[str]] = {}
    for entry in casebook.audit(connection).entries():
        if entry.kind == ANCHORED:
            found.setdefault(str(entry.body["snapshot"]), []).append(str(entry.body["witness"]))
    return found


def _step(state: State, made: Sequence[Made], since_us: int, now: datetime) -> Step | None:
    """What decisions do with a case that is where it is since a time."""
    if any(one.decision.holds(now) for one in made):
        newest = max(one.decision.made_at for one in made if one.decision.holds(now))
        waits = state in (State.OPEN, State.REOPENED, State.IN_REVIEW)
        # Whoever let it come back after the decision knew of it.
        return Step.ACT if state is State.OPEN or (waits and micros(newest) >= since_us) else None
    taken_back = made[-1].decision.status is Status.UNDONE
    return Step.UNDO if taken_back and state is State.ACTIONED else None


def _of(desk: Desk) -> tuple[list[Made], str]:
    entries = desk.audit.entries()
    ledger = ledger_of(entries)
    reactions = desk.docket.reactions()
    made = [
        Made(one, desk.snapshot, tuple(each for each in reactions if each.decision == one.id))
        for one in ledger.decisions.values()
    ]
    return made, witness_of(entries[-1]) if entries else ""


def _unanchored(connection: Connection, witnesses: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    known = {row.snapshot: row.witness for row in connection.execute(select(case_dockets))}
    return (
        (name, witness) for name, witness in sorted(witnesses.items()) if known.get(name) != witness
    )
