"""An older copy of the casebook, restored after an erasure, brings nobody back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from revenuer.app.casebook.erasure import erase, list_erasures
from revenuer.app.casebook.holding import list_holds, place_hold, release_hold
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.places import Around
from revenuer.app.casebook.tombstones import FOLDER
from revenuer.casework.roles import Actor, Role
from revenuer.errors import AuditError
from revenuer.store.casebook.schema import METADATA, open_schema
from revenuer.store.casebook.vault import data_keys
from revenuer.store.database import Database

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
ADA, BOB = Actor("ada", Role.ADMIN), Actor("bob", Role.ADMIN)


@pytest.fixture
def older(
    casebook_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], Callable[[], str]]:
    """Take a copy of the casebook; what it returns restores it and tells its URL."""

    def of_file() -> Callable[[], str]:
        path = Path(casebook_url.removeprefix("sqlite:///"))
        kept = tmp_path / "kept.sqlite"
        with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(kept)) as there:
            here.backup(there)

        def restore() -> str:
            for old in path.parent.glob(f"{path.name}*"):
                old.unlink()
            shutil.copy(kept, path)
            return casebook_url

        return restore

    def of_server() -> Callable[[], str]:
        import own_postgres

        here = Database(casebook_url)
        with here.reading() as connection:
            rows = {
                table.name: [dict(row._mapping) for row in connection.execute(select(table))]
                for table in METADATA.sorted_tables
            }
        here.close()

        def restore() -> str:
            url: str = own_postgres.fresh(request.getfixturevalue("postgres_server"))
            there = Database(url)
            open_schema(there)
            with there.writing() as connection:
                for table in METADATA.sorted_tables:
                    connection.execute(table.delete())
                for table in METADATA.sorted_tables:
                    if rows[table.name]:
                        connection.execute(insert(table), rows[table.name])
            there.close()
            return url

        return restore

    return of_file if casebook_url.startswith("sqlite") else of_server


def wrapped(casebook: Casebook, account: str) -> bytes | None:
    """The key of an account as the database has it."""
    subject = casebook.subject(account)
    wanted = select(data_keys.c.wrapped).where(data_keys.c.owner == subject)
    with casebook.reading() as connection:
        found: bytes | None = connection.execute(wanted).scalar()
    return found


def begun(casebook: Casebook) -> None:
    """Two accounts, a text that names one, and an erasure that one person has asked for."""
    with casebook.changing(ADA, NOW) as change:
        casebook.keep_names(change, ["acct-1", "acct-2"])
    name = place_hold(casebook, account="acct-1", why="acct-1 wrote", actor=ADA, now=NOW)
    release_hold(casebook, name, why="settled", actor=ADA, now=NOW)
    around = Around(casebook.keys)
    asked = erase(casebook, around, "acct-1", why="9", actor=ADA, now=NOW, persons=2)
    assert asked.state == "asked"


def test_a_restored_copy_erases_again_by_itself_and_says_so(
    casebook_url: str, tmp_path: Path, older: Callable[[], Callable[[], str]]
) -> None:
    casebook = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    begun(casebook)
    restore = older()
    around = Around(casebook.keys)
    done = erase(casebook, around, "acct-1", why="9", actor=BOB, now=NOW, persons=2)
    assert done.state == "done"
    assert wrapped(casebook, "acct-1") is None
    subjects = {one: casebook.subject(one) for one in ("acct-1", "acct-2")}
    casebook.database.close()

    url = restore()
    with closing(Database(url)) as copy, copy.reading() as connection:
        there = dict(connection.execute(select(data_keys.c.owner, data_keys.c.wrapped)).all())
    # The copy has the key: otherwise what follows would show nothing.
    assert there[subjects["acct-1"]]
    again = open_casebook(url, tmp_path / "keys", now=LATER)
    assert wrapped(again, "acct-1") is None
    assert wrapped(again, "acct-2") == there[subjects["acct-2"]]
    with again.reading() as connection:
        assert again.names_of(connection, subjects.values()) == {subjects["acct-2"]: "acct-2"}
        assert again.audit(connection).flaws() == []
        said = [one for one in again.audit(connection).entries() if one.kind == "erased-again"]
    assert {one.body["owner"] for one in said} == {subjects["acct-1"], done.id}
    assert any(one.body["tables"].get("subjects") == 1 for one in said)
    assert [one.why for one in list_holds(again, actor=ADA)] == ["(erased) wrote"]
    assert [one.state for one in list_erasures(again, actor=ADA)] == ["done"]
    entries = len(said)
    again.database.close()
    # Once is enough.
    third = open_casebook(url, tmp_path / "keys", now=LATER)
    with third.reading() as connection:
        kinds = [one.kind for one in third.audit(connection).entries()]
    assert kinds.count("erased-again") == entries
    third.database.close()


def test_tombstones_that_a_crash_left_unwritten_are_written_when_it_is_opened(
    casebook_url: str, tmp_path: Path
) -> None:
    casebook = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    erase(casebook, Around(casebook.keys), "acct-1", why="9", actor=ADA, now=NOW)
    casebook.database.close()
    (file,) = (tmp_path / "keys" / FOLDER).glob("*.json")
    before = file.read_bytes()
    assert b"acct-1" not in before
    file.unlink()
    open_casebook(casebook_url, tmp_path / "keys", now=NOW).database.close()
    assert file.read_bytes() == before


def test_tombstones_that_were_changed_are_not_believed(casebook_url: str, tmp_path: Path) -> None:
    casebook = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    for account in ("acct-1", "acct-2"):
        erase(casebook, Around(casebook.keys), account, why="9", actor=ADA, now=NOW)
    mine = casebook.subject("acct-1")
    casebook.database.close()
    (file,) = (tmp_path / "keys" / FOLDER).glob("*.json")
    data = file.read_bytes()
    for changed in (data.replace(mine.encode(), b"fp-nobody"), data[:-9] + b"}\n", b""):
        assert changed != data
        file.write_bytes(changed)
        with pytest.raises(AuditError):
            open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    file.write_bytes(data)
    open_casebook(casebook_url, tmp_path / "keys", now=NOW).database.close()
