"""One policy on one stream: it answers, asks, learns how checks came out and who is convicted."""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from admission.streams import Applicant, Stream
from revenuer.access.applications import Application, Check, Outcome, Result
from revenuer.worlds.signups.checks import REVIEW

MOST_ROUNDS = 3
"""An applicant is asked so many times; after that a person looks."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a policy answers: `accept`, `step-up`, `hold` or `refuse`, and what it asks for."""

    answer: str
    checks: tuple[Check, ...] = ()
    codes: tuple[str, ...] = ()


class Policy(Protocol):
    """Who judges applications."""

    name: str

    def begin(self, accounts: Sequence[Applicant], start_us: int) -> None:
        """Take in the accounts that are there; those suspended by now are known as such."""

    def judge(self, shown: Application, outcomes: Sequence[Outcome]) -> Said:
        """Answer an application, with the outcomes of the checks that it was asked for."""

    def settle(self, shown: Application, outcomes: Sequence[Outcome], *, admitted: bool) -> None:
        """Learn what became of it."""

    def convict(self, shown: Application, campaign: str, at_us: int) -> None:
        """Learn that an account is of a campaign; `campaign` is empty for any suspension."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one applicant.

    Attributes:
        cohort: Of the truth.
        guilty: Whether a campaign signed up.
        first: First answer.
        admitted: Whether there is an account in the end.
        asked: Checks that were asked for.
        paid: What a farm paid to pass, US dollars.
        codes: Why, in the policy's words.
    """

    cohort: str
    guilty: bool
    first: str
    admitted: bool
    asked: tuple[Check, ...]
    paid: float
    codes: tuple[str, ...]
    group: str | None = None


@dataclass(frozen=True)
class Played:
    """A policy's fates on one stream, and what judging took.

    Attributes:
        policy: Its name.
        fates: One an applicant, in order.
        cpu_s: Processor seconds of all first answers.
        slowest_s: Of the dearest hundredth of them, the cheapest.
    """

    policy: str
    fates: tuple[Fate, ...]
    cpu_s: float
    slowest_s: float


def play(policy: Policy, stream: Stream) -> Played:
    """Let a policy run a stream from its beginning."""
    policy.begin(stream.accounts, stream.start_us)
    coming: list[tuple[int, str, Application, str]] = []
    for account in stream.accounts:
        _foresee(coming, account, since=stream.start_us)
    fates, costs = [], []
    for one in stream.applicants:
        now = one.shown.applied_us or 0
        while coming and coming[0][0] <= now:
            at, _, shown, campaign = heapq.heappop(coming)
            policy.convict(shown, campaign, at)
        began = time.process_time()
        said = policy.judge(one.shown, ())
        costs.append(time.process_time() - began)
        fate = _settled(policy, one, said, now)
        fates.append(fate)
        if fate.admitted:
            _foresee(coming, one, since=now)
    costs.sort()
    return Played(policy.name, tuple(fates), sum(costs), costs[int(0.99 * len(costs))])


def _settled(policy: Policy, one: Applicant, first: Said, now_us: int) -> Fate:
    """Ask until there is an answer."""
    said, outcomes = first, []
    paid = 0.0
    stopped = False
    for _ in range(MOST_ROUNDS):
        if said.answer != "step-up" or stopped:
            break
        for check in said.checks:
            result = one.truth.would[check.value]
            outcomes.append(Outcome(one.shown.application_id, check, result, now_us))
            if result is not Result.PASSED:
                stopped = True
                break
            paid += one.truth.prices[check.value]
        if not stopped:
            said = policy.judge(one.shown, outcomes)
    if said.answer in ("hold", "step-up") and not stopped:
        admitted = one.truth.would[REVIEW] is Result.PASSED
    else:
        admitted = said.answer == "accept" and not stopped
    policy.settle(one.shown, outcomes, admitted=admitted)
    return Fate(
        one.truth.cohort, one.truth.campaign is not None, first.answer, admitted,
        tuple(each.check for each in outcomes), paid, first.codes,
    )  # fmt: skip


def _foresee(
    coming: list[tuple[int, str, Application, str]], one: Applicant, *, since: int
) -> None:
    """Put down when an account will be convicted or suspended, if that is still to come."""
    told = one.truth
    at = told.convicted_us if told.convicted_us is not None else told.suspended_us
    if at is not None and at > since:
        campaign = (told.campaign or "mistaken") if told.convicted_us is not None else ""
        heapq.heappush(coming, (at, one.shown.application_id, one.shown, campaign))
