"""Every table of the casebook says what it is for and what becomes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import LargeBinary, String

from revenuer.casework.inventory import CARDS, By, Erased, Whose, card_of
from revenuer.casework.retention import SINCE
from revenuer.store.casebook import tables  # noqa: F401  (puts all tables on the schema)
from revenuer.store.casebook.schema import METADATA

NO_SUBJECTS = {
    "audit_entries": "fingerprints inside signed lines, which erasure keeps",
    "cases": "a case is of campaigns; who is in them stands in its own table",
    "people": "staff",
}
"""Tables with a column that looks like a subject's and is none, and why."""


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_every_table_has_a_card_and_its_columns_exist(table: str) -> None:
    card = card_of(table)
    assert card is not None, f"describe {table} in casework/inventory.py"
    columns = METADATA.tables[table].c
    named = {*card.by, *card.sealed, *card.withheld}
    for owner in card.sealed.values():
        key, _, other = owner.partition("@")
        named.add(key)
        if other:
            there, _, column = other.partition(".")
            assert {key, column} <= set(METADATA.tables[there].c.keys())
    assert named <= set(columns.keys())


def test_no_card_is_of_a_table_that_is_gone() -> None:
    assert {card.table for card in CARDS} <= set(METADATA.tables)


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_a_table_that_names_subjects_says_how(table: str) -> None:
    card = card_of(table)
    assert card is not None
    for name, column in METADATA.tables[table].c.items():
        if name == "subject" or name.endswith("_subject"):
            assert card.by.get(name) is By.SUBJECT, f"{table}.{name} leads to subjects"
        if isinstance(column.type, LargeBinary) and name in {"sealed", "name", "why"}:
            assert name in card.sealed, f"{table}.{name} is sealed: with whose key?"
        if name == "campaign_id" and table != "case_campaigns":
            assert card.by, f"{table} is about campaigns, whose members it leads to"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.table)
def test_a_card_is_whole(card: object) -> None:
    from revenuer.casework.inventory import Card

    assert isinstance(card, Card)
    assert card.purpose.endswith(".")
    if card.whose is not Whose.NOBODY:
        assert card.data, "what is in it?"
        if card.erased in {Erased.KEEP, Erased.SHRED}:
            assert card.ground, "on which ground may it stay?"
    if card.erased is Erased.SCRUB:
        assert card.sealed, "what is rewritten?"
    if card.retention:
        assert card.retention in SINCE
    texts = METADATA.tables[card.table].c
    assert all(
        isinstance(texts[column].type, String | LargeBinary) or by is By.NUMBER
        for column, by in card.by.items()
    )
