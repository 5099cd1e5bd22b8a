"""What the palette finds: pages, cases, accounts and people, of those that the visitor may see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from revenuer.app.casebook.looking_up import look_up
from revenuer.app.casebook.saved_searches import list_searches
from revenuer.casework.roles import Right
from revenuer.console.page import Data, Page, Told, Visit
from revenuer.console.rendering import short
from revenuer.reports.wording import counted

MOST_CHARS = 200
"""placeholder"""
Item = dict[str, str]


def palette(visit: Visit) -> Told:
    """What a few letters may mean, the likeliest kind first."""
    text = visit.query.get("q", "")[:MOST_CHARS]
    words = text.casefold().split()
    found = [*_pages(visit, words), *_searches(visit, words), *_names(visit, text)]
    return Data(json.dumps(found, ensure_ascii=False).encode())


def _item(group: str, label: str, hint: str, url: str) -> Item:
    return {"group": group, "label": label, "hint": hint, "url": url}


def _pages(visit: Visit, words: list[str]) -> Iterator[Item]:
    # The table of pages names this one.
    from revenuer.console.pages import ALL

    for one in ALL:
        if not isinstance(one, Page) or one.right is None or not visit.actor.may(one.right):
            continue
        if "{" in one.path or "." in one.path:
            continue
        label = one.section if one.nav else one.path.strip("/").replace("/", ": ").replace("-", " ")
        said = f"{label} {one.path} {one.what}".casefold()
        if all(word in said for word in words) and (words or one.nav):
            yield _item("Pages", label[:1].upper() + label[1:], one.what, one.path)


def _searches(visit: Visit, words: list[str]) -> Iterator[Item]:
    for one in list_searches(visit.casebook, actor=visit.actor):
        if all(word in one.name.casefold() for word in words):
            hint = one.query or "all cases"
            yield _item("Saved searches", one.name, hint, f"/cases?{one.query}")


def _names(visit: Visit, text: str) -> Iterator[Item]:
    found = look_up(visit.casebook, text, actor=visit.actor)
    for row in found.cases:
        hint = f"{row.verdict}, {row.state}, {counted(row.accounts, 'account')}"
        yield _item("Cases", short(row.case_id), hint, f"/cases/{_part(row.case_id)}")
    for subject in found.accounts:
        yield _item("Accounts", short(subject), subject, f"/accounts/{_part(subject)}")
    if found.account_of_id:
        url = f"/accounts/{_part(found.account_of_id)}"
        yield _item("Accounts", "The account of this id", "that you look is written down", url)
    for person in found.people:
        url = f"/people?q={_part(person.name)}"
        yield _item("People", person.name, f"{person.kind}, {person.role}", url)


def _part(text: str) -> str:
    return quote(text, safe="")


PAGES = (Page("/palette.json", Right.READ, palette, "What the palette finds for a few letters."),)
