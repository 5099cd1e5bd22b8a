"""From a case to a plan: say what, look at what it would do, propose it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from revenuer.api.casebook.places import snapshot_at, snapshots
from revenuer.app.casebook.acting import Actionable, actionable, preview, propose
from revenuer.app.casebook.reading import show_case
from revenuer.app.countermeasures import cards_of, known_countermeasures
from revenuer.app.enforce_limits import WEAKEST_SHOWN, Wish
from revenuer.casework.roles import Right
from revenuer.console.asked import hours_in, words_in
from revenuer.console.page import Action, Asked, Page, Told, View, Visit
from revenuer.console.pages.decisions import SECTION, decided
from revenuer.console.pages.plans import followed, plan_url
from revenuer.errors import ConfigError, NotFoundError
from revenuer.guard.ladder import Action as Rung
from revenuer.guard.ladder import action_named
from revenuer.instants import micros
from revenuer.reports.wording import counted

LONGEST_HOURS = 24.0 * 90
"""The longest that a decision made here lasts; it can be made again. placeholder"""
LENGTHS = (24.0, 72.0, 168.0, 720.0)
"""Lengths that are offered, hours, beside the policy's own. placeholder"""
DIGEST_CHARS = 64
DOES = {
    Rung.TAG: "Requests pass, and are marked in the log. Customers notice nothing.",
    Rung.THROTTLE: "Requests pass at a lower rate.",
    Rung.REDUCE: "As throttle; answers are shorter, without log-probabilities and reasoning.",
    Rung.CHALLENGE: "Requests are refused until the account has verified who it is.",
    Rung.BLOCK: "Requests are refused.",
}
FIELDS = ("campaign", "action", "hours", "joiners", "why", "snapshot")
GIVEN = "countermeasure"
"""Field that a form has once for each countermeasure that is ticked."""


def form(visit: Visit) -> Told:
    """Say what is to be done about a case."""
    return _page(visit, visit.query, {})


def show_preview(visit: Visit) -> Told:
    """Look at what it would do; nothing is written."""
    place, snapshot, about = _about(visit, visit.form)
    wish = _wish(visit.form)
    seen = preview(visit.casebook, about, wish, snapshot=snapshot, actor=visit.actor, now=visit.now)
    values = {
        "seen": seen,
        "plan": seen.plan,
        "cards": cards_of(wish.countermeasures),
        "weakest": seen.plan.hit[:WEAKEST_SHOWN],
        "until_us": micros(seen.plan.until),
        "hidden": {**{name: visit.form.get(name, "") for name in FIELDS}, "snapshot": place},
    }
    return _page(visit, visit.form, values)


def propose_plan(visit: Visit) -> Told:
    """Propose the plan that was looked at; without need of approval it is done."""
    place, snapshot, about = _about(visit, visit.form)
    digest = visit.form.get("digest", "")
    if len(digest) != DIGEST_CHARS:
        raise ConfigError("The plan that was looked at is not named.", "Preview it again.")
    done = propose(
        visit.casebook,
        about,
        _wish(visit.form),
        digest=digest,
        snapshot=snapshot,
        actor=visit.actor,
        now=visit.now,
    )
    if done.missing:
        said = f"Proposed. Nothing is done until {counted(done.missing, 'person')} approved it."
        return followed(visit, plan_url(place, done.plan), said)
    return decided(visit, place, snapshot, done.decision, "Done: nobody else had to approve it.")


def _page(visit: Visit, said: Asked, more: dict[str, Any]) -> Told:
    named = snapshots(visit.settings)
    common: dict[str, Any] = {
        "section": SECTION,
        "case": visit.path["case"],
        "said": said,
        "seen": None,
    }
    title = f"Enforce case {visit.path['case'].partition('--')[2][:8] or visit.path['case'][:8]}"
    if not named:
        # Whether there is such a case is still worth knowing.
        values = common | {"about": None, "setting": 'snapshots = ["/path/to/verdicts.rvn"]'}
        show_case(visit.casebook, visit.path["case"], actor=visit.actor, now=visit.now)
        return View("enforcement/enforce.html", title, values)
    place, _, about = _about(visit, said)
    chosen = said.get("campaign", "") or (about.campaigns[0].id if about.campaigns else "")
    rungs = about.rungs.get(chosen, ())
    offered = about.offered.get(chosen, ())
    usual = about.policy.verdict_hours
    values = {
        **common,
        "about": about,
        "place": place,
        "named": list(named),
        "chosen": chosen,
        "rungs": rungs,
        "does": DOES,
        "offered": [one for one in offered if not one.refused],
        "withheld": [one for one in offered if one.refused],
        "given": said.getlist(GIVEN),
        "ladder": about.ladder.get(chosen, Rung.ALLOW),
        "preset": _preset(about, chosen, said),
        "lengths": sorted({*LENGTHS, usual}),
        "usual": usual,
        "length": said.get("hours", "") or f"{usual:g}",
        "joiners": said.get("joiners", "" if more else "yes") == "yes",
        **more,
    }
    return View("enforcement/enforce.html", title, values)


def _preset(about: Actionable, campaign: str, said: Asked) -> str:
    """The action that is ticked: what was said, else what the policy asks for, else the mildest."""
    allowed = [one.action for one in about.rungs.get(campaign, ()) if not one.refused]
    if said.get("action"):
        return said["action"]
    asked = about.ladder.get(campaign, Rung.ALLOW)
    if asked in allowed:
        return asked.word
    return allowed[0].word if allowed else ""


def _about(visit: Visit, said: Asked) -> tuple[str, Path, Actionable]:
    named = snapshots(visit.settings)
    place = said.get("snapshot", "") or next(iter(named), "")
    snapshot = snapshot_at(visit.settings, place)
    about = actionable(
        visit.casebook,
        visit.path["case"],
        snapshot=snapshot,
        scan_folders=visit.settings.api.scan_folders,
        actor=visit.actor,
    )
    return place, snapshot, about


def _wish(said: Asked) -> Wish:
    try:
        action = action_named(said.get("action", ""))
    except ValueError:
        raise ConfigError("What is to be done is not said.", "Choose an action.") from None
    if action is Rung.ALLOW:
        raise ConfigError("To allow is no action.", "Choose what is to be done.")
    if not said.get("campaign"):
        raise NotFoundError("No campaign is named.", "Look at the case again.")
    return Wish(
        campaign=said["campaign"],
        action=action,
        hours=hours_in(said, "hours", LONGEST_HOURS),
        whole_campaign=said.get("joiners") == "yes",
        why=words_in(said, "why", "Why it is to be done"),
        countermeasures=known_countermeasures(said.getlist(GIVEN)),
    )


_ENFORCE = "/cases/{case}/enforce"
PAGES = (
    Page(_ENFORCE, Right.PROPOSE, form, "Say what is to be done about a case.", SECTION),
    Action(
        f"{_ENFORCE}/preview", Right.PROPOSE, show_preview,
        "Look at what it would do; nothing is written.",
    ),
    Action(f"{_ENFORCE}/propose", Right.PROPOSE, propose_plan, "Propose what was looked at."),
)  # fmt: skip
