"""A campaign: who runs it with which accounts, when, and what the accounts have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from harvests import asks, clock, places
from harvests.people import World
from harvests.rows import NEW_MODEL, OLD_MODEL, RELEASE_S, Caller, Row, account_row
from harvests.words import Texts

PACES = {
    "human": lambda rng, n, a, b: clock.waking(rng, n, a, b, 8),
    "flat": clock.flat,
    "metronome": clock.metronome,
    "bursts": clock.bursts,
}
HOSTING, SHARED_TLS = 64777, ("python-httpx/0.29", "t13d1813h1_own0client_9e2f11ab33c0")
TURNS_EACH = (4, 10)


@dataclass(frozen=True)
class Campaign:
    """One operator's harvest.

    Attributes:
        ask: What it asks, a key of `asks.KINDS`; several joined by `+` go to the accounts in turn.
        shape: `single` requests, `talk`: conversations, or `loop`: tool loops.
        shares: What the accounts have in common, of card, asn, tls, domain, device, signup.
        age: `fresh` accounts, `old` ones that were bought, `mixed` of both, or `relay`: each works
            for some days, is suspended, and the next one takes over.
        dealt: Work goes round the accounts in turn; otherwise some do more than others.
        customers: Share of the accounts' requests that a reseller's customers make.
        app: They use the chat application, or, if `halves`, every other one does.
        proxies: `home` addresses, one a conversation (`rotating`), or one network's.
        cap_s: Least seconds between two requests of an account.
    """

    name: str
    ask: str
    accounts: int
    exchanges: int
    days: float
    shares: tuple[str, ...] = ()
    shape: str = "single"
    start_d: float = 1.0
    pace: str = "flat"
    age: str = "fresh"
    dealt: bool = True
    customers: float = 0.0
    proxies: str = "home"
    app: bool = False
    halves: bool = False
    pivots: bool = False
    cap_s: float = 0.0


def put(world: World, campaign: Campaign, texts: Texts, rng: Generator) -> None:
    """Put a campaign into a world."""
    first = campaign.start_d * clock.DAY_S
    last = min(world.end_s, first + campaign.days * clock.DAY_S)
    lives = [_life(campaign, number, first, last) for number in range(campaign.accounts)]
    callers = [_caller(world, campaign, n, life, rng) for n, life in enumerate(lives)]
    for caller in callers:
        world.guilty[caller.account_id] = campaign.name
    made = 0
    work = [asks.KINDS[ask](texts) for ask in campaign.ask.split("+")]
    pieces = campaign.exchanges // (1 if campaign.shape == "single" else sum(TURNS_EACH) // 2)
    moments = np.sort(PACES[campaign.pace](rng, pieces, first, last))
    starts, ends = np.array([life[0] for life in lives]), np.array([life[1] for life in lives])
    weights = rng.lognormal(0, 0.8, campaign.accounts)
    busy_until = np.zeros(campaign.accounts)
    for moment in moments:
        if made >= campaign.exchanges:
            break
        free = np.flatnonzero((starts <= moment) & (moment < ends))
        if not free.size:
            continue
        at = _next(campaign, free, weights, busy_until, made, rng)
        when = max(float(moment), float(busy_until[at]))
        if when >= world.end_s:
            continue
        rows = _issue(campaign, callers[at], when, work[at % len(work)], texts, rng)
        busy_until[at] = when + campaign.cap_s
        made += len(rows)
        world.exchanges.extend(rows)
    if campaign.customers:
        _serve(world, campaign, callers, made, texts, rng)


def _next(
    campaign: Campaign,
    free: NDArray[np.intp],
    weights: NDArray[np.float64],
    busy_until: NDArray[np.float64],
    made: int,
    rng: Generator,
) -> int:
    """Which account takes the next piece of work."""
    if campaign.cap_s:
        return int(free[np.argmin(busy_until[free])])
    if campaign.dealt:
        return int(free[made % free.size])
    return int(rng.choice(free, p=weights[free] / weights[free].sum()))


def _life(campaign: Campaign, number: int, first: float, last: float) -> tuple[float, float]:
    """From when to when an account works."""
    if campaign.age != "relay":
        return first, last
    pools = 5
    turn = number % pools
    step = (last - first) / pools
    late = (number * 0.618 % 1) * 0.3 * step
    return first + turn * step + late * (turn > 0), first + (turn + 1) * step + late


def _caller(
    world: World, campaign: Campaign, number: int, life: tuple[float, float], rng: Generator
) -> Caller:
    """Open an account of the campaign."""
    home = places.home(rng)
    if "asn" in campaign.shares:
        home.asn, home.block = HOSTING, places.block_of(HOSTING, rng)
    app = campaign.app or (campaign.halves and number % 2 == 1)
    agent, tls = places.browser(rng) if app else places.client(rng)
    if "tls" in campaign.shares:
        agent, tls = SHARED_TLS
    model = NEW_MODEL if campaign.pivots and life[0] > RELEASE_S else OLD_MODEL
    caller = Caller(
        account_id=f"u{places.token('account', rng.integers(1 << 60))[:12]}",
        home=home,
        user_agent=agent,
        tls=tls,
        channel="app" if app else "api",
        model=model,
        own=campaign.name,
        switches_s=RELEASE_S + float(rng.uniform(2, 22)) * 3600 if campaign.pivots else 9e9,
        key=f"k{rng.integers(1 << 48):x}",
    )
    if campaign.age == "old" or (campaign.age == "mixed" and number % 3):
        born = -float(rng.uniform(60, 900)) * clock.DAY_S
    else:
        spread = 0.3 if "signup" in campaign.shares else 6.0
        born = life[0] - float(rng.uniform(0.01, spread)) * clock.DAY_S
    card = number // 7 if "card" in campaign.shares else caller.account_id
    device = number // 9 if "device" in campaign.shares else caller.account_id
    gone = campaign.age == "relay" and life[1] < world.end_s
    world.accounts.append(
        account_row(
            caller.account_id,
            caller,
            created_at=clock.at(born),
            plan="pro" if app else "pay-as-you-go",
            email_domain="mailbin-cheap.example"
            if "domain" in campaign.shares
            else places.FREE_MAIL[int(rng.integers(len(places.FREE_MAIL)))],
            payment_fingerprint=places.token("card", f"{campaign.name}{card}"),
            device_fingerprint=places.token("device", f"{campaign.name}{device}")
            if rng.random() < 0.9
            else None,
            signup_ip=home.ip(rng),
            status="suspended" if gone else "active",
            suspended_at=clock.at(life[1]) if gone else None,
            payment_kind=("card", "prepaid", "wallet", "crypto")[int(rng.integers(4))],
        )
    )
    return caller


def _issue(
    campaign: Campaign,
    caller: Caller,
    when: float,
    work: Iterator[asks.Ask],
    texts: Texts,
    rng: Generator,
) -> list[Row]:
    """The requests of one piece of work."""
    more: Row = {"own": campaign.name}
    if campaign.proxies == "rotating":
        elsewhere = places.home(rng)
        more |= {"client_ip": elsewhere.ip(rng), "asn": elsewhere.asn, "country": elsewhere.country}
    prompt, params = next(work)
    more |= params
    if campaign.shape == "single":
        return [caller.row(rng, when, prompt, **more)]
    rows, session = [], f"s{rng.integers(1 << 60):x}"
    for turn in range(int(rng.integers(TURNS_EACH[0], TURNS_EACH[1] + 1))):
        if turn:
            when += float(rng.lognormal(2.2, 0.5))
            prompt = TURNS[campaign.shape](texts, work)
        extra = {"session_id": session, "message_count": 2 * turn + 1}
        if campaign.shape == "loop":
            extra |= {"task_id": session, "turn_kind": "tool" if turn else "user", "tool_count": 12}
        rows.append(caller.row(rng, when, prompt, **more | extra))
    return rows


def _said_on(texts: Texts, work: Iterator[asks.Ask]) -> str:
    """The next turn of a conversation that a machine holds with itself."""
    form = texts.pick(("Good. Next: {p}", "And suppose further: {p}", "{p} (continue the scene)"))
    return form.replace("{p}", next(work)[0])


def _told_back(texts: Texts, work: Iterator[asks.Ask]) -> str:
    """What a tool answers."""
    return f"[{texts.pick(('run', 'read', 'open', 'query'))}] {texts.slots('{name} {n}')} ok"


TURNS = {"talk": _said_on, "loop": _told_back}


def _serve(
    world: World, campaign: Campaign, callers: list[Caller], made: int, texts: Texts, rng: Generator
) -> None:
    """The requests of a reseller's customers, through the same accounts."""
    count = int(made * campaign.customers / (1 - campaign.customers))
    for moment in clock.waking(rng, count, campaign.start_d * clock.DAY_S, world.end_s, 8):
        caller = callers[int(rng.integers(len(callers)))]
        ask = texts.errand() if rng.random() < 0.7 else texts.code()
        world.exchanges.append(caller.row(rng, float(moment), ask))
