"""Exports that one person asks for and another approves: what leaves is looked at twice.

```
asked ──another person approves──> exported ──> published, downloaded ──> revoked
  └──somebody declines──> declined
```

The audit log of sharing is the only record of it. What was asked for is made anew before it
leaves, and leaves only if it is byte for byte what was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import polars as pl

from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.sharing.export import Preview, Wanted, export, preview
from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.requests import (
    ASKED,
    DECLINED,
    Request,
    body_of,
    request_named,
    requests,
)
from revenuer.app.ties import read_ties
from revenuer.casework.roles import Actor, Right
from revenuer.disk import PRIVATE_FOLDER, locked
from revenuer.errors import ConfigError, ConflictError, NotAllowedError, NotFoundError
from revenuer.sharing.reidentify import KEY_ENDS
from revenuer.sharing.tiers import TIERS, Tier
from revenuer.store.casebook import sightings

FOLDER = "exported"
"""In the folder of sharing: what left through the console, a file a bundle."""
LOCK = "exports.lock"
LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Shareable:
    """A campaign of a case, and where its findings lie.

    Attributes:
        campaign: Its id.
        verdict: As its newest sighting has it.
        accounts: How many.
        folder: Of the scan or the watch.
        there: Whether that still holds what is needed.
    """

    campaign: str
    verdict: str
    accounts: int
    folder: Path
    there: bool


def shareable(casebook: Casebook, case: str, *, actor: Actor) -> tuple[str, list[Shareable]]:
    """The case of a name, and its campaigns as its newest sighting has them.

    Raises:
        NotFoundError: There is no such case.
    """
    actor.needs(Right.PROPOSE)
    with casebook.reading() as connection:
        row = case_named(connection, case)
        head = sightings.head_of(connection, row.case_id)
        folders = sightings.sightings(connection, [one.sighting_id for one in head])
    found = []
    for one in head:
        folder = Path(folders[one.sighting_id].folder)
        there = (folder / "campaigns.json").exists() and (folder / "ties.parquet").exists()
        found.append(Shareable(one.campaign_id, one.verdict, one.accounts, folder, there))
    return row.case_id, found


def sketch_keys(one: Shareable) -> tuple[str, ...]:
    """Ids of the keys under which a campaign has sketches: a group that has one may get them."""
    if not one.there:
        return ()
    keyed = [kind for kind, tier in TIERS.items() if tier is Tier.KEYED]
    mine = read_ties(one.folder).filter(
        (pl.col("campaign_id") == one.campaign) & pl.col("kind").is_in(keyed)
    )
    keys = mine["value"].str.split(KEY_ENDS).list.first().unique()
    return tuple(sorted(keys.to_list()))


def ask(
    casebook: Casebook,
    recorder: Recorder,
    case: str,
    wanted: Wanted,
    *,
    seen: str,
    actor: Actor,
    now: datetime,
) -> Request:
    """Ask for an export of what one has looked at.

    Args:
        casebook: Whose case it is.
        recorder: The folder of sharing.
        case: The case.
        wanted: What is to leave, and under which terms.
        seen: SHA-256 of what was looked at.
        actor: Who asks.
        now: When.

    Raises:
        ConflictError: What would leave is not what was looked at, or somebody asked before.
        NotAllowedError: Of this campaign nothing may be shared.
    """
    actor.needs(Right.PROPOSE)
    name, there = shareable(casebook, case, actor=actor)
    if (wanted.campaign, wanted.scan) not in {(one.campaign, one.folder) for one in there}:
        raise NotFoundError(f"{name} has no campaign {wanted.campaign!r}.")
    shown = _as_seen(wanted, recorder, seen)
    with locked(recorder.folder / LOCK):
        for one in requests(recorder, actor=actor):
            if one.sha256 == seen and (one.waits or one.exported):
                where = "left before" if one.exported else f"waits as {one.id}"
                raise ConflictError(f"{one.by} asked for the same before.", f"It {where}.")
        request = Request(
            id=f"export--{uuid4()}",
            at="",
            by=actor.name,
            case=name,
            cluster=shown.cluster,
            sha256=seen,
            values=len(shown.found.leaving),
            held_back=sum(one.values for one in shown.found.held),
            wanted=wanted,
        )
        recorder.record([(ASKED, {**body_of(request), **_who(actor)})], now)
    return request


def approve(
    recorder: Recorder, id_: str, *, four_eyes: bool, actor: Actor, now: datetime
) -> Preview:
    """Let leave what somebody asked for: it is written, and the log says so.

    Args:
        recorder: The folder of sharing.
        id_: The request.
        four_eyes: Whether who asked may not approve.
        actor: Who approves.
        now: When.

    Returns:
        What left.

    Raises:
        NotAllowedError: They asked for it themselves.
        ConflictError: It was decided before, or what would leave has changed.
    """
    actor.needs(Right.APPROVE)
    with locked(recorder.folder / LOCK):
        one = _open(recorder, id_, actor)
        if four_eyes and one.by == actor.name:
            raise NotAllowedError(
                "Who asks for an export does not approve it.",
                "Another person with the right to approve does; share.four_eyes says so.",
            )
        shown = _as_seen(one.wanted, recorder, one.sha256)
        about = {"request": one.id, "case": one.case, "asked_by": one.by, **_who(actor)}
        out = recorder.folder / FOLDER / f"{shown.sha256}.json"
        out.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        export(shown, out, recorder, by=actor.name, now=now, about=about)
    return shown


def decline(recorder: Recorder, id_: str, *, why: str, actor: Actor, now: datetime) -> Request:
    """Say no to a request, or take one's own back.

    Raises:
        NotAllowedError: It is another's, and they may not approve.
        ConflictError: It was decided before.
        ConfigError: There is no reason.
    """
    actor.needs(Right.PROPOSE)
    if not why.strip():
        raise ConfigError("A request is declined with a reason.", "Say why.")
    with locked(recorder.folder / LOCK):
        one = _open(recorder, id_, actor)
        if one.by != actor.name:
            actor.needs(Right.APPROVE)
        body = {"request": one.id, "why": why.strip()[:LONGEST_TEXT], **_who(actor)}
        recorder.record([(DECLINED, body)], now)
    return one


def _open(recorder: Recorder, id_: str, actor: Actor) -> Request:
    one = request_named(recorder, id_, actor=actor)
    if not one.waits:
        raise ConflictError(
            f"It was {'exported' if one.exported else 'declined'} before.", "Look at it again."
        )
    return one


def _as_seen(wanted: Wanted, recorder: Recorder, seen: str) -> Preview:
    """What would leave now, as long as it is what somebody looked at."""
    shown = preview(wanted, recorder)
    if shown.sha256 != seen:
        raise ConflictError(
            "What would leave is not what was looked at: the findings or the key have changed.",
            "Look at it anew, and ask again.",
        )
    return shown


def _who(actor: Actor) -> dict[str, str]:
    return {"by": actor.name, **({"login": actor.login} if actor.login else {})}
