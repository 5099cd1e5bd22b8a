"""Classes, hackathons and workshops: many young accounts, one room, one task."""

from __future__ import annotations

from foreign import clocks, places
from foreign.log import Log, Use
from foreign.people import given, person


def university_class(log: Log, count: int, volume: float) -> None:
    """A course: week-old accounts on vouchers behind the campus network, one assignment."""
    r = log.random
    paid, busy = given(r), r.choice((1.0, 1.0, 3.0))
    place, country = places.home(r)
    campus = places.one_of([place(i * 1e7) for i in range(r.randint(1, 3))], r)
    programme = "education" if r.random() < 0.5 else None
    starter = f"You are a tutor for COMP{r.randint(100, 499)}. {log.words.passage(2)}"
    task = f"Assignment {r.randint(1, 6)}: {log.words.passage(3)}"
    due = r.uniform(log.days * 0.4, log.days)
    mail = f"students.{places.zone(country):.0f}.edu"
    for _ in range(count):
        dorm = places.home(r)[0]
        where = places.either(campus, dorm, r.choice((0.0, 0.0, 0.5, 0.9)), r)
        who = person(
            log, "university-class", place=where, country=country, age_days=r.uniform(-1, 9),
            email_domain=mail, programme=programme, **paid,
        )  # fmt: skip

        def write() -> str:
            ask = r.choice((log.words.code, log.words.stepwise, log.words.follow_up))()
            return f"{task}\n{ask}" if r.random() < 0.6 else ask

        client = places.Client("openai-python/1.61.0", temperature=r.choice((None, 0.7, 0.0)),
                               build=r.choice(("", "win", "mac", "colab")))  # fmt: skip
        use = Use(
            client,
            where,
            write,
            starter if r.random() < 0.7 else None,
            conversation=True,
            reasons=r.random() < 0.3,
        )
        log.use(
            who.account,
            clocks.deadline(
                log.np, busy * volume * 4 * r.lognormvariate(0, 0.6), log.days, due, who.zone_h
            ),
            use,
        )


def hackathon(log: Log, count: int, volume: float) -> None:
    """Teams for two days and a night in one hall, accounts made at the door."""
    r = log.random
    paid, busy = given(r), r.choice((1.0, 1.0, 3.0))
    place, country = places.home(r)
    hall = places.one_of([place(0.0)], r)
    start = r.uniform(0, max(0.1, log.days - 2))
    team: list[str] = []
    for i in range(count):
        if i % 4 == 0:
            team = [log.words.fill("You power an app about {t}. {s}") for _ in range(2)]
        who = person(
            log, "hackathon", place=hall, country=country, age_days=-(start + r.uniform(0, 0.15)),
            **paid,
        )  # fmt: skip
        prompts, keen = tuple(team), r.lognormvariate(0, 0.7)

        def write(prompts: tuple[str, ...] = prompts) -> str:
            return r.choice((log.words.chat, log.words.code, log.words.sentence))()

        for system in prompts:
            times = clocks.between(
                log.np,
                busy * volume * 4 * keen,
                start + 0.1,
                min(start + r.uniform(1, 1.9), log.days),
            )
            log.use(who.account, times, Use(places.sdk(r), hall, write, system))


def workshop(log: Log, count: int, volume: float) -> None:
    """A conference's afternoon: everybody runs the same notebook cell by cell."""
    r = log.random
    paid, busy = given(r), r.choice((1.0, 1.0, 3.0))
    place, country = places.home(r)
    room = places.one_of([place(0.0)], r)
    cells = [log.words.chat() for _ in range(12)]
    system = f"Workshop assistant. {log.words.passage(1)}"
    start = r.uniform(0.2, max(0.3, log.days - 0.5))
    for _ in range(count):
        who = person(
            log, "workshop", place=room, country=country, age_days=-(start - r.uniform(0, 0.1)),
            **paid,
        )  # fmt: skip
        client = places.Client(
            "httpx/0.27.2", temperature=0.0, build=r.choice(("colab", "colab", "mac"))
        )
        times = clocks.between(
            log.np, busy * volume * 2 * r.lognormvariate(0, 0.2), start, start + 0.16
        )
        log.use(who.account, times, Use(client, room, lambda: r.choice(cells), system))
