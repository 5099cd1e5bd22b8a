"""Sign-ups: those that wait for a person, and one with its reasons for both readers."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from revenuer.access.answers import Answer
from revenuer.access.applications import Check, Outcome, Result
from revenuer.app.admission import answering, showing
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.showing import Held
from revenuer.casework.roles import Right
from revenuer.console.asked import text_in, version_in, words_in
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError, NotFoundError
from revenuer.instants import micros

SECTION = "Sign-ups"
MOST_HELD = 5000
"""Applications that the queue shows at most. placeholder"""

HELD: Table[Held] = Table(
    name="held",
    caption="applications that wait",
    columns=(
        Column(
            "application", "Application", lambda one: one.application_id,
            link=lambda one: signup_url(one.application_id),
        ),
        Column("since", "Waits since", lambda one: micros(one.since), "time"),
        Column("until", "Look until", lambda one: micros(one.until) if one.until else None,
               "time", minor=True),
        Column("nats", "Evidence", lambda one: one.log_evidence, "nats",
               hint="All families of signals together, nats; 0 is neutral"),
        Column("reasons", "Reasons", lambda one: len(one.reasons), "count", minor=True),
        Column("first", "The heaviest", lambda one: one.reasons[0] if one.reasons else None,
               minor=True),
    ),
    empty="Nobody waits for a person. `revenuer access assess --keep` and the HTTP API hold "
    "applications of which there is much to ask.",
)  # fmt: skip


def signup_url(application: str) -> str:
    """Where an application is shown."""
    return f"/sign-ups/{quote(application, safe='')}"


def queue(visit: Visit) -> Told:
    """Applications that wait for a person, the oldest first."""
    if wanted := visit.query.get("find", "").strip():
        return Goto(signup_url(wanted))
    rows = showing.held(_desk(visit), actor=visit.actor, limit=MOST_HELD)
    values = {
        "held": rows,
        "late": [one for one in rows if one.until is not None and one.until <= visit.now],
        "oldest_us": micros(rows[0].since) if rows else 0,
    }
    return with_table(visit, View("signups/queue.html", SECTION, values), HELD, rows)


def show(visit: Visit) -> Told:
    """One application: the reasons for both readers, checks, and what is decided."""
    name = visit.path["application"]
    found = showing.show(_desk(visit), name, actor=visit.actor, now=visit.now)
    told = showing.statement(_desk(visit), name, actor=visit.actor)
    answer = found["decided"] or found["answer"]
    values = {
        "section": SECTION,
        "name": name,
        "here": signup_url(name),
        "found": found,
        "told": told,
        "answer": answer,
        "waits": not found["decided"] and found["answer"] == Answer.HOLD.value,
        "expires_us": _us(found["expires_at"]),
        "judged_us": _us(found["at"]),
        "recheck_us": _us(found["recheck_at"]),
        "outcomes": [(one, _us(one["at"])) for one in found["outcomes"]],
        "programme_until_us": _us((found["programme"] or {}).get("expires_at")),
        "checks": [(one.value, one.value) for one in Check],
        "results": [(one.value, one.value) for one in Result],
        "heaviest": max((one["log_evidence"] for one in found["reasons"]), default=0.0),
    }
    return View("signups/signup.html", f"Sign-up {name}", values)


def decide(visit: Visit) -> Told:
    """Decide about an application in the place of the program."""
    said = visit.form.get("decision", "")
    if said not in ("accept", "refuse"):
        raise ConfigError("Whether it is accepted is not said.", "Choose one of the two.")
    name = visit.path["application"]
    answering.decide(
        _desk(visit),
        name,
        accept=said == "accept",
        note=words_in(visit.form, "why", "Why"),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    done = "Accepted." if said == "accept" else "Refused. The applicant can appeal."
    return Goto(signup_url(name), done)


def outcome(visit: Visit) -> Told:
    """Enter how a check came out; the application is judged anew."""
    name = visit.path["application"]
    try:
        check = Check(visit.form.get("check", ""))
        result = Result(visit.form.get("result", ""))
    except ValueError:
        raise ConfigError("Which check came out how is not said.", "Choose both.") from None
    made = answering.record_outcome(
        _desk(visit),
        Outcome(name, check, result, micros(visit.now), text_in(visit.form, "reference")),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    return Goto(signup_url(name), f"Taken in, and judged anew: {made.answer.value}.")


def _desk(visit: Visit) -> Desk:
    if visit.admission is None:
        raise NotFoundError("No sign-ups are judged here.", "")
    return visit.admission.desk()


def _us(told: str | None) -> int:
    return micros(datetime.fromisoformat(told)) if told else 0


_ONE = "/sign-ups/{application}"
PAGES = (
    Page(
        "/sign-ups", Right.READ, queue, "Sign-ups that wait for a person, the oldest first.",
        SECTION, nav=True, key="u",
    ),
    Page(_ONE, Right.READ, show, "A sign-up: its reasons for both readers, its checks.", SECTION),
    Action(f"{_ONE}/decide", Right.WORK, decide, "Accept or refuse an application."),
    Action(f"{_ONE}/outcome", Right.ASSESS, outcome, "Enter how a check came out."),
)  # fmt: skip
