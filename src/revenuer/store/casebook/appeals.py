"""Appeals, and whose they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.casework.appeals import OVER, Against, Outcome, Stage
from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.subjects import SUBJECT_CHARS

appeals = Table(
    "appeals",
    METADATA,
    Column("appeal_id", String(64), primary_key=True),
    Column("against", String(16), nullable=False),
    Column("target", String(96), nullable=False, index=True),
    # The snapshot in whose docket the decision is; empty for none.
    Column("snapshot", Text, nullable=False),
    Column("campaign", String(96), nullable=False),
    Column("action", String(32), nullable=False),
    Column("programme", String(64), nullable=False),
    Column("rules", Text, nullable=False),
    Column("owner", String(SUBJECT_CHARS), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_us", BigInteger, nullable=False),
    Column("assigned_to", String(64), nullable=False),
    Column("assigned_us", BigInteger, nullable=False),
    Column("answered_us", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    # When it was last said that it is late; 0 for never.
    Column("late_told_us", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)
appeal_subjects = Table(
    "appeal_subjects",
    METADATA,
    Column("appeal_id", String(64), ForeignKey("appeals.appeal_id"), primary_key=True),
    Column("subject", String(SUBJECT_CHARS), primary_key=True, index=True),
    # Whether its measure was lifted in the end.
    Column("lifted", Integer, nullable=False),
    # Until when they count as innocent; 0 if they were not found so.
    Column("innocent_until_us", BigInteger, nullable=False),
)
ALL = (appeals, appeal_subjects)


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal.

    Attributes:
        appeal_id: Its name.
        against: What kind of thing it is against.
        target: Its id.
        snapshot: In whose docket it is; empty for none.
        campaign: The campaign that it was about; empty for none.
        action: What was done; empty where nothing was.
        programme: Of the account; empty for none.
        rules: Detectors, checks or purposes that it rested on.
        owner: Fingerprint of whoever appeals: the first of the accounts that is not erased.
        stage: Where it stands.
        opened_by: Who entered it.
        opened_us: When, microseconds since the epoch.
        assigned_to: Who hears it; empty for nobody.
        assigned_us: Since when.
        answered_us: When a person first answered; 0 before.
        outcome: What became of the decision; None before.
        decided_by: Who decided; empty before.
        decided_us: When it was over; 0 before.
        late_told_us: When it was said that it is late; 0 before.
        version: Counts its changes.
        subjects: Fingerprints of the accounts that it is about.
        lifted: Those of them whose measure was lifted.
    """

    appeal_id: str
    against: Against
    target: str
    snapshot: str
    campaign: str
    action: str
    programme: str
    rules: tuple[str, ...]
    owner: str
    stage: Stage
    opened_by: str
    opened_us: int
    assigned_to: str = ""
    assigned_us: int = 0
    answered_us: int = 0
    outcome: Outcome | None = None
    decided_by: str = ""
    decided_us: int = 0
    late_told_us: int = 0
    version: int = 1
    subjects: tuple[str, ...] = field(default=(), compare=False)
    lifted: frozenset[str] = field(default=frozenset(), compare=False)


_OWN = tuple(one.name for one in fields(Appeal) if one.name not in ("subjects", "lifted"))


def keep(connection: Connection, appeal: Appeal) -> None:
    """Keep a new one."""
    connection.execute(insert(appeals).values(**_values(appeal)))
    connection.execute(
        insert(appeal_subjects),
        [
            {"appeal_id": appeal.appeal_id, "subject": one, "lifted": 0, "innocent_until_us": 0}
            for one in appeal.subjects
        ],
    )


def change(connection: Connection, appeal: Appeal) -> Appeal:
    """Keep what became of one; its version counts up."""
    new = replace(appeal, version=appeal.version + 1)
    connection.execute(
        update_of(appeals).where(appeals.c.appeal_id == appeal.appeal_id).values(**_values(new))
    )
    return new


def lift(
    connection: Connection, appeal_id: str, subjects: Iterable[str], innocent_until_us: int
) -> None:
    """Note whose measure an appeal lifted, and until when they count as innocent."""
    connection.execute(
        update_of(appeal_subjects)
        .where(
            appeal_subjects.c.appeal_id == appeal_id,
            appeal_subjects.c.subject.in_(sorted(subjects)),
        )
        .values(lifted=1, innocent_until_us=innocent_until_us)
    )


def innocents(connection: Connection, now_us: int) -> dict[str, str]:
    """Fingerprints of those whom appeals found innocent, and by which."""
    wanted = select(appeal_subjects.c.subject, appeal_subjects.c.appeal_id).where(
        appeal_subjects.c.innocent_until_us > now_us
    )
    return {row.subject: row.appeal_id for row in connection.execute(wanted)}


def found(connection: Connection, start: str) -> list[Appeal]:
    """The appeals whose id this is, or begins."""
    alike = appeals.c.appeal_id.startswith(start, autoescape=True)
    rows = connection.execute(select(appeals).where(alike).limit(2)).all()
    exact = [row for row in rows if row.appeal_id == start]
    return _whole(connection, exact or rows)


def listed(connection: Connection, *, open_only: bool = False) -> list[Appeal]:
    """All appeals, or those that are not over, oldest first."""
    wanted = select(appeals).order_by(appeals.c.opened_us, appeals.c.appeal_id)
    if open_only:
        wanted = wanted.where(appeals.c.stage.not_in([one.value for one in OVER]))
    return _whole(connection, connection.execute(wanted).all())


def against_target(connection: Connection, target: str) -> list[Appeal]:
    """All appeals against one thing, oldest first."""
    wanted = select(appeals).where(appeals.c.target == target).order_by(appeals.c.opened_us)
    return _whole(connection, connection.execute(wanted).all())


def of_subjects(connection: Connection, subjects: Sequence[str]) -> list[str]:
    """Ids of the appeals that are about some subjects."""
    wanted = select(appeal_subjects.c.appeal_id).where(
        appeal_subjects.c.subject.in_(list(subjects))
    )
    return sorted(set(connection.execute(wanted).scalars()))


def _values(appeal: Appeal) -> dict[str, object]:
    values = {name: getattr(appeal, name) for name in _OWN}
    return values | {
        "against": appeal.against.value,
        "rules": json.dumps(appeal.rules),
        "stage": appeal.stage.value,
        "outcome": "" if appeal.outcome is None else appeal.outcome.value,
    }


def _whole(connection: Connection, rows: Iterable[Row[tuple[object, ...]]]) -> list[Appeal]:
    made = []
    for row in rows:
        kept = connection.execute(
            select(appeal_subjects)
            .where(appeal_subjects.c.appeal_id == row.appeal_id)
            .order_by(appeal_subjects.c.subject)
        ).all()
        values = {name: getattr(row, name) for name in _OWN} | {
            "against": Against(row.against),
            "rules": tuple(json.loads(row.rules)),
            "stage": Stage(row.stage),
            "outcome": Outcome(row.outcome) if row.outcome else None,
            "subjects": tuple(one.subject for one in kept),
            "lifted": frozenset(one.subject for one in kept if one.lifted),
        }
        made.append(Appeal(**values))
    return made
