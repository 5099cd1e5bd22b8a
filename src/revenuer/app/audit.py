"""`audit`: whether an audit log is as it was written, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from revenuer.casework.chain import Entry, Flaw
from revenuer.casework.checkpoints import read_witness, witness_of
from revenuer.enforcement.verdict_keys import public_key_of, read_public_key
from revenuer.errors import ConfigError, NotFoundError
from revenuer.store.audit_file import AuditFile
from revenuer.store.docket import docket_of


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found.

    Attributes:
        file: The log.
        entries: How many lines it has.
        flaws: What is wrong with it; empty if it is as it was written.
        witness: Its newest entry, to tell others; empty where it has none or is broken.
        last_at: When that was written; empty likewise.
    """

    file: Path
    entries: int
    flaws: tuple[Flaw, ...]
    witness: str
    last_at: str


def verify(file: Path, *, public_key: Path | None = None, witnesses: Iterable[str] = ()) -> Audited:
    """Look at every byte of an audit log, every hash and every signature.

    Args:
        file: The log.
        public_key: Whose signatures count; without it, the `.pub` beside the log, or that of the
            snapshot whose docket it lies in.
        witnesses: What others were told of it, `NUMBER:HASH`; each of these entries must be
            there.

    Raises:
        NotFoundError: There is no log.
        ConfigError: The key cannot be read, or a witness is none.
    """
    log = _log(file, public_key)
    known: dict[int, str] = {}
    for text in witnesses:
        try:
            number, seen = read_witness(text)
        except ValueError as problem:
            raise ConfigError(f"{problem}.", "`revenuer audit verify` prints them.") from problem
        known[number] = seen
    flaws = tuple(log.flaws(known))
    entries = [] if flaws else log.entries()
    return Audited(
        file=file,
        entries=sum(1 for _ in log.lines()),
        flaws=flaws,
        witness=witness_of(entries[-1]) if entries else "",
        last_at=entries[-1].at if entries else "",
    )


def read(file: Path, *, public_key: Path | None = None) -> list[Entry]:
    """The entries of an audit log, the chain checked.

    Raises:
        NotFoundError: There is no log.
        AuditError: It was changed.
    """
    return _log(file, public_key).entries()


def audit_log_of(snapshot: Path) -> Path:
    """Where the audit log of a snapshot's decisions lies."""
    return docket_of(snapshot).audit_path


def _log(file: Path, public_key: Path | None) -> AuditFile:
    if not file.exists():
        raise NotFoundError(
            f"{file} is not there.", "`revenuer enforce` begins an audit log with its first step."
        )
    beside = public_key_of(file)
    if public_key is None and beside.exists():
        public_key = beside
    if public_key is None:
        snapshot = file.parent.parent / file.parent.name.removesuffix(".docket")
        public_key = public_key_of(snapshot)
    return AuditFile(file, read_public_key(public_key).verifies)
