"""Texts of a case: masked for everybody; in the clear for who may and says why."""

from __future__ import annotations

from collections import Counter

from revenuer.app.casebook import reading, unmasking
from revenuer.app.casebook.templates import texts_side_by_side
from revenuer.app.casebook.unmasking import Masked
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Page, Told, View, Visit
from revenuer.console.pages.case import moved, title_of
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import NotFoundError

PARTS = (("prompt", "prompts"), ("system_prompt", "system prompts"), ("response", "answers"))


def texts(visit: Visit) -> Told:
    """The texts that are kept of a case: how long they are, and which are the same."""
    row = reading.find_case(visit.casebook, visit.path["case"], actor=visit.actor)
    if (elsewhere := moved(visit, row, "/texts")) is not None:
        return elsewhere
    kept = unmasking.list_texts(visit.casebook, row.case_id, actor=visit.actor)
    values = {"row": row, "tab": "texts", "kept": len(kept), "parts": PARTS}
    page = View("cases/texts.html", title_of(row), values)
    return with_table(visit, page, _table(row.case_id, kept), kept)


def text(visit: Visit) -> Told:
    """One text, masked; what to say to read it."""
    row = reading.find_case(visit.casebook, visit.path["case"], actor=visit.actor)
    name = visit.path["text"]
    if (elsewhere := moved(visit, row, f"/texts/{name}")) is not None:
        return elsewhere
    values = {"row": row, "tab": "texts", "one": _masked(visit, row.case_id, name), "clear": None}
    return View("cases/text.html", f"{title_of(row)}: a text", values)


def unmask(visit: Visit) -> Told:
    """Read one text in the clear; the reason is kept first."""
    case, name = visit.path["case"], visit.path["text"]
    why = visit.form.get("why", "")
    clear = unmasking.unmask(visit.casebook, case, name, why=why, actor=visit.actor, now=visit.now)
    row = reading.find_case(visit.casebook, case, actor=visit.actor)
    one = _masked(visit, row.case_id, name)
    values = {"row": row, "tab": "texts", "one": one, "clear": clear, "why": why}
    return View("cases/text.html", f"{title_of(row)}: a text", values)


def side_by_side(visit: Visit) -> Told:
    """Read all texts side by side, slots marked; the reason is kept first."""
    part, why = visit.form.get("part", "prompt"), visit.form.get("why", "")
    found = texts_side_by_side(
        visit.casebook,
        visit.path["case"],
        part=part,
        why=why,
        actor=visit.actor,
        now=visit.now,
    )
    row = reading.find_case(visit.casebook, visit.path["case"], actor=visit.actor)
    values = {
        "row": row,
        "tab": "texts",
        "found": found,
        "part": dict(PARTS)[part],
        "why": why,
    }
    return View("cases/templates.html", f"{title_of(row)}: templates", values)


def _masked(visit: Visit, case: str, name: str) -> Masked:
    kept = unmasking.list_texts(visit.casebook, case, actor=visit.actor)
    one = next((one for one in kept if name in (one.id, one.exchange_id)), None)
    if one is None:
        raise NotFoundError("No such text is kept of this case.", "Its texts say what is.")
    return one


def _table(case: str, kept: list[Masked]) -> Table[Masked]:
    same = Counter(one.digest for one in kept)
    return Table(
        name="texts",
        caption="texts",
        columns=(
            Column("text", "Text", lambda one: one.id, "code",
                   lambda one: f"/cases/{case}/texts/{one.id}"),
            Column("account", "Account", lambda one: one.subject, "subject",
                   lambda one: f"/accounts/{one.subject}"),
            Column("system_prompt", "System prompt", lambda one: one.chars.get("system_prompt"),
                   "count", hint="Letters", minor=True),
            Column("prompt", "Prompt", lambda one: one.chars.get("prompt"), "count",
                   hint="Letters"),
            Column("response", "Answer", lambda one: one.chars.get("response"), "count",
                   hint="Letters"),
            Column("same", "The same as", lambda one: same[one.digest] - 1, "count",
                   hint="Other texts here that are the same to the letter, by a keyed digest"),
            Column("kept", "Kept", lambda one: one.kept_us, "time", minor=True),
        ),
        empty="No text of this case is kept. revenuer casebook texts CASE --logs LOGS keeps those "
        "of exchanges that evidence cites, sealed.",
        sort="text",
    )  # fmt: skip


_ONE = "/cases/{case}"
PAGES = (
    Page(f"{_ONE}/texts", Right.READ, texts, "Texts of a case, masked.", "Cases"),
    Page(f"{_ONE}/texts/{{text}}", Right.READ, text, "A text, masked.", "Cases"),
    Action(f"{_ONE}/texts/{{text}}", Right.UNMASK, unmask, "Read a text in the clear, and why."),
    Action(
        f"{_ONE}/templates",
        Right.UNMASK,
        side_by_side,
        "Read the texts of a case side by side, slots marked, and why.",
    ),
)
