"""Whether a permit is outgrown: what its holder uses, counted against what was agreed.

A permit is no bypass. One that no longer fits says so; what is done about it, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from revenuer.casework.permits import Permit, Purpose, State
from revenuer.features.model_names import is_named
from revenuer.records import Method

NEARLY = 0.8
"""Share of what was agreed from which a permit is nearly used up. placeholder"""
OTHER_MODELS = 0.2
"""Share of exchanges with models that a permit does not name from which it is outgrown: the share
that the scan lets pass, too. placeholder"""
STRANGERS = 0.2
"""Share of a group's accounts, under no permit, from which it has outgrown one. placeholder"""
GOES_ON = 0.5
"""Share of the daily use under a permit from which use after its end goes on. placeholder"""
FEWEST = 100
"""Exchanges outside of a permit that are worth a word. placeholder"""

FITTING: Mapping[Purpose, frozenset[Method]] = MappingProxyType(
    {
        Purpose.DISTILLATION: frozenset(Method),
        # An evaluation has answers judged, and sometimes asks why.
        Purpose.EVALUATION: frozenset({Method.COT_AUTOGRADING, Method.COT_CRITIQUING}),
        Purpose.SYNTHETIC_DATA: frozenset({Method.SYNTHETIC_DATA, Method.RL_PROMPT_GENERATION}),
        Purpose.RED_TEAM: frozenset({Method.COT_AUTOGRADING}),
    }
)
"""Methods of harvesting that a purpose explains. placeholder"""


class Growth(StrEnum):
    """How a permit is outgrown.

    Attributes:
        EXCHANGES: More exchanges than agreed.
        TOKENS: More tokens than agreed.
        MODELS: Models that it does not name.
        TIME: Use goes on after its end.
        ACCOUNTS: Accounts that it does not cover act together with those that it does.
        METHODS: What is done does not fit its purpose.
    """

    EXCHANGES = "exchanges"
    TOKENS = "tokens"
    MODELS = "models"
    TIME = "time"
    ACCOUNTS = "accounts"
    METHODS = "methods"


