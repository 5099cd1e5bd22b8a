"""Signing in and out."""

from __future__ import annotations

import json
from typing import Any

from revenuer.app.signing_in import visitors
from revenuer.app.signing_in.begun import StepGoneError
from revenuer.app.signing_in.by_oidc import ask_provider, is_offered, sign_in_by_oidc
from revenuer.app.signing_in.by_passkey import ask_for_passkey, sign_in_by_passkey
from revenuer.app.signing_in.by_password import sign_in_by_password
from revenuer.app.signing_in.sessions import end
from revenuer.app.signing_in.visitors import NotSignedInError, client_of
from revenuer.app.signing_in.waits import TooSoonError
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Data, Goto, Page, Told, View, Visit, local
from revenuer.errors import RevenuerError, SourceError
from revenuer.servers import Means

SIGN_IN = "/sign-in"


def visitor_of(visit: Visit) -> visitors.Visitor:
    """Who is at the door."""
    return visitors.Visitor(
        settings=visit.settings.console,
        now=visit.now,
        holder=visit.csrf,
        origin=visit.origin,
        address=visit.address,
        client=client_of(visit.agent),
    )


def elsewhere(visit: Visit) -> str:
    """This page by a name that passkeys can be bound to; empty where it is called so."""
    name = visitor_of(visit).by_name
    return name + visit.url if name else ""


def data(said: dict[str, Any]) -> Data:
    """What a script of ours is told."""
    return Data(json.dumps(said).encode())


def signed_in(visit: Visit, cookie: str, onwards: str, said: str = "") -> Goto:
    """On, as whoever just showed who they are; whoever was signed in here before is no more."""
    if visit.session:
        end(visit.casebook, visit.session, visit.now, why="signed-in-anew")
    return Goto(local(onwards), said=said, cookie=cookie)


def show(visit: Visit) -> Told:
    """The ways in."""
    onwards = local(visit.query.get("next", "/"))
    if visit.session and not visit.query.get("again"):
        return Goto(onwards)
    return _door(visit, onwards)


def by_password(visit: Visit) -> Told:
    """A password and a code."""
    said = visit.form
    try:
        cookie = sign_in_by_password(
            visit.casebook,
            said.get("name", ""),
            said.get("password", ""),
            said.get("code", ""),
            visitor=visitor_of(visit),
        )
    except (NotSignedInError, TooSoonError) as problem:
        return _door(visit, local(said.get("next", "/")), problem, name=said.get("name", ""))
    return signed_in(visit, cookie, said.get("next", "/"))


def begin_passkey(visit: Visit) -> Told:
    """What the browser asks its authenticator."""
    return data(ask_for_passkey(visit.casebook, visitor=visitor_of(visit)))


def by_passkey(visit: Visit) -> Told:
    """What the authenticator answered."""
    said = visit.form
    try:
        cookie = sign_in_by_passkey(
            visit.casebook, said.get("step", ""), said.get("answer", ""), visitor=visitor_of(visit)
        )
    except (NotSignedInError, StepGoneError, TooSoonError) as problem:
        return _door(visit, local(said.get("next", "/")), problem)
    return signed_in(visit, cookie, said.get("next", "/"))


def to_provider(visit: Visit) -> Told:
    """Off to the organization's own sign-in."""
    onwards = local(visit.query.get("next", "/"))
    try:
        url = ask_provider(
            visit.casebook,
            visitor=visitor_of(visit),
            onwards=onwards,
            again=bool(visit.query.get("again")),
        )
    except (NotSignedInError, SourceError) as problem:
        return _door(visit, onwards, problem)
    return Goto(url)


def from_provider(visit: Visit) -> Told:
    """Back from it."""
    try:
        cookie, onwards = sign_in_by_oidc(
            visit.casebook, dict(visit.query), visitor=visitor_of(visit)
        )
    except (NotSignedInError, StepGoneError, TooSoonError, SourceError) as problem:
        return _door(visit, "/", problem)
    return signed_in(visit, cookie, onwards)


def sign_out(visit: Visit) -> Told:
    """No more."""
    end(visit.casebook, visit.session, visit.now, actor=visit.actor)
    return Goto(SIGN_IN, cookie="")


def _door(
    visit: Visit, onwards: str, problem: RevenuerError | None = None, *, name: str = ""
) -> Told:
    settings, visitor = visit.settings.console, visitor_of(visit)
    values = {
        "onwards": onwards,
        "again": bool(visit.session),
        "problem": problem,
        "name": name,
        "ways": [
            one.value for one in settings.means if one is not Means.OIDC or is_offered(settings)
        ],
        "bound": bool(visitor.relying_party),
        "elsewhere": elsewhere(visit),
        "oidc": settings.oidc.name,
    }
    status = 200 if problem is None else 401
    if isinstance(problem, TooSoonError):
        status = 429
    elif isinstance(problem, SourceError):
        status = 503
    return View("signing_in/sign_in.html", "Sign in", values, status)


PAGES = (
    Page(SIGN_IN, None, show, "The ways in."),
    Page("/sign-in/oidc", None, to_provider, "On to the organization's own sign-in."),
    Page("/sign-in/oidc/return", None, from_provider, "Back from there."),
    Action(SIGN_IN, None, by_password, "Sign in with a password and a code."),
    Action("/sign-in/passkey/begin", None, begin_passkey, "Ask for a passkey."),
    Action("/sign-in/passkey", None, by_passkey, "Sign in with a passkey."),
    Action("/sign-out", Right.READ, sign_out, "Sign out."),
)
