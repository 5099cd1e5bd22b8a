"""Subject access and erasure reach every table: a row of each is made by reflection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    select,
)

from revenuer.app.casebook.erasure import erase
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.places import Around
from revenuer.app.casebook.subject_access import NOT_SHOWN, hand_out, held_about
from revenuer.app.casebook.subject_rows import keys_of, owner_of, rows_about
from revenuer.app.casebook.told import Drawn, Piece, Told, packed
from revenuer.app.casebook.web_pieces import packed as packed_web
from revenuer.app.casebook.web_pieces import unpacked as unpacked_web
from revenuer.campaigns.webs import web_of
from revenuer.casework.inventory import OWN, By, Erased, card_of
from revenuer.casework.roles import Actor, Role
from revenuer.store.casebook.schema import METADATA

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)
ACCOUNT = "acct-erase-me-7731"
CONSTANT = {
    By.NUMBER: 7,
    By.CAMPAIGN: "campaign--1",
    By.CASE: "case--1",
    By.PERMIT: "permit--1",
    By.APPEAL: "appeal--1",
}
IDS = {
    "case_id": "case--1",
    "campaign_id": "campaign--1",
    "permit_id": "permit--1",
    "appeal_id": "appeal--1",
    "number": 7,
}
MADE_BY_ITSELF = {
    "audit_entries", "audit_checkpoint", "data_keys", "subjects", "people", "known_places",
    # An erasure keeps the id, sealed, until it is done.
    "erasures", "erasure_places",
}  # fmt: skip
TOLD = Told(
    (Piece("shared-device", "coordination", "Four share one.", 1.0, (7, 8), ("exchange-mine",)),),
    (), {}, (), {}, "unknown", (), Drawn(),
)  # fmt: skip
WEB = packed_web(
    web_of(
        np.array([7, 8, 9]),
        pl.DataFrame(
            {"member": [7, 8, 9], "kind": "asn", "mark": [5, 5, 5], "outside": 2}
        ).with_columns(first_us=pl.lit(1, pl.Int64), last_us=pl.lit(1, pl.Int64)),
        100,
    )
)


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    with opened.changing(ADMIN, NOW) as change:
        opened.keep_names(change, [ACCOUNT, "acct-other"])
        for table in METADATA.sorted_tables:
            if table.name not in MADE_BY_ITSELF:
                fill(opened, change.connection, table)
    yield opened
    opened.database.close()


def plain(column: Column[Any]) -> Any:
    """A value that a column takes."""
    for kind, value in (
        (Boolean, False),
        (LargeBinary, b""),
        (Integer, 1),
        (Float, 0.5),
        (String, "x"),
    ):
        if isinstance(column.type, kind):
            return IDS.get(column.name, value)
    raise AssertionError(f"{column.name} has a type that no table had before")


def fill(casebook: Casebook, connection: Connection, table: Table) -> None:
    """A row that is about the account, as far as the table's card says that one can be."""
    card = card_of(table.name)
    assert card is not None
    row = {column.name: plain(column) for column in table.columns}
    for name, by in card.by.items():
        row[name] = casebook.subject(ACCOUNT) if by is By.SUBJECT else CONSTANT[by]
    if table.name == "case_campaigns":
        row["case_id"] = "case--1"
    for name, owner in card.sealed.items():
        whose = owner_of(connection, owner, row)
        text = json.dumps({"of": ACCOUNT, "and": "acct-other"}).encode()
        clear = {"campaign_sightings": packed(TOLD), "case_webs": WEB}.get(table.name, text)
        row[name] = casebook.vault.seal(connection, whose, clear)
    connection.execute(insert(table).values(row))


def personal() -> list[str]:
    return [name for name in METADATA.tables if (card := card_of(name)) and card.is_personal]


def test_subject_access_covers_every_table_that_is_about_accounts(casebook: Casebook) -> None:
    found, unreadable = held_about(casebook, Around(casebook.keys), ACCOUNT, now=NOW)
    assert set(found["parts"]) == set(personal()) - NOT_SHOWN
    assert unreadable == []
    text = json.dumps(found, default=str)
    # Names of staff and other accounts are not handed out; what is sealed with its own key is.
    assert found["parts"]["subjects"][0]["name"] == ACCOUNT
    for rows in found["parts"].values():
        assert not {"placed_by", "decided_by", "asked_by", "assigned_to"} & set(rows[0])
    assert casebook.subject("acct-other") not in text
    assert "hold" not in text


