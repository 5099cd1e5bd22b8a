"""What left, to whom, and what was taken back: the audit log of sharing, by bundle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from revenuer.app.sharing.export import Revoked, revoke
from revenuer.app.sharing.leaving import FOLDER
from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.steps import steps
from revenuer.casework.chain import Entry
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, ConflictError, NotFoundError

OURS = "(own server)"
"""Stands for our own TAXII server where another's origin stands; no partner can be called so."""
EXPORTED, REVOKED, PUSHING, PUSHED, DOWNLOADED = (
    "exported",
    "revoked",
    "pushing",
    "pushed",
    "downloaded",
)
LONGEST_WHY = 2000


@dataclass(frozen=True, slots=True)
class Sent:
    """A bundle that left, or that takes another back.

    Attributes:
        sha256: Of its bytes; its name here.
        at: When it was written, ISO 8601.
        by: Who let it leave.
        asked_by: Who asked for it; empty where one person did both.
        case: The case it is about; empty where the log does not say.
        campaign: The campaign; empty of what takes another back.
        cluster: As receivers know it.
        bundle: Its STIX id.
        file: Where it was written; empty where the log does not say.
        objects: How many.
        values: How many values.
        held_back: How many stayed.
        tlp: Who may see it; empty where the log does not say.
        takes_back: SHA-256 of the bundle that it takes back; empty for none.
        why: Why it does.
        trail: All that the log says of it, oldest first.
        taken_back_by: SHA-256 of the bundles that take it back.
    """

    sha256: str
    at: str
    by: str
    asked_by: str
    case: str
    campaign: str
    cluster: str
    bundle: str
    file: str
    objects: int
    values: int
    held_back: int
    tlp: str
    takes_back: str
    why: str
    trail: tuple[Entry, ...] = field(repr=False, default=())
    taken_back_by: tuple[str, ...] = ()

    @property
    def there(self) -> Path | None:
        """The file, as long as it is what left."""
        path = Path(self.file)
        if not self.file or not path.is_file():
            return None
        return path if sha256(path.read_bytes()).hexdigest() == self.sha256 else None

    @property
    def receivers(self) -> tuple[str, ...]:
        """Where it was pushed to, by server and collection."""
        pushed = [one for one in self.trail if one.kind in (PUSHING, PUSHED)]
        return tuple(sorted({_receiver(one) for one in pushed}))


def outbox(recorder: Recorder, *, actor: Actor) -> list[Sent]:
    """Every bundle that left, newest first.

    Raises:
        AuditError: The log was changed.
    """
    actor.needs(Right.READ)
    entries = steps(recorder, (EXPORTED, REVOKED, PUSHING, PUSHED, DOWNLOADED))
    by_digest: dict[str, list[Entry]] = {}
    for one in entries:
        by_digest.setdefault(str(one.body.get("sha256", "")), []).append(one)
    takes = _takes_back(entries)
    found = [_sent(digest, trail, takes) for digest, trail in by_digest.items()]
    return sorted((one for one in found if one is not None), key=lambda one: one.at, reverse=True)


def sent_named(recorder: Recorder, digest: str, *, actor: Actor) -> Sent:
    """The bundle of a digest.

    Raises:
        NotFoundError: None of it left.
    """
    for one in outbox(recorder, actor=actor):
        if one.sha256 == digest:
            return one
    raise NotFoundError("No such bundle left.", "The page of sharing lists those that did.")


def bytes_of(recorder: Recorder, digest: str, *, actor: Actor, now: datetime) -> bytes:
    """The bundle of a digest, to be handed on; that it was is written down.

    Raises:
        NotFoundError: None of it left.
        ConflictError: Its file is not there any more, or is another.
    """
    actor.needs(Right.PROPOSE)
    data = _file(sent_named(recorder, digest, actor=actor)).read_bytes()
    body = {"sha256": digest, "by": actor.name, **({"login": actor.login} if actor.login else {})}
    recorder.record([(DOWNLOADED, body)], now)
    return data


def take_back(
    recorder: Recorder, digest: str, *, why: str, actor: Actor, now: datetime
) -> tuple[Revoked, Path]:
    """Revoke what left: a bundle of new versions, which goes where the old one went.

    Raises:
        NotFoundError: None of it left.
        ConflictError: It takes another back itself, was taken back before, or its file is gone.
        ConfigError: There is no reason.
    """
    actor.needs(Right.APPROVE)
    if not why.strip():
        raise ConfigError("Nothing is taken back without a reason.", "Say why.")
    one = sent_named(recorder, digest, actor=actor)
    if one.takes_back or not one.campaign:
        raise ConflictError("It takes something back itself.", "Export the campaign again instead.")
    if one.taken_back_by:
        raise ConflictError("It was taken back before.", "Publish the bundle that takes it back.")
    out = recorder.folder / FOLDER / f"revoked-{digest}.json"
    said = why.strip()[:LONGEST_WHY]
    return revoke(_file(one), out, recorder, by=actor.name, why=said, now=now), out


def _file(one: Sent) -> Path:
    path = one.there
    if path is None:
        raise ConflictError(
            "The file that left is not there any more, or is another.",
            f"Put it back at {one.file}." if one.file else "Export the campaign again.",
        )
    return path


def _takes_back(entries: Iterable[Entry]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in entries:
        if one.kind == REVOKED and one.body.get("of"):
            found.setdefault(str(one.body["of"]), []).append(str(one.body["sha256"]))
    return found


def _sent(digest: str, trail: Sequence[Entry], takes: dict[str, list[str]]) -> Sent | None:
    first = next((one for one in trail if one.kind in (EXPORTED, REVOKED)), None)
    if first is None:
        # Pushed, but not made here: a file that somebody named on the command line.
        return None
    body = first.body
    words = ("by", "asked_by", "case", "campaign", "cluster", "bundle", "file", "tlp", "why")
    return Sent(
        sha256=digest,
        at=first.at,
        objects=int(body.get("objects", 0)),
        values=int(body.get("values", 0)),
        held_back=int(body.get("held_back", 0)),
        takes_back=str(body.get("of", "")),
        trail=tuple(trail),
        taken_back_by=tuple(takes.get(digest, ())),
        **{name: str(body.get(name, "")) for name in words},
    )


def _receiver(one: Entry) -> str:
    where = str(one.body.get("title") or one.body["collection"])
    return f"{one.body['server']} {where}"
