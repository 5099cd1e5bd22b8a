"""Where sharing keeps what it knows: one folder, with its database and its audit log.

| in the folder | holds |
|---|---|
| `share.sqlite` | collections, objects, tokens; elsewhere where `share.database` says so |
| `audit.jsonl` | who was given what, and what was decided; chained and signed |
| `audit.jsonl.pub` | the key that checks its signatures |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.app.desk import SIGNING_KEY
from revenuer.app.sharing.record import SHARING_KEY
from revenuer.casework.chain import Entry
from revenuer.disk import PRIVATE_FOLDER
from revenuer.enforcement.verdict_keys import (
    SigningKey,
    fingerprint_key_at,
    public_key_of,
    signing_key_at,
    write_public_key,
)
from revenuer.store.audit_file import AuditFile
from revenuer.store.database import Database, sqlite_url


@dataclass(frozen=True, slots=True)
class ShareState:
    """The folder of sharing, opened.

    Attributes:
        folder: Where.
        database: What is in its database.
        signing: Signs the audit log.
        secret: The key of pseudonyms: of ourselves and of our campaigns.
    """

    folder: Path
    database: Database
    signing: SigningKey
    secret: bytes = field(repr=False)

    @property
    def audit(self) -> AuditFile:
        """The audit log."""
        return audit_of(self.folder, self.signing)

    def record(
        self, steps: Sequence[tuple[str, Mapping[str, Any]]], at: datetime
    ) -> Sequence[Entry]:
        """Write steps to the audit log; they are on the disk when this returns."""
        return self.audit.append(steps, at=at, sign=self.signing.sign)


def open_state(folder: Path, keys: Path, database: str = "") -> ShareState:
    """Open the folder of sharing; what is missing is made.

    Args:
        folder: Where.
        keys: Folder of the secret keys, which are made on first use.
        database: URL of a database elsewhere; empty for the one in the folder.

    Raises:
        ConfigError: A key or the URL cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    signing, _ = signing_key_at(keys / SIGNING_KEY)
    write_public_key(public_key_of(folder / "audit.jsonl"), signing.public)
    secret, _ = fingerprint_key_at(keys / SHARING_KEY)
    opened = Database(database or sqlite_url(folder / "share.sqlite"))
    return ShareState(folder, opened, signing, secret)


def audit_of(folder: Path, signing: SigningKey) -> AuditFile:
    """The audit log of a folder of sharing."""
    return AuditFile(folder / "audit.jsonl", signing.public.verifies)
