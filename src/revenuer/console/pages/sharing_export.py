"""The wizard of an export: what would leave, value by value, before anybody asks for it."""

from __future__ import annotations

from typing import Any

from revenuer.app.sharing.export import Preview, Wanted, preview
from revenuer.app.sharing.leaving import Shareable, ask, shareable, sketch_keys
from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.requests import request_named
from revenuer.casework.roles import Right
from revenuer.console.objects import objects_of
from revenuer.console.page import Action, Asked, Goto, Page, Told, View, Visit
from revenuer.console.pages.sharing import recorder_of, us_of
from revenuer.console.several import and_table
from revenuer.console.table import Column, Table
from revenuer.errors import AuditError, ConfigError, NotAllowedError, NotFoundError
from revenuer.instants import micros
from revenuer.sharing.profile import EXTENSION_ID, Response
from revenuer.sharing.reidentify import COMMON, CROWD, MANY, PAIRED, RARE, HeldBack, Leaving
from revenuer.sharing.terms import VALID_DAYS, Terms
from revenuer.sharing.tiers import TIERS, Tier
from revenuer.sharing.tlp import Tlp

LONGEST, MOST_USES, MOST_DAYS = 500, 12, 365
CHECK = (RARE, PAIRED, COMMON, MANY)
"""Reasons of the re-identification check; all others are of the tier."""


def _tier(one: Leaving) -> str:
    return one.tier.value if one.key_id is None else f"{one.tier.value}, under {one.key_id}"


LEAVING: Table[Leaving] = Table(
    name="leaving",
    caption="values that leave",
    columns=(
        Column("kind", "Kind", lambda one: one.kind, choose=True),
        Column("value", "Value", lambda one: one.value, "value"),
        Column("tier", "Tier", _tier, "state"),
        Column("members", "Members", lambda one: one.members, "count",
               hint="Accounts of the campaign that have it"),
        Column("outsiders", "Others", lambda one: one.outsiders or 0, "count",
               hint="Accounts outside the campaign that have it"),
        Column("first", "First seen", lambda one: micros(one.first) if one.first else None,
               "date", minor=True),
        Column("last", "Last seen", lambda one: micros(one.last) if one.last else None,
               "date", minor=True),
    ),
    empty="No value would leave: only what the campaign did, in bands.",
)  # fmt: skip
HELD: Table[HeldBack] = Table(
    name="held",
    caption="kinds held back",
    columns=(
        Column("kind", "Kind", lambda one: one.kind),
        Column("tier", "Tier", lambda one: one.tier.value, "state"),
        Column("values", "Values", lambda one: one.values, "count"),
        Column("why", "Why it stays", lambda one: one.why),
    ),
    empty="Nothing is held back.",
    sort="-values",
    first=False,
)


def show_wizard(visit: Visit) -> Told:
    """Choose under which terms, and see all that would leave."""
    recorder = recorder_of(visit)
    case, there = shareable(visit.casebook, visit.path["case"], actor=visit.actor)
    one = _chosen(there, visit.query)
    wanted = _wanted(visit, one, visit.query)
    shown, problem = _looked(wanted, recorder) if one.there else (None, _gone(one))
    values = {
        "case": case,
        "there": there,
        "one": one,
        "wanted": wanted,
        "keys": sketch_keys(one),
        "labels": [(each.value, f"TLP:{each.upper()} · {each.meaning}") for each in Tlp],
        "responses": [(each.value, each.value) for each in Response],
        "kinds": [kind for kind, tier in TIERS.items() if tier in (Tier.CLEAR, Tier.KEYED)],
        "problem": problem,
        "four_eyes": visit.settings.share.four_eyes,
        "most_days": MOST_DAYS,
    }
    told: Told = View(
        "sharing/wizard.html", "Share a campaign", {**values, **_preview(visit, shown)}
    )
    return _with_values(visit, told, shown)


def do_ask(visit: Visit) -> Told:
    """Ask for an export of what one has looked at."""
    recorder = recorder_of(visit)
    case, there = shareable(visit.casebook, visit.path["case"], actor=visit.actor)
    wanted = _wanted(visit, _chosen(there, visit.form), visit.form)
    request = ask(
        visit.casebook,
        recorder,
        case,
        wanted,
        seen=visit.form.get("seen", ""),
        actor=visit.actor,
        now=visit.now,
    )
    return Goto(f"/sharing/requests/{request.id}", "Asked. Nothing has left yet.")


