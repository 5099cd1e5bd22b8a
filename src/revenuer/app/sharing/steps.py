"""The audit log of sharing, asked for a few kinds of steps alone.

The log also has an entry for each page that a partner read, so that it grows with every poll.
What a page shows of it is picked out by its bytes first; what is picked out must have its own
hash and our signature. Whether the whole is as it was written says `audit verify`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from revenuer.app.sharing.record import Recorder, open_recorder
from revenuer.casework.chain import BrokenEntryError, Entry, entry_of, is_signed
from revenuer.errors import AuditError, NotFoundError
from revenuer.settings import ShareSettings
from revenuer.store.audit_file import AuditFile

LOG = "audit.jsonl"


def sharing_at(settings: ShareSettings, keys: Path) -> Recorder:
    """The folder of sharing that the settings name.

    Raises:
        NotFoundError: They name none.
        ConfigError: A key cannot be used.
    """
    if not settings.folder:
        raise NotFoundError(
            "No folder of sharing is named.",
            "Set share.folder to the folder where collections, tokens and the audit log of "
            "sharing are, or are to be.",
        )
    return open_recorder(Path(settings.folder), keys)


def steps(recorder: Recorder, kinds: Collection[str]) -> list[Entry]:
    """Steps of some kinds, oldest first.

    Raises:
        AuditError: One of them is not as it was written.
    """
    return list(_steps(recorder, frozenset(kinds)))


def _steps(recorder: Recorder, kinds: frozenset[str]) -> Iterator[Entry]:
    trusted = recorder.signing.public.verifies
    # Canonical JSON has one spelling of a kind, with the number right after it.
    marks = [b'"kind":"%b","number":' % kind.encode() for kind in sorted(kinds)]
    for place, line in enumerate(AuditFile(recorder.folder / LOG, trusted).lines(), start=1):
        if not line.endswith(b"\n") or not any(mark in line for mark in marks):
            continue
        try:
            entry = entry_of(line)
        except BrokenEntryError as problem:
            raise _broken(recorder, f"line {place} {problem}") from problem
        if entry.kind not in kinds:
            continue
        if entry.number != place or not is_signed(entry, trusted):
            raise _broken(recorder, f"line {place} is not the entry that was written there")
        yield entry


def _broken(recorder: Recorder, text: str) -> AuditError:
    return AuditError(
        f"The audit log of sharing was changed: {text}.",
        f"`revenuer audit verify {recorder.folder / LOG}` names everything that is wrong.",
    )
