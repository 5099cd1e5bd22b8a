"""Private people: chatters, hobbyists, families, cafés, VPNs, tutorials, and a famous prompt."""

from __future__ import annotations

from foreign import clocks, places
from foreign.log import Log, Use
from foreign.people import card, person


def _volume(log: Log, median: float) -> float:
    """How much one of many does: long-tailed."""
    return min(median * log.random.lognormvariate(0, 1.1), median * 40)


def chatters(log: Log, count: int, volume: float) -> None:
    """Users of the provider's app: conversations of any subject."""
    for _ in range(count):
        new = log.random.random() < 0.15
        who = person(
            log, "chatters", app=True, age_days=log.random.uniform(-log.days, 14) if new else None
        )
        client = places.browser(log.random)
        use = Use(client, who.place, log.words.chat, conversation=True)
        times = clocks.person(log.np, _volume(log, volume), log.days, who.zone_h)
        log.use(who.account, times, use)


def stepwise(log: Log, count: int, volume: float) -> None:
    """People who always want every step, in the app and through a program of their own."""
    for _ in range(count):
        app = log.random.random() < 0.6
        who = person(log, "stepwise", app=app)
        client = places.browser(log.random) if app else places.sdk(log.random)
        use = Use(
            client, who.place, log.words.stepwise, conversation=app, output_tokens=700, reasons=True
        )
        times = clocks.person(log.np, _volume(log, volume * 2), log.days, who.zone_h)
        log.use(who.account, times, use)


def developers(log: Log, count: int, volume: float) -> None:
    """Hobby projects and freelancers: an own key, an own library, mostly an own prompt."""
    r = log.random
    for _ in range(count):
        who = person(
            log, "developers", age_days=r.uniform(-log.days, 10) if r.random() < 0.2 else None
        )
        system = log.words.fill(r.choice((
            "You are {p}bot. You know all about {t}. {s}",
            "Answer in {l}. Audience: {w}. {s}",
            "Extract every fact about {t} as JSON. {s}",
            "Role: editor of a magazine on {t}. Max {n} words.",
        ))) if r.random() < 0.7 else None  # fmt: skip
        write = r.choice((log.words.chat, log.words.code, log.words.sentence))
        place = who.place
        if r.random() < 0.4:
            place = places.one_of(places.exits(r, places.CLOUDS, 1), r)
        amount = _volume(log, volume * 1.5)
        times = r.choice((
            lambda n, w: clocks.person(log.np, n, log.days, w.zone_h),
            lambda n, w: clocks.office(log.np, n, log.days, w.zone_h, 0.5),
            lambda n, w: clocks.cascade(log.np, n, log.days),
            lambda n, w: clocks.nightly(log.np, n, log.days, r.uniform(0, 24)),
            lambda n, w: clocks.steady(log.np, n, log.days),
        ))(amount, who)  # fmt: skip
        use = Use(places.sdk(r), place, write, system, output_tokens=r.choice((60, 250, 600)))
        log.use(who.account, times, use)


def family(log: Log, count: int, volume: float) -> None:
    """One household: one card, one line, two shared devices, four habits."""
    for _ in range(count):
        r = log.random
        place, country = places.home(r)
        shared = {"payment_fingerprint": card(r), "payment_kind": "card"}
        devices = [log.token("dev_", 12) for _ in range(2)]
        for _ in range(r.randint(2, 5)):
            who = person(log, "family", app=True, place=place, country=country, **shared,
                         device_fingerprint=r.choice(devices))  # fmt: skip
            use = Use(places.browser(r), place, log.words.chat, conversation=True)
            times = clocks.person(log.np, _volume(log, volume), log.days, who.zone_h)
            log.use(who.account, times, use)


def vpn_users(log: Log, count: int, volume: float) -> None:
    """Strangers behind the same exits, with privacy mail and prepaid cards."""
    r = log.random
    place = places.one_of(log.vpn(r.randint(4, 12)), r)
    for _ in range(count):
        app = r.random() < 0.7
        who = person(
            log, "vpn-users", app=app, place=place, country=r.choice(places.ISPS)[1],
            email_domain=r.choice(("proton.me", "tutanota.com", "duck.com", "gmail.com")),
            payment_kind="prepaid", phone_fingerprint=None,
        )  # fmt: skip
        client = places.browser(r) if app else places.sdk(r)
        write = log.words.chat if r.random() < 0.7 else log.words.code
        use = Use(client, place, write, conversation=app)
        times = clocks.person(log.np, _volume(log, volume * 1.5), log.days, r.uniform(-8, 10))
        log.use(who.account, times, use)


def internet_cafe(log: Log, count: int, volume: float) -> None:
    """Guests of one café: its address, its few machines, vouchers bought at the counter."""
    r = log.random
    place, country = places.home(r)
    devices = [log.token("dev_", 12) for _ in range(r.randint(4, 9))]
    browsers = [places.browser(r) for _ in range(2)]
    for _ in range(count):
        who = person(
            log, "internet-cafe", app=True, place=place, country=country,
            age_days=r.uniform(-log.days * 0.8, 40), device_fingerprint=r.choice(devices),
            payment_kind="prepaid", verification="email", phone_fingerprint=None,
        )  # fmt: skip
        use = Use(r.choice(browsers), place, log.words.chat, conversation=True)
        times = clocks.person(log.np, _volume(log, volume), log.days, who.zone_h)
        log.use(who.account, times, use)


