"""What is sealed is read by its owner's key alone, and by nobody once that is destroyed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from revenuer.errors import AuditError
from revenuer.store.casebook.schema import open_schema
from revenuer.store.casebook.vault import AT_ONCE, Vault
from revenuer.store.database import Database

VAULT = Vault(bytes(range(32)))


@pytest.fixture
def database(casebook_url: str) -> Iterator[Database]:
    opened = Database(casebook_url)
    open_schema(opened)
    yield opened
    opened.close()


def test_what_is_sealed_is_read_again_and_is_not_there_in_the_clear(database: Database) -> None:
    with database.writing() as connection:
        sealed = VAULT.seal(connection, "fp-1", b"a prompt")
        assert b"prompt" not in sealed
        assert VAULT.unseal(connection, "fp-1", sealed) == b"a prompt"


def test_the_same_text_is_sealed_otherwise_each_time(database: Database) -> None:
    with database.writing() as connection:
        one, two = VAULT.seal_all(connection, [("fp-1", b"a"), ("fp-1", b"a")])
    assert one != two


def test_another_owner_does_not_read_it(database: Database) -> None:
    with database.writing() as connection:
        sealed, _ = VAULT.seal_all(connection, [("fp-1", b"a"), ("fp-2", b"b")])
        with pytest.raises(AuditError):
            VAULT.unseal(connection, "fp-2", sealed)


def test_another_master_key_does_not_read_it(database: Database) -> None:
    with database.writing() as connection:
        sealed = VAULT.seal(connection, "fp-1", b"a")
        with pytest.raises(AuditError):
            Vault(bytes(32)).unseal(connection, "fp-1", sealed)


def test_every_changed_byte_is_noticed(database: Database) -> None:
    with database.writing() as connection:
        sealed = VAULT.seal(connection, "fp-1", b"a prompt")
        for place in range(len(sealed)):
            changed = bytearray(sealed)
            changed[place] ^= 1
            with pytest.raises(AuditError):
                VAULT.unseal(connection, "fp-1", bytes(changed))


def test_what_is_shredded_is_gone_and_stays_gone(database: Database) -> None:
    with database.writing() as connection:
        mine, other = VAULT.seal_all(connection, [("fp-1", b"mine"), ("fp-2", b"other")])
        assert VAULT.shred(connection, "fp-1", 7)
        assert not VAULT.shred(connection, "fp-1", 8)
        assert VAULT.unseal(connection, "fp-1", mine) is None
        assert VAULT.unseal(connection, "fp-2", other) == b"other"
        assert VAULT.seal(connection, "fp-1", b"again") == b""
        assert VAULT.unseal(connection, "fp-1", b"") is None


def test_who_had_nothing_can_be_shredded_too(database: Database) -> None:
    with database.writing() as connection:
        assert not VAULT.is_shredded(connection, "fp-9")
        assert VAULT.shred(connection, "fp-9", 7)
        assert VAULT.is_shredded(connection, "fp-9")
        assert VAULT.seal(connection, "fp-9", b"text") == b""


def test_many_owners_are_sealed_at_once(database: Database) -> None:
    things = [(f"fp-{number}", str(number).encode()) for number in range(2 * AT_ONCE + 1)]
    with database.writing() as connection:
        sealed = VAULT.seal_all(connection, things)
        back = VAULT.unseal_all(
            connection, [(owner, text) for (owner, _), text in zip(things, sealed, strict=True)]
        )
    assert back == [text for _, text in things]
