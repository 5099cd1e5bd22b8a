"""What was shared of an account alone: taken back by a new version, which says so, never deleted.

A value leaves only where several accounts have it, so that most of what was shared is not one
account's. It becomes that where the others were erased before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import polars as pl

from revenuer.app.erasing.files import digest_of, sweep
from revenuer.app.sharing.export import objects_of
from revenuer.app.sharing.inbox import read_file
from revenuer.app.sharing.matching_edition import FILE as EDITION
from revenuer.app.sharing.matching_values import MATCHED
from revenuer.app.sharing.record import Recorder
from revenuer.app.ties import FILE as TIES
from revenuer.casework.chain import Entry
from revenuer.casework.erasure import Answer, Outcome, Rewritten, Whom
from revenuer.disk import PRIVATE_FOLDER, put
from revenuer.errors import RevenuerError
from revenuer.sharing.bundle import bundle_text
from revenuer.sharing.echoes import Ours
from revenuer.sharing.revocation import revoked
from revenuer.sharing.terms import Producer
from revenuer.store.audit_file import AuditFile

SHARES, MATCHING = "shared", "matching"
FOLDER = "revocations"
Alone = frozenset[tuple[str, str]]
"""Kind and value of what an account has and no other."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was exported.

    Attributes:
        file: Where it was written; empty for what an earlier version exported.
        sha256: Of its bytes.
    """

    file: str
    sha256: str


def alone_of(scans: Iterable[Path], account_id: str) -> Alone:
    """What only this account has, of all that is known from scans."""
    found: set[tuple[str, str]] = set()
    for scan in scans:
        path = scan / TIES
        if not path.exists():
            continue
        ties = pl.scan_parquet(path).select("account_id", "kind", "value", "holders")
        alone = (
            ties.group_by("kind", "value")
            .agg(
                pl.col("account_id").unique().alias("whose"),
                pl.col("holders").max().fill_null(0),
            )
            .filter(
                pl.col("whose").list.len() == 1,
                pl.col("whose").list.first() == account_id,
                pl.col("holders") == 0,
            )
            .select("kind", "value")
            .collect()
        )
        found.update(alone.iter_rows())
    # A sketch leaves without the name of its key.
    found |= {(kind, value.partition(":")[2]) for kind, value in found if ":" in value}
    return frozenset(found)


def erase_from_shares(
    recorder: Recorder, whom: Whom, alone: Alone, now: datetime
) -> tuple[Outcome, ...]:
    """Take back what was shared of an account alone, a place for each bundle.

    Args:
        recorder: The folder of sharing and its audit log.
        whom: Whom, and whether to do it.
        alone: What only the account has.
        now: When.
    """
    if whom.act:
        sweep(recorder.folder)
    log = recorder.folder / "audit.jsonl"
    if not log.exists() or not alone:
        return (Outcome(SHARES, str(recorder.folder), Answer.NOTHING),)
    try:
        entries = AuditFile(log, recorder.signing.public.verifies).entries()
        found = [_one(recorder, each, whom, alone, entries, now) for each in _exported(entries)]
    except (RevenuerError, OSError) as problem:
        where = str(recorder.folder)
        return (Outcome(SHARES, where, Answer.COULD_NOT, str(problem), "Put it right, and go on."),)
    told = tuple(one for one in found if one is not None)
    return told or (Outcome(SHARES, str(recorder.folder), Answer.NOTHING),)


def erase_from_matching(folder: Path, whom: Whom, alone: Alone) -> Outcome:
    """Do away with the tables of private matching, if something only the account has is in them.

    They hold no value, and cannot be looked through: they are made again from the scan.
    """
    path, where = folder / EDITION, str(folder / EDITION)
    kinds = {kind.value for kind in MATCHED}
    if not path.exists() or not any(kind in kinds for kind, _ in alone):
        return Outcome(MATCHING, where, Answer.NOTHING)
    said = "the tables go; `revenuer share match build` makes new ones"
    if not whom.act:
        return Outcome(MATCHING, where, Answer.WOULD, said)
    before = digest_of(path)
    path.unlink()
    return Outcome(MATCHING, where, Answer.DONE, said, files=(Rewritten(EDITION, before, ""),))


def _exported(entries: Sequence[Entry]) -> Iterator[Exported]:
    seen = set()
    for entry in entries:
        if entry.kind == "exported" and entry.body["sha256"] not in seen:
            seen.add(entry.body["sha256"])
            yield Exported(str(entry.body.get("file", "")), str(entry.body["sha256"]))


def _one(
    recorder: Recorder,
    each: Exported,
    whom: Whom,
    alone: Alone,
    entries: Sequence[Entry],
    now: datetime,
) -> Outcome | None:
    """What comes of one bundle; None if it has nothing of the account's."""
    path = Path(each.file)
    if not each.file or not path.exists() or digest_of(path) != each.sha256:
        servers = _pushed(entries, each.sha256)
        where = each.file or f"bundle {each.sha256[:16]}"
        if not each.file and not servers:
            return None
        to_do = "Put it back where it was, or see by hand what it says of the account; then go on."
        return Outcome(SHARES, where, Answer.COULD_NOT, "the bundle is not there", to_do)
    mine = [one.id for one in read_file(path, Ours()).taken if (one.kind, one.value) in alone]
    if not mine:
        return None
    said = f"{len(mine)} objects are the account's alone"
    if not whom.act:
        return Outcome(SHARES, each.file, Answer.WOULD, said)
    written = _revocation(recorder, path, mine, now)
    told = _pushed(entries, digest_of(written), ("pushed",))
    missing = sorted(_pushed(entries, each.sha256) - told)
    if missing:
        where = ", ".join(f"{server} (collection {name})" for server, name in missing)
        to_do = f"Push {written} to {where} with `revenuer share push`, and go on."
        return Outcome(SHARES, each.file, Answer.COULD_NOT, f"{said}; revoked in {written}", to_do)
    return Outcome(SHARES, each.file, Answer.DONE, f"{said}; revoked in {written}")


def _revocation(recorder: Recorder, path: Path, ids: Sequence[str], now: datetime) -> Path:
    """The bundle that takes objects back; written once."""
    name = sha256("\n".join([str(path), *sorted(ids)]).encode()).hexdigest()[:16]
    out = recorder.folder / FOLDER / f"revoked-{name}.json"
    if out.exists():
        return out
    wanted = set(ids)
    identity = Producer("", recorder.secret).identity_id
    objects = [
        one
        for one in objects_of(path)
        if one.get("id") in wanted or one.get("type") in {"identity", "marking-definition"}
    ]
    bundle = revoked(objects, identity, now)
    text = bundle_text(bundle)
    body = {
        "bundle": str(bundle["id"]),
        "objects": len(ids),
        "sha256": sha256(text.encode()).hexdigest(),
        "by": "erasure",
        "why": "an account was erased",
    }
    recorder.record([("revoked", body)], now)
    out.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    put(out, text.encode())
    return out


def _pushed(
    entries: Sequence[Entry], digest: str, kinds: Sequence[str] = ("pushing", "pushed")
) -> set[tuple[str, str]]:
    """Where a bundle was pushed to, or was about to be."""
    return {
        (str(entry.body["server"]), str(entry.body["collection"]))
        for entry in entries
        if entry.kind in kinds and entry.body["sha256"] == digest
    }
