"""Commitments: made in the audit log, their secrets beside it in files of the owner alone.

| in the folder | holds |
|---|---|
| `audit.jsonl`, `audit.jsonl.checkpoint` | commitments, looks and results; chained and signed |
| `audit.jsonl.pub` | the key that checks the signatures |
| `secrets/COMMITMENT.json` | master secret, salt, pseudonyms of the accounts; mode 0600 |
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from revenuer.app.desk import SIGNING_KEY
from revenuer.casework.chain import Entry, canonical
from revenuer.casework.checkpoints import read_witness
from revenuer.disk import PRIVATE_FOLDER, create, refuse_if_shared
from revenuer.enforcement.verdict_keys import (
    SigningKey,
    public_key_of,
    signing_key_at,
    write_public_key,
)
from revenuer.errors import AuditError, ConfigError, NotFoundError
from revenuer.provenance.keys import (
    SECRET_BYTES,
    commitment,
    key_of_pseudonym,
    opens,
    pseudonym_of,
)
from revenuer.provenance.plan import Plan, problems_of
from revenuer.provenance.report import Anchor, Registered
from revenuer.store.audit_file import AuditFile

COMMITTED = "provenance-committed"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a commitment binds.

    Attributes:
        master: Every account's key follows from it; hexadecimal.
        salt: Of the commitments; hexadecimal.
        accounts: Their pseudonyms, in the order of the results; one that is empty where all share
            a key. No raw id is kept: who asks about an account names it.
    """

    master: str = field(repr=False)
    salt: str = field(repr=False)
    accounts: tuple[str, ...] = field(default=("",), repr=False)

    def pseudonym(self, account_id: str) -> str:
        """How an account is called here; empty where all share a key."""
        return pseudonym_of(bytes.fromhex(self.master), account_id)

    def key_of(self, plan: Plan, pseudonym: str) -> bytes:
        """The key of an account's mark, or the secret of its canaries."""
        scheme = plan.statistic if plan.is_mark else "canary"
        return key_of_pseudonym(bytes.fromhex(self.master), scheme, pseudonym)


@dataclass(frozen=True, slots=True)
class Registry:
    """The folder of provenance, opened.

    Attributes:
        folder: Where.
        signing: Signs the audit log.
    """

    folder: Path
    signing: SigningKey

    @property
    def audit(self) -> AuditFile:
        """The audit log."""
        return AuditFile(self.folder / "audit.jsonl", self.signing.public.verifies)

    def record(self, kind: str, body: Mapping[str, Any], at: datetime) -> Entry:
        """Write a step; it is on the disk when this returns."""
        return self.audit.append([(kind, body)], at=at, sign=self.signing.sign)[-1]

    def secrets_path(self, id_: str) -> Path:
        """The file of a commitment's secrets."""
        return self.folder / "secrets" / f"{id_}.json"