def test_what_was_handed_out_is_written_down_and_reads_as_a_page(
    casebook: Casebook, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "subject.json"
    done = hand_out(casebook, Around(casebook.keys), ACCOUNT, out, actor=ADMIN, now=NOW)
    assert json.loads(out.read_text())["account_id"] == ACCOUNT
    page = done.page.read_text()
    assert ACCOUNT in page
    assert "script" not in page
    for path in (out, done.page):
        assert path.stat().st_mode & 0o077 == 0
    with casebook.reading() as connection:
        newest = list(casebook.audit(connection).entries())[-1]
    assert (newest.kind, newest.body["sha256"]) == ("subject-access", done.sha256)
    assert ACCOUNT not in str(newest.body)


def test_erasure_reaches_every_table(casebook: Casebook) -> None:
    subject = casebook.subject(ACCOUNT)
    with casebook.reading() as connection:
        keys = keys_of(connection, subject)
        wrapped = casebook.vault  # The key is there before.
        assert wrapped.unseal(connection, subject, name_of(connection, subject)) is not None
    done = erase(casebook, Around(casebook.keys), ACCOUNT, why="r 1", actor=ADMIN, now=NOW)
    assert done.state == "done"
    with casebook.reading() as connection:
        for name in personal():
            card, table = card_of(name), METADATA.tables[name]
            assert card is not None
            mine = list(connection.execute(select(table).where(rows_about(card, keys, own=True))))
            if set(card.by.values()) & OWN and card.erased in {Erased.DELETE, Erased.UNLINK}:
                assert not [row for row in mine if subject in tuple(row)], name
            for row in connection.execute(select(table)):
                assert ACCOUNT not in str(tuple(row)), name
                for column, owner in card.sealed.items():
                    whose = owner_of(connection, owner, row._mapping)
                    clear = casebook.vault.unseal(connection, whose, row._mapping[column])
                    if clear is not None and name not in ("campaign_sightings", "case_webs"):
                        readable = clear.decode() == "acct-other" or ACCOUNT not in clear.decode()
                        assert readable, name
        assert casebook.audit(connection).flaws() == []
        assert ACCOUNT.encode() not in b"".join(casebook.audit(connection).lines())
        names = casebook.names_of(connection, [subject, casebook.subject("acct-other")])
        assert list(names.values()) == ["acct-other"]
        sightings = METADATA.tables["campaign_sightings"]
        row = connection.execute(select(sightings)).one()
        from revenuer.app.casebook.told import unpacked

        told = unpacked(casebook.vault.unseal(connection, row.owner, row.sealed) or b"")
        assert (told.evidence[0].members, told.evidence[0].exchange_ids) == ((8,), ())
        row = connection.execute(select(METADATA.tables["case_webs"])).one()
        web = unpacked_web(casebook.vault.unseal(connection, row.owner, row.sealed) or b"")
        assert web.members.tolist() == web.members[web.edge_member].tolist() == [8, 9]


def name_of(connection: Connection, subject: str) -> bytes:
    table = METADATA.tables["subjects"]
    chosen = select(table.c.name).where(table.c.subject == subject)
    return bytes(connection.execute(chosen).scalar_one())


def test_a_destroyed_key_is_on_the_disk_no_more(tmp_path: Path) -> None:
    file = tmp_path / "casebook.sqlite"
    casebook = open_casebook(f"sqlite:///{file}", tmp_path / "keys", now=NOW)
    with casebook.changing(ADMIN, NOW) as change:
        casebook.keep_names(change, [ACCOUNT])
    keys = METADATA.tables["data_keys"]
    with casebook.reading() as connection:
        wrapped = connection.execute(select(keys.c.wrapped)).scalar_one()

    def there() -> bool:
        return any(wrapped in path.read_bytes() for path in tmp_path.glob("casebook.sqlite*"))

    assert there()
    erase(casebook, Around(casebook.keys), ACCOUNT, why="r 1", actor=ADMIN, now=NOW)
    assert not there()
    casebook.database.close()
    assert not there()
