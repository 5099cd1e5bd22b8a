"""Accounts: what the casebook has on one, why it was flagged, and what speaks for it."""

from __future__ import annotations

import re

from revenuer.app.casebook import holding
from revenuer.app.casebook.account_signals import Signal, signals_of
from revenuer.app.casebook.accounts import show_account
from revenuer.app.casebook.naming import name_account
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError, NotFoundError

LONGEST_ID = 256
_SUBJECT = re.compile(r"fp-[0-9a-f]{32}")

SIGNALS: Table[Signal] = Table(
    name="signals",
    caption="detectors",
    columns=(
        Column("detector", "Detector", lambda one: one.detector),
        Column("axis", "Axis", lambda one: one.axis, choose=True),
        Column(
            "speaks",
            "Speaks",
            lambda one: "against it" if one.log_e_value > 0 else "for it",
            choose=True,
        ),
        Column(
            "nats", "Nats", lambda one: one.log_e_value, "nats", hint="Above zero against innocence"
        ),
        Column(
            "p",
            "Rarer than",
            lambda one: one.p_value,
            "percent",
            hint="How rarely an ordinary account shows as much (p-value)",
        ),
    ),
    empty="Nothing is known of what it shows by itself.",
    sort="-nats",
)


def search(visit: Visit) -> Told:
    """Where somebody is looked up by the operator's own id."""
    return View("accounts/search.html", "Accounts")


def look_up(visit: Visit) -> Told:
    """From an account's id to its page; the id is in no URL and no log."""
    account = visit.form.get("account", "").strip()
    if not account or len(account) > LONGEST_ID:
        raise ConfigError("No account was named.", f"Its id has {LONGEST_ID} letters at most.")
    return Goto(f"/accounts/{visit.casebook.subject(account)}")


def account(visit: Visit) -> Told:
    """One account; that somebody looked is written down."""
    return _page(visit, _subject(visit), "")


def name(visit: Visit) -> Told:
    """The id of an account in the clear; the reason is kept first."""
    subject = _subject(visit)
    clear = name_account(
        visit.casebook,
        subject,
        why=visit.form.get("why", ""),
        actor=visit.actor,
        now=visit.now,
    )
    return _page(visit, subject, clear)


def _page(visit: Visit, subject: str, clear: str) -> Told:
    view = show_account(
        visit.casebook,
        subject,
        actor=visit.actor,
        now=visit.now,
        snapshots=visit.settings.casebook.snapshots,
    )
    signals = signals_of(visit.casebook, subject, actor=visit.actor)
    held = []
    if visit.actor.may(Right.HOLD):
        every = holding.list_holds(visit.casebook, actor=visit.actor)
        held = [one for one in every if one.target == subject and one.released_at is None]
    values = {
        "view": view,
        "signals": signals,
        "now": visit.now,
        "held": held,
        "clear": clear,
    }
    page = View("accounts/account.html", f"Account {subject[:10]}…", values)
    return with_table(visit, page, SIGNALS, signals.alone)


def _subject(visit: Visit) -> str:
    subject = visit.path["subject"]
    if not _SUBJECT.fullmatch(subject):
        raise NotFoundError(
            "This is no account as the casebook writes them.",
            "Look it up by its id: what stands in a URL is kept in histories and logs.",
        )
    return subject


PAGES = (
    Page("/accounts", Right.READ, search, "Look an account up by its id.", "Cases"),
    Action("/accounts", Right.READ, look_up, "Go to an account by its id."),
    Page(
        "/accounts/{subject}", Right.READ, account, "An account, and why it was flagged.", "Cases"
    ),
    Action("/accounts/{subject}/name", Right.UNMASK, name, "Read the id of an account, and why."),
)
