"""The casebook opens itself, keeps changes whole, and notices what was changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from revenuer.app.casebook.opening import CHECKPOINTS, Casebook, open_casebook
from revenuer.app.casebook.people import actor_here, add_person, change_person, list_people
from revenuer.casework.roles import Actor, Role
from revenuer.errors import AuditError, ConfigError, ConflictError, NotAllowedError
from revenuer.store.casebook.audit_table import audit_entries

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN, login="root")


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    yield opened
    opened.database.close()


def entries(casebook: Casebook) -> list[str]:
    with casebook.reading() as connection:
        return [entry.kind for entry in casebook.audit(connection).entries()]


def test_opening_twice_begins_once(casebook: Casebook, casebook_url: str, tmp_path: Path) -> None:
    open_casebook(casebook_url, tmp_path / "keys").database.close()
    assert entries(casebook) == ["opened"]


def test_many_who_open_a_new_one_at_once_begin_it_once(casebook_url: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_casebook(casebook_url, tmp_path / "keys"), range(8)))
    assert entries(opened[0]) == ["opened"]
    for one in opened:
        one.database.close()


def test_the_keys_folder_remembers_how_far_the_log_had_got(casebook: Casebook) -> None:
    add_person(casebook, "Ada", Role.ADMIN, actor=ADMIN, now=NOW)
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        first, last = list(log.entries())
        assert casebook.remembered(first.hash) == {2: last.hash}
        assert not log.flaws(casebook.remembered(first.hash))
    (place,) = (casebook.keys / CHECKPOINTS).glob("[0-9a-f]" * 16)
    place.write_bytes(place.read_bytes().replace(b"2", b"3", 1))
    with pytest.raises(AuditError):
        casebook.remembered(first.hash)


def test_nothing_is_changed_once_the_log_was(casebook: Casebook) -> None:
    add_person(casebook, "Ada", Role.ADMIN, actor=ADMIN, now=NOW)
    with casebook.database.writing() as connection:
        connection.execute(delete(audit_entries).where(audit_entries.c.number == 2))
    with pytest.raises(AuditError):
        add_person(casebook, "Ben", Role.VIEWER, actor=ADMIN, now=NOW)
    assert [one.name for one in list_people(casebook, actor=ADMIN)] == ["ada"]


def test_ids_are_kept_sealed_and_found_by_subject(casebook: Casebook, tmp_path: Path) -> None:
    with casebook.changing(ADMIN, NOW) as change:
        known = casebook.keep_names(change, ["acct-one", "acct-two"])
    with casebook.changing(ADMIN, NOW) as change:
        assert (
            casebook.keep_names(change, ["acct-one", "acct-three"])["acct-one"]
            == (known["acct-one"])
        )
        casebook.vault.shred(change.connection, known["acct-two"], change.now_us)
    with casebook.reading() as connection:
        wanted = [casebook.subject(f"acct-{n}") for n in ("one", "two", "three", "four")]
        assert set(casebook.names_of(connection, wanted).values()) == {"acct-one", "acct-three"}
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"acct-one" not in file.read_bytes()


def test_with_nobody_registered_whoever_opens_it_is_admin(casebook: Casebook) -> None:
    assert actor_here(casebook, "Zoe", "root").role is Role.ADMIN


def test_once_somebody_is_registered_strangers_are_not_let_in(casebook: Casebook) -> None:
    add_person(casebook, "ada", Role.ADMIN, actor=ADMIN, now=NOW)
    add_person(casebook, "ben", Role.VIEWER, actor=ADMIN, now=NOW)
    assert actor_here(casebook, "Ben", "root").role is Role.VIEWER
    with pytest.raises(NotAllowedError, match="zoe"):
        actor_here(casebook, "zoe", "root")
    change_person(casebook, "ben", actor=ADMIN, now=NOW, disabled=True)
    with pytest.raises(NotAllowedError, match="ben"):
        actor_here(casebook, "ben", "root")


def test_the_first_is_an_admin_and_the_last_admin_stays(casebook: Casebook) -> None:
    with pytest.raises(ConfigError, match="first"):
        add_person(casebook, "ben", Role.VIEWER, actor=ADMIN, now=NOW)
    add_person(casebook, "ada", Role.ADMIN, actor=ADMIN, now=NOW)
    with pytest.raises(NotAllowedError, match="admin"):
        change_person(casebook, "ada", actor=ADMIN, now=NOW, role=Role.VIEWER)
    with pytest.raises(NotAllowedError, match="admin"):
        change_person(casebook, "ada", actor=ADMIN, now=NOW, disabled=True)
    with pytest.raises(ConflictError):
        add_person(casebook, "ADA", Role.ADMIN, actor=ADMIN, now=NOW)
    with pytest.raises(ConfigError, match="service"):
        add_person(casebook, "robot", Role.APPROVER, actor=ADMIN, now=NOW, kind="service")


def test_who_may_not_manage_changes_nobody(casebook: Casebook) -> None:
    with pytest.raises(NotAllowedError):
        add_person(casebook, "ben", Role.ADMIN, actor=Actor("x", Role.APPROVER), now=NOW)
    assert entries(casebook) == ["opened"]


def test_another_casebook_is_told_apart(casebook: Casebook, tmp_path: Path) -> None:
    other = open_casebook(f"sqlite:///{tmp_path}/other.sqlite", casebook.keys)
    with other.reading() as connection:
        connection.execute(text("SELECT 1"))
        assert len(list((casebook.keys / CHECKPOINTS).glob("[0-9a-f]" * 16))) == 2
    other.database.close()
