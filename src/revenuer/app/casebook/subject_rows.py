"""What the casebook's tables hold about one account, found by the cards of `casework.inventory`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, false, or_, select

from revenuer.casework.inventory import CARDS, OWN, By, Card
from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.vault import AT_ONCE


@dataclass(frozen=True, slots=True)
class Keys:
    """What leads to the rows of an account.

    Attributes:
        subject: Its keyed fingerprint.
        numbers: Its numbers among the members of campaigns.
        campaigns: Campaigns that it is or was in.
        cases: Their cases.
        permits: Its permits.
        appeals: Appeals that are about it.
    """

    subject: str
    numbers: tuple[int, ...]
    campaigns: tuple[str, ...]
    cases: tuple[str, ...]
    permits: tuple[str, ...] = ()
    appeals: tuple[str, ...] = ()

    def of(self, by: By) -> Sequence[Any]:
        """The values of one sort."""
        return {
            By.SUBJECT: (self.subject,),
            By.NUMBER: self.numbers,
            By.CAMPAIGN: self.campaigns,
            By.CASE: self.cases,
            By.PERMIT: self.permits,
            By.APPEAL: self.appeals,
        }[by]


def keys_of(connection: Connection, subject: str) -> Keys:
    """What leads to the rows of a subject."""
    numbers = _column(connection, "case_subjects", "number", "subject", (subject,))
    campaigns = _column(connection, "case_members", "campaign_id", "number", numbers)
    cases = _column(connection, "case_campaigns", "case_id", "campaign_id", campaigns)
    # A case that went into another is told of in that one.
    cases += _column(connection, "cases", "into_case", "case_id", cases)
    permits = _column(connection, "permits", "permit_id", "subject", (subject,))
    appeals = _column(connection, "appeal_subjects", "appeal_id", "subject", (subject,))
    found = (numbers, campaigns, filter(None, cases), permits, appeals)
    return Keys(subject, *(tuple(dict.fromkeys(one)) for one in found))


def case_named(connection: Connection, name: str) -> str | None:
    """The case whose id this is, or begins; None where there is none or several."""
    table = table_of("cases")
    if table is None:
        return None
    column = table.c.case_id
    whole = name if name.startswith("case--") else f"case--{name}"
    found = connection.execute(select(column).where(column.startswith(whole)).limit(2)).scalars()
    several = list(found)
    return several[0] if len(several) == 1 else None


def table_of(name: str) -> Table | None:
    """A table of the casebook; None where it has none of the name."""
    return METADATA.tables.get(name)


def rows_about(card: Card, keys: Keys, *, own: bool = False) -> ColumnElement[bool]:
    """What selects the rows of a table that are about an account.

    Args:
        card: Of the table.
        keys: Of the account.
        own: Only those that are about it alone.
    """
    table = METADATA.tables[card.table]
    wanted = []
    for column, by in card.by.items():
        if own and by not in OWN:
            continue
        values = keys.of(by)
        wanted += [
            table.c[column].in_(values[start : start + AT_ONCE])
            for start in range(0, len(values), AT_ONCE)
        ]
    return or_(*wanted) if wanted else false()


def owner_of(connection: Connection, owner: str, row: Mapping[str, Any]) -> str:
    """Whose key a column of a row is sealed with, as its card tells."""
    key, _, other = owner.partition("@")
    if not other:
        return str(row[owner])
    table, _, column = other.partition(".")
    there = METADATA.tables[table]
    chosen = select(there.c[column]).where(there.c[key] == row[key])
    return str(connection.execute(chosen).scalar() or "")


def found_rows(
    connection: Connection, keys: Keys, *, own: bool = False
) -> Iterator[tuple[Card, list[Mapping[str, Any]]]]:
    """The rows of every table that are about an account; tables without any are left out."""
    for card in CARDS:
        table = table_of(card.table)
        if table is None or not card.is_personal:
            continue
        chosen = select(table).where(rows_about(card, keys, own=own))
        rows: list[Mapping[str, Any]] = [dict(row._mapping) for row in connection.execute(chosen)]
        if rows:
            yield card, rows


def _column(
    connection: Connection, table: str, column: str, where: str, values: Sequence[Any]
) -> list[Any]:
    """The values of a column where another has some values; none without the table."""
    found = table_of(table)
    if found is None or not values:
        return []
    rows: list[Any] = []
    for start in range(0, len(values), AT_ONCE):
        some = found.c[where].in_(values[start : start + AT_ONCE])
        rows += connection.execute(select(found.c[column]).where(some)).scalars()
    return rows
