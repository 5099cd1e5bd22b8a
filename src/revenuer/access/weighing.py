"""How much each signal of an application weighs, in nats against innocence.

What is shared with honest company weighs less the more honest company there is; what nobody
knows weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from revenuer.access import signal_links as links
from revenuer.access.history import (
    CROWD_US,
    DAY_US,
    HOUR_US,
    STANDING_US,
    History,
    Shared,
    applied_near,
    parties_near,
)
from revenuer.access.profile import PERSONAL, POPULAR, Kind, Profile
from revenuer.access.reference import Reference, Tail, nats
from revenuer.access.signals import Family, Signal

SHARED: Mapping[Kind, Signal] = {
    Kind.PAYMENT: links.PAYMENT_SHARED,
    Kind.PHONE: links.PHONE_SHARED,
    Kind.DEVICE: links.DEVICE_SHARED,
    Kind.DOCUMENT: links.DOCUMENT_SHARED,
    Kind.MAILBOX: links.MAILBOX_SHARED,
    Kind.ADDRESS: links.ADDRESS_SHARED,
    Kind.NUMBERED: links.NUMBERED,
    Kind.FAMILY: links.DOMAIN_BURST,
    Kind.BLOCK: links.BLOCK_BURST,
    Kind.REFERRAL: links.REFERRAL_BURST,
    Kind.SYSTEM: links.SYSTEM_BURST,
    Kind.CLIENT: links.CLIENT_BURST,
    Kind.SHAPE: links.SHAPE_BURST,
}
INHERITED: Mapping[Kind, Signal] = {
    Kind.PAYMENT: links.PAYMENT_INHERITED,
    Kind.PHONE: links.PHONE_INHERITED,
    Kind.DEVICE: links.DEVICE_INHERITED,
    Kind.DOCUMENT: links.DOCUMENT_INHERITED,
    Kind.MAILBOX: links.MAIL_INHERITED,
    Kind.NUMBERED: links.MAIL_INHERITED,
    Kind.FAMILY: links.MAIL_INHERITED,
    Kind.ADDRESS: links.NETWORK_INHERITED,
    Kind.BLOCK: links.NETWORK_INHERITED,
}
HEIRS: Mapping[Kind, float] = {
    Kind.PAYMENT: 3e-4,
    Kind.PHONE: 3e-4,
    Kind.DEVICE: 1e-3,
    Kind.DOCUMENT: 5e-5,
    Kind.MAILBOX: 2e-4,
    Kind.FAMILY: 1e-3,
    Kind.ADDRESS: 5e-3,
    Kind.NUMBERED: 2e-2,
    Kind.BLOCK: 5e-2,
}
"""Chance that an honest applicant has what one account of a convicted campaign had.
placeholder"""
STRONG = frozenset((Kind.PAYMENT, Kind.PHONE, Kind.DEVICE, Kind.DOCUMENT, Kind.MAILBOX))
"""Kinds of which two, inherited, may refuse."""
LEAST_CONVICTED = 2
"""Accounts of the campaign that must have had a thing for it to be the campaign's: an honest
victim's own card is on one account, the one that was taken over. placeholder"""
EASE: Mapping[Kind, float] = {
    Kind.PAYMENT: 20,
    Kind.PHONE: 20,
    Kind.DOCUMENT: 20,
    Kind.MAILBOX: 20,
    Kind.DEVICE: 3,
    Kind.ADDRESS: 2,
    Kind.NUMBERED: 2,
    Kind.FAMILY: 5,
    Kind.BLOCK: 5,
    Kind.REFERRAL: 10,
}
"""So many of long standing halve what newcomers who share the same thing count. placeholder"""
CROWDS: Mapping[Kind, Tail] = {
    Kind.ADDRESS: Tail(0.5, 20, 2.5),
    Kind.NUMBERED: Tail(0.3, 4, 3),
    Kind.FAMILY: Tail(0.5, 8, 2.5),
    Kind.BLOCK: Tail(0.5, 30, 2.5),
    Kind.REFERRAL: Tail(0.5, 20, 2.5),
    Kind.SYSTEM: Tail(0.5, 40, 2.5),
    Kind.CLIENT: Tail(0.5, 40, 2.5),
    Kind.SHAPE: Tail(0.5, 20, 2.5),
}
"""How many honest parties come together in a day: a hall of two hundred behind one address is an
event or a carrier before it is a farm, which has many addresses. placeholder"""
WINDOWS: tuple[tuple[int, float], ...] = ((HOUR_US, 0.5), (DAY_US, 1.0), (CROWD_US, 2.5))
"""Times over which a crowd is counted, and how much larger an honest one is in each.
placeholder"""
USUAL_TIMES = 3.0
"""A popular value may come so much more often than its share among those of long standing.
placeholder"""
MOST_POPULAR = 1.4
"""The most that a popular value says, nats: a browser's new release is no crime. placeholder"""
MOST_CROWD = 4.0
"""The most that coming together says, nats: half a world comes after a launch. placeholder"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal of one application.

    Attributes:
        signal: Its card.
        nats: Evidence against innocence, 0 or more.
        told: A sentence for an analyst, with numbers.
        kind: What is shared, if anything.
        campaigns: Convicted campaigns that it is inherited from.
        tool: Whether it was a convicted campaign's and no honest account's.
    """

    signal: Signal
    nats: float
    told: str
    kind: Kind | None = None
    campaigns: tuple[str, ...] = ()
    tool: bool = False


