"""The audit log as rows: bound to one another, and noticed when changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from revenuer.enforcement.verdict_keys import SigningKey, signing_key_at
from revenuer.errors import AuditError
from revenuer.store.casebook.audit_table import AuditTable, audit_checkpoint, audit_entries
from revenuer.store.casebook.schema import open_schema
from revenuer.store.database import Database

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return signing_key_at(tmp_path / "key")[0]


@pytest.fixture
def database(casebook_url: str) -> Iterator[Database]:
    opened = Database(casebook_url)
    open_schema(opened)
    yield opened
    opened.close()


def write(database: Database, key: SigningKey, *kinds: str) -> None:
    with database.writing() as connection:
        log = AuditTable(connection, key.public.verifies)
        log.append([(kind, {"number": 1}) for kind in kinds], at=NOW, sign=key.sign)


def flaws(database: Database, key: SigningKey, **known: str) -> list[str]:
    with database.reading() as connection:
        log = AuditTable(connection, key.public.verifies)
        return [flaw.text for flaw in log.flaws({int(n[1:]): h for n, h in known.items()})]


def test_entries_follow_one_another_across_transactions(
    database: Database, key: SigningKey
) -> None:
    write(database, key, "one", "two")
    write(database, key, "three")
    with database.reading() as connection:
        log = AuditTable(connection, key.public.verifies)
        assert [entry.kind for entry in log.entries()] == ["one", "two", "three"]
        assert [entry.kind for entry in log.entries(since=2)] == ["three"]
    assert flaws(database, key) == []


def test_a_change_that_fails_leaves_no_entry(database: Database, key: SigningKey) -> None:
    write(database, key, "one")

    def fails() -> None:
        with database.writing() as connection:
            log = AuditTable(connection, key.public.verifies)
            log.append([("two", {})], at=NOW, sign=key.sign)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with database.reading() as connection:
        assert len(list(AuditTable(connection, key.public.verifies).entries())) == 1
    assert flaws(database, key) == []


def test_a_removed_end_is_noticed(database: Database, key: SigningKey) -> None:
    write(database, key, "one", "two")
    with database.writing() as connection:
        connection.execute(delete(audit_entries).where(audit_entries.c.number == 2))
    assert flaws(database, key)
    with pytest.raises(AuditError):
        write(database, key, "three")


def test_an_older_log_is_noticed_by_who_remembers(database: Database, key: SigningKey) -> None:
    write(database, key, "one")
    with database.reading() as connection:
        old = connection.execute(select(audit_checkpoint.c.text)).scalar_one()
    write(database, key, "two")
    with database.reading() as connection:
        newest = AuditTable(connection, key.public.verifies).last()
    assert newest is not None
    with database.writing() as connection:
        connection.execute(delete(audit_entries).where(audit_entries.c.number == 2))
        connection.execute(update(audit_checkpoint).values(text=old))
    assert flaws(database, key) == []
    assert flaws(database, key, _2=newest.hash) == ["entry 2, which was there before, is missing"]


def test_a_missing_or_second_checkpoint_is_noticed(database: Database, key: SigningKey) -> None:
    write(database, key, "one")
    with database.writing() as connection:
        text = connection.execute(select(audit_checkpoint.c.text)).scalar_one()
        connection.execute(insert(audit_checkpoint).values(id=2, text=text))
    assert flaws(database, key) == ["its checkpoint is missing, or is not genuine"]
    with database.writing() as connection:
        connection.execute(delete(audit_checkpoint))
    assert flaws(database, key) == ["its checkpoint is missing, or is not genuine"]
    with pytest.raises(AuditError):
        write(database, key, "two")
