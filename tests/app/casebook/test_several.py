"""The same thing done with several cases: each by itself, and none is lost for another's sake."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_builders import NOW, VIC, campaign, names, scan_folder

from revenuer.app.casebook import several, working
from revenuer.app.casebook.add import add
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import add_person
from revenuer.app.casebook.reading import find_case, list_cases, show_case
from revenuer.app.casebook.several import Marked
from revenuer.casework.cases import Ground
from revenuer.casework.roles import Actor, Role
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError

ANN, FOUNDER = Actor("ann", Role.ANALYST), Actor("founder", Role.ADMIN)


@pytest.fixture
def book(casebook: Casebook, tmp_path: Path) -> Casebook:
    """With four cases, and people."""
    for actor in (FOUNDER, ANN):
        add_person(casebook, actor.name, actor.role, actor=FOUNDER, now=NOW)
    made = [campaign(f"{n:08d}-1111-4111-8111-111111111111", names(f"c{n}", 5)) for n in range(4)]
    add(casebook, [scan_folder(tmp_path / "scan", *made)], actor=FOUNDER, now=NOW)
    return casebook


def marks(book: Casebook) -> list[Marked]:
    rows = sorted(list_cases(book, actor=FOUNDER), key=lambda row: row.case_id)
    return [Marked(row.case_id, row.version) for row in rows]


def states(book: Casebook) -> list[str]:
    return [find_case(book, one.case, actor=FOUNDER).state for one in marks(book)]


def entries(book: Casebook) -> list[tuple[str, str]]:
    with book.reading() as connection:
        told = list(book.audit(connection).entries())
    return [(one.kind, str(one.body.get("case", ""))) for one in told]


def test_each_of_several_cases_is_dismissed_in_an_entry_of_its_own(book: Casebook) -> None:
    wanted = marks(book)
    before = len(entries(book))
    given = {"ground": Ground.HARMLESS, "why": "a handful", "actor": ANN, "now": NOW}
    done = several.dismiss_each(book, wanted[:3], **given)  # type: ignore[arg-type]
    assert [one.refused for one in done] == ["", "", ""]
    assert states(book) == ["dismissed"] * 3 + ["open"]
    assert entries(book)[before:] == [("case-dismissed", one.case) for one in wanted[:3]]
    for one in wanted[:3]:
        acts = show_case(book, one.case, actor=ANN, now=NOW).acts
        assert (acts[-1].by, acts[-1].text) == ("ann", "a handful")


def test_a_case_that_was_changed_meanwhile_stops_no_other(book: Casebook) -> None:
    wanted = marks(book)
    working.close(book, wanted[1].case, why="over", actor=FOUNDER, now=NOW)
    done = several.assign_each(book, wanted, to="ann", actor=ANN, now=NOW)
    assert [bool(one.refused) for one in done] == [False, True, False, False]
    assert "was changed meanwhile" in done[1].refused
    assert states(book) == ["in-review", "closed", "in-review", "in-review"]
    gone = [*marks(book)[:1], Marked("case--no-such-case", 1)]
    put_back = several.assign_each(book, gone, to="", actor=ANN, now=NOW)
    assert [bool(one.refused) for one in put_back] == [False, True]
    assert states(book)[0] == "open"


def test_what_would_happen_is_told_and_nothing_is_done(book: Casebook) -> None:
    wanted = marks(book)
    given = {"actor": FOUNDER, "now": NOW}
    working.assign(book, wanted[0].case, to="ann", **given)  # type: ignore[arg-type]
    working.dismiss(book, wanted[1].case, ground=Ground.INNOCENT, why="x", **given)  # type: ignore[arg-type]
    named = [*(Marked(one.case) for one in wanted), Marked("case--none"), Marked(wanted[2].case)]
    before = entries(book)
    each = several.foresee_dismissing(book, named, actor=ANN)
    assert [one.refused for one in each][:1] == [""]
    assert each[1].refused == "The case is dismissed: there is nothing to dismiss."
    assert [one.row.case_id if one.row else "" for one in each] == [
        *(one.case for one in wanted), "",
    ]  # fmt: skip
    assert "is no case" in each[4].refused
    each = several.foresee_assigning(book, named[:4], to="Ann ", actor=ANN)
    assert [one.refused for one in each] == ["It is ann's already.", "", "", ""]
    each = several.foresee_assigning(book, named[:2], to="", actor=ANN)
    assert [bool(one.refused) for one in each] == [False, True]
    stale = several.foresee_dismissing(book, [Marked(wanted[0].case, 1)], actor=ANN)
    assert "changed meanwhile" in stale[0].refused
    assert entries(book) == before


def test_who_may_not_and_who_says_nothing_changes_nothing(book: Casebook) -> None:
    wanted, before = marks(book), entries(book)
    dismissal = {"ground": Ground.HARMLESS, "why": "x", "now": NOW}
    with pytest.raises(NotAllowedError):
        several.dismiss_each(book, wanted, actor=VIC, **dismissal)  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError):
        several.assign_each(book, wanted, to="vic", actor=VIC, now=NOW)
    with pytest.raises(NotAllowedError):
        several.foresee_dismissing(book, wanted, actor=VIC)
    with pytest.raises(ConfigError):
        several.dismiss_each(book, wanted, actor=ANN, **{**dismissal, "why": " "})  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="No case is marked"):
        several.dismiss_each(book, [], actor=ANN, **dismissal)  # type: ignore[arg-type]
    many = [Marked(f"case--{n}", 1) for n in range(several.MOST + 1)]
    with pytest.raises(ConfigError, match="501 cases"):
        several.assign_each(book, many, to="", actor=ANN, now=NOW)
    with pytest.raises(NotFoundError):
        several.foresee_assigning(book, wanted, to="stranger", actor=ANN)
    assert entries(book) == before
