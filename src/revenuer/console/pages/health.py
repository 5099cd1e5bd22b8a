"""Health: what is stale, broken or due, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.app.casebook.concerns import Concern, concerns
from revenuer.app.casebook.health import (
    Place,
    due,
    heads,
    keys,
    places,
    watches,
)
from revenuer.app.casebook.known_scans import KnownScan, Voice, baselines, known_scans, voices
from revenuer.app.sharing.requests import requests
from revenuer.casework.roles import Right
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.pages.around import around_of
from revenuer.console.pages.sharing import recorder_of, waiting_in
from revenuer.console.several import and_table
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import NotFoundError
from revenuer.instants import micros
from revenuer.reports.wording import counted

SILENT = "silent"

DETECTORS: Table[Voice] = Table(
    name="detectors",
    caption="detectors",
    columns=(
        Column("title", "Looks for", lambda one: one.card.title),
        Column("id", "Detector", lambda one: one.card.id, "word",
               lambda one: f"/health/detectors/{one.card.id}"),
        Column("axis", "Axis", lambda one: one.card.axis.value, choose=True),
        Column("maturity", "Maturity", lambda one: one.card.maturity.value, "state", choose=True,
               hint="Only stable ones may convict"),
        Column("state", "Now", lambda one: _state(one), "state", choose=True),
        Column("spoke", "Last spoke", lambda one: one.spoke_us, "date",
               hint="The end of the newest log in which it spoke against an accused campaign"),
        Column("campaigns", "Campaigns", lambda one: one.campaigns or None, "count",
               hint="Accused campaigns of that log against which it spoke"),
        Column("why", "Blind because", lambda one: one.blind or None, minor=True),
    ),
    empty="No detector is there.",
)  # fmt: skip
SCANS: Table[KnownScan] = Table(
    name="scans",
    caption="folders of findings",
    columns=(
        Column("folder", "Folder", lambda one: str(one.folder), "value"),
        Column("until", "Judged until", lambda one: _until(one), "time"),
        Column("exchanges", "Exchanges", lambda one: _of(one, "exchanges"), "count"),
        Column("accounts", "Accounts", lambda one: _of(one, "accounts"), "count", minor=True),
        Column("fdr", "FDR", lambda one: one.scanned.fdr if one.scanned else None, "percent",
               minor=True),
        Column("baseline", "Baseline", lambda one: one.scanned.baseline_id if one.scanned else None,
               "value", minor=True),
        Column("blind", "Blind detectors",
               lambda one: len(one.scanned.blind) if one.scanned else None, "count"),
        Column("problem", "Problem", lambda one: one.problem or None),
    ),
    empty="No findings were added: revenuer casebook add DIR.",
    first=False,
)  # fmt: skip
PLACES: Table[Place] = Table(
    name="places",
    caption="places that may name accounts",
    columns=(
        Column("kind", "Kind", lambda one: one.kind, "state", choose=True),
        Column("path", "Place", lambda one: str(one.path), "value"),
        Column("there", "There", lambda one: "yes" if one.there else "no", "state", choose=True),
    ),
    empty="No place is known: revenuer casebook places --add KIND PATH.",
    first=False,
)


@dataclass(frozen=True, slots=True)
class Cohort:
    """A check of the newest scan: its name, and what was found."""

    name: str
    said: str


def show_health(visit: Visit) -> Told:
    """What to see to, then detectors, baselines, watches, logs, keys and places."""
    around, actor, book = around_of(visit), visit.actor, visit.casebook
    scans = known_scans(book, actor=actor)
    heard = voices(scans)
    known = places(book, around, actor=actor)
    watched = watches(known)
    found_heads = heads(book, around, actor=actor)
    found_keys = keys(book, actor=actor)
    found_due = due(book, visit.settings, actor=actor, now=visit.now)
    todo = concerns(
        scans, heard, watched, found_heads, found_keys, found_due, visit.settings, visit.now
    )
    readable = [one for one in scans if one.scanned is not None]
    newest = max(readable, key=lambda one: _until(one) or 0, default=None)
    values = {
        "concerns": [*todo, *_of_sharing(visit)],
        "watched": watched,
        "micros": micros,
        "heads": found_heads,
        "keys": found_keys,
        "due": found_due,
        "baselines": baselines(book, actor=actor),
        "promise": list(newest.scanned.promise[:1]) if newest and newest.scanned else [],
        "checks": _checks(newest),
        "spoke": sum(one.spoke_us > 0 for one in heard),
        "blind": sum(bool(one.blind) for one in heard),
        "detectors_all": len(heard),
        "newest": _until(newest) if newest else 0,
    }
    told = with_table(visit, View("health/health.html", "Health", values), DETECTORS, heard)
    told = and_table(visit, told, SCANS, scans, called="scans")
    return and_table(visit, told, PLACES, known, called="places")


def show_detector(visit: Visit) -> Told:
    """The card of a detector, and when it was last heard."""
    scans = known_scans(visit.casebook, actor=visit.actor)
    for one in voices(scans):
        if one.card.id == visit.path["detector"]:
            values = {"one": one, "state": _state(one)}
            return View("health/detector.html", one.card.title, values)
    raise NotFoundError("There is no such detector.", "The page of health lists them.")


def _of_sharing(visit: Visit) -> list[Concern]:
    found = []
    if count := waiting_in(visit):
        lists = f"{counted(count, 'list')} of peers waiting."
        found.append(Concern("due", lists, "Decide.", "/sharing/inbox"))
    if visit.settings.share.folder:
        asked = requests(recorder_of(visit), actor=visit.actor)
        if count := sum(one.waits for one in asked):
            exports = f"{counted(count, 'export')} waiting for approval."
            found.append(Concern("due", exports, "Decide.", "/sharing"))
    return found


def _state(one: Voice) -> str:
    if one.blind:
        return "blind"
    return "spoke" if one.spoke_us else SILENT


def _until(one: KnownScan) -> int | None:
    return micros(one.scanned.last) if one.scanned is not None else None


def _of(one: KnownScan, name: str) -> int | None:
    return getattr(one.scanned, name) if one.scanned is not None else None


def _checks(one: KnownScan | None) -> list[Cohort]:
    if one is None or one.scanned is None:
        return []
    said = (text.partition(": ") for text in one.scanned.promise[1:])
    return [Cohort(name, found) for name, _, found in said]


PAGES = (
    Page("/health", Right.READ, show_health, "What is stale, broken or due, and what to do.",
         "Health", nav=True, key="h"),
    Page("/health/detectors/{detector}", Right.READ, show_detector,
         "What a detector looks for, misses and mistakes.", "Health"),
)  # fmt: skip
