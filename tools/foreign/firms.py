"""Companies and agencies with many accounts, openly or carelessly set up, and nothing to hide."""

from __future__ import annotations

from itertools import pairwise

from foreign import clocks, places, vocabulary
from foreign.log import Log, Use
from foreign.people import firm, person, seat


def nightly_batch(log: Log, count: int, volume: float) -> None:
    """A company's per-team accounts: one card, one template, one job a night."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.5)
    labels = r.sample(vocabulary.CODE_NOUNS, 6)
    system = (
        f"Classify the customer's message as one of: {', '.join(labels)}. Return the label only."
    )
    hour = r.uniform(0, 5)
    batch = r.random() < 0.5
    for _ in range(count):
        account = seat(log, "nightly-batch", owner, age_days=r.uniform(20, 400))
        client = places.Client("python-requests/2.32.3", temperature=0.0, max_output_tokens=8)
        use = Use(client, owner.servers,
                  lambda: f"Message: {log.words.from_set('classic_sst2', 'sentence')}\nLabel:",
                  system, output_tokens=4, operation="batch" if batch else "chat")  # fmt: skip
        log.use(account, clocks.nightly(log.np, volume * 8, log.days, hour, 600), use)


def translation_agency(log: Log, count: int, volume: float) -> None:
    """Freelancers of one agency: its template, their own cards, homes and languages."""
    r = log.random
    style = log.words.passage(2)
    for _ in range(count):
        who = person(log, "translation-agency", age_days=r.uniform(5, 500))
        pair = r.sample(vocabulary.LANGUAGES, 2)
        system = (
            f"Translate from {pair[0]} into {pair[1]}. House style: {style} Keep tags and numbers."
        )

        def write() -> str:
            return f"<seg>{log.words.passage(r.randint(1, 4))}</seg>"

        client = places.Client("okhttp/4.12.0", harness="catdesk", temperature=0.2)
        times = clocks.office(
            log.np, volume * 6 * r.lognormvariate(0, 0.5), log.days, who.zone_h, 0.4
        )
        log.use(who.account, times, Use(client, who.place, write, system, output_tokens=120))


def legal_firm(log: Log, count: int, volume: float) -> None:
    """Lawyers of one firm: long contracts that resemble each other, from one office."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.6)
    clauses = [log.words.passage(3) for _ in range(30)]
    for _ in range(count):
        account = seat(log, "legal-firm", owner)

        def write() -> str:
            text = " ".join(f"§{i + 1} {c}" for i, c in enumerate(r.sample(clauses, 5)))
            return f"{r.choice(('Review', 'Summarise', 'Find risks in', 'Redline'))} this agreement: {text}"

        client = places.browser(r)
        times = clocks.office(log.np, volume * 3, log.days, owner.zone_h)
        log.use(
            account,
            times,
            Use(
                client,
                owner.office,
                write,
                conversation=True,
                input_tokens=4_000,
                output_tokens=500,
            ),
        )