def show_request(visit: Visit) -> Told:
    """What somebody asked for, made anew, for whoever decides."""
    recorder = recorder_of(visit)
    one = request_named(recorder, visit.path["request"], actor=visit.actor)
    shown, problem = _looked(one.wanted, recorder)
    if one.waits and shown is not None and shown.sha256 != one.sha256:
        problem = (
            "What would leave is not what was asked for: the findings have changed since. "
            "Decline it, look at the campaign anew, and ask again."
        )
    values = {
        "one": one,
        "wanted": one.wanted,
        "problem": problem,
        "mine": one.by == visit.actor.name,
        "four_eyes": visit.settings.share.four_eyes,
        "at_us": us_of(one.at),
    }
    told: Told = View(
        "sharing/request.html", "Request to share", {**values, **_preview(visit, shown)}
    )
    return _with_values(visit, told, shown)


def _with_values(visit: Visit, told: Told, shown: Preview | None) -> Told:
    leaving = shown.found.leaving if shown is not None else ()
    held = shown.found.held if shown is not None else ()
    told = and_table(visit, told, LEAVING, leaving, called="leaving")
    return and_table(visit, told, HELD, held, called="held")


def _preview(visit: Visit, shown: Preview | None) -> dict[str, Any]:
    if shown is None:
        return {"shown": None, "parts": [], "checked": [], "crowd": CROWD, "details": {}}
    objects = shown.bundle["objects"]
    return {
        "shown": shown,
        "parts": objects_of(visit, objects),
        "checked": [
            (why, sum(one.values for one in shown.found.held if one.why == why)) for why in CHECK
        ],
        "crowd": CROWD,
        "details": next((one["extensions"][EXTENSION_ID] for one in objects
                         if EXTENSION_ID in one.get("extensions", {})), {}),
    }  # fmt: skip


def _looked(wanted: Wanted, recorder: Recorder) -> tuple[Preview | None, str]:
    try:
        return preview(wanted, recorder), ""
    except (NotAllowedError, NotFoundError) as problem:
        # The words are of the command line; a person at a page ticks a box instead.
        return None, f"{problem.message} {problem.hint.replace('--suspected', 'the box below')}"
    except AuditError as problem:
        return None, problem.message


def _chosen(there: list[Shareable], said: Asked) -> Shareable:
    if not there:
        raise NotFoundError("No scan has a campaign of this case.", "Add a scan that has it.")
    wanted = said.get("campaign", there[0].campaign)
    for one in there:
        if one.campaign == wanted:
            return one
    raise NotFoundError("The case has no such campaign.", "Choose one of those on the page.")


def _gone(one: Shareable) -> str:
    return (
        f"{one.folder} does not hold its findings with ties.parquet any more. "
        "Scan again, add the scan to the casebook, and come back."
    )


def _wanted(visit: Visit, one: Shareable, said: Asked) -> Wanted:
    """What a query or a form asks for.

    Raises:
        ConfigError: A label, a response or a number is none.
    """
    try:
        tlp = Tlp(said.get("tlp", Tlp.AMBER.value))
        response = Response(said.get("response", Response.UNDISCLOSED.value))
        days = int(said.get("days", "") or VALID_DAYS)
    except ValueError as problem:
        raise ConfigError("The terms cannot be read.", "Choose from the page.") from problem
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError(f"It holds for 1 to {MOST_DAYS} days.")
    usual = Terms()
    basis = said.get("basis", "").strip()[:LONGEST] or usual.legal_basis
    lines = [line.strip()[:LONGEST] for line in said.get("uses", "").splitlines()]
    uses = tuple(line for line in lines if line)[:MOST_USES] or usual.permitted_use
    keys = sketch_keys(one)
    return Wanted(
        one.campaign,
        one.folder,
        Terms(tlp, basis, uses, response, days),
        visit.settings.share.name,
        said.get("suspected") == "1",
        tuple(key for key in keys if key in said.getlist("key")),
        tuple(kind for kind in TIERS if kind in said.getlist("without")),
    )


PAGES = (
    Page("/sharing/export/{case}", Right.PROPOSE, show_wizard,
         "What would leave of a campaign, value by value.", "Sharing"),
    Action("/sharing/export/{case}", Right.PROPOSE, do_ask,
           "Ask for an export of what was looked at."),
    Page("/sharing/requests/{request}", Right.PROPOSE, show_request,
         "What somebody asked to share, for whoever approves it.", "Sharing"),
)  # fmt: skip
