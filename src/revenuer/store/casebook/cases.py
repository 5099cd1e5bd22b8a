"""Cases, the campaigns that belong to them, and what was done with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy import update as update_of

from revenuer.casework.cases import State
from revenuer.store.casebook.case_tables import case_acts, case_campaigns, cases, dismissals
from revenuer.store.casebook.many_rows import batches, put_in


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case, and the newest that is known of it.

    Attributes:
        case_id: Its name.
        into_case: The case that it went into; empty for itself.
        state: Where it stands.
        version: Counts its changes.
        opened_us: When it was opened, microseconds since the epoch.
        since_us: Since when it has its state.
        waiting_us: Since when it waits for a person.
        assigned_to: Whose it is; empty for nobody's.
        sighting_id: The newest sighting of it.
        verdict: The gravest of its campaigns there.
        probability: The highest of them.
        accounts: Its members there.
        exchanges: Of its campaigns there.
        output_tokens: Likewise.
        tokens_a_day: Lately, likewise.
        growth: Of these since the week before.
        first_seen_us: Its first exchange that any sighting knows.
        last_seen_us: Its last.
        seen_us: Time of the newest sighting.
        methods: Of its campaigns there, with spaces between.
    """

    case_id: str
    into_case: str
    state: str
    version: int
    opened_us: int
    since_us: int
    waiting_us: int
    assigned_to: str
    sighting_id: str = ""
    verdict: str = ""
    probability: float = 0.0
    accounts: int = 0
    exchanges: int = 0
    output_tokens: int = 0
    tokens_a_day: float = 0.0
    growth: float = 1.0
    first_seen_us: int = 0
    last_seen_us: int = 0
    seen_us: int = 0
    methods: str = ""


_COLUMNS = [cases.c[field.name] for field in fields(CaseRow)]


def open_case(connection: Connection, case: str, now_us: int) -> None:
    """Open a new one; what is known of it comes with `change`."""
    new = CaseRow(case, "", State.OPEN.value, 1, now_us, now_us, now_us, "")
    connection.execute(insert(cases).values({f.name: getattr(new, f.name) for f in fields(new)}))


def found(connection: Connection, case: str) -> CaseRow | None:
    """The case of an id; one that went into another is given as it was left."""
    row = connection.execute(select(*_COLUMNS).where(cases.c.case_id == case)).first()
    return None if row is None else _case(row)


def all_of(connection: Connection, wanted: Iterable[str]) -> list[CaseRow]:
    """The cases of ids, in the order of their opening."""
    rows: list[Row[Any]] = []
    for some in batches(sorted(set(wanted))):
        rows += connection.execute(select(*_COLUMNS).where(cases.c.case_id.in_(some)))
    return sorted((_case(row) for row in rows), key=lambda one: (one.opened_us, one.case_id))


def living(connection: Connection, states: Sequence[State] = ()) -> list[CaseRow]:
    """All cases that went into no other, the newest seen first."""
    asked = select(*_COLUMNS).where(cases.c.into_case == "")
    if states:
        asked = asked.where(cases.c.state.in_([state.value for state in states]))
    return [_case(row) for row in connection.execute(asked.order_by(cases.c.seen_us.desc()))]


def ever_opened(connection: Connection) -> int:
    """How many were ever opened, those that went into others too."""
    return connection.execute(select(func.count()).select_from(cases)).scalar_one()


def named(connection: Connection, name: str, at_most: int = 3) -> list[str]:
    """Ids of the cases whose id this is or begins, or that have the campaign of this id."""
    campaign = select(case_campaigns.c.case_id).filter_by(campaign_id=name)
    if (case := connection.execute(campaign).scalar()) is not None:
        return [case]
    # Not LIKE: what stands for any letter there may be in a name.
    begins = func.substr(cases.c.case_id, 1, len(name)) == name
    return list(connection.execute(select(cases.c.case_id).where(begins).limit(at_most)).scalars())


def family(connection: Connection, case: str) -> list[str]:
    """A case and all that went into it."""
    gone = select(cases.c.case_id).where(cases.c.into_case == case).order_by(cases.c.case_id)
    return [case, *connection.execute(gone).scalars()]


def change(connection: Connection, case: str, **values: Any) -> None:
    """Change a case, and count its version up."""
    connection.execute(
        update_of(cases)
        .where(cases.c.case_id == case)
        .values(**values, version=cases.c.version + 1)
    )