def gateway(log: Log, count: int, volume: float) -> None:
    """An honest gateway: a few accounts, thousands of end users with thousands of subjects."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.7)
    declares = r.random() < 0.6
    for _ in range(max(2, count)):
        account = seat(log, "gateway", owner, age_days=r.uniform(60, 600))
        users = [log.token("u_", 12) for _ in range(400)] if declares else ()
        client = places.Client("litellm/1.50.4")
        for write, share in (
            (log.words.chat, 0.6),
            (log.words.code, 0.3),
            (log.words.stepwise, 0.1),
        ):
            use = Use(client, owner.servers, write, end_users=users, output_tokens=300)
            log.use(
                account,
                clocks.service(log.np, volume * 60 * share, log.days, r.uniform(-6, 6)),
                use,
            )


def white_label_support(log: Log, count: int, volume: float) -> None:
    """A bot vendor's customers: an account each, one prompt with the brand filled in, one cloud."""
    r = log.random
    vendor = firm(log, declared=False, one_card=False)
    skeleton = f"You are the helpful voice of {{b}}. {log.words.passage(3)} Never promise refunds. If unsure, hand over."
    pays = r.random() < 0.3
    bill = vendor.shared | {"payment_fingerprint": log.token("pm_", 14)} if pays else None
    for brand in r.sample(vocabulary.BRANDS, min(count, len(vocabulary.BRANDS))):
        owner = firm(log, declared=not pays and r.random() < 0.5)
        row = bill if pays else owner.shared
        account = log.account("white-label-support", age_days=r.uniform(10, 300), **row)  # type: ignore[arg-type]
        client = places.Client(
            "axios/1.7.9", harness="chatdesk", temperature=0.4, max_output_tokens=400
        )

        def write(brand: str = brand) -> str:
            return log.words.fill(r.choice((
                f"hi where is my {brand} order {{n}}{{m}}", "I want a refund, {s}",
                f"does {brand} ship by {{d}}?", "{s} what now", f"change my {brand} address pls",
                "invoice for {d} missing", "talk to a human",
            )))  # fmt: skip

        use = Use(client, vendor.servers, write, skeleton.format(b=brand), conversation=True,
                  end_users=[log.token("v", 8) for _ in range(60)], output_tokens=90)  # fmt: skip
        log.use(
            account, clocks.service(log.np, volume * r.uniform(2, 30), log.days, owner.zone_h), use
        )


def consultancy(log: Log, count: int, volume: float) -> None:
    """Consultants who move from client to client: other networks and other prompts every week."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.5)
    weeks = max(2, int(log.days / 5))
    clients = [(places.one_of([places.home(r)[0](0.0)], r), log.words.fill("You support a project on {t}. {s}"))
               for _ in range(4)]  # fmt: skip
    for _ in range(count):
        account = seat(log, "consultancy", owner)
        client = places.sdk(r, "openai-node/4.77.0")
        times = clocks.office(log.np, volume * 5, log.days, owner.zone_h)
        bounds = [log.days * clocks.DAY * i / weeks for i in range(weeks + 1)]
        for low, high in pairwise(bounds):
            place, system = r.choice(clients)
            write = r.choice((log.words.code, log.words.chat))
            log.use(
                account, times[(times >= low) & (times < high)], Use(client, place, write, system)
            )


def call_centre(log: Log, count: int, volume: float) -> None:
    """Agents in three shifts around the clock with the same macros."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.5)
    macros = [log.words.fill("Rewrite politely for a customer ({l}): {s}") for _ in range(6)]
    for i in range(count):
        account = seat(log, "call-centre", owner, age_days=r.uniform(3, 500))

        def write() -> str:
            return f"{r.choice(macros)} {log.words.sentence()}"

        client = places.Client(
            places.BROWSERS[0].format(v=30, m=0), harness="crm-assist", temperature=0.3
        )
        times = clocks.shifts(log.np, volume * 8, log.days, (i % 3) * 8)
        log.use(
            account, times, Use(client, owner.office, write, "Be kind and brief.", output_tokens=80)
        )


def content_agency(log: Log, count: int, volume: float) -> None:
    """Product descriptions from a catalogue, by several accounts, for several shops."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.5)
    for _ in range(count):
        account = seat(log, "content-agency", owner)
        shop = r.choice(vocabulary.BRANDS)

        def write(shop: str = shop) -> str:
            facts = "; ".join(log.words.sentence() for _ in range(4))
            return f"Shop: {shop}\nProduct {r.randint(1000, 99999)}\nFacts: {facts}\nWrite 120 words for the product page."

        client = places.sdk(r, "GuzzleHttp/7")
        times = clocks.between(
            log.np, volume * 10, *sorted((r.uniform(0, log.days), r.uniform(0, log.days)))
        )
        log.use(account, times, Use(client, owner.servers, write, output_tokens=170))


def document_search(log: Log, count: int, volume: float) -> None:
    """Retrieval over a firm's documents: long cached contexts, many users behind one account."""
    r = log.random
    for _ in range(count):
        owner = firm(log, declared=r.random() < 0.5)
        account = seat(log, "document-search", owner)
        system = f"Answer from the handbook of {owner.name} only. {log.words.passage(12)}"
        use = Use(places.sdk(r, "llama-index/0.11.20"), owner.servers, log.words.chat, system,
                  input_tokens=9_000, cached=0.9, output_tokens=150)  # fmt: skip
        log.use(account, clocks.service(log.np, volume * 40, log.days, owner.zone_h), use)


