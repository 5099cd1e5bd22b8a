"""Plain ordinary traffic: people in chats, programmers, offices, products, small batch jobs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from harvests import clock, places
from harvests.rows import OLD_MODEL, RELEASE_S, SMALL_MODEL, Caller, Row, account_row
from harvests.words import TOPICS, Texts

KINDS = ("chatter", "programmer", "office", "product", "job")
KIND_SHARES = (0.72, 0.18, 0.015, 0.045, 0.04)
PRODUCTS = (
    ("You are the help desk of {name}. Answer in {lang}.", "{errand}"),
    ("Classify the message of a customer of {name} as billing, fault or praise.", "{text}"),
    ("You write product descriptions for {name}, {n} words at most.", "Item: {thing}"),
    ("You are {name}, a tutor for {topic}. Never give the answer away.", "{errand}"),
    ("Extract sender, date and amount as JSON.", "Document of {name}:\n{text}"),
    ("Translate the user's text into {lang}.", "{text}"),
)
LANGUAGES = ("English", "German", "Spanish", "Hindi", "Japanese", "French", "Polish")


@dataclass
class World:
    """Rows of exchanges and accounts, and what is true of them; `activity` of the ordinary ones."""

    days: int
    activity: float = 1.0
    exchanges: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    guilty: dict[str, str] = field(default_factory=dict)

    @property
    def end_s(self) -> float:
        """Where the log ends."""
        return self.days * clock.DAY_S


def fill(world: World, count: int, texts: Texts, rng: Generator) -> None:
    """Put so many ordinary accounts into a world."""
    made = 0
    while made < count:
        kind = KINDS[int(rng.choice(len(KINDS), p=KIND_SHARES))]
        seats = int(rng.integers(2, 25)) if kind == "office" else 1
        seats = min(seats, count - made)
        firm = places.token("org", f"{made}-{rng.integers(1 << 40)}") if kind == "office" else None
        site = places.home(rng)
        for _ in range(seats):
            person(world, kind, made, firm, site, texts, rng)
            made += 1


def person(
    world: World,
    kind: str,
    number: int,
    firm: str | None,
    site: places.Home,
    texts: Texts,
    rng: Generator,
) -> None:
    """One ordinary account and what it asks."""
    programs = kind in ("programmer", "product", "job")
    where = site if firm else places.home(rng, cloud=programs and rng.random() < 0.7)
    agent, tls = places.client(rng) if programs else places.browser(rng)
    if kind == "programmer" and rng.random() < 0.5:
        agent = texts.pick(("codex-cli/1.9", "claude-code/2.4.1", "cursor/3.1", "opencode/0.9"))
    caller = Caller(
        account_id=f"u{places.token('account', rng.integers(1 << 60))[:12]}",
        home=where,
        user_agent=agent,
        tls=tls,
        channel="api" if programs else "app",
        model=SMALL_MODEL if rng.random() < 0.3 else OLD_MODEL,
        switches_s=RELEASE_S + float(rng.exponential(6)) * clock.DAY_S
        if rng.random() < 0.6
        else 9e9,
        key=f"k{rng.integers(1 << 48):x}" if programs else "",
        organization=firm,
    )
    age_d = float(rng.exponential(150))
    born = -age_d * clock.DAY_S if rng.random() < 0.85 else float(rng.uniform(0, world.end_s * 0.8))
    domain = f"{firm[:7]}.example" if firm else texts.pick(places.FREE_MAIL)
    card = places.token("card", firm or caller.account_id)
    world.accounts.append(
        account_row(
            caller.account_id,
            caller,
            created_at=clock.at(born),
            email_domain=domain,
            plan=texts.pick(("free", "pro", "pro", "team")) if not programs else "pay-as-you-go",
            payment_fingerprint=card if rng.random() < 0.8 else None,
            device_fingerprint=places.token("device", caller.account_id)
            if rng.random() < 0.9
            else None,
            phone_fingerprint=places.token("phone", caller.account_id)
            if rng.random() < 0.4
            else None,
            signup_ip=where.ip(rng),
        )
    )
    ASKS[kind](world, caller, max(0.0, born), texts, rng)


def visits(
    world: World, caller: Caller, first: float, mean: float, rng: Generator, *, office: bool
) -> list[float]:
    """When a person sits down: heavy-tailed from person to person."""
    days = max(1.0, (world.end_s - first) / clock.DAY_S)
    count = 1 + int(
        rng.poisson(min(12.0, rng.lognormal(np.log(mean * world.activity), 1.0)) * days)
    )
    moments = clock.waking(rng, count, first, world.end_s, caller.home.utc_offset, office=office)
    return [float(moment) for moment in np.sort(moments)]


def chat(world: World, caller: Caller, first: float, texts: Texts, rng: Generator) -> None:
    """Conversations of a few turns, some minutes apart."""
    office = caller.organization is not None
    for moment in visits(world, caller, first, 0.45, rng, office=office):
        session, when = f"s{rng.integers(1 << 60):x}", moment
        for turn in range(int(rng.geometric(0.4))):
            world.exchanges.append(
                caller.row(
                    rng, when, texts.errand(), session_id=session, message_count=2 * turn + 1
                )
            )
            when += float(rng.lognormal(4.3, 1.0))


def program(world: World, caller: Caller, first: float, texts: Texts, rng: Generator) -> None:
    """Coding in a harness: a user's turn, then a loop of tool turns."""
    for moment in visits(world, caller, first, 0.5, rng, office=rng.random() < 0.6):
        when, messages = moment, 1
        for _ in range(int(rng.geometric(0.35))):
            task, ask = f"t{rng.integers(1 << 60):x}", texts.code()
            for loop in range(1 + int(rng.poisson(1.5))):
                tool = loop > 0
                world.exchanges.append(
                    caller.row(
                        rng,
                        when,
                        f"[result of {texts.pick(('grep', 'ls', 'pytest', 'cat'))}] "
                        f"{texts.slots('{name}:{n} {name}')}"
                        if tool
                        else ask,
                        turn_kind="tool" if tool else "user",
                        task_id=task,
                        message_count=messages,
                        tool_count=9,
                        system_prompt="You are a coding agent. Use the tools.",
                        reasoning_tokens=int(rng.lognormal(5, 1)),
                        temperature=1.0,
                    )
                )
                messages += 2
                when += float(rng.lognormal(2.6, 0.8))
            when += float(rng.lognormal(4.6, 1.0))


