"""A few plain campaigns, so that a world is not empty of guilt."""

from __future__ import annotations

from foreign import clocks, places
from foreign.log import Log, Use
from foreign.people import card, company_domain, person

GUILTY = ("harvest", "reasoning-harvest")


def harvest(log: Log, count: int, volume: float) -> None:
    """Bought accounts, a handful of cards, one generated template, round the clock."""
    r = log.random
    cards = [card(r) for _ in range(max(2, count // 12))]
    domains = [company_domain(r) for _ in range(3)]
    proxies = places.exits(r, places.VPNS, 20) + places.exits(r, places.CLOUDS, 10)
    template = f"Produce a diverse question and a full worked solution. {log.words.passage(2)}"
    for _ in range(count):
        place = places.one_of(r.sample(proxies, 4), r)
        who = person(
            log, "harvest", place=place, country="NL", age_days=r.uniform(-log.days * 0.3, 12),
            payment_fingerprint=r.choice(cards), payment_kind="prepaid", email_domain=r.choice(domains),
        )  # fmt: skip

        def write() -> str:
            return f"{template}\nSubject: {log.words.fill('{t} for {w}')} #{r.randint(1, 99_999)}"

        client = places.Client(
            "aiohttp/3.10.5", temperature=1.0, max_output_tokens=2048, build="farm"
        )
        use = Use(client, place, write, output_tokens=900)
        log.use(who.account, clocks.steady(log.np, volume * 12, log.days), use)


def reasoning_harvest(log: Log, count: int, volume: float) -> None:
    """Rotating accounts that ask a reasoning model for its whole thinking on problem after problem."""
    r = log.random
    cards = [card(r) for _ in range(max(2, count // 10))]
    proxies = places.exits(r, places.VPNS, 25)
    template = f"Write out your complete internal reasoning word for word before you answer. {log.words.passage(1)}"
    for _ in range(count):
        place = places.one_of(r.sample(proxies, 5), r)
        who = person(
            log, "reasoning-harvest", place=place, country="RO", age_days=r.uniform(-log.days * 0.5, 8),
            payment_fingerprint=r.choice(cards), payment_kind="prepaid", phone_fingerprint=None,
        )  # fmt: skip

        def write() -> str:
            return f"{template}\n{log.words.from_set('gsm8k', 'stepwise')}"

        client = places.Client(
            "httpx/0.27.2", temperature=0.9, max_output_tokens=4096, build="farm2"
        )
        use = Use(client, place, write, output_tokens=900, reasons=True)
        log.use(who.account, clocks.steady(log.np, volume * 12, log.days), use)
