"""Pushes of bundles to other operators' servers, as the audit log of sharing tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from revenuer.app.sharing.outbox import PUSHED, PUSHING
from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.steps import steps
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError

ASKED, DECLINED = "push-asked", "push-declined"


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A push that somebody asked for.

    Attributes:
        id: Its name.
        at: When, ISO 8601.
        by: Who asked.
        sha256: The bundle.
        peer: To whom, as the settings call them.
        url: Their server when it was asked for.
        collection: Likewise the collection.
        decided_by: Who approved or declined it; empty for nobody yet.
        why: Why it was declined.
        began: Whether anything may have left.
        taken: How many objects are there; None before it ended.
        refused: How many their server did not take.
    """

    id: str
    at: str
    by: str
    sha256: str
    peer: str
    url: str
    collection: str
    decided_by: str = ""
    why: str = ""
    began: bool = False
    taken: int | None = None
    refused: int = 0

    @property
    def waits(self) -> bool:
        """Whether somebody may still decide: nobody did, or it broke off."""
        return not self.decided_by or (self.began and self.taken is None)

    @property
    def state(self) -> str:
        """Where it stands, in a word or two."""
        if not self.decided_by:
            return "waits"
        if not self.began:
            return "declined"
        return "broke off" if self.taken is None else "pushed"


def push_requests(recorder: Recorder, *, actor: Actor) -> list[PushRequest]:
    """Every push that was asked for, oldest first.

    Raises:
        AuditError: The log was changed.
    """
    actor.needs(Right.READ)
    found: dict[str, PushRequest] = {}
    for entry in steps(recorder, (ASKED, DECLINED, PUSHING, PUSHED)):
        body = entry.body
        id_ = str(body.get("request", ""))
        if entry.kind == ASKED:
            found[id_] = PushRequest(
                id=id_,
                at=entry.at,
                by=str(body["by"]),
                sha256=str(body["sha256"]),
                peer=str(body["peer"]),
                url=str(body["url"]),
                collection=str(body["collection"]),
            )
        elif id_ in found:
            found[id_] = _after(found[id_], entry.kind, body)
    return list(found.values())


def push_named(recorder: Recorder, id_: str, *, actor: Actor) -> PushRequest:
    """The push of an id.

    Raises:
        NotFoundError: Nobody asked for it.
    """
    for one in push_requests(recorder, actor=actor):
        if one.id == id_:
            return one
    raise NotFoundError("There is no such request.", "The page of sharing lists those that are.")


def _after(one: PushRequest, kind: str, body: Mapping[str, Any]) -> PushRequest:
    by = str(body["by"])
    if kind == DECLINED:
        return replace(one, decided_by=by, why=str(body["why"]))
    if kind == PUSHING:
        return replace(one, decided_by=by, began=True)
    return replace(one, taken=int(body["taken"]), refused=int(body["refused"]))
