"""Bundles that left, sent to another operator's server: one person asks, another lets it go.

```
asked ──another person approves──> pushing ──> pushed
  └──somebody declines──> declined      └──broke off: may be approved again
```

The audit log of sharing is the only record of it. The bundle must still be what left, and the peer
where it was when it was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from revenuer.app.sharing.exchange import push_file
from revenuer.app.sharing.export import objects_of
from revenuer.app.sharing.leaving import LONGEST_TEXT
from revenuer.app.sharing.outbox import Sent, sent_named
from revenuer.app.sharing.peers import peer_named, reached, widest
from revenuer.app.sharing.push_requests import (
    ASKED,
    DECLINED,
    PushRequest,
    push_named,
    push_requests,
)
from revenuer.app.sharing.record import Recorder
from revenuer.casework.roles import Actor, Right
from revenuer.disk import locked
from revenuer.errors import ConfigError, ConflictError, NotAllowedError
from revenuer.settings import PeerSettings, ShareSettings
from revenuer.sharing.taxii_client import Pushed
from revenuer.sharing.tlp import Tlp, label_of

LOCK = "pushes.lock"
"""Apart from that of exports, since it is held while a server is called."""


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push would do; nothing is sent.

    Attributes:
        sent: The bundle.
        peer: To whom.
        objects: How many objects of each type.
        label: The strictest label among them; None where none is marked.
        problem: Why it may not go there; empty if it may.
    """

    sent: Sent
    peer: PeerSettings
    objects: Mapping[str, int]
    label: Tlp | None
    problem: str


def plan_push(
    recorder: Recorder, settings: ShareSettings, digest: str, name: str, *, actor: Actor
) -> PushPlan:
    """What sending a bundle to a peer would do; nobody is called.

    Raises:
        NotFoundError: No such bundle left, or there is no such peer.
        ConfigError: The peer's label is none.
    """
    actor.needs(Right.PROPOSE)
    sent = sent_named(recorder, digest, actor=actor)
    peer = peer_named(settings, name)
    if sent.there is None:
        problem = "The file that left is not there any more, or is another. Put it back."
        return PushPlan(sent, peer, {}, None, problem)
    objects = objects_of(Path(sent.file))
    counted: dict[str, int] = {}
    for one in objects:
        kind = str(one.get("type"))
        counted[kind] = counted.get(kind, 0) + 1
    labels = [label_of(_markings(one)) for one in objects]
    order = list(Tlp)
    label = max((one for one in labels if one is not None), key=order.index, default=None)
    problem = ""
    if sent.taken_back_by:
        problem = "It was taken back: push the bundle that says so instead."
    elif label is not None and order.index(label) > order.index(widest(peer)):
        problem = (
            f"It is TLP:{label.upper()}, and nothing above TLP:{peer.up_to.upper()} goes to "
            f"{peer.name}."
        )
    return PushPlan(sent, peer, dict(sorted(counted.items())), label, problem)


def ask_push(
    recorder: Recorder,
    settings: ShareSettings,
    digest: str,
    name: str,
    *,
    actor: Actor,
    now: datetime,
) -> PushRequest:
    """Ask for a bundle to be sent to a peer; nothing is sent yet.

    Raises:
        NotFoundError: No such bundle left, or there is no such peer.
        NotAllowedError: It may not go there.
        ConflictError: Somebody asked for the same, and it waits.
    """
    actor.needs(Right.PROPOSE)
    plan = _fitting(plan_push(recorder, settings, digest, name, actor=actor))
    with locked(recorder.folder / LOCK):
        for one in push_requests(recorder, actor=actor):
            if (one.sha256, one.peer) == (digest, name) and one.waits:
                raise ConflictError(f"{one.by} asked for the same before.", f"It is {one.id}.")
        made = PushRequest(
            id=f"push--{uuid4()}",
            at=now.isoformat(),
            by=actor.name,
            sha256=digest,
            peer=name,
            url=plan.peer.url,
            collection=plan.peer.collection,
        )
        body = {
            "request": made.id,
            "sha256": digest,
            "peer": name,
            "url": made.url,
            "collection": made.collection,
            **_who(actor),
        }
        recorder.record([(ASKED, body)], now)
    return made


def approve_push(
    recorder: Recorder, settings: ShareSettings, id_: str, *, actor: Actor, now: datetime
) -> Pushed:
    """Send what somebody asked to be sent; one that broke off is sent again.

    The log says so before anything leaves. What is there already is not added twice.

    Raises:
        NotAllowedError: They asked for it themselves, it may not go there, or their server does
            not let us.
        ConflictError: It was decided before, or the peer is another by now.
        PeerError: Their server refused, or is not there.
    """
    actor.needs(Right.APPROVE)
    with locked(recorder.folder / LOCK):
        one = _open(recorder, id_, actor)
        if settings.four_eyes and one.by == actor.name:
            raise NotAllowedError(
                "Who asks for a push does not approve it.",
                "Another person with the right to approve does; share.four_eyes says so.",
            )
        plan = _fitting(plan_push(recorder, settings, one.sha256, one.peer, actor=actor))
        if (plan.peer.url, plan.peer.collection) != (one.url, one.collection):
            raise ConflictError(
                f"{one.peer} is another server or collection by now than when it was asked for.",
                "Decline it, look at it anew, and ask again.",
            )
        about = {"request": one.id, "peer": one.peer, "asked_by": one.by, **_who(actor)}
        return push_file(
            recorder,
            Path(plan.sent.file),
            reached(plan.peer),
            one.collection,
            up_to=widest(plan.peer),
            digest=one.sha256,
            about=about,
        )


def decline_push(
    recorder: Recorder, id_: str, *, why: str, actor: Actor, now: datetime
) -> PushRequest:
    """Say no to a push, or take one's own request back.

    Raises:
        NotAllowedError: It is another's, and they may not approve.
        ConflictError: It was decided before, or some of it may have left.
        ConfigError: There is no reason.
    """
    actor.needs(Right.PROPOSE)
    if not why.strip():
        raise ConfigError("A request is declined with a reason.", "Say why.")
    with locked(recorder.folder / LOCK):
        one = _open(recorder, id_, actor)
        if one.began:
            raise ConflictError(
                "Some of it may have left.", "Take the bundle back, and push what says so."
            )
        if one.by != actor.name:
            actor.needs(Right.APPROVE)
        body = {
            "request": one.id,
            "sha256": one.sha256,
            "why": why.strip()[:LONGEST_TEXT],
            **_who(actor),
        }
        recorder.record([(DECLINED, body)], now)
    return one


def _open(recorder: Recorder, id_: str, actor: Actor) -> PushRequest:
    one = push_named(recorder, id_, actor=actor)
    if not one.waits:
        raise ConflictError(f"It was {one.state} before.", "Look at it again.")
    return one


def _fitting(plan: PushPlan) -> PushPlan:
    if plan.problem:
        raise NotAllowedError(plan.problem, "Nothing was sent.")
    return plan


def _markings(one: Mapping[str, Any]) -> list[str]:
    refs = one.get("object_marking_refs", [])
    return list(map(str, refs)) if isinstance(refs, list) else []


def _who(actor: Actor) -> dict[str, str]:
    return {"by": actor.name, **({"login": actor.login} if actor.login else {})}
