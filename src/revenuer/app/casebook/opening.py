"""The casebook, opened: what every function of it is handed.

| where | holds |
|---|---|
| the database | cases, people, permits, appeals; the audit log; texts and names, sealed |
| `casebook-master.key` in the keys folder | what data keys are sealed with |
| `casebook-checkpoints/` in the keys folder | how far each audit log had got, apart from the log |
| `casebook-erased/` in the keys folder | who was erased, so that no older copy brings them back |
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from revenuer.app.casebook.tombstones import agree
from revenuer.app.desk import FINGERPRINT_KEY, SIGNING_KEY
from revenuer.casework.chain import Entry
from revenuer.casework.checkpoints import (
    Checkpoint,
    checkpoint_of,
    checkpoint_text,
    read_checkpoint,
)
from revenuer.casework.roles import Actor
from revenuer.disk import PRIVATE_FOLDER, locked, put
from revenuer.enforcement.verdict_keys import (
    SigningKey,
    fingerprint_key_at,
    secret_at,
    signing_key_at,
)
from revenuer.guard.fingerprint import Fingerprinter, Kind, shown
from revenuer.instants import micros
from revenuer.store.casebook import audit_table, subjects
from revenuer.store.casebook.audit_table import AuditTable
from revenuer.store.casebook.schema import open_schema
from revenuer.store.casebook.vault import Vault, data_keys
from revenuer.store.database import Database

logger = logging.getLogger(__name__)

MASTER_KEY = "casebook-master.key"
MASTER_HEAD = "revenuer-casebook-master-key-1"
CHECKPOINTS = "casebook-checkpoints"
OPENED = "opened"
"""Kind of the first entry; its hash names the casebook."""


@dataclass(slots=True)
class Change:
    """One change of the casebook, which happens with its audit entries or not at all.

    Attributes:
        connection: The transaction.
        actor: Who changes it.
        now: When.
        steps: What the audit log will say of it.
    """

    connection: Connection
    actor: Actor
    now: datetime
    steps: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def now_us(self) -> int:
        """When, in microseconds since the epoch."""
        return micros(self.now)

    def record(self, kind: str, body: Mapping[str, Any]) -> None:
        """Say what is done; who does it is added.

        Args:
            kind: In a word.
            body: No text of anybody's, no raw id: subjects, rows and hashes.
        """
        said: dict[str, Any] = {"by": self.actor.name, **body}
        if self.actor.login:
            said["login"] = self.actor.login
        if self.actor.token:
            said["token"] = self.actor.token
        self.steps.append((kind, said))


@dataclass(frozen=True, slots=True)
class Casebook:
    """A casebook.

    Attributes:
        database: Where it is kept.
        vault: Seals and unseals what is personal.
        signing: Signs the audit log.
        fingerprints: Turn ids into subjects, as `enforce` does.
        keys: Folder of the keys.
    """

    database: Database
    vault: Vault
    signing: SigningKey
    fingerprints: Fingerprinter
    keys: Path

    def subject(self, account_id: str) -> str:
        """How the casebook writes an account; of what is a subject already, that one."""
        return shown(self.fingerprints.of(Kind.ACCOUNT, account_id))

    def subject_of_organization(self, organization_id: str) -> str:
        """How the casebook writes an organization."""
        return shown(self.fingerprints.of(Kind.ORGANIZATION, organization_id))

    def keep_names(self, change: Change, account_ids: Iterable[str]) -> dict[str, str]:
        """Keep the ids of accounts, sealed, and tell their subjects by id."""
        known = {account: self.subject(account) for account in account_ids}
        names = {subject: account for account, subject in known.items()}
        subjects.keep_names(change.connection, self.vault, names, "account", change.now_us)
        return known

    def names_of(self, connection: Connection, wanted: Iterable[str]) -> dict[str, str]:
        """The ids of subjects; of those who were erased there is none."""
        return subjects.names_of(connection, self.vault, wanted)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of the casebook."""
        with self.database.reading() as connection:
            yield connection

    @contextmanager
    def changing(self, actor: Actor, now: datetime) -> Iterator[Change]:
        """A change: on the disk when this ends without error, together with what is recorded."""
        with self.database.writing() as connection:
            change = Change(connection, actor, now)
            yield change
            made = self.audit(connection).append(change.steps, at=now, sign=self.signing.sign)
            begun = self.begun(connection)
        if made:
            self.note(made[-1], begun)

    def begun(self, connection: Connection) -> str:
        """The hash of the log's first entry: the same in all copies of a casebook."""
        return audit_table.hash_of(self.audit(connection).first())

    def audit(self, connection: Connection) -> AuditTable:
        """The audit log."""
        return AuditTable(connection, self.signing.public.verifies)

    def remembered(self, first: str) -> Mapping[int, str]:
        """How far the log whose first entry has this hash had got, as the keys folder knows."""
        place = self._place(first)
        if not place.exists():
            return {}
        if (point := self._noted(place)) is None:
            raise audit_table.broken(f"{place} is not genuine")
        return {point.number: point.hash}

    @property
    def first_place(self) -> Path:
        """The file in the keys folder that says which log was begun at this URL."""
        name = sha256(self.database.name.encode()).hexdigest()[:16]
        return self.keys / CHECKPOINTS / f"url-{name}"

    def note(self, newest: Entry, begun: str) -> None:
        """Write down, apart from the log, how far it has got.

        A crash before this leaves what was noted before, which still holds.

        Args:
            newest: The newest entry.
            begun: The hash of the first, as `begun` tells it.
        """
        place = self._place(begun)
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            if begun and not self.first_place.exists():
                put(self.first_place, begun.encode())
            with locked(place.with_suffix(".lock")):
                known = self._noted(place)
                if known is None and place.exists():
                    # It was changed: whoever verifies the log shall still see that.
                    return
                if known is None or known.number < newest.number:
                    put(place, checkpoint_text(checkpoint_of(newest, self.signing.sign)))
        except OSError as problem:
            logger.warning("%s cannot be written: %s.", place, problem.strerror)

    def _noted(self, place: Path) -> Checkpoint | None:
        text = place.read_bytes() if place.exists() else b""
        return read_checkpoint(text, self.signing.public.verifies)

    def _place(self, first: str) -> Path:
        return self.keys / CHECKPOINTS / first[:16]


