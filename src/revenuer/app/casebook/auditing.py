"""Whether the casebook's audit log, and the logs that it anchors, are as they were written.

Nothing is made here: an audit that began what is missing would hide that it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from revenuer.app.audit import Audited, audit_log_of
from revenuer.app.audit import verify as verify_file
from revenuer.app.casebook import provenance_anchors
from revenuer.app.casebook.decisions import anchors
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.subject_rows import case_named, table_of
from revenuer.app.desk import SIGNING_KEY
from revenuer.app.progress import Progress, Silent
from revenuer.casework.chain import Entry, Flaw
from revenuer.casework.checkpoints import checkpoint_text, read_witness, witness_of
from revenuer.casework.roles import Actor, Right
from revenuer.disk import put
from revenuer.enforcement.verdict_keys import (
    public_key_of,
    signing_key_at,
    write_public_key,
)
from revenuer.errors import AuditError, ConfigError, NotFoundError, RevenuerError
from revenuer.guard.fingerprint import KEY_BYTES, Fingerprinter
from revenuer.store.casebook.audit_table import hash_of
from revenuer.store.casebook.schema import known_versions, version_of
from revenuer.store.casebook.vault import Vault
from revenuer.store.database import Database


def look_at(url: str, keys: Path) -> Casebook:
    """Take a casebook as it is, to be audited; nothing is made or changed.

    Raises:
        NotFoundError: There is no casebook, or no key.
    """
    if not (keys / SIGNING_KEY).exists():
        raise NotFoundError(
            f"There is no signing key in {keys}.", "Name the folder of the casebook's keys."
        )
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise NotFoundError(f"There is no casebook {url}.", "`revenuer casebook add` begins one.")
    database = Database(url)
    with database.reading() as connection:
        if version_of(connection) not in known_versions():
            raise NotFoundError(
                f"{database.name} holds no casebook that this program knows.",
                "`revenuer casebook add` begins one.",
            )
    signing, _ = signing_key_at(keys / SIGNING_KEY)
    # Nothing that is sealed is looked at.
    nothing = bytes(KEY_BYTES)
    return Casebook(database, Vault(nothing), signing, Fingerprinter(nothing), keys)


def verify_casebook(
    there: Casebook, witnesses: Iterable[str] = (), progress: Progress | None = None
) -> Audited:
    """Look at every byte of the casebook's audit log, every hash and every signature.

    Args:
        there: From `look_at`.
        witnesses: What others were told of it, `NUMBER:HASH`.
        progress: Is told how far it is.

    Raises:
        ConfigError: A witness is none.
    """
    known, found = _known(witnesses), []
    with there.database.reading() as connection:
        log = there.audit(connection)
        entries, first = log.count(), hash_of(log.first())
        if not entries:
            # A casebook has an entry as soon as it is there.
            found.append(Flaw(0, "it has no entry at all"))
        try:
            for number, hash_ in _remembered(there, first).items():
                if known.setdefault(number, hash_) != hash_:
                    found.append(Flaw(0, f"entry {number} is not the one that the keys know"))
        except AuditError as problem:
            found.append(Flaw(0, problem.message))
        with (progress or Silent()).stage("entries", entries) as advance:
            found += log.flaws(known, advance)
        newest = None if found else log.last()
    return Audited(
        file=Path(there.database.name),
        entries=entries,
        flaws=tuple(found),
        witness=witness_of(newest) if newest else "",
        last_at=newest.at if newest else "",
    )


def verify_anchored(there: Casebook) -> Iterator[Audited]:
    """The logs, of dockets and of provenance, held against what the casebook wrote down of them."""
    with there.database.reading() as connection:
        try:
            told = {
                audit_log_of(Path(name)): seen for name, seen in anchors(there, connection).items()
            }
            for name, known in provenance_anchors.anchors(there, connection).items():
                told[Path(name)] = [one.log for one in known]
        except AuditError:
            # What it wrote down is not to be believed; that its own log is broken is said already.
            return
    for file, witnesses in sorted(told.items()):
        try:
            yield verify_file(file, witnesses=witnesses)
        except RevenuerError as problem:
            yield Audited(file, 0, (Flaw(0, problem.message.removesuffix(".")),), "", "")


def entries_about(casebook: Casebook, case: str, *, actor: Actor) -> list[Entry]:
    """The entries of the audit log, of one case or of all.

    Args:
        casebook: Where.
        case: Id of a case, or how it begins; empty for everything.
        actor: Who reads it.

    Raises:
        NotFoundError: There is no such case.
        AuditError: The log was changed.
    """
    actor.needs(Right.AUDIT)
    with casebook.reading() as connection:
        entries = list(casebook.audit(connection).entries())
        if not case:
            return entries
        named = case_named(connection, case)
        if named is None:
            raise NotFoundError(f"There is no case {case!r}.", "`revenuer casebook list` has them.")
        table = table_of("case_campaigns")
        assert table is not None
        rows = connection.execute(table.select().where(table.c.case_id == named))
        wanted = {named, *(row.campaign_id for row in rows)}
    return [one for one in entries if _names(one.body, wanted)]


def export_log(casebook: Casebook, out: Path, *, actor: Actor) -> int:
    """Write the log as JSON Lines, with its checkpoint and key beside it; how many lines.

    `revenuer audit verify FILE` checks them without the casebook, and docs/audit.md says how any
    program does.

    Raises:
        AuditError: The log was changed.
    """
    actor.needs(Right.AUDIT)
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        last = log.last()
        lines = list(log.lines())
        point = log.checkpoint()
    if last is None or point is None:
        raise ConfigError("There is nothing to export.", "`revenuer audit verify` says why.")
    out.parent.mkdir(parents=True, exist_ok=True)
    put(out, b"".join(lines))
    put(out.with_name(f"{out.name}.checkpoint"), checkpoint_text(point))
    write_public_key(public_key_of(out), casebook.signing.public)
    return len(lines)


def _names(value: object, wanted: set[str]) -> bool:
    if isinstance(value, Mapping):
        return any(_names(one, wanted) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_names(one, wanted) for one in value)
    return isinstance(value, str) and value in wanted


def _remembered(there: Casebook, first: str) -> Mapping[int, str]:
    """How far the log had got, as the keys folder knows; and that it is the one it knows."""
    begun = there.first_place.read_text() if there.first_place.exists() else ""
    if begun and begun != first:
        raise AuditError(
            f"it does not begin as the one that was kept here before, of which "
            f"{there.first_place} tells",
            "Put it back; or remove that file, if it was given up on purpose.",
        )
    return there.remembered(first)


def _known(witnesses: Iterable[str]) -> dict[int, str]:
    known: dict[int, str] = {}
    for text in witnesses:
        try:
            number, seen = read_witness(text)
        except ValueError as problem:
            raise ConfigError(f"{problem}.", "`revenuer audit verify` prints them.") from problem
        known[number] = seen
    return known
