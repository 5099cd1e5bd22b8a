"""Exchanges that evidence cites, sealed: each with the key of the account that sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from revenuer.store.casebook.case_tables import case_texts
from revenuer.store.casebook.many_rows import put_in


def of_case(connection: Connection, family: Sequence[str]) -> list[Row[Any]]:
    """The texts that are kept of a case."""
    mine = select(case_texts).where(case_texts.c.case_id.in_(list(family)))
    return list(connection.execute(mine.order_by(case_texts.c.kept_us, case_texts.c.text_id)))


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep texts."""
    put_in(connection, case_texts, rows)


def forget(connection: Connection, texts: Iterable[str]) -> None:
    """Keep some texts no more."""
    connection.execute(delete(case_texts).where(case_texts.c.text_id.in_(sorted(texts))))
