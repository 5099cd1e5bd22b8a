"""Requests for exports, as the audit log of sharing has them; nothing else keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from revenuer.app.sharing.export import Wanted
from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.steps import steps
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError
from revenuer.sharing.profile import Response
from revenuer.sharing.terms import Terms
from revenuer.sharing.tlp import Tlp

ASKED, DECLINED, EXPORTED = "export-asked", "export-declined", "exported"


@dataclass(frozen=True, slots=True)
class Request:
    """An export that somebody asked for.

    Attributes:
        id: Its name.
        at: When, ISO 8601.
        by: Who asked.
        case: The case.
        cluster: As receivers will know the campaign.
        sha256: Of what they looked at.
        values: How many values would leave.
        held_back: How many stay.
        wanted: What they asked for.
        decided_by: Who approved or declined it; empty for nobody yet.
        why: Why it was declined.
        exported: Whether it left.
    """

    id: str
    at: str
    by: str
    case: str
    cluster: str
    sha256: str
    values: int
    held_back: int
    wanted: Wanted
    decided_by: str = ""
    why: str = ""
    exported: bool = False

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.decided_by


def requests(recorder: Recorder, *, actor: Actor) -> list[Request]:
    """Every request, oldest first.

    Raises:
        AuditError: The log was changed.
    """
    actor.needs(Right.READ)
    found: dict[str, Request] = {}
    for entry in steps(recorder, (ASKED, DECLINED, EXPORTED)):
        body = entry.body
        id_ = str(body.get("request", ""))
        if entry.kind == ASKED:
            found[id_] = _request(entry.at, body)
        elif id_ in found and entry.kind == EXPORTED:
            found[id_] = replace(found[id_], exported=True, decided_by=str(body["by"]))
        elif id_ in found:
            by, why = str(body["by"]), str(body["why"])
            found[id_] = replace(found[id_], decided_by=by, why=why)
    return list(found.values())


def request_named(recorder: Recorder, id_: str, *, actor: Actor) -> Request:
    """The request of an id.

    Raises:
        NotFoundError: There is none.
    """
    for one in requests(recorder, actor=actor):
        if one.id == id_:
            return one
    raise NotFoundError("There is no such request.", "The page of sharing lists those that are.")


def body_of(one: Request) -> dict[str, Any]:
    """What the log says of a request, but for who asks."""
    wanted, terms = one.wanted, one.wanted.terms
    return {
        "request": one.id,
        "case": one.case,
        "cluster": one.cluster,
        "sha256": one.sha256,
        "values": one.values,
        "held_back": one.held_back,
        "campaign": wanted.campaign,
        "scan": str(wanted.scan),
        "name": wanted.name,
        "suspected": wanted.suspected,
        "group_keys": list(wanted.group_keys),
        "without": list(wanted.without),
        "tlp": terms.tlp.value,
        "legal_basis": terms.legal_basis,
        "permitted_use": list(terms.permitted_use),
        "response": terms.response.value,
        "valid_days": terms.valid_days,
    }


def _request(at: str, body: Mapping[str, Any]) -> Request:
    terms = Terms(
        tlp=Tlp(body["tlp"]),
        legal_basis=body["legal_basis"],
        permitted_use=tuple(body["permitted_use"]),
        response=Response(body["response"]),
        valid_days=int(body["valid_days"]),
    )
    wanted = Wanted(
        body["campaign"],
        Path(body["scan"]),
        terms,
        body["name"],
        bool(body["suspected"]),
        tuple(body["group_keys"]),
        tuple(body["without"]),
    )
    return Request(
        id=str(body["request"]),
        at=at,
        by=str(body["by"]),
        case=str(body["case"]),
        cluster=str(body["cluster"]),
        sha256=str(body["sha256"]),
        values=int(body["values"]),
        held_back=int(body["held_back"]),
        wanted=wanted,
    )
