"""What erasure does with the casebook's own rows, table by table, as their cards say."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, and_, delete, func, select
from sqlalchemy import update as update_of

from revenuer.app.casebook.subject_rows import Keys, owner_of, rows_about, table_of
from revenuer.app.casebook.told import packed, unpacked, without_member
from revenuer.app.casebook.web_pieces import web_without
from revenuer.casework.erasure import scrubbed
from revenuer.casework.inventory import CARDS, OWN, Card, Erased, card_of
from revenuer.store.casebook.appeal_words import forget_received
from revenuer.store.casebook.appeals import appeal_subjects, appeals
from revenuer.store.casebook.case_tables import campaign_sightings, case_webs
from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.vault import Vault

GONE = "gone-"
"""Before the random letters that stand where a subject stood that nobody can name any more."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What becomes of the rows of one table.

    Attributes:
        table: Its name.
        rows: How many are about the account.
        erased: What is done with them, in words.
        ground: Why what stays may stay.
    """

    table: str
    rows: int
    erased: str
    ground: str


def personal_tables() -> list[str]:
    """The tables whose rows may be about an account."""
    return [card.table for card in CARDS if card.is_personal and table_of(card.table) is not None]


def rows_of(connection: Connection, keys: Keys) -> Iterator[Touched]:
    """How many rows of each table are about an account, and what erasure does with them."""
    for card in CARDS:
        table = table_of(card.table)
        if table is None or not card.is_personal:
            continue
        chosen = select(func.count()).select_from(table).where(_where(card, keys))
        count = connection.execute(chosen).scalar_one()
        if count:
            yield Touched(card.table, count, card.erased.value, card.ground)


def erase_rows(
    vault: Vault, connection: Connection, keys: Keys, account_id: str, now_us: int
) -> list[Touched]:
    """Do with the rows about an account what the cards say, in one transaction.

    Args:
        vault: Reads and seals what is rewritten.
        connection: The transaction.
        keys: What leads to the rows.
        account_id: The account, to be taken out of what is sealed with others; empty where
            nobody knows it any more.
        now_us: When.
    """
    touched = list(rows_of(connection, keys))
    _leave_appeals(vault, connection, keys, now_us)
    # What refers to another table goes before it does.
    for table in reversed(METADATA.sorted_tables):
        card = card_of(table.name)
        if card is None or not card.is_personal:
            continue
        if card.erased is Erased.DELETE:
            connection.execute(delete(table).where(_where(card, keys)))
        elif card.erased is Erased.UNLINK:
            _unlink(connection, table, card, keys)
        elif card.erased is Erased.SCRUB:
            _scrub(vault, connection, table, card, keys, account_id)
    return touched


def _leave_appeals(vault: Vault, connection: Connection, keys: Keys, now_us: int) -> None:
    """Take an account out of appeals: its own words go, and with the last account all words."""
    for appeal in keys.appeals:
        chosen = select(appeal_subjects.c.subject).where(appeal_subjects.c.appeal_id == appeal)
        others = sorted(set(connection.execute(chosen).scalars()) - {keys.subject})
        if not others:
            vault.shred(connection, appeal, now_us)
            continue
        mine = (appeals.c.appeal_id == appeal) & (appeals.c.owner == keys.subject)
        if connection.execute(update_of(appeals).where(mine).values(owner=others[0])).rowcount:
            # What it said is its own; what it was answered is of the others too.
            forget_received(connection, appeal)


def _where(card: Card, keys: Keys) -> Any:
    """Only what is about the account alone is deleted; what is scrubbed may be about others too."""
    return rows_about(card, keys, own=card.erased is not Erased.SCRUB)


def _unlink(connection: Connection, table: Table, card: Card, keys: Keys) -> None:
    for row in connection.execute(select(table).where(_where(card, keys))).all():
        for column, by in card.by.items():
            if by in OWN and row._mapping[column] in keys.of(by):
                nobody = f"{GONE}{secrets.token_hex(16)}"
                connection.execute(
                    update_of(table)
                    .where(_same(table, dict(row._mapping)))
                    .values({column: nobody})
                )


def _scrub(
    vault: Vault,
    connection: Connection,
    table: Table,
    card: Card,
    keys: Keys,
    account_id: str,
) -> None:
    for row in connection.execute(select(table).where(_where(card, keys))).all():
        values = row._mapping
        new = {}
        for column, owner in card.sealed.items():
            whose = owner_of(connection, owner, dict(values))
            clear = vault.unseal(connection, whose, values[column])
            after = None if clear is None else _rewritten(table.name, clear, keys, account_id)
            if after is not None and after != clear:
                new[column] = vault.seal(connection, whose, after)
        if new:
            connection.execute(update_of(table).where(_same(table, dict(values))).values(new))


def _rewritten(table: str, clear: bytes, keys: Keys, account_id: str) -> bytes:
    if table == case_webs.name:
        return web_without(clear, keys.numbers)
    if table != campaign_sightings.name:
        return without(clear, account_id)
    told = before = unpacked(clear)
    for number in keys.numbers:
        told = without_member(told, number)
    return clear if told == before else packed(told)


def without(clear: bytes, account_id: str) -> bytes:
    """A text, or JSON, without an account."""
    if not account_id or account_id.encode() not in clear:
        return clear
    try:
        return msgspec.json.encode(scrubbed(msgspec.json.decode(clear), account_id))
    except msgspec.DecodeError:
        return str(scrubbed(clear.decode(errors="replace"), account_id)).encode()


def _same(table: Table, values: Mapping[str, Any]) -> Any:
    return and_(*(column == values[column.name] for column in table.primary_key.columns))