def put_into(connection: Connection, gone: str, into: str) -> None:
    """Let a case, and all that went into it, go into another."""
    either = (cases.c.case_id == gone) | (cases.c.into_case == gone)
    connection.execute(
        update_of(cases).where(either).values(into_case=into, version=cases.c.version + 1)
    )
    mine = case_campaigns.c.case_id == gone
    connection.execute(update_of(case_campaigns).where(mine).values(case_id=into))


def cases_of(connection: Connection, campaigns: Iterable[str]) -> dict[str, str]:
    """The case of each campaign that has one."""
    known: dict[str, str] = {}
    for some in batches(sorted(set(campaigns))):
        rows = connection.execute(
            select(case_campaigns).where(case_campaigns.c.campaign_id.in_(some))
        )
        known.update((row.campaign_id, row.case_id) for row in rows)
    return known


def campaigns_of(connection: Connection, case: str) -> list[str]:
    """The ids of a case's campaigns."""
    mine = select(case_campaigns.c.campaign_id).filter_by(case_id=case)
    return list(connection.execute(mine.order_by(case_campaigns.c.campaign_id)).scalars())


def give_campaigns(connection: Connection, case: str, campaigns: Iterable[str]) -> None:
    """Let campaigns that have no case belong to one."""
    put_in(connection, case_campaigns, [{"campaign_id": c, "case_id": case} for c in campaigns])


def note_act(
    connection: Connection,
    case: str,
    *,
    kind: str,
    by: str,
    at_us: int,
    body: Mapping[str, Any] | None = None,
    sealed: bytes = b"",
) -> int:
    """Write down what was done with a case.

    Args:
        connection: A transaction that writes, which nobody does beside.
        case: Which.
        kind: What, in a word.
        by: Who.
        at_us: When.
        body: More about it, nothing personal.
        sealed: Somebody's words, sealed with the key of the case.

    Returns:
        The number of the act.
    """
    number = (connection.execute(select(func.max(case_acts.c.number))).scalar() or 0) + 1
    text = json.dumps(dict(body or {}), sort_keys=True)
    connection.execute(
        insert(case_acts).values(
            number=number, case_id=case, at_us=at_us, by=by, kind=kind, body=text, sealed=sealed
        )
    )
    return number


def acts_of(connection: Connection, family: Iterable[str]) -> list[Row[Any]]:
    """What was done with some cases, oldest first."""
    mine = select(case_acts).where(case_acts.c.case_id.in_(list(family)))
    return list(connection.execute(mine.order_by(case_acts.c.number)))


def reviewed_since(connection: Connection, kinds: Sequence[str], since_us: int) -> int:
    """How many cases people came to a result with since a time."""
    asked = select(func.count(case_acts.c.case_id.distinct())).where(
        case_acts.c.kind.in_(kinds), case_acts.c.at_us >= since_us
    )
    return connection.execute(asked).scalar_one()


def keep_dismissal(connection: Connection, **values: Any) -> None:
    """Keep what a dismissal covers."""
    connection.execute(insert(dismissals).values(**values, withdrawn_us=0))


def dismissals_of(connection: Connection, family: Iterable[str]) -> list[Row[Any]]:
    """Dismissals of some cases that were not withdrawn, oldest first."""
    mine = select(dismissals).where(
        dismissals.c.case_id.in_(list(family)), dismissals.c.withdrawn_us == 0
    )
    return list(connection.execute(mine.order_by(dismissals.c.number)))


def standing_dismissals(connection: Connection, ground: str) -> list[Row[Any]]:
    """All dismissals on a ground that were not withdrawn."""
    mine = select(dismissals).where(dismissals.c.ground == ground, dismissals.c.withdrawn_us == 0)
    return list(connection.execute(mine.order_by(dismissals.c.number)))


def withdraw_dismissals(connection: Connection, family: Iterable[str], now_us: int) -> int:
    """Say that dismissals of some cases were wrong; how many."""
    mine = dismissals.c.case_id.in_(list(family))
    done = connection.execute(
        update_of(dismissals)
        .where(mine, dismissals.c.withdrawn_us == 0)
        .values(withdrawn_us=now_us)
    )
    return done.rowcount


def _case(row: Row[Any]) -> CaseRow:
    return CaseRow(**row._mapping)