def graders(log: Log, count: int, volume: float) -> None:
    """A firm that grades its own bot's answers by a rubric, from several accounts."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.6)
    rubric = f"Grade the answer from 1 to 5 for correctness and tone. {log.words.passage(2)} Reply as JSON."
    for _ in range(count):
        account = seat(log, "graders", owner)

        def write() -> str:
            return f"QUESTION: {log.words.chat()}\nANSWER: {log.words.passage(3)}\nSCORE:"

        client = places.Client(
            "openai-python/1.52.2",
            temperature=0.0,
            max_output_tokens=60,
            response_format="json_object",
        )
        times = clocks.nightly(log.np, volume * 12, log.days, r.uniform(1, 5))
        log.use(account, times, Use(client, owner.servers, write, rubric, output_tokens=30))


def labelling_crowd(log: Log, count: int, volume: float) -> None:
    """Crowd workers with own accounts who let a model pre-label by the same guidelines."""
    r = log.random
    guide = f"Guidelines v{r.randint(2, 9)}: {log.words.passage(5)} Answer yes, no or unsure, then one reason."
    kinds = r.choice((("card",), ("prepaid", "prepaid", "card"), ("virtual", "wallet")))
    for _ in range(count):
        who = person(log, "labelling-crowd", app=r.random() < 0.4, age_days=r.uniform(1, 90),
                     payment_kind=r.choice(kinds))  # fmt: skip
        client = places.browser(r) if r.random() < 0.5 else places.sdk(r, "python-requests/2.32.3")

        def write() -> str:
            return f"{guide}\nITEM: {log.words.from_set('classic_hatespeech', 'sentence')}"

        times = clocks.person(log.np, volume * 5 * r.lognormvariate(0, 0.6), log.days, who.zone_h)
        log.use(who.account, times, Use(client, who.place, write, output_tokens=40))


def short_calls(log: Log, count: int, volume: float) -> None:
    """Programs that ask for one word at a time, thousands of times."""
    r = log.random
    for _ in range(count):
        owner = firm(log, declared=r.random() < 0.5)
        account = seat(log, "short-calls", owner)
        question = log.words.fill("Is this about {t}? yes/no")
        client = places.sdk(r, "Go-http-client/2.0")
        use = Use(client, owner.servers, lambda q=question: f"{log.words.from_set('classic_agnews_test', 'sentence')}\n{q}",  # type: ignore[misc]
                  output_tokens=2)  # fmt: skip
        log.use(account, clocks.cascade(log.np, volume * 60, log.days, 0.9, 5), use)


def rollout(log: Log, count: int, volume: float) -> None:
    """A firm that gives all its staff an account on one day, made by a script, with one front-end."""
    r = log.random
    owner = firm(log, declared=r.random() < 0.4, one_card=r.random() < 0.7)
    day = r.uniform(-20, log.days * 0.5)
    system = f"Internal assistant of {owner.name}. {log.words.passage(3)}"
    client = places.Client("Java-http-client/21.0.4", harness="deskhub", temperature=0.5)
    for i in range(count):
        account = seat(log, "rollout", owner, age_days=-day - i * 2e-4, verification="email")
        times = clocks.office(log.np, volume * r.lognormvariate(0.5, 0.9), log.days, owner.zone_h)
        use = Use(client, owner.servers, log.words.chat, system, conversation=True)
        log.use(account, times, use)
