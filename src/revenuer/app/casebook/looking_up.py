"""What somebody means by a few letters: cases, accounts and people whose names begin so."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import list_people
from revenuer.app.casebook.reading import list_cases
from revenuer.casework.roles import Actor, Right
from revenuer.guard.fingerprint import SHOWN
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.people import Person
from revenuer.store.casebook.rosters import subjects_beginning

MOST_OF_A_KIND = 6
"""placeholder"""
SHORTEST_SUBJECT = 3
"""Letters of a subject, or of an account's id, from which accounts are looked for. placeholder"""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What may be meant.

    Attributes:
        cases: Newest first.
        accounts: Subjects.
        people: Likewise those who work here.
        account_of_id: The subject of the account whose id was given, whether or not the casebook
            has anything on it: to say that is for the page, which writes down who asked.
    """

    cases: tuple[CaseRow, ...] = ()
    accounts: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    account_of_id: str = ""


def look_up(casebook: Casebook, text: str, *, actor: Actor) -> LookedUp:
    """What somebody may mean.

    Args:
        casebook: Where.
        text: A few letters; of nothing, the newest cases.
        actor: Who asks.
    """
    actor.needs(Right.READ)
    words = text.casefold().split()
    found = [row for row in list_cases(casebook, actor=actor) if _has(row, words)]
    one = words[0] if len(words) == 1 and len(words[0]) >= SHORTEST_SUBJECT else ""
    accounts: list[str] = []
    if one:
        beginning = one if one.startswith(SHOWN) else SHOWN + one
        with casebook.reading() as connection:
            accounts = subjects_beginning(connection, beginning, MOST_OF_A_KIND)
    people = [] if not words else list_people(casebook, actor=actor)
    named = [person for person in people if all(word in person.name for word in words)]
    is_id = one and not one.startswith(SHOWN) and not (found or accounts or named)
    return LookedUp(
        cases=tuple(found[:MOST_OF_A_KIND]),
        accounts=tuple(accounts),
        people=tuple(named[:MOST_OF_A_KIND]),
        account_of_id=casebook.subject(text.strip()) if is_id else "",
    )


def _has(row: CaseRow, words: list[str]) -> bool:
    said = f"{row.case_id} {row.verdict} {row.state} {row.methods} {row.assigned_to}".casefold()
    return all(word in said for word in words)
