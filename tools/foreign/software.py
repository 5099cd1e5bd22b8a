"""Products on top of the service: coding agents, automation, games, tests, small firms."""

from __future__ import annotations

from foreign import clocks, places
from foreign.log import Log, Use
from foreign.people import card, firm, person, seat


def coding_agent(log: Log, count: int, volume: float) -> None:
    """A coding assistant: everybody's own key, the vendor's system prompt, tools and long contexts."""
    r = log.random
    system = (
        f"You are a pair programmer working in a terminal. {log.words.passage(8)} Use the tools."
    )
    place: places.Place
    for _ in range(count):
        owner = firm(log) if r.random() < 0.2 else None
        for _ in range(r.randint(3, 12) if owner else 1):
            if owner:
                account, place, ahead = seat(log, "coding-agent", owner), owner.office, owner.zone_h
            else:
                who = person(
                    log,
                    "coding-agent",
                    age_days=r.uniform(-log.days, 30) if r.random() < 0.3 else None,
                )
                account, place, ahead = who.account, who.place, who.zone_h
            client = places.Client(f"pairterm/1.{r.randint(4, 9)}", harness="pairterm", tools=r.choice((9, 9, 12)),
                                   streamed=True, max_output_tokens=8192)  # fmt: skip
            use = Use(client, place, log.words.code, system, conversation=True, agent=r.uniform(2, 8),
                      input_tokens=6_000, cached=0.85, output_tokens=220, reasons=r.random() < 0.7)  # fmt: skip
            times = clocks.office(log.np, volume * r.lognormvariate(0, 0.8), log.days, ahead, 0.4)
            log.use(account, times, use)


def automation(log: Log, count: int, volume: float) -> None:
    """Users of a no-code platform: its few exits and its client, everybody's own little prompts."""
    r = log.random
    shared = places.one_of(places.exits(r, places.CLOUDS, 5), r)
    client = places.Client("node-fetch/3.3.2", harness="flowbox", temperature=0.7)
    for _ in range(count):
        who = person(log, "automation")
        prompt = log.words.fill("New lead about {t}. Draft a {f} for {w}: ")

        def write(prompt: str = prompt) -> str:
            return prompt + log.words.sentence()

        times = clocks.cascade(log.np, volume * r.lognormvariate(0.5, 1), log.days, 0.5, 20)
        log.use(who.account, times, Use(client, shared, write, output_tokens=140))


def test_suites(log: Log, count: int, volume: float) -> None:
    """Continuous integration: the same fixtures at every commit, from a forge's runners."""
    r = log.random
    runners = places.one_of(places.exits(r, places.CLOUDS, 60), r)
    public = [log.words.chat() for _ in range(8)]
    for _ in range(count):
        who = person(log, "test-suites")
        fixtures = (
            public if r.random() < 0.4 else [log.words.chat() for _ in range(r.randint(3, 15))]
        )
        client = places.sdk(r, r.choice(("openai-python/1.61.0", "openai-node/4.77.0")))
        use = Use(client, runners, lambda f=fixtures: r.choice(f), output_tokens=20)  # type: ignore[misc]
        log.use(who.account, clocks.cascade(log.np, volume * 3, log.days, 0.9, 3), use)


def game(log: Log, count: int, volume: float) -> None:
    """Game studios: characters who talk with players, one account each and very many end users."""
    r = log.random
    for _ in range(count):
        owner = firm(log, declared=r.random() < 0.4)
        account = seat(log, "game", owner)
        cast = [
            log.words.fill("You are {p} of the harbour town. {s} Never break character.")
            for _ in range(9)
        ]
        for system in cast:
            use = Use(places.sdk(r), owner.servers, log.words.follow_up, system, conversation=True,
                      end_users=[log.token("p", 8) for _ in range(80)], output_tokens=60)  # fmt: skip
            log.use(account, clocks.service(log.np, volume * 4, log.days, owner.zone_h), use)


def three_stages(log: Log, count: int, volume: float) -> None:
    """Very small firms that keep development, staging and production apart, on the founder's card."""
    r = log.random
    for _ in range(count):
        who = firm(log, declared=False)
        founder = {"payment_fingerprint": card(r), "email_domain": "gmail.com"}
        system = f"You write for {who.name}. {log.words.passage(2)}"
        for stage, amount in (("dev", 2.0), ("staging", 1.0), ("prod", 25.0)):
            account = seat(log, "three-stages", who, **founder)
            place = who.office if stage == "dev" else who.servers
            client = places.sdk(r, "langchainjs/0.3.5")
            times = clocks.service(log.np, volume * amount, log.days, who.zone_h)
            log.use(account, times, Use(client, place, log.words.chat, system))


def homework_app(log: Log, count: int, volume: float) -> None:
    """A homework app that gives each school an account of its own: steps for every sum."""
    r = log.random
    vendor = firm(log, declared=r.random() < 0.5, exits=6)
    system = f"You help pupils. Show every step and never only the result. {log.words.passage(2)}"
    for _ in range(count):
        account = seat(log, "homework-app", vendor, age_days=r.uniform(5, 400))

        def write() -> str:
            return log.words.from_set("gsm8k", "stepwise")

        use = Use(places.Client("okhttp/4.12.0", temperature=0.2), vendor.servers, write, system,
                  end_users=[log.token("k", 8) for _ in range(50)], output_tokens=300, reasons=True)  # fmt: skip
        log.use(account, clocks.service(log.np, volume * 10, log.days, vendor.zone_h, 0.02), use)


def unserved_developers(log: Log, count: int, volume: float) -> None:
    """Programmers where the service is not sold: one popular VPN, virtual cards, an open agent."""
    r = log.random
    system = (
        f"You are a pair programmer working in a terminal. {log.words.passage(8)} Use the tools."
    )
    pool = log.vpn(r.randint(6, 15))
    for _ in range(count):
        place = places.one_of(r.sample(pool, 3), r)
        who = person(
            log, "unserved-developers", place=place, country="NL", payment_kind="virtual",
            age_days=r.uniform(-log.days * 0.7, 120), verification="email", phone_fingerprint=None,
        )  # fmt: skip
        client = places.Client(f"pairterm/1.{r.randint(4, 9)}", harness="pairterm", tools=r.choice((9, 12)),
                               streamed=True, max_output_tokens=8192)  # fmt: skip
        use = Use(client, place, log.words.code, system, conversation=True, agent=r.uniform(2, 8),
                  input_tokens=6_000, cached=0.85, output_tokens=220, reasons=True)  # fmt: skip
        times = clocks.office(
            log.np, volume * r.lognormvariate(0, 0.8), log.days, r.choice((3, 8)), 0.5
        )
        log.use(who.account, times, use)