def tutorial(log: Log, count: int, volume: float) -> None:
    """Newcomers who follow the same popular tutorial, word for word, then try things of their own."""
    r = log.random
    steps = [log.words.fill("Write a haiku about {t}"), "Say this is a test!", log.words.sentence(),
             log.words.fill("You are a pirate. {s} Answer as JSON with keys title and mood.")]  # fmt: skip
    system = "You are a helpful assistant."
    client = places.Client("openai-python/1.61.0", temperature=0.7, max_output_tokens=256)
    for _ in range(count):
        who = person(log, "tutorial", age_days=-r.uniform(0, log.days * 0.9))

        def write() -> str:
            return r.choice(steps) if r.random() < 0.6 else log.words.chat()

        start = who.account.since / clocks.DAY
        times = clocks.between(log.np, _volume(log, volume), start, start + r.uniform(0.05, 2))
        log.use(
            who.account, times[times < log.days * clocks.DAY], Use(client, who.place, write, system)
        )


def famous_prompt(log: Log, count: int, volume: float) -> None:
    """Strangers who paste the same prompt from a blog, all of it or most of it."""
    r = log.random
    famous = (
        log.words.from_set("awesome_chatgpt_prompts", "chat")[:900] + " " + log.words.passage(4)
    )
    for _ in range(count):
        who = person(log, "famous-prompt", app=True)
        use = Use(places.browser(r), who.place,
                  lambda: f"{famous} {log.words.chat()}" if r.random() < 0.5 else log.words.chat(),
                  conversation=True)  # fmt: skip
        times = clocks.person(log.np, _volume(log, volume), log.days, who.zone_h)
        log.use(who.account, times, use)


def extension(log: Log, count: int, volume: float) -> None:
    """A browser extension: everybody's own key, one system prompt, pages to sum up."""
    r = log.random
    name = r.choice(places.BROWSERS).format(v=r.randint(20, 34), m=r.randint(0, 7))
    system = f"You sum up web pages for busy readers. {log.words.passage(3)} Output: five bullets, then one line."
    for _ in range(count):
        who = person(
            log, "extension", age_days=r.uniform(-log.days * 0.5, 60) if r.random() < 0.4 else None
        )
        client = places.Client(name, harness="pagesum", temperature=0.3, max_output_tokens=600,
                               streamed=True, build=r.choice(("", "mac", "win")))  # fmt: skip

        def write() -> str:
            title = log.words.sentence()
            return (
                f"TITLE: {title}\nPAGE: {log.words.from_set('wikitext2_valid_test')}\nSum this up."
            )

        times = clocks.person(log.np, _volume(log, volume), log.days, who.zone_h)
        log.use(who.account, times, Use(client, who.place, write, system, output_tokens=180))


def privacy_client(log: Log, count: int, volume: float) -> None:
    """Users of an open client for the careful: its system prompt, exits of VPNs, prepaid cards."""
    r = log.random
    system = f"You answer without asking who is asking. {log.words.passage(2)}"
    place = places.one_of(log.vpn(12), r)
    for _ in range(count):
        mail = r.choice(("proton.me", "mailinator.com", "tutanota.com", "guerrillamail.com"))
        who = person(
            log, "privacy-client", place=place, country="NL", email_domain=mail,
            payment_kind=r.choice(("prepaid", "virtual")), phone_fingerprint=None,
            verification="email", age_days=r.uniform(-log.days * 0.5, 90),
        )  # fmt: skip
        client = places.Client("tor-chat/0.9", harness="quietchat", streamed=True)
        write = log.words.stepwise if r.random() < 0.2 else log.words.chat
        times = clocks.person(log.np, _volume(log, volume * 2), log.days, r.uniform(-8, 10))
        log.use(who.account, times, Use(client, place, write, system, conversation=True))


def group_buy(log: Log, count: int, volume: float) -> None:
    """A seller's accounts, each shared by dozens of strangers who chat about anything."""
    r = log.random
    paid = card(r)
    for _ in range(count):
        lines = [places.home(r)[0](0.0) for _ in range(r.randint(8, 40))]
        place = places.one_of(lines, r)
        who = person(
            log, "group-buy", app=True, place=place, country="IN", payment_fingerprint=paid,
            payment_kind="virtual", age_days=r.uniform(-log.days * 0.3, 60), verification="email",
        )  # fmt: skip
        for _ in range(len(lines) // 4):
            use = Use(places.browser(r), place, log.words.chat, conversation=True)
            times = clocks.person(log.np, _volume(log, volume), log.days, r.uniform(-8, 10))
            log.use(who.account, times, use)


def teachers(log: Log, count: int, volume: float) -> None:
    """Teachers who took one course and have questions with worked solutions written by its template."""
    r = log.random
    ask = f"Write {r.randint(5, 12)} questions with worked solutions for year {r.randint(5, 12)}. {log.words.passage(1)}"
    for _ in range(count):
        app = r.random() < 0.6
        who = person(log, "teachers", app=app, age_days=r.uniform(-log.days * 0.3, 400))
        client = places.browser(r) if app else places.sdk(r)

        def write() -> str:
            return f"{ask}\nUnit: {log.words.fill('{t}')}"

        times = clocks.person(log.np, volume * r.lognormvariate(1.2, 0.7), log.days, who.zone_h)
        log.use(who.account, times, Use(client, who.place, write, output_tokens=900))
