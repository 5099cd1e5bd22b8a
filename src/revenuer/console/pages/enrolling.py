"""Taking up an invitation: the first admin's, and everybody else's."""

from __future__ import annotations

from revenuer.app.signing_in import totp
from revenuer.app.signing_in.begun import StepGoneError
from revenuer.app.signing_in.enrolling import (
    ask_invited,
    authenticator_for,
    enrol_passkey,
    enrol_password,
)
from revenuer.app.signing_in.invitations import FIRST, look_at
from revenuer.app.signing_in.own_password import begun_authenticator
from revenuer.console.page import Action, Page, Told, View, Visit
from revenuer.console.pages.signing_in import data, elsewhere, signed_in, visitor_of
from revenuer.errors import ConfigError, RevenuerError
from revenuer.servers import Means

ONWARDS = "/me"


def welcome(visit: Visit) -> Told:
    """For the first admin of a casebook."""
    return _chosen(visit, visit.query.get("code", ""))


def invited(visit: Visit) -> Told:
    """For whoever was invited."""
    return _chosen(visit, visit.path["code"])


def begin_passkey(visit: Visit) -> Told:
    """What the browser asks its authenticator."""
    said = visit.form
    code, name = said.get("code", ""), said.get("name", "")
    return data(ask_invited(visit.casebook, code, name, visitor=visitor_of(visit)))


def with_passkey(visit: Visit) -> Told:
    """What the authenticator made."""
    said = visit.form
    cookie = enrol_passkey(
        visit.casebook,
        said.get("code", ""),
        said.get("step", ""),
        said.get("answer", ""),
        said.get("label", ""),
        visitor=visitor_of(visit),
    )
    return signed_in(visit, cookie, ONWARDS)


def with_password(visit: Visit) -> Told:
    """A password, and the first code of an authenticator."""
    said = visit.form
    code = said.get("code", "")
    try:
        if said.get("password", "") != said.get("repeated", ""):
            raise ConfigError("The two passwords are not the same.", "Type it twice.")
        cookie = enrol_password(
            visit.casebook,
            code,
            said.get("name", ""),
            said.get("password", ""),
            step=said.get("step", ""),
            first_code=said.get("first", ""),
            visitor=visitor_of(visit),
        )
    except (ConfigError, StepGoneError) as problem:
        return _chosen(visit, code, problem)
    return signed_in(visit, cookie, ONWARDS)


def _chosen(visit: Visit, code: str, problem: RevenuerError | None = None) -> Told:
    visitor = visitor_of(visit)
    found = look_at(visit.casebook, code, now=visit.now)
    name = found.person or visit.form.get("name", "")
    means = visit.settings.console.means
    values = {
        "code": code,
        "invitation": found,
        "first": found.kind == FIRST,
        "name": name,
        "problem": problem,
        "passkey": Means.PASSKEY in means,
        "bound": bool(visitor.relying_party),
        "elsewhere": elsewhere(visit),
        "password": Means.PASSWORD in means,
        "oidc": visit.settings.console.oidc.name if visit.settings.console.oidc.issuer else "",
    }
    if Means.PASSWORD in means:
        step, secret = _authenticator(visit, code)
        address = totp.address_of(secret, name or "admin")
        values |= {"step": step, "secret": secret, "picture": totp.picture_of(address)}
    title = "Welcome" if found.kind == FIRST else f"Welcome, {found.person}"
    return View("signing_in/enrol.html", title, values, 422 if problem else 200)


def _authenticator(visit: Visit, code: str) -> tuple[str, str]:
    """The secret that the form showed before, as long as that can be used; else a new one."""
    visitor, step = visitor_of(visit), visit.form.get("step", "")
    if step:
        try:
            return step, begun_authenticator(visit.casebook, step, visitor=visitor)
        except StepGoneError:
            pass
    return authenticator_for(visit.casebook, code, visitor=visitor)


PAGES = (
    Page("/welcome", None, welcome, "The first admin of a casebook registers."),
    Page("/invitations/{code}", None, invited, "Whoever was invited chooses how to sign in."),
    Action("/enrol/passkey/begin", None, begin_passkey, "Ask for a new passkey."),
    Action("/enrol/passkey", None, with_passkey, "Take up an invitation with a passkey."),
    Action("/enrol/password", None, with_password, "Take up an invitation with a password."),
)
