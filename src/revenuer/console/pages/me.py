"""What a person signs in with, where they are signed in, and their tokens."""

from __future__ import annotations

from revenuer.app.casebook.tokens import list_tokens, revoke_token
from revenuer.app.signing_in import totp
from revenuer.app.signing_in.begun import StepGoneError
from revenuer.app.signing_in.own_means import (
    SignInAgainError,
    add_passkey,
    ask_for_another,
    ask_for_authenticator,
    fresh_codes,
    is_recent,
    own_means,
    remove_passkey,
    remove_password,
    set_password,
)
from revenuer.app.signing_in.own_password import begun_authenticator
from revenuer.app.signing_in.own_sessions import end_others, end_own, own_sessions
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Goto, Page, Run, Told, View, Visit
from revenuer.console.pages.signing_in import data, elsewhere, visitor_of
from revenuer.errors import ConfigError, RevenuerError
from revenuer.instants import micros
from revenuer.servers import Means

ME = "/me"
AGAIN = "/sign-in?again=1&next=/me"


def soon(run: Run) -> Run:
    """An action that is done only soon after signing in; else one signs in again first."""

    def checked(visit: Visit) -> Told:
        try:
            return run(visit)
        except SignInAgainError:
            return Goto(AGAIN)

    return checked


def show(visit: Visit) -> Told:
    """All of it."""
    settings, visitor = visit.settings.console, visitor_of(visit)
    now_us = micros(visit.now)
    values = {
        "means": own_means(visit.casebook, actor=visit.actor, settings=settings),
        "sessions": own_sessions(visit.casebook, actor=visit.actor, now=visit.now),
        "tokens": [
            one
            for one in list_tokens(visit.casebook, actor=visit.actor)
            if one.person == visit.actor.name and not one.revoked_us and one.expires_us > now_us
        ],
        "session": visit.session,
        "recent": is_recent(visit.casebook, actor=visit.actor, settings=settings, now=visit.now),
        "again": AGAIN,
        "passkey": Means.PASSKEY in settings.means,
        "bound": bool(visitor.relying_party),
        "elsewhere": elsewhere(visit),
        "password": Means.PASSWORD in settings.means,
        "oidc": settings.oidc.name if settings.oidc.issuer else "",
    }
    return View("signing_in/me.html", visit.actor.name, values)


def begin_passkey(visit: Visit) -> Told:
    """What the browser asks its authenticator."""
    asked = ask_for_another(visit.casebook, actor=visit.actor, visitor=visitor_of(visit))
    return data(asked)


def another_passkey(visit: Visit) -> Told:
    """What the authenticator made."""
    said = visit.form
    made = add_passkey(
        visit.casebook,
        said.get("step", ""),
        said.get("answer", ""),
        said.get("label", ""),
        actor=visit.actor,
        visitor=visitor_of(visit),
    )
    return Goto(ME, f"The passkey {made.label} signs you in.")


def no_passkey(visit: Visit) -> Told:
    """One passkey less."""
    remove_passkey(
        visit.casebook, visit.path["passkey"], actor=visit.actor, visitor=visitor_of(visit)
    )
    return Goto(ME, "The passkey signs nobody in any more. Your other sessions have ended.")


def password_form(visit: Visit) -> Told:
    """A password and an authenticator, to be set anew."""
    return _password(visit, None)


def password(visit: Visit) -> Told:
    """Set both."""
    said = visit.form
    try:
        if said.get("password", "") != said.get("repeated", ""):
            raise ConfigError("The two passwords are not the same.", "Type it twice.")
        set_password(
            visit.casebook,
            said.get("password", ""),
            said.get("step", ""),
            said.get("first", ""),
            actor=visit.actor,
            visitor=visitor_of(visit),
        )
    except (ConfigError, StepGoneError) as problem:
        return _password(visit, problem)
    return Goto(ME, "Password and authenticator are set. Your other sessions have ended.")


def no_password(visit: Visit) -> Told:
    """Passkeys alone."""
    remove_password(visit.casebook, actor=visit.actor, visitor=visitor_of(visit))
    return Goto(ME, "Password, authenticator and recovery codes are gone.")


def codes(visit: Visit) -> Told:
    """New recovery codes, shown once."""
    made = fresh_codes(visit.casebook, actor=visit.actor, visitor=visitor_of(visit))
    return View("signing_in/codes.html", "Recovery codes", {"codes": made})


def end_session(visit: Visit) -> Told:
    """Sign out somewhere else."""
    end_own(visit.casebook, visit.path["session"], actor=visit.actor, now=visit.now)
    return Goto(ME, "That session has ended.")


def end_all_others(visit: Visit) -> Told:
    """Sign out everywhere else."""
    count = end_others(visit.casebook, visit.session, actor=visit.actor, now=visit.now)
    return Goto(ME, f"Sessions ended: {count}.")


def no_token(visit: Visit) -> Told:
    """Take a token back."""
    revoke_token(visit.casebook, visit.path["token"], actor=visit.actor, now=visit.now)
    return Goto(ME, "The token lets nobody in any more.")


def _password(visit: Visit, problem: RevenuerError | None) -> Told:
    visitor, step = visitor_of(visit), visit.form.get("step", "")
    secret = ""
    if step:
        try:
            secret = begun_authenticator(visit.casebook, step, visitor=visitor)
        except StepGoneError:
            secret = ""
    if not secret:
        step, secret = ask_for_authenticator(visit.casebook, actor=visit.actor, visitor=visitor)
    picture = totp.picture_of(totp.address_of(secret, visit.actor.name))
    values = {"step": step, "secret": secret, "picture": picture, "problem": problem}
    title = "Password and authenticator"
    return View("signing_in/password.html", title, values, 422 if problem else 200)


PAGES = (
    Page(ME, Right.READ, show, "What you sign in with, and where you are signed in."),
    Page("/me/password", Right.READ, soon(password_form), "Set a password and an authenticator."),
    Action("/me/passkeys/begin", Right.READ, begin_passkey, "Ask for another passkey."),
    Action("/me/passkeys", Right.READ, soon(another_passkey), "Add a passkey."),
    Action("/me/passkeys/{passkey}/remove", Right.READ, soon(no_passkey), "Remove a passkey."),
    Action("/me/password", Right.READ, soon(password), "Set password and authenticator."),
    Action("/me/password/remove", Right.READ, soon(no_password), "Remove the password."),
    Action("/me/codes", Right.READ, soon(codes), "Make new recovery codes."),
    Action("/me/sessions/end-others", Right.READ, end_all_others, "End all other sessions."),
    Action("/me/sessions/{session}/end", Right.READ, end_session, "End a session."),
    Action("/me/tokens/{token}/revoke", Right.READ, no_token, "Take a token back."),
)
