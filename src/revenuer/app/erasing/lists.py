"""An account taken out of small tables: what peers say of it, and lists of known innocents."""

from __future__ import annotations

import stat
from pathlib import Path

from revenuer.app.erasing.files import (
    digest_of,
    parquet_mentions,
    rewritten,
    sweep,
    sweep_beside,
    take_out_rows,
)
from revenuer.app.innocence import read_ids
from revenuer.app.sharing.intel import MATCHES
from revenuer.casework.erasure import Answer, Outcome, Whom
from revenuer.disk import locked, put
from revenuer.errors import RevenuerError

INTEL, KNOWN_INNOCENT = "intel", "known-innocent"


def erase_from_intel(folder: Path, whom: Whom) -> Outcome:
    """Take an account out of what private matching found of it."""
    where, path = str(folder), folder / MATCHES
    if not path.exists():
        return Outcome(INTEL, where, Answer.NOTHING)
    try:
        with locked(folder):
            if whom.act:
                sweep(folder)
            if not parquet_mentions(path, whom.account_id):
                return Outcome(INTEL, where, Answer.NOTHING)
            said = f"in {MATCHES}"
            if not whom.act:
                return Outcome(INTEL, where, Answer.WOULD, said)
            before = digest_of(path)
            take_out_rows(path, whom.account_id)
            done = (rewritten(folder, path, before),)
            return Outcome(INTEL, where, Answer.DONE, said, files=done)
    except (OSError, ValueError) as problem:
        to_do = f"Move {path} away, and go on."
        return Outcome(INTEL, where, Answer.COULD_NOT, type(problem).__name__, to_do)


def erase_from_list(path: Path, whom: Whom) -> Outcome:
    """Take an account out of a list of ids, one a line."""
    where = str(path)
    try:
        if whom.act:
            sweep_beside(path)
        if not path.exists() or whom.account_id not in (read_ids(path) or ()):
            return Outcome(KNOWN_INNOCENT, where, Answer.NOTHING)
        if not whom.act:
            return Outcome(KNOWN_INNOCENT, where, Answer.WOULD, "one line")
        before = digest_of(path)
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if line.strip() != whom.account_id)
        put(path, kept.encode(), stat.S_IMODE(path.stat().st_mode))
        done = (rewritten(path.parent, path, before),)
        return Outcome(KNOWN_INNOCENT, where, Answer.DONE, "one line", files=done)
    except (RevenuerError, OSError, UnicodeDecodeError) as problem:
        to_do = "Take the line out by hand, and go on."
        return Outcome(KNOWN_INNOCENT, where, Answer.COULD_NOT, type(problem).__name__, to_do)
