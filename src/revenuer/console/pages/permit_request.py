"""Asking for a permit, or for other terms of one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from revenuer.app.casebook import permits as app
from revenuer.casework.permits import Permit, Purpose, Terms
from revenuer.casework.roles import Right
from revenuer.console.asked import day_in, number_in, text_in, version_in, words_in
from revenuer.console.page import Action, Asked, Goto, Page, Told, View, Visit
from revenuer.errors import ConfigError

SECTION = "Permits"
KINDS = (("organization", "Organization, with all of its accounts"), ("account", "One account"))
USUAL_DAYS = 90
"""For how long a permit is asked for unless somebody says otherwise. placeholder"""
ONCE_BYTES = 16


def new(visit: Visit) -> Told:
    """Enter what a customer declares."""
    values = {
        "purposes": [(one.value, one.value) for one in Purpose],
        "kinds": KINDS,
        "from_": visit.now.date().isoformat(),
        "until": (visit.now + timedelta(days=USUAL_DAYS)).date().isoformat(),
        "once": secrets.token_hex(ONCE_BYTES),
    }
    return View("permits/new.html", "New permit", values)


def request(visit: Visit) -> Told:
    """Enter a request, for somebody else to grant."""
    form = visit.form
    try:
        purpose = Purpose(form.get("purpose", ""))
    except ValueError:
        raise ConfigError("What it is for is not said.", "Choose a purpose.") from None
    kind = form.get("kind", "")
    if kind not in dict(KINDS):
        raise ConfigError("Whose it is is not said.", "Choose an organization or an account.")
    begins, ends = day_in(form, "from", "From"), day_in(form, "until", "Until")
    if begins is None or ends is None:
        raise ConfigError("From when until when is not said.", "A permit has a begin and an end.")
    made = app.request_permit(
        visit.casebook,
        holder=words_in(form, "holder", "Who holds it"),
        kind=kind,
        purpose=purpose,
        terms=_altered(form)(Terms(begins, ends)),
        text=words_in(form, "text", "What they say"),
        actor=visit.actor,
        now=visit.now,
        once=words_in(form, "once", "What tells this request from others"),
    )
    return back(made, "Entered. Somebody else grants or refuses it.")


def extend(visit: Visit) -> Told:
    """Ask for other terms."""
    made = app.extend_permit(
        visit.casebook,
        visit.path["permit"],
        altered=_altered(visit.form),
        text=words_in(visit.form, "text", "Why"),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    return back(made, "Asked for. The old terms hold until somebody else grants the new ones.")


def _altered(form: Asked) -> Callable[[Terms], Terms]:
    """Terms as a form changes them; what it leaves empty stays as it is."""
    wanted = {
        "valid_until": day_in(form, "until", "Until"),
        "max_exchanges": number_in(form, "max_exchanges", "Exchanges"),
        "max_tokens": number_in(form, "max_tokens", "Tokens"),
        "models": tuple(text_in(form, "models").replace(",", " ").split()) or None,
    }
    known = {name: value for name, value in wanted.items() if value is not None}

    def altered(terms: Terms) -> Terms:
        return replace(terms, **known)  # type: ignore[arg-type]

    return altered


def back(made: Permit, said: str) -> Goto:
    """Back to a permit that something was done with."""
    return Goto(f"/permits/{made.id}", said)


PAGES = (
    Page("/permits/new", Right.WORK, new, "Enter what a customer declares.", SECTION),
    Action("/permits/new", Right.WORK, request, "Enter a request for a permit."),
    Action("/permits/{permit}/extend", Right.WORK, extend, "Ask for other terms."),
)
