"""What whoever appeals is told, in plain words: a receipt, an answer, and the outcome.

Source:
    Regulation (EU) 2022/2065, articles 17 (statement of reasons) and 20 (complaints, decided under
    the supervision of qualified staff and not by automated means alone), for what a letter says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from revenuer.casework.appeals import Against, Outcome
from revenuer.casework.disclosure import Disclosed
from revenuer.reports.wording import counted, moment

MOST_NAMED = 20
"""Accounts that a letter names."""
MEASURES = {
    "tag": "requests of these accounts are marked",
    "throttle": "requests of these accounts are limited",
    "reduce": "answers to these accounts are reduced",
    "challenge": "requests of these accounts are refused until you verify who you are",
    "block": "requests of these accounts are refused",
    "refuse": "your application for an account is refused",
    "hold": "your application for an account waits until a person has looked at it",
    "step-up": "you are asked to confirm something before your application goes on",
    "refused": "your request for a permit is refused",
    "revoked": "your permit is taken back",
    "void": "your permit is taken back",
}
OUTCOMES = {
    Outcome.UPHELD: "The decision stands.",
    Outcome.PARTLY: "The decision was changed in part.",
    Outcome.OVERTURNED: "The decision was wrong, and is taken back as of now.",
}
REVIEWED = (
    "Your appeal was decided by a person who had no part in the decision, and who looked at the "
    "evidence and at what you wrote."
)
FOUND_BY = (
    "The use of accounts was compared by software over time; what was done about it was decided by "
    "people."
)
FOUND_ALONE = (
    "The use of accounts was compared by software over time; what was done about it followed from "
    "our policy, without a person's approval."
)
JUDGED_BY = "Applications are compared by software; yours was then decided by a person."
JUDGED_ALONE = (
    "Applications are compared by software; what was answered to yours followed from our policy, "
    "without a person's approval."
)
SHIELD = "Your accounts are known to us as wrongly suspected, so that this does not repeat itself."
WITHHELD = (
    "There is more evidence, of which we do not tell: it concerns other customers, or would show "
    "how to go unnoticed. The person who decided has seen all of it."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about.

    Attributes:
        appeal: Id of the appeal.
        against: What kind of thing it is against.
        target: Id of that.
        action: What was done, in the guard's or the permit's word.
        made_at: When.
        until: When it ends by itself; None where it does not.
        by_people: Whether persons approved it.
        accounts: Ids of the accounts of whoever appeals.
        shown: What may be shown of the evidence.
        own_exchanges: Their own requests that it rests on; None if unknown.
        answer_by: When they are answered at the latest.
        decide_by: When it is decided at the latest.
    """

    appeal: str
    against: Against
    target: str
    action: str
    made_at: datetime
    until: datetime | None
    by_people: bool
    accounts: tuple[str, ...]
    shown: Disclosed
    own_exchanges: int | None
    answer_by: datetime
    decide_by: datetime


def receipt(about: Subject) -> str:
    """That an appeal came in, and what happens next. No answer yet."""
    lines = [
        "We have received your appeal.",
        "",
        *_heading(about),
        "",
        "A person who had no part in the decision will look at it. You hear from them by "
        f"{moment(about.answer_by)} UTC, and it is decided by {moment(about.decide_by)} UTC.",
        "It is decided by a person in any case.",
    ]
    return _letter(about, lines)


def answer(about: Subject, words: str) -> str:
    """A person's answer before the decision, with the reasons that may be shown."""
    lines = [
        words.strip(),
        "",
        *_heading(about),
        "",
        *_reasons(about),
        "",
        f"Your appeal is open. It is decided by {moment(about.decide_by)} UTC; what you send "
        "until then is read before.",
    ]
    return _letter(about, lines)


def outcome(
    about: Subject,
    decided: Outcome,
    words: str,
    *,
    lifted: Iterable[str] = (),
    innocent: bool = False,
    held_still: bool = False,
    further: str = "",
) -> str:
    """What became of an appeal, and why.

    Args:
        about: What the letter is about.
        decided: What became of the decision.
        words: Of the person who decided, for whoever appeals; may be empty.
        lifted: Ids of the accounts on which nothing rests any more.
        innocent: Whether they count as wrongly suspected from now on.
        held_still: Whether other decisions still act on some of the accounts.
        further: Where else they can turn, if the decision stands.
    """
    lines = [OUTCOMES[decided], ""]
    lifted = tuple(lifted)
    if lifted and about.against is Against.DECISION:
        lines += ["Nothing is done any more about:", *_names(lifted), ""]
    if innocent:
        lines += [SHIELD, ""]
    if held_still:
        lines += ["Another decision still acts on some of them. You can appeal to that, too.", ""]
    if words.strip():
        lines += [words.strip(), ""]
    lines += [*_heading(about, over=decided is Outcome.OVERTURNED), ""]
    if decided is not Outcome.OVERTURNED:
        lines += [*_reasons(about), ""]
    lines.append(REVIEWED)
    if decided is not Outcome.OVERTURNED and further:
        lines += ["", f"Where else you can turn: {further}"]
    return _letter(about, lines)


def _heading(about: Subject, *, over: bool = False) -> list[str]:
    """What was done, to whom, and until when, unless that is over now."""
    done = MEASURES.get(about.action, about.action)
    lines = [f"What it is about: decided on {moment(about.made_at)} UTC, {done}:"]
    lines += _names(about.accounts)
    if about.until is not None and not over:
        lines.append(f"It ends by itself on {moment(about.until)} UTC.")
    return lines


def _reasons(about: Subject) -> list[str]:
    if about.against is Against.ASSESSMENT:
        return [
            "What speaks for it:",
            *(f"- {sentence}" for sentence in about.shown.sentences),
            JUDGED_BY if about.by_people else JUDGED_ALONE,
        ]
    if about.against is not Against.DECISION:
        return []
    lines = [
        "What speaks for it: your accounts were used together with others in a way that matches "
        "the collection of model answers at scale to train another model, which our terms do not "
        "allow.",
        *(f"- {sentence}" for sentence in about.shown.sentences),
    ]
    if about.own_exchanges is not None:
        own = counted(about.own_exchanges, "request")
        lines.append(f"- It rests on {own} of your own accounts.")
    if about.shown.withheld:
        lines.append(WITHHELD)
    lines.append(FOUND_BY if about.by_people else FOUND_ALONE)
    return lines


def _names(accounts: tuple[str, ...]) -> list[str]:
    lines = [f"  {name}" for name in accounts[:MOST_NAMED]]
    more = len(accounts) - MOST_NAMED
    return [*lines, f"  and {more:,} more"] if more > 0 else lines


def _letter(about: Subject, lines: list[str]) -> str:
    return "\n".join([*lines, "", f"Appeal: {about.appeal}", f"Against: {about.target}"]) + "\n"