def weigh(seen: Profile, history: History, reference: Reference, now_us: int) -> list[Finding]:
    """Weigh everything that an application shows.

    Args:
        seen: The application; it may be in the history already.
        history: Earlier applicants.
        reference: How honest applicants look.
        now_us: The time, microseconds since 1970.

    Returns:
        Findings with evidence, in no order.
    """
    found = [
        Finding(trait, reference.trait(trait), _trait_told(trait, seen, reference))
        for trait in seen.traits
    ]
    for kind, key in seen.links:
        shared = history.shared(key)
        found += _inherited(kind, shared)
        if kind in PERSONAL:
            found += _personal(kind, shared, seen, reference, now_us)
        elif not reference.knows(kind):
            continue
        elif kind in POPULAR:
            found += _popular(kind, shared, history, reference, now_us)
        else:
            found += _crowd(kind, shared, seen, now_us)
    return [each for each in found if each.nats > 0]


def total(findings: list[Finding]) -> float:
    """The evidence of all families together: the strongest of each, nats."""
    return sum(best(findings).values())


def best(findings: list[Finding]) -> dict[Family, float]:
    """The strongest evidence of each family, nats."""
    strongest: dict[Family, float] = {}
    for each in findings:
        family = each.signal.family
        strongest[family] = max(strongest.get(family, 0.0), each.nats)
    return strongest


def _trait_told(trait: Signal, seen: Profile, reference: Reference) -> str:
    facts = "; ".join(f"{name}: {value}" for name, value in seen.seen)
    rate = reference.rate(trait)
    return f"{trait.title}, as {rate:.2%} of honest applicants have{f' ({facts})' * bool(facts)}."


def _inherited(kind: Kind, shared: Shared) -> Iterator[Finding]:
    """What accounts of convicted campaigns had."""
    if not shared.convicted or kind not in HEIRS:
        return
    accounts = max(shared.convicted.values())
    chance = HEIRS[kind] * (1 + shared.standing) / accounts**0.5
    tool = kind in STRONG and accounts >= LEAST_CONVICTED and shared.standing == 0
    yield Finding(
        INHERITED[kind],
        nats(min(chance, 1.0)),
        f"{INHERITED[kind].title}: {sum(shared.convicted.values())} accounts of "
        f"{', '.join(sorted(shared.convicted))}; {shared.standing} honest ones have it too.",
        kind,
        tuple(sorted(shared.convicted)),
        tool,
    )


def _personal(
    kind: Kind, shared: Shared, seen: Profile, reference: Reference, now_us: int
) -> Iterator[Finding]:
    """Cards, phones and the like that newcomers share."""
    others = parties_near(shared, now_us, STANDING_US, but=seen.party, crowd=False)
    if not others:
        return
    sharers = others / (1 + shared.standing / EASE[kind])
    chance = reference.shared(kind, sharers)
    yield Finding(
        SHARED[kind],
        nats(chance),
        f"{SHARED[kind].title}: {others} other parties within 30 days, "
        f"{shared.standing} of long standing.",
        kind,
    )


def _crowd(kind: Kind, shared: Shared, seen: Profile, now_us: int) -> Iterator[Finding]:
    """Newcomers from one place."""
    tail, excuse = CROWDS[kind], 1 + shared.standing / EASE[kind]
    strongest, said = 0.0, ""
    for window_us, size in WINDOWS:
        others = parties_near(shared, now_us, window_us, but=seen.crowd, crowd=kind in _PLACES)
        # Three looks: the smallest chance of three is up to three times as likely.
        chance = Tail(tail.base, tail.head * size, tail.fall).chance(others / excuse)
        evidence = min(nats(min(chance * len(WINDOWS), 1.0)), MOST_CROWD)
        if evidence > strongest:
            strongest = evidence
            said = (
                f"{SHARED[kind].title}: {others} other parties within "
                f"{window_us // HOUR_US} hours, {shared.standing} of long standing."
            )
    if strongest:
        yield Finding(SHARED[kind], strongest, said, kind)


def _popular(
    kind: Kind, shared: Shared, history: History, reference: Reference, now_us: int
) -> Iterator[Finding]:
    """More newcomers with a popular value than those of long standing would lead to expect."""
    tail = CROWDS[kind]
    came = applied_near(shared.hours, now_us, DAY_US)
    usual = applied_near(history.hours, now_us, DAY_US) * reference.share(kind, shared.standing)
    excess = came - USUAL_TIMES * usual
    evidence = min(nats(tail.chance(excess)), MOST_POPULAR)
    if evidence:
        yield Finding(
            SHARED[kind],
            evidence,
            f"{SHARED[kind].title}: {came} within a day, where {usual:.1f} are usual.",
            kind,
        )


_PLACES = frozenset((Kind.ADDRESS, Kind.BLOCK))
"""Where a class or an office counts as one party."""
