"""The accounts of a case."""

from __future__ import annotations

from revenuer.app.casebook.members import Member, list_members
from revenuer.casework.roles import Right
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.pages.case import moved, title_of
from revenuer.console.table import Column, Table, with_table

ERASED = "erased"


def _link(one: Member) -> str:
    return f"/accounts/{one.subject}" if one.subject else ""


MEMBERS: Table[Member] = Table(
    name="accounts",
    caption="accounts",
    columns=(
        Column("account", "Account", lambda one: one.subject or ERASED, "subject", _link),
        Column(
            "extraction",
            "Extraction",
            lambda one: one.extraction,
            "nats",
            hint="Nats that it shows by itself; below zero it looks innocent",
        ),
        Column(
            "concealment",
            "Concealment",
            lambda one: one.concealment,
            "nats",
            hint="Nats that it shows by itself; below zero it looks innocent",
        ),
        Column(
            "exchanges",
            "Exchanges",
            lambda one: one.exchanges,
            "count",
            hint="Its own in the campaign",
        ),
        Column(
            "pieces",
            "Named by",
            lambda one: one.pieces,
            "count",
            hint="Pieces of evidence that name it among those that show it most",
        ),
        Column(
            "first",
            "In since",
            lambda one: one.joined_us,
            "time",
            hint="The scan that first saw it in this case, by the time of the log",
            minor=True,
        ),
        Column("last", "Last seen in", lambda one: one.seen_us, "time", minor=True),
        Column(
            "probability",
            "Takes part",
            lambda one: one.probability,
            "percent",
            hint="As probable as the campaign that it is in",
            minor=True,
        ),
        Column(
            "nats",
            "Campaign's nats",
            lambda one: one.log_e_value,
            "nats",
            hint="Log e-value of the campaign that it is in",
            minor=True,
        ),
        Column(
            "acted",
            "Acted on",
            lambda one: "yes" if one.acted else "no",
            choose=True,
            hint="Whether a decision in force acts on it",
        ),
    ),
    empty="No account is in this case any more.",
    sort="-extraction",
)


def accounts(visit: Visit) -> Told:
    """Every account of a case, as its newest sighting has it."""
    found = list_members(
        visit.casebook,
        visit.path["case"],
        actor=visit.actor,
        now=visit.now,
        snapshots=visit.settings.casebook.snapshots,
    )
    if (elsewhere := moved(visit, found.row, "/accounts")) is not None:
        return elsewhere
    values = {
        "row": found.row,
        "tab": "accounts",
        "were": found.were,
        "acted": sum(one.acted for one in found.members),
        "problems": found.problems,
    }
    page = View("cases/accounts.html", title_of(found.row), values)
    return with_table(visit, page, MEMBERS, found.members)


PAGES = (Page("/cases/{case}/accounts", Right.READ, accounts, "The accounts of a case.", "Cases"),)
