"""Whom the casebook is about: keyed fingerprints, and their ids as long as nobody erased them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, String, Table, select

from revenuer.store.casebook.many_rows import put_in
from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.vault import AT_ONCE, Vault

SUBJECT_CHARS = 64
subjects = Table(
    "subjects",
    METADATA,
    Column("subject", String(SUBJECT_CHARS), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
)


def keep_names(
    connection: Connection, vault: Vault, names: Mapping[str, str], kind: str, now_us: int
) -> None:
    """Keep the ids of subjects that are new.

    Args:
        connection: A transaction that writes.
        vault: Seals them.
        names: Subject to id.
        kind: `account` or `organization`.
        now_us: When they were first seen.
    """
    new = sorted(names.keys() - _there(connection, names))
    sealed = vault.seal_all(connection, [(one, names[one].encode()) for one in new], now_us)
    put_in(
        connection,
        subjects,
        [
            {"subject": one, "kind": kind, "name": name, "seen_us": now_us}
            for one, name in zip(new, sealed, strict=True)
        ],
    )


def names_of(connection: Connection, vault: Vault, wanted: Iterable[str]) -> dict[str, str]:
    """The ids of subjects; those who were erased, or were never seen, are not in it."""
    found: list[tuple[str, bytes]] = []
    for some in _batches(wanted):
        chosen = select(subjects.c.subject, subjects.c.name).where(subjects.c.subject.in_(some))
        found += [(row.subject, row.name) for row in connection.execute(chosen)]
    clear = vault.unseal_all(connection, found)
    return {
        subject: name.decode()
        for (subject, _), name in zip(found, clear, strict=True)
        if name is not None
    }


def _there(connection: Connection, wanted: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in _batches(wanted):
        known = select(subjects.c.subject).where(subjects.c.subject.in_(some))
        found.update(connection.execute(known).scalars())
    return found


def _batches(wanted: Iterable[str]) -> Iterable[list[str]]:
    names = sorted(set(wanted))
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
