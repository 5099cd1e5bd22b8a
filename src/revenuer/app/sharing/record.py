"""The audit log of sharing for what needs no database: an export, a revocation, a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.app.desk import SIGNING_KEY
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

SHARING_KEY = "sharing.key"
"""The key of pseudonyms, among the secret keys."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down what leaves.

    Attributes:
        folder: Of sharing; see `app.sharing.state`.
        signing: Signs the audit log.
        secret: The key of pseudonyms.
        made_keys: Secret keys that were made just now.
    """

    folder: Path
    signing: SigningKey
    secret: bytes
    made_keys: tuple[Path, ...]

    def record(
        self, steps: Sequence[tuple[str, Mapping[str, Any]]], at: datetime
    ) -> Sequence[Entry]:
        """Write steps to the audit log; they are on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        path = self.folder / "audit.jsonl"
        write_public_key(public_key_of(path), self.signing.public)
        log = AuditFile(path, self.signing.public.verifies)
        return log.append(steps, at=at, sign=self.signing.sign)


def open_recorder(folder: Path, keys: Path) -> Recorder:
    """Take the keys of sharing, which are made on first use.

    Args:
        folder: Of sharing; made with the first entry.
        keys: Folder of the secret keys.

    Raises:
        ConfigError: A key cannot be used, or is open to others.
    """
    signing, new_signing = signing_key_at(keys / SIGNING_KEY)
    secret, new_secret = fingerprint_key_at(keys / SHARING_KEY)
    made = ((SIGNING_KEY, new_signing), (SHARING_KEY, new_secret))
    return Recorder(folder, signing, secret, tuple(keys / name for name, new in made if new))