def product(world: World, caller: Caller, first: float, texts: Texts, rng: Generator) -> None:
    """A product with one system prompt that passes on its own users' requests, all day."""
    system, body = PRODUCTS[int(rng.integers(len(PRODUCTS)))]
    name, language = (
        f"{texts.pick(TOPICS).split()[-1].title()}{rng.integers(900)}",
        texts.pick(LANGUAGES),
    )
    system = system.replace("{lang}", language).replace("{name}", name)
    system = texts.slots(system)
    count = int(min(900, rng.lognormal(4.6, 0.8)))
    for moment in clock.waking(rng, count, first, world.end_s, caller.home.utc_offset):
        errand = texts.errand()
        text = texts.any_of("classic_agnews_test") or errand
        prompt = texts.slots(
            body.replace("{name}", name)
            .replace("{errand}", "{{errand}}")
            .replace("{text}", "{{text}}")
        )
        prompt = prompt.replace("{errand}", errand).replace(
            "{text}", text if rng.random() < 0.6 else errand
        )
        world.exchanges.append(
            caller.row(
                rng, moment, prompt, system_prompt=system, temperature=0.2, max_output_tokens=600
            )
        )


def job(world: World, caller: Caller, first: float, texts: Texts, rng: Generator) -> None:
    """A nightly or hand-started job over somebody's own records."""
    form = texts.pick(
        (
            "Sentiment of: {x}",
            "Label as spam or not: {x}",
            "Keywords of: {x}",
            "Is it about sport? {x}",
        )
    )
    for moment in clock.bursts(rng, int(min(800, rng.lognormal(4.4, 0.9))), first, world.end_s):
        record = texts.any_of(texts.pick(("classic_sst2", "classic_agnews_test"))) or texts.errand()
        world.exchanges.append(
            caller.row(
                rng,
                moment,
                form.replace("{x}", record),
                temperature=0.0,
                max_output_tokens=16,
                operation="batch" if rng.random() < 0.1 else "chat",
            )
        )


ASKS = {"chatter": chat, "office": chat, "programmer": program, "product": product, "job": job}
