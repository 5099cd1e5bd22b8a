"""Where decisions about one snapshot are made: its keys, its docket and its audit log."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.app.guard_policy import load_policy
from revenuer.casework.chain import Entry
from revenuer.casework.decisions import Decision, Ledger, Proposal
from revenuer.casework.ledgers import ledger_of
from revenuer.enforcement.verdict_keys import (
    SigningKey,
    fingerprint_key_at,
    fingerprint_key_of,
    read_fingerprint_key,
    signing_key_at,
    write_fingerprint_key,
)
from revenuer.errors import ConfigError, NotFoundError
from revenuer.guard.fingerprint import Fingerprinter, Kind, shown
from revenuer.guard.policy import Policy
from revenuer.store.audit_file import AuditFile
from revenuer.store.docket import Docket, docket_of
from revenuer.store.outbox import Outbox

logger = logging.getLogger(__name__)

SIGNING_KEY = "verdict-signing.key"
FINGERPRINT_KEY = "fingerprint.key"
SHORTEST_NAME = 6
"""Letters of a decision's id or a plan's digest that are enough to name it. placeholder"""


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to decide about one snapshot.

    Attributes:
        snapshot: The file that guards look up.
        signing: Signs snapshots and the audit log.
        secret: The fingerprint key.
        docket: Where decisions are kept.
        made_keys: Secret keys that were made just now.
    """

    snapshot: Path
    signing: SigningKey
    secret: bytes
    docket: Docket
    made_keys: tuple[Path, ...]

    @property
    def fingerprints(self) -> Fingerprinter:
        """What turns ids into fingerprints."""
        return Fingerprinter(self.secret)

    @property
    def audit(self) -> AuditFile:
        """The audit log."""
        return AuditFile(self.docket.audit_path, self.signing.public.verifies)

    @property
    def outbox(self) -> Outbox:
        """The webhooks that wait."""
        return Outbox(self.docket.outbox_path)

    def member(self, account_id: str) -> str:
        """How the log writes an account."""
        return shown(self.fingerprints.of(Kind.ACCOUNT, account_id))

    def record(
        self, steps: Sequence[tuple[str, Mapping[str, Any]]], at: datetime
    ) -> Sequence[Entry]:
        """Write steps to the audit log; they are on the disk when this returns."""
        return self.audit.append(steps, at=at, sign=self.signing.sign)

    def ledger(self) -> Ledger:
        """What the audit log adds up to.

        Raises:
            AuditError: It was changed.
        """
        return ledger_of(self.audit.entries())

    def policy_file(self) -> Path | None:
        """The file of the policy that was named last."""
        named = self.docket.standing().policy
        return Path(named) if named else None

    def policy(self, given: Path | None) -> Policy:
        """The policy in a file; without one, that which was named last; else the defaults.

        What was named last and cannot be read any more is taken as it was then: nobody should
        stay blocked since a file was moved.

        Raises:
            ConfigError: The file that is given cannot be used.
        """
        if given is not None:
            return load_policy(given)
        if not (named := self.docket.standing().policy):
            return Policy()
        try:
            return load_policy(Path(named))
        except ConfigError as problem:
            logger.warning("%s The policy as it was before is used.", problem.message)
            return load_policy(self.docket.policy_copy)


def open_desk(snapshot: Path, keys: Path) -> Desk:
    """Take the keys of a snapshot, which are made on first use, and its docket.

    Args:
        snapshot: The file that guards look up; need not be there.
        keys: Folder of the signing key and the fingerprint key.
    """
    signing, made_signing = signing_key_at(keys / SIGNING_KEY)
    beside, kept = fingerprint_key_of(snapshot), keys / FINGERPRINT_KEY
    if beside.exists() and not kept.exists():
        # Go on with the key of a gateway that was there before the first publication.
        write_fingerprint_key(kept, read_fingerprint_key(beside))
    secret, made_fingerprint = fingerprint_key_at(kept)
    made = ((SIGNING_KEY, made_signing), (FINGERPRINT_KEY, made_fingerprint))
    return Desk(
        snapshot=snapshot,
        signing=signing,
        secret=secret,
        docket=docket_of(snapshot),
        made_keys=tuple(keys / name for name, new in made if new),
    )


def decision_named(ledger: Ledger, name: str) -> Decision:
    """The decision whose id this is, or begins.

    Raises:
        NotFoundError: There is none, or there are several.
    """
    short = name.removeprefix("decision--")
    found = [
        one
        for id_, one in ledger.decisions.items()
        if id_ == name or (_long(short) and id_.removeprefix("decision--").startswith(short))
    ]
    if len(found) == 1:
        return found[0]
    what = "is no decision" if not found else f"could be any of {len(found)} decisions"
    raise NotFoundError(f"{name!r} {what} of this snapshot.", "`revenuer enforce list` shows them.")


def proposal_named(ledger: Ledger, name: str) -> Proposal:
    """The plan whose digest this is, or begins.

    Raises:
        NotFoundError: There is none, or there are several.
    """
    found = [
        one
        for digest, one in ledger.proposals.items()
        if digest == name or (_long(name) and digest.startswith(name))
    ]
    if len(found) == 1:
        return found[0]
    what = "is no plan" if not found else f"could be any of {len(found)} plans"
    raise NotFoundError(f"{name!r} {what} of this snapshot.", "`revenuer enforce list` shows them.")


def login() -> str:
    """Whom the operating system takes the caller for; beside the name that they give."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return ""


def _long(name: str) -> bool:
    return len(name) >= SHORTEST_NAME
