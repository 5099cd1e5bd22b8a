"""Who was erased, kept apart from the casebook, so that a backup brings nobody back.

A file in the keys folder names the owners whose keys an erasure destroyed, by keyed fingerprints,
signed as a whole. An older copy of the casebook still has their keys: whoever opens it erases them
again first, and says so in its audit log.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, select

from revenuer.app.casebook.erased_rows import erase_rows, personal_tables
from revenuer.app.casebook.subject_rows import keys_of
from revenuer.casework.chain import canonical, verified
from revenuer.disk import PRIVATE_FOLDER, locked, put
from revenuer.errors import AuditError
from revenuer.store.casebook import holds
from revenuer.store.casebook.vault import AT_ONCE, data_keys

if TYPE_CHECKING:
    from revenuer.app.casebook.opening import Casebook

logger = logging.getLogger(__name__)

FOLDER = "casebook-erased"
ERASED_AGAIN = "erased-again"
DOMAIN = b"revenuer erased owners 1\0"
DONE = "done"


class _File(msgspec.Struct, frozen=True):
    """Owners whose keys were destroyed, and a signature over them and the casebook's name."""

    owners: tuple[str, ...]
    signature: str


def place_of(casebook: Casebook, connection: Connection) -> Path:
    """The file about a casebook and all its copies: named by how its audit log begins."""
    return casebook.keys / FOLDER / f"{casebook.begun(connection)[:16]}.json"


def tombstones(casebook: Casebook, place: Path) -> frozenset[str]:
    """The owners that a file names.

    Raises:
        AuditError: It was changed.
    """
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        return frozenset()
    try:
        found = msgspec.json.decode(data, type=_File, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = _File((), "")
    trusted = casebook.signing.public.verifies
    if not verified(_signed(place, found.owners), found.signature, trusted):
        raise AuditError(
            f"{place}, which says who was erased, was changed.",
            "Put it back as it was: without it, a restored copy would bring them back.",
        )
    return frozenset(found.owners)


def bury(casebook: Casebook, place: Path, owners: Iterable[str]) -> None:
    """Note owners whose keys were destroyed.

    Raises:
        AuditError: What is there was changed.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        with locked(place.with_suffix(".lock")):
            before = tombstones(casebook, place)
            after = tuple(sorted(before | set(owners)))
            if len(after) == len(before):
                return
            signature = casebook.signing.sign(_signed(place, after))
            said = _File(after, base64.b64encode(signature).decode())
            put(place, canonical(msgspec.to_builtins(said)) + b"\n")
    except OSError as problem:
        # The next one who opens the casebook tries again.
        logger.warning("%s cannot be written: %s.", place, problem.strerror)


def agree(casebook: Casebook, now: datetime, now_us: int) -> tuple[str, ...]:
    """Make a casebook and its tombstones say the same; who had to be erased again.

    Raises:
        AuditError: The tombstones were changed.
    """
    with casebook.reading() as connection:
        place = place_of(casebook, connection)
        buried = tombstones(casebook, place)
        rows = holds.erasures_listed(connection)
        asked = {one.subject for one in rows} | {one.erasure_id for one in rows}
        shredded = _destroyed(connection, buried | asked)
    if shredded - buried:
        bury(casebook, place, shredded - buried)
    if not buried - shredded:
        return ()
    again = _erase_again(casebook, buried, now, now_us)
    if again:
        casebook.database.overwrite_deleted(personal_tables())
    return again


def _erase_again(
    casebook: Casebook, buried: frozenset[str], now: datetime, now_us: int
) -> tuple[str, ...]:
    vault, steps = casebook.vault, []
    with casebook.database.writing() as connection:
        left = sorted(buried - _destroyed(connection, buried))
        unfinished = [one for one in holds.erasures_listed(connection) if one.erasure_id in left]
        for owner in left:
            # Its id, as long as this copy can still read it, leads to texts that name it.
            name = casebook.names_of(connection, [owner]).get(owner, "")
            touched = erase_rows(vault, connection, keys_of(connection, owner), name, now_us)
            tables = {one.table: one.rows for one in touched if one.rows and one.erased != "kept"}
            vault.shred(connection, owner, now_us)
            steps.append((ERASED_AGAIN, {"owner": owner, "tables": tables, "by": "revenuer"}))
        for row in unfinished:
            done = replace(row, state=DONE, name=b"", why=b"", finished_us=now_us)
            holds.change_erasure(connection, done)
        made = casebook.audit(connection).append(steps, at=now, sign=casebook.signing.sign)
        begun = casebook.begun(connection)
    if made:
        casebook.note(made[-1], begun)
    return tuple(left)


def _destroyed(connection: Connection, owners: Iterable[str]) -> frozenset[str]:
    """Those of some owners whose keys are destroyed."""
    names, found = sorted(owners), set[str]()
    for start in range(0, len(names), AT_ONCE):
        some = data_keys.c.owner.in_(names[start : start + AT_ONCE])
        wanted = select(data_keys.c.owner).where(some, data_keys.c.destroyed_us != 0)
        found.update(connection.execute(wanted).scalars())
    return frozenset(found)


def _signed(place: Path, owners: Iterable[str]) -> bytes:
    return DOMAIN + canonical([place.stem, *owners])