@dataclass(frozen=True, slots=True)
class Use:
    """What one account used of one model on one day.

    Attributes:
        subject: Fingerprint of the account.
        model: As the log has it; empty if unknown.
        day: In UTC.
        exchanges: How many.
        tokens: Of prompts and answers.
    """

    subject: str
    model: str
    day: date
    exchanges: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Company:
    """A campaign that holders of a permit are in, whatever its verdict.

    Attributes:
        campaign: Its id.
        methods: What it does.
        covered: Its accounts that the permit covers.
        colleagues: Its accounts of the same organization that no permit covers.
        strangers: Its other accounts that no permit covers.
        last_seen: When it was seen last.
    """

    campaign: str
    methods: tuple[Method, ...]
    covered: int
    colleagues: int
    strangers: int
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Outgrown:
    """One way in which a permit is outgrown.

    Attributes:
        kind: Which.
        statement: One sentence with its numbers.
        campaign: Where it shows; empty where no campaign shows it.
    """

    kind: Growth
    statement: str
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was used, held against a permit.

    Attributes:
        exchanges: Under its terms.
        tokens: Under its terms.
        outside: Exchanges with other models, in its time.
        after: Exchanges after its end, with the models that it names.
        days: Days of its time with any use under its terms.
        days_after: Days after its end with any such use.
        last_day: The last day that was counted; None before the first.
    """

    exchanges: int = 0
    tokens: int = 0
    outside: int = 0
    after: int = 0
    days: int = 0
    days_after: int = 0
    last_day: date | None = None


def count_use(permit: Permit, use: Iterable[Use]) -> Counted:
    """Hold what was used against a permit.

    Days are whole: those on which it begins and ends count as its own.
    """
    found, begins, ends = Counted(), permit.terms.valid_from.date(), permit.ends().date()
    within: set[date] = set()
    later: set[date] = set()
    for one in use:
        last = one.day if found.last_day is None else max(one.day, found.last_day)
        found = replace(found, last_day=last)
        named = is_named(one.model, permit.terms.models)
        if one.day < begins or not one.exchanges:
            continue
        if one.day > ends:
            if named:
                later.add(one.day)
                found = replace(found, after=found.after + one.exchanges)
        elif named:
            within.add(one.day)
            found = replace(
                found,
                exchanges=found.exchanges + one.exchanges,
                tokens=found.tokens + one.tokens,
            )
        else:
            found = replace(found, outside=found.outside + one.exchanges)
    return replace(found, days=len(within), days_after=len(later))


def used_up(permit: Permit, counted: Counted) -> float | None:
    """The largest share of a bound that was used; None where there is none."""
    bounds = (
        (counted.exchanges, permit.terms.max_exchanges),
        (counted.tokens, permit.terms.max_tokens),
    )
    shares = [used / most for used, most in bounds if most]
    return max(shares, default=None)


def outgrown(
    permit: Permit, counted: Counted, company: Sequence[Company] = ()
) -> tuple[Outgrown, ...]:
    """Every way in which a permit is outgrown; nothing for one that never was granted.

    Args:
        permit: The permit.
        counted: What its holders used.
        company: The campaigns that they are in.
    """
    if permit.state in (State.REQUESTED, State.REFUSED, State.VOID):
        return ()
    found = [*_volume(permit, counted), *_beside(permit, counted)]
    for one in company:
        found += _company(permit, one)
    # The first of each kind: several campaigns say the same of a permit.
    first: dict[Growth, Outgrown] = {}
    for one_kind in found:
        first.setdefault(one_kind.kind, one_kind)
    return tuple(first.values())


def _volume(permit: Permit, counted: Counted) -> Iterator[Outgrown]:
    for kind, used, most in (
        (Growth.EXCHANGES, counted.exchanges, permit.terms.max_exchanges),
        (Growth.TOKENS, counted.tokens, permit.terms.max_tokens),
    ):
        if most is not None and used > most:
            times = f"{used / most:.1f} times the {most:,} agreed"
            yield Outgrown(kind, f"{used:,} {kind.value} were used, {times}.")


def _beside(permit: Permit, counted: Counted) -> Iterator[Outgrown]:
    every = counted.exchanges + counted.outside
    if counted.outside >= FEWEST and counted.outside > OTHER_MODELS * every:
        yield Outgrown(
            Growth.MODELS,
            f"{counted.outside:,} of {every:,} exchanges went to models that the permit does not "
            "name.",
        )
    if counted.after < FEWEST:
        return
    daily = counted.exchanges / max(counted.days, 1)
    then = counted.after / max(counted.days_after, 1)
    if then >= GOES_ON * daily:
        yield Outgrown(
            Growth.TIME,
            f"{counted.after:,} exchanges were made after its end, {then:,.0f} a day; there were "
            f"{daily:,.0f} a day under it.",
        )


def _company(permit: Permit, one: Company) -> Iterator[Outgrown]:
    others = one.colleagues + one.strangers
    if one.colleagues or others > STRANGERS * (others + one.covered):
        yield Outgrown(
            Growth.ACCOUNTS,
            f"{others:,} accounts that the permit does not cover act together with {one.covered:,} "
            f"that it does; {one.colleagues:,} of them are of the same organization.",
            one.campaign,
        )
    odd = [method.value for method in one.methods if method not in FITTING[permit.purpose]]
    if odd:
        yield Outgrown(
            Growth.METHODS,
            f"What is done, {' and '.join(odd)}, is not what a permit for {permit.purpose.value} "
            "is for.",
            one.campaign,
        )
    late = one.last_seen - permit.ends()
    if late > timedelta(days=1):
        yield Outgrown(
            Growth.TIME,
            f"Its accounts still act as a group {late.days:,} days after its end.",
            one.campaign,
        )