def open_casebook(url: str, keys: Path, *, now: datetime | None = None) -> Casebook:
    """Open a casebook; its schema makes itself, and its keys are made on first use.

    Args:
        url: `sqlite:///FILE` or `postgresql+pg8000://USER@HOST/NAME`.
        keys: Folder of the keys.
        now: When; the clock's time without it.

    Raises:
        ConfigError: The URL or a key cannot be used, or a newer program made it.
        AuditError: What the keys folder says of who was erased was changed.
    """
    signing, _ = signing_key_at(keys / SIGNING_KEY)
    secret, _ = fingerprint_key_at(keys / FINGERPRINT_KEY)
    master, _ = secret_at(keys / MASTER_KEY, MASTER_HEAD, "master key of the casebook")
    database = Database(url)
    try:
        open_schema(database)
        opened = Casebook(database, Vault(master), signing, Fingerprinter(secret), keys)
        with opened.reading() as connection:
            new = opened.audit(connection).last() is None
        if new:
            _begin(opened, now or datetime.now(UTC))
        _erase_again(opened, now or datetime.now(UTC))
    except BaseException:
        database.close()
        raise
    return opened


def _erase_again(casebook: Casebook, now: datetime) -> None:
    """Erase again who was erased since this copy of the casebook was made."""
    if again := agree(casebook, now, micros(now)):
        logger.warning(
            "This casebook is an older copy: %d keys that were destroyed since are destroyed "
            "again, and what was theirs is erased.",
            len(again),
        )


def _begin(casebook: Casebook, now: datetime) -> None:
    """Write the first entry, unless another has."""
    with casebook.database.writing() as connection:
        audit = casebook.audit(connection)
        if audit.last() is not None:
            return
        if connection.execute(select(data_keys.c.owner).limit(1)).first() is not None:
            raise audit_table.broken("it has no entry, and the casebook is not new")
        said = {"schema": "revenuer/casebook/1"}
        (made,) = audit.append([(OPENED, said)], at=now, sign=casebook.signing.sign)
    casebook.note(made, made.hash)