def open_registry(folder: Path, keys: Path) -> Registry:
    """Open the folder of provenance; what is missing is made.

    Args:
        folder: Where.
        keys: Folder of the secret keys, which are made on first use.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    signing, _ = signing_key_at(keys / SIGNING_KEY)
    write_public_key(public_key_of(folder / "audit.jsonl"), signing.public)
    return Registry(folder, signing)


def commit(
    registry: Registry, name: str, plan: Plan, *, accounts: Sequence[str], now: datetime
) -> Registered:
    """Fix a test: draw its secret, keep that privately, and write what binds it into the log.

    Args:
        registry: Where.
        name: What its owner calls it.
        plan: What will be done; the number of accounts is taken from `accounts`.
        accounts: Raw ids that have a key each; none where all answers share one.
        now: When.

    Raises:
        ConfigError: The plan could not be carried out, or an account is there twice.
    """
    if len(set(accounts)) != len(accounts) or "" in accounts:
        raise ConfigError("The accounts hold an id twice, or an empty one.", "Give each once.")
    plan = replace(plan, accounts=max(len(accounts), 1))
    if found := problems_of(plan):
        raise ConfigError(f"The plan cannot be used: {'; '.join(found)}.", "Nothing was committed.")
    drawn = Secrets(secrets.token_hex(SECRET_BYTES), secrets.token_hex(SECRET_BYTES))
    made = replace(drawn, accounts=tuple(map(drawn.pseudonym, accounts)) or ("",))
    salt = bytes.fromhex(made.salt)
    key = commitment("key", salt, bytes.fromhex(made.master))
    id_ = f"commitment--{key[:12]}"
    # The secret first: a commitment whose secret is lost is worth nothing.
    create(registry.secrets_path(id_), msgspec.json.encode(made))
    body = {
        "commitment": id_,
        "name": name,
        "plan": msgspec.to_builtins(plan),
        "key": key,
        "roster": commitment("roster", salt, canonical(list(made.accounts))),
    }
    return _registered(registry.record(COMMITTED, body, now))


def registered(registry: Registry, witnesses: Sequence[str] = ()) -> list[Registered]:
    """Every commitment, the oldest first.

    Args:
        registry: Where.
        witnesses: What others were told of the log, `NUMBER:HASH`.

    Raises:
        AuditError: The log was changed, or is not the one that the witnesses saw.
    """
    entries = registry.audit.entries()
    for text in witnesses:
        try:
            number, seen = read_witness(text)
        except ValueError as problem:
            raise ConfigError(f"{problem}.", "`revenuer audit verify` prints them.") from problem
        if not 1 <= number <= len(entries) or entries[number - 1].hash != seen:
            raise AuditError(
                f"Entry {number} of {registry.audit.path} is not the one that the witness saw.",
                "The log was replaced after the witness was told; nothing in it counts.",
            )
    return [_registered(entry) for entry in entries if entry.kind == COMMITTED]


def find(registry: Registry, id_: str, witnesses: Sequence[str] = ()) -> tuple[Registered, Secrets]:
    """A commitment and the secrets that it binds, held against it.

    Args:
        registry: Where.
        id_: Of the commitment, how it begins, or its name.
        witnesses: As for `registered`.

    Raises:
        NotFoundError: There is none, or several.
        AuditError: The log was changed, or the secrets are not those that were committed.
    """
    every = registered(registry, witnesses)
    found = [one for one in every if one.id.startswith(id_) or one.name == id_]
    exact = [one for one in found if one.id == id_]
    if len(exact or found) != 1:
        raise NotFoundError(
            f"{'No' if not found else 'More than one'} commitment is {id_!r}.",
            "`revenuer provenance list` has them.",
        )
    one = (exact or found)[0]
    kept = _secrets(registry.secrets_path(one.id))
    salt = bytes.fromhex(kept.salt)
    if not (
        opens(one.key, "key", salt, bytes.fromhex(kept.master))
        and opens(one.roster, "roster", salt, canonical(list(kept.accounts)))
    ):
        raise AuditError(
            f"The secrets of {one.id} are not those that were committed at {one.at}.",
            "Put back the file as it was; a test with another secret would say nothing.",
        )
    return one, kept


def first_covering(anchors: Iterable[Anchor], entry: int) -> Anchor | None:
    """The first time that a casebook wrote an entry of the log down; None if it never did.

    Args:
        anchors: What it has of the log, oldest first.
        entry: Number of the entry.
    """
    return next((one for one in anchors if read_witness(one.log)[0] >= entry), None)


def _secrets(path: Path) -> Secrets:
    try:
        refuse_if_shared(path, "file of secrets")
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except FileNotFoundError:
        raise NotFoundError(
            f"{path} is not there.", "Without its secret a commitment cannot be tested."
        ) from None
    except msgspec.DecodeError as problem:
        raise ConfigError(f"{path} is no file of secrets.", "Put it back as it was.") from problem


def _registered(entry: Entry) -> Registered:
    said = entry.body
    return Registered(
        id=said["commitment"],
        name=said["name"],
        plan=msgspec.convert(said["plan"], Plan),
        key=said["key"],
        roster=said["roster"],
        at=entry.at,
        entry=entry.number,
        entry_hash=entry.hash,
    )
