"""Which cases people see first, where they can look at so many a day.

A review is worth the harm that it can avert: how probable it is that this is a campaign, times
what leaves with it each day, times how it grows. What was acted on already comes behind what
nobody acted on. Waiting doubles a case's weight again and again, so that nothing waits for ever.

Everything is in doublings (logarithms to the base 2), so that the parts of a rank add up and can
be shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from revenuer.casework.cases import State
from revenuer.records import Verdict

DOUBLES_DAYS = 2.0
"""Days of waiting that count as twice the harm. placeholder"""
MOST_DOUBLINGS = 40.0
"""Doublings that harm counts for at most: a million million output tokens a day. placeholder"""
QUIET_HALVES_DAYS = 7.0
"""Days without an exchange after which half of a campaign's pace is still expected. placeholder"""
MOST_GROWTH = 8.0
"""How far growth counts, and its inverse: a day after one of few is no hundredfold. placeholder"""
LEAST_PROBABLE = 0.01
"""What the least probable case counts as, so that its harm is not nothing. placeholder"""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Pace:
    """How a campaign's own traffic runs.

    Attributes:
        tokens_a_day: Output tokens a day, lately.
        growth: By how much it grew since the week before; 1 where that cannot be said.
    """

    tokens_a_day: float
    growth: float


def pace_of(
    own: Sequence[tuple[date, int]], *, output_tokens: int, exchanges: int, until: date
) -> Pace:
    """The pace of the last week of a scan, by its own exchanges of each day.

    Args:
        own: Days and the campaign's own exchanges of each; days without may be missing.
        output_tokens: Of all of its own exchanges.
        exchanges: How many these are.
        until: The scan's last day.

    Examples:
        By hand: 14 exchanges in the last week and 7 in the one before, 10 tokens each.

        >>> days = [(date(2026, 6, 1), 7), (date(2026, 6, 10), 14)]
        >>> pace_of(days, output_tokens=210, exchanges=21, until=date(2026, 6, 14))
        Pace(tokens_a_day=20.0, growth=2.0)
    """
    each = output_tokens / exchanges if exchanges else 0.0
    begins = until - timedelta(days=WEEK - 1)
    before = begins - timedelta(days=WEEK)
    lately = sum(count for day, count in own if begins <= day <= until)
    earlier = sum(count for day, count in own if before <= day < begins)
    first = min((day for day, _ in own), default=until)
    # A week that the campaign began in is no whole week to be compared with.
    growth = lately / earlier if earlier and first <= before else 1.0
    days = min(WEEK, (until - first).days + 1) if first <= until else WEEK
    return Pace(each * lately / days, min(max(growth, 1 / MOST_GROWTH), MOST_GROWTH))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case as the queue needs it.

    Attributes:
        case: Its id.
        state: Where it stands.
        verdict: The gravest of its campaigns.
        probability: That it is a campaign.
        pace: How its traffic runs.
        quiet_days: Days since its last exchange, as far as scans went on since.
        waiting_days: Days for which it has waited for a person.
        acted: Share of its members that a decision in force covers.
        assigned_to: Whose it is; empty for nobody's.
    """

    case: str
    state: State
    verdict: Verdict
    probability: float
    pace: Pace
    quiet_days: float = 0.0
    waiting_days: float = 0.0
    acted: float = 0.0
    assigned_to: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the queue, and why.

    Attributes:
        place: 1 for the first.
        case: The case.
        today: Whether it is within the day's reviews.
        harm_a_day: Output tokens that a review can be expected to save each day.
        doublings: What it was ranked by.
        reasons: Why it stands there, each in a few words.
    """

    place: int
    case: Waiting
    today: bool
    harm_a_day: float
    doublings: float
    reasons: tuple[str, ...]


def is_waiting(case: Waiting) -> bool:
    """Whether a person should look at it at all.

    What was dismissed or closed comes back by being reopened. What is cleared needs nobody. What
    was acted on as a whole is looked at only if somebody took it, or it was reopened.
    """
    if case.state in (State.DISMISSED, State.CLOSED):
        return False
    if case.state is State.ACTIONED:
        return case.acted < 1.0
    return case.verdict is not Verdict.CLEARED or case.state is not State.OPEN


def rank(cases: Iterable[Waiting], *, per_day: int, done_today: int = 0) -> list[Place]:
    """The queue: what averts most first.

    Args:
        cases: All of them; those that wait for nobody are left out.
        per_day: Reviews that people make a day.
        done_today: How many they have made.

    Returns:
        In the order of their places, which does not depend on the order of the cases.
    """
    waiting = sorted(filter(is_waiting, cases), key=lambda one: (-doublings_of(one), one.case))
    left = max(per_day - done_today, 0)
    return [
        Place(
            place=number,
            case=one,
            today=number <= left,
            harm_a_day=harm_of(one),
            doublings=doublings_of(one),
            reasons=tuple(_reasons(one)),
        )
        for number, one in enumerate(waiting, start=1)
    ]


def harm_of(case: Waiting) -> float:
    """Output tokens a day that a review can be expected to save.

    What is covered by a decision leaves no more.
    """
    pace = case.pace.tokens_a_day * math.exp2(-case.quiet_days / QUIET_HALVES_DAYS)
    probable = max(case.probability, LEAST_PROBABLE)
    return probable * pace * case.pace.growth * (1.0 - min(max(case.acted, 0.0), 1.0))


def doublings_of(case: Waiting) -> float:
    """What a case is ranked by.

    The harm counts up to `MOST_DOUBLINGS`, and what was acted on stands more than that behind: at
    equal waiting everything that nobody acted on is before it.
    """
    harm = min(math.log2(1.0 + harm_of(case)), MOST_DOUBLINGS)
    behind = MOST_DOUBLINGS + 1.0 if _is_acted_on(case) else 0.0
    return harm - behind + max(case.waiting_days, 0.0) / DOUBLES_DAYS


def _is_acted_on(case: Waiting) -> bool:
    # A decision whose time is over averts nothing any more.
    return case.state is State.ACTIONED and case.acted > 0.0


def _reasons(case: Waiting) -> Iterable[str]:
    yield f"{case.verdict}, {100 * case.probability:.0f} % probable"
    yield f"{case.pace.tokens_a_day:,.0f} output tokens a day lately"
    if case.pace.growth >= 1.1:
        yield f"grows {case.pace.growth:.1f} times a week"
    elif case.pace.growth <= 0.9:
        yield f"shrinks to {100 * case.pace.growth:.0f} % a week"
    if case.quiet_days >= 1:
        yield f"quiet for {case.quiet_days:.0f} days"
    if case.waiting_days >= 1:
        yield f"waits for {case.waiting_days:.0f} days"
    if case.state is State.REOPENED:
        yield "came back"
    if case.state is State.IN_REVIEW:
        yield f"{case.assigned_to or 'somebody'} looks at it"
    if case.acted > 0.0:
        yield f"a decision covers {100 * case.acted:.0f} % of its accounts"
