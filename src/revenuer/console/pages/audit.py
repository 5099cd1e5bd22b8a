"""The audit log: who did what, and whether it is as it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from revenuer.app.casebook.audit_pages import (
    MOST_EXPORTED,
    Filter,
    Looked,
    entry_numbered,
    export_span,
    look_through,
)
from revenuer.app.casebook.verification import begin_verification, verification
from revenuer.casework.chain import Entry
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Asked, Download, Goto, Page, Told, View, Visit
from revenuer.console.pages.sharing import us_of
from revenuer.console.rendering import short, when
from revenuer.console.table import Column, Table, as_csv, as_json
from revenuer.errors import AuditError, ConfigError, NotFoundError
from revenuer.guard.fingerprint import SHOWN

ROWS, MOST_ROWS, MOST_IN_FILE = 100, 500, 5000
"""Entries of a page unless asked otherwise, at most, and of an export of a filter. placeholder"""
LONGEST = 128
PARTS = 4
"""Fields of an entry that its line in the list tells. placeholder"""
TIMED = re.compile(r"(^|_)(until|us)$")
"""Fields that hold a time in microseconds."""
NOT_TOLD = frozenset({"by", "login", "token"})
LINKS = {
    "case--": "/cases/",
    "campaign--": "/cases/",
    "appeal--": "/appeals/",
    "permit--": "/permits/",
    "export--": "/sharing/requests/",
    "hold--": "/records",
    "erasure--": "/records",
    SHOWN: "/accounts/",
}

ENTRIES: Table[Entry] = Table(
    name="audit",
    caption="entries",
    columns=(
        Column("number", "Number", lambda one: one.number, "count"),
        Column("at", "When", lambda one: us_of(one.at), "time"),
        Column("kind", "What", lambda one: one.kind),
        Column("by", "Who", lambda one: str(one.body.get("by", ""))),
        Column("body", "Of what", lambda one: json.dumps(one.body, ensure_ascii=False)),
        Column("hash", "Hash", lambda one: one.hash),
    ),
    empty="There is no entry.",
)


def show_audit(visit: Visit) -> Told:
    """Entries newest first, by kind, person, day and what they are about."""
    wanted, asked = _filter(visit.query), visit.query.get("as", "")
    before = _number(visit.query, "before", 0)
    if asked in ("csv", "json"):
        whole = look_through(
            visit.casebook, wanted, actor=visit.actor, before=before, limit=MOST_IN_FILE
        )
        return _file(whole, asked)
    rows = min(max(_number(visit.query, "rows", ROWS), 1), MOST_ROWS)
    try:
        found = look_through(visit.casebook, wanted, actor=visit.actor, before=before, limit=rows)
    except AuditError as problem:
        return _broken(problem)
    values = {
        "found": found,
        "wanted": wanted,
        "lines": [(one, us_of(one.at), _parts(one.body)) for one in found.entries],
        "query": {key: said for key, said in visit.query.multi_items() if said and key != "before"},
        "most": MOST_EXPORTED,
    }
    return View("audit/audit.html", "Audit log", values)


def show_entry(visit: Visit) -> Told:
    """One entry, and what proves it."""
    text = visit.path["number"]
    if not text.isdecimal() or len(text) > 18:
        raise NotFoundError("The audit log has no entry of this number.")
    try:
        one = entry_numbered(visit.casebook, int(text), actor=visit.actor)
    except AuditError as problem:
        return _broken(problem)
    values = {
        "one": one,
        "us": us_of(one.entry.at),
        "fields": [(name, _linked(name, said)) for name, said in one.entry.body.items()],
        "text": json.dumps(
            {
                "entry": {
                    "at": one.entry.at,
                    "body": one.entry.body,
                    "kind": one.entry.kind,
                    "number": one.entry.number,
                    "previous": one.entry.previous,
                },
                "hash": one.entry.hash,
                "signature": one.entry.signature,
            },
            indent=1,
            ensure_ascii=False,
        ),
    }
    return View("audit/entry.html", f"Entry {one.entry.number:,}", values)


def export(visit: Visit) -> Told:
    """A span of entries as JSON Lines, as they are kept."""
    first, last = _number(visit.query, "first", 1), _number(visit.query, "last", 0)
    data = export_span(visit.casebook, first, last, actor=visit.actor)
    return Download(data, f"audit-{first}-{last}.jsonl", "application/jsonl")


def verify(visit: Visit) -> Told:
    """Look at every byte of the log, every hash and every signature, and at anchored logs."""
    begin_verification(visit.casebook, actor=visit.actor, now=visit.now)
    return Goto("/audit/verification")


def show_verification(visit: Visit) -> Told:
    """How far a verification is, and what came of the last."""
    values = {"state": verification(visit.casebook, actor=visit.actor), "us": us_of}
    return View("audit/verified.html", "Audit log, verified", values)


def _broken(problem: AuditError) -> View:
    return View("audit/broken.html", "Audit log", {"problem": problem}, 503)


def _filter(query: Asked) -> Filter:
    said = query.get("day", "").strip()
    try:
        day = date.fromisoformat(said) if said else None
    except ValueError as problem:
        raise ConfigError(f"{said!r} is no day.", "It reads 2026-11-23.") from problem
    words = {name: query.get(name, "").strip()[:LONGEST] for name in ("kind", "by", "about")}
    if any('"' in word or "\\" in word for word in words.values()):
        raise ConfigError("A filter holds no quotes and no backslashes.")
    return Filter(day=day, **words)


def _number(query: Asked, name: str, otherwise: int) -> int:
    said = query.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 19 else otherwise


def _file(found: Looked, wanted: str) -> Download:
    if wanted == "csv":
        data = as_csv(ENTRIES, found.entries)
        return Download(data, "audit.csv", "text/csv; charset=utf-8")
    return Download(as_json(ENTRIES, found.entries), "audit.json", "application/json")


def _parts(body: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """What an entry is about, in a line: name, text, whole text and link of a few fields."""
    told = [(name, said) for name, said in body.items() if name not in NOT_TOLD and said != ""]
    plain = [(name, said) for name, said in told if not isinstance(said, Mapping | list)]
    ordered = sorted(plain, key=lambda one: not _link(str(one[1])))
    shown = [
        (name, _moment(name, said) or short(str(said)), str(said), _link(str(said)))
        for name, said in ordered
    ]
    return shown[:PARTS]


def _moment(name: str, said: Any) -> str:
    """A time that an entry holds in microseconds, as people read it; empty for what is none.

    Examples:
        >>> _moment("until", 1_795_690_828_984_679), _moment("persons", 2)
        ('26 Nov 2026, 11:00', '')
    """
    return when(said) if isinstance(said, int) and TIMED.search(name) and said else ""


def _linked(name: str, said: Any) -> tuple[str, str]:
    if told := _moment(name, said):
        return told, ""
    if isinstance(said, Mapping) or (isinstance(said, Sequence) and not isinstance(said, str)):
        return json.dumps(said, ensure_ascii=False), ""
    return str(said), _link(str(said))


def _link(said: str) -> str:
    for begins, place in LINKS.items():
        if said.startswith(begins):
            return place if place == "/records" else f"{place}{said}"
    return ""


PAGES = (
    Page("/audit", Right.AUDIT, show_audit, "Who did what, newest first.", "Audit", nav=True,
         key="l"),
    Page("/audit/export", Right.AUDIT, export, "Entries as JSON Lines, with their signatures.",
         "Audit"),
    Page("/audit/{number}", Right.AUDIT, show_entry, "One entry of the audit log, and its proof.",
         "Audit"),
    Page("/audit/verification", Right.AUDIT, show_verification,
         "Whether the audit log is as it was written: how far that is, and the last result.",
         "Audit"),
    Action("/audit/verify", Right.AUDIT, verify, "Whether the audit log is as it was written."),
)  # fmt: skip
