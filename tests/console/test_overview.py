"""The overview: what waits for whom, the most urgent first, and how the watch and health stand."""

from __future__ import annotations

import re
from datetime import timedelta

from test_appeal_pages import entered
from test_enforcement_pages import proposed
from test_permit_pages import requested
from visitors import Console

from revenuer.app.casebook.places import note_place
from revenuer.casework.roles import Actor, Role

CELL = r"<td[^>]*>(.*?)</td>\s*"
ROW = re.compile(rf"<tr>\s*{CELL * 4}</tr>", re.S)


def text(cell: str) -> str:
    return re.sub(r"<[^>]+>", "", cell).strip()


def heaps(page: str) -> dict[str, tuple[str, str, str]]:
    """What waits, for whom looks, late: by kind, as the page says it."""
    table = page.partition('aria-label="What waits, by kind"')[2].partition("</table>")[0]
    return {text(one[0]): (text(one[1]), text(one[2]), text(one[3])) for one in ROW.findall(table)}


def urgent(page: str) -> list[str]:
    part = page.partition('id="urgent"')[2].partition("Watch and health")[0]
    return [" ".join(text(one).split()) for one in re.findall(r"<li>(.*?)</li>", part, re.S)]


def test_each_sees_what_waits_and_what_of_it_is_theirs(furnished: Console) -> None:
    ada = heaps(furnished.visitor(Role.ADMIN).get("/").text)
    abe = heaps(furnished.visitor(Role.APPROVER).get("/").text)
    vic = heaps(furnished.visitor(Role.VIEWER).get("/").text)
    assert ada["Enforcement plans"][:2] == ("1", "1")
    assert abe["Exports"][:2] == ("1", "1")
    assert abe["Pushes to peers"][:2] == ("1", "1")
    assert ada["Appeals"] == ("1", "1", "0"), "it was given to ada"
    assert abe["Appeals"] == ("1", "0", "0")
    assert ada["Erasures"][0] == "1"
    assert "Erasures" not in abe.keys() | vic.keys(), "only who erases knows of erasures"
    assert {kind for kind, row in vic.items() if row[1] != "0"} == set()
    assert vic["Enforcement plans"][0] == "1", "a viewer sees that it waits"
    for kind in ("Sign-ups", "Permits asked for", "Cases to look at"):
        assert int(ada[kind][0]) >= 1, kind


def test_counts_lead_to_lists_of_as_many(furnished: Console) -> None:
    ada = furnished.visitor()
    page = ada.get("/").text
    table = page.partition('aria-label="What waits, by kind"')[2].partition("</table>")[0]
    links = {text(name): url for url, name in re.findall(r'<a href="([^"]+)">(.*?)</a>', table)}
    seen = heaps(page)
    for kind in ("Cases to look at", "Permits asked for", "Appeals"):
        url = links[kind].replace("&amp;", "&")
        assert len(ada.get(f"{url}&as=json").json()) == int(seen[kind][0]), kind
    assert all(ada.get(url.replace("&amp;", "&")).status_code == 200 for url in links.values())


def test_the_late_stand_first_and_say_so(console: Console) -> None:
    appeal = entered(console)
    proposed(console, hours="48", why="Again.")
    console.office.clock.now += timedelta(days=console.office.settings.appeals.decision_hours)
    console.cookies.clear()
    page = console.visitor().get("/").text
    assert heaps(page)["Appeals"] == ("1", "1", "1")
    first, *others = urgent(page)
    assert appeal.rpartition("--")[2][:8] in first
    assert "late: was due" in first
    assert any("Approve or refuse: block" in one for one in others)
    assert all("late" not in one for one in others)


def test_what_is_done_waits_no_more(console: Console) -> None:
    visitor = console.visitor()
    assert heaps(visitor.get("/").text)["Enforcement plans"][0] == "0"
    url = proposed(console)
    assert heaps(visitor.get("/").text)["Enforcement plans"] == ("1", "1", "–")
    # Who proposed it is offered nothing.
    ann = console.visitor(Role.ANALYST).get("/").text
    assert heaps(ann)["Enforcement plans"] == ("1", "0", "–")
    assert "for somebody else" in urgent(ann)[0]
    console.visitor(Role.APPROVER).post(f"{url}/refuse", {"why": "Too early."})
    assert heaps(visitor.get("/").text)["Enforcement plans"][0] == "0"
    asked = requested(console)
    assert heaps(visitor.get("/").text)["Permits asked for"][0] == "1"
    assert asked.rpartition("--")[2][:8] in " ".join(urgent(visitor.get("/").text))


def test_watch_and_health_are_told_in_a_line(console: Console) -> None:
    page = console.visitor(Role.VIEWER).get("/").text
    part = page.partition("Watch and health")[2].partition("</section>")[0]
    assert "Findings go until" in part
    assert 'href="/health"' in part
    office = console.office
    gone = office.folder / "watch-of-old"
    actor = Actor("ada", Role.ADMIN)
    note_place(office.casebook, "watch", gone, actor=actor, now=office.clock())
    part = console.visitor().get("/").text.partition("Watch and health")[2]
    assert "holds no state of a watch." in part.partition("</section>")[0]
