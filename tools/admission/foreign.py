"""Another world of sign-ups, made by other means: what the policies were never looked at with.

Nothing of `revenuer.worlds.signups` but the outcome model is used. Other cohorts, other ways of
farms, other names, hosts, base rates, paces and prices of a mistake; addresses of both kinds.
Nobody chooses a threshold by it: limits and defaults were fixed on other worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network
from random import Random
from typing import Any

import numpy as np

from admission.streams import Applicant, Stream, Truth, as_account
from revenuer.access.applications import Application, Programme, Result
from revenuer.worlds.signups.checks import ASKED, PERSONAS, draw_outcomes

DAY_US = 86_400_000_000
HOUR_US = DAY_US // 24
START_US = 1_788_220_800_000_000
HISTORY_DAYS, STREAM_DAYS = 70, 60
FOUND = 0.75
SYLLABLES = ("ar", "bel", "cor", "dan", "el", "far", "gor", "han", "is", "jo", "kal", "lin", "mar",
             "nev", "or", "pet", "qui", "ros", "sal", "tor", "ul", "ves", "wen", "yar",
             "zol")  # fmt: skip
HOSTS = ("gmail.com", "gmail.com", "gmail.com", "outlook.com", "icloud.com", "web.de", "orange.fr",
         "libero.it", "seznam.cz", "rediffmail.com", "zoho.com", "hotmail.com", "yahoo.com",
         "foxmail.com", "uol.com.br")  # fmt: skip
SCHOOLS = ("cmu.edu", "ed.ac.uk", "tuwien.ac.at", "unibo.it", "uni-bonn.de", "kth.se", "ut.ee",
           "cuni.cz", "iitm.ac.in", "ufrj.br", "hku.hk", "unsw.edu.au")  # fmt: skip
THROW_AWAY = ("maildrop.cc", "trashmail.com", "sharklasers.com")
LINES = ("24.0.0.0/12", "62.30.0.0/16", "80.128.0.0/11", "92.128.0.0/11", "109.128.0.0/12",
         "151.16.0.0/12", "178.0.0.0/12", "201.160.0.0/12", "220.128.0.0/12")  # fmt: skip
LINES_6 = ("2601::/20", "2003::/19", "2a01:c000::/19", "2409:4000::/22")
GATES = ("100.128.0.0/16", "106.76.0.0/16", "37.80.0.0/16")
MACHINES = ("157.245.0.0/16", "138.68.0.0/16", "95.216.0.0/16", "35.192.0.0/14")
AGENTS = tuple(
    f"Mozilla/5.0 ({system}) {engine}/{version}"
    for system in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 14_5",
                   "Linux; Android 14; Mobile", "iPhone; CPU iPhone OS 18_3", "X11; Ubuntu")
    for engine, version in (("Chrome", 139), ("Chrome", 140), ("Safari", 18), ("Firefox", 141))
)  # fmt: skip


@dataclass
class Maker:
    """Draws the parts of one foreign world.

    Attributes:
        rng: Source of chance.
        banned: Kind to what convicted accounts had, with when that was known.
        made: Applications and who they are, in no order.
    """

    rng: Random
    banned: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    made: list[tuple[Application, str, str | None, str, int | None, int | None]] = field(
        default_factory=list
    )
    count: int = 0

    def some(self, prefix: str) -> str:
        """A new opaque value."""
        return f"{prefix}{self.rng.getrandbits(52):013x}"

    def word(self, size: int = 3) -> str:
        """An invented name."""
        return "".join(self.rng.choice(SYLLABLES) for _ in range(size))

    def line(self) -> str:
        """A home line, one in four of the newer kind."""
        if self.rng.random() < 0.25:
            net = IPv6Network(self.rng.choice(LINES_6))
            # A line has a /56 of its own, and its hosts change.
            upper = int(net[0]) | self.rng.getrandbits(56 - net.prefixlen) << 72
            return str(IPv6Network((upper | self.rng.getrandbits(64), 128))[0])
        return self.inside(LINES)

    def inside(self, nets: tuple[str, ...]) -> str:
        """An address of some network."""
        net = IPv4Network(self.rng.choice(nets), strict=False)
        return str(net[self.rng.randrange(1, net.num_addresses - 1)])

    def near(self, address: str) -> str:
        """A neighbour in the same /24."""
        if ":" in address:
            return address
        return f"{address.rsplit('.', 1)[0]}.{self.rng.randrange(2, 250)}"

    def time(self) -> int:
        """Some time of the history or the stream, more by day."""
        day = self.rng.randrange(-HISTORY_DAYS, STREAM_DAYS)
        hour = min(23, max(0, int(self.rng.gauss(14, 4.5))))
        return START_US + day * DAY_US + hour * HOUR_US + self.rng.randrange(HOUR_US)

    def person(self, at_us: int, **given: Any) -> Application:
        """An ordinary applicant, with what is given changed."""
        rng = self.rng
        name = rng.choice(
            (f"{self.word(2)}.{self.word()}", f"{self.word()}{rng.randrange(10, 99)}", self.word(4),
             f"{self.word(1)}{self.word()}{rng.randrange(1960, 2009)}",
             f"{rng.randrange(10**8, 10**10)}")
        )  # fmt: skip
        card, phone = rng.random() < 0.35, rng.random() < 0.7
        agent = rng.choice(AGENTS)
        self.count += 1
        values: dict[str, Any] = {
            "applied_us": at_us,
            "email": f"{name}@{rng.choice(HOSTS)}",
            "payment_fingerprint": self.some("c") if card else None,
            "payment_kind": rng.choice(("credit", "debit", "debit", "virtual")) if card else None,
            "phone_fingerprint": self.some("p") if phone else None,
            "phone_kind": rng.choice(("mobile",) * 18 + ("voip", "landline")) if phone else None,
            "device_fingerprint": self.some("d") if rng.random() < 0.75 else None,
            "signup_ip": self.line() if rng.random() < 0.7 else self.gate(),
            "user_agent": agent,
            "tls_fingerprint": f"t13d1516h2_{agent.encode().hex()[24:36]}_{len(agent):012x}",
            "plan": rng.choice(("free", "payg", "pro")),
        }
        values |= given
        values["email_domain"] = str(values["email"]).rpartition("@")[2]
        return Application(f"f{self.rng.getrandbits(60):015x}", **values)

    def gate(self) -> str:
        """One of few addresses of a carrier."""
        net = IPv4Network(self.rng.choice(GATES))
        return str(net[self.rng.randrange(40) * 251])

    def add(
        self,
        shown: Application,
        cohort: str,
        persona: str,
        *,
        campaign: str | None = None,
        convicted: int | None = None,
        suspended: int | None = None,
    ) -> None:
        """Keep an application and who it is."""
        self.made.append((shown, cohort, campaign, persona, convicted, suspended))

    def had(self, kind: str, at_us: int) -> str | None:
        """Something that a convicted account had, known before a time."""
        held = [value for known, value in self.banned.get(kind, ()) if known < at_us]
        return self.rng.choice(held) if held else None


def foreign_stream(applications: int, seed: int, fraudulent: float = 0.03) -> Stream:
    """A stream of the foreign world."""
    make = Maker(Random(f"foreign {seed}"))
    total = applications * (HISTORY_DAYS + STREAM_DAYS) / STREAM_DAYS
    weights = sum(weight for _, weight, _ in FARMS.values())
    for name, (persona, weight, ways) in FARMS.items():
        _farm(make, name, persona, max(10, round(total * fraudulent * weight / weights)), ways)
    for cohort, (persona, share, build) in COHORTS.items():
        target = max(6, round(total * (1 - fraudulent) * share / 1000))
        while target > 0:
            group = list(build(make))[: max(target, 1)]
            for shown in group:
                make.add(shown, cohort, persona)
            target -= len(group)
    for _ in range(max(6, round(total * 0.0025))):
        _mistaken(make)
    rest = round(total) - len(make.made)
    for _ in range(rest):
        make.add(make.person(make.time()), "everybody", "person")
    return _stream(make, seed)


def _stream(make: Maker, seed: int) -> Stream:
    made = sorted(make.made, key=lambda one: one[0].applied_us or 0)
    personas = np.array([one[3] for one in made], dtype=object)
    outcomes = draw_outcomes(np.random.default_rng([seed, 77]), personas)
    accounts, applicants = [], []
    for place, (shown, cohort, campaign, persona, convicted, suspended) in enumerate(made):
        would = {asked: Result(outcomes[asked][place]) for asked in ASKED}
        prices = dict(zip(ASKED, PERSONAS[persona].prices, strict=True))
        told = Truth(cohort, campaign, convicted, suspended or convicted, would, prices)
        named = replace(shown, account_id="a" + shown.application_id)
        if (shown.applied_us or 0) < START_US:
            accounts.append(as_account(Applicant(named, told)))
        elif (shown.applied_us or 0) < START_US + STREAM_DAYS * DAY_US:
            applicants.append(Applicant(named, told))
    return Stream(f"foreign, seed {seed}", START_US, tuple(accounts), tuple(applicants))


def _mistaken(make: Maker) -> None:
    """Somebody whose account was suspended by mistake, and who comes back."""
    first = make.person(make.time() - 25 * DAY_US)
    stop = (first.applied_us or 0) + make.rng.randrange(3, 20) * DAY_US
    blamed = stop if make.rng.random() < 0.5 else None
    make.add(first, "everybody", "returner", convicted=blamed, suspended=stop)
    later = stop + make.rng.randrange(1, 15) * DAY_US
    again = replace(
        make.person(later), payment_fingerprint=first.payment_fingerprint,
        payment_kind=first.payment_kind, phone_fingerprint=first.phone_fingerprint,
        phone_kind=first.phone_kind, device_fingerprint=first.device_fingerprint,
        signup_ip=first.signup_ip,
    )  # fmt: skip
    make.add(again, "returner", "returner")


# --- honest people ----------------------------------------------------------------


def call_centre(make: Maker) -> Iterator[Application]:
    """Trainees on one image, in one morning, behind one block, at their firm's domain."""
    at, place, firm = make.time(), make.inside(LINES), f"{make.word()}-services.com"
    image, organization = make.some("d"), make.some("o")
    for _ in range(make.rng.randrange(30, 80)):
        yield make.person(
            at + make.rng.randrange(4 * HOUR_US), email=f"{make.word(2)}.{make.word(2)}@{firm}",
            device_fingerprint=image, signup_ip=make.near(place), organization_id=organization,
            payment_fingerprint=None, payment_kind=None, plan="team",
        )  # fmt: skip


def shared_desk(make: Maker) -> Iterator[Application]:
    """Freelancers of one co-working space, strangers to each other, over weeks."""
    at, place = make.time(), make.inside(LINES)
    for _ in range(make.rng.randrange(10, 40)):
        yield make.person(at + make.rng.randrange(30 * DAY_US), signup_ip=place)


def village(make: Maker) -> Iterator[Application]:
    """A village behind two addresses of a satellite link, all on phones."""
    at, places = make.time(), (make.inside(GATES), make.inside(GATES))
    for _ in range(make.rng.randrange(40, 120)):
        yield make.person(
            at + make.rng.randrange(5 * DAY_US), signup_ip=make.rng.choice(places),
            user_agent=AGENTS[8], payment_fingerprint=None, payment_kind=None,
        )  # fmt: skip


def club(make: Maker) -> Iterator[Application]:
    """A course for the elderly: tablets of one model, addresses that the teacher made up."""
    at, place, club_name = make.time(), make.inside(LINES), make.word(2)
    model, host = make.some("d"), make.rng.choice(HOSTS)
    for number in range(1, make.rng.randrange(10, 20)):
        local = f"{make.word(2)}.{club_name}{number}"
        yield make.person(
            at + make.rng.randrange(2 * HOUR_US), email=f"{local}@{host}",
            device_fingerprint=model, signup_ip=place, payment_fingerprint=None,
            payment_kind=None, phone_fingerprint=None, phone_kind=None, plan="free",
        )  # fmt: skip


def workshop(make: Maker) -> Iterator[Application]:
    """A tutorial on notebooks in a cloud: everyone's address is the cloud's."""
    at, place, school = make.time(), make.inside(MACHINES), make.rng.choice(SCHOOLS)
    for _ in range(make.rng.randrange(25, 70)):
        local = f"{make.word(2)}{make.rng.randrange(100)}"
        host = school if make.rng.random() < 0.5 else make.rng.choice(HOSTS)
        yield make.person(
            at + make.rng.randrange(2 * HOUR_US), email=f"{local}@{host}",
            signup_ip=make.near(place), device_fingerprint=None, referral=f"ws{at % 977}",
            plan="free", payment_fingerprint=None, payment_kind=None,
        )  # fmt: skip


def provisioning(make: Maker) -> Iterator[Application]:
    """An administrator's script: seats by number, one card, no browser."""
    at, place, firm = make.time(), make.inside(MACHINES + LINES), f"{make.word()}.tech"
    card, organization = make.some("c"), make.some("o")
    for number in range(1, make.rng.randrange(10, 40)):
        yield make.person(
            at + number * 40_000_000, email=f"seat{number:02d}@{firm}", signup_ip=place,
            user_agent="Go-http-client/2.0", tls_fingerprint="t13d1812h1_a0a0a0a0a0a0_b1b1b1b1b1b1",
            payment_fingerprint=card, payment_kind="credit", organization_id=organization,
            device_fingerprint=None, phone_fingerprint=None, phone_kind=None, plan="team",
        )  # fmt: skip


def couple(make: Maker) -> Iterator[Application]:
    """Two who share everything."""
    first = make.person(make.time())
    yield first
    yield replace(
        make.person((first.applied_us or 0) + make.rng.randrange(40 * DAY_US)),
        payment_fingerprint=first.payment_fingerprint, payment_kind=first.payment_kind,
        phone_fingerprint=first.phone_fingerprint, phone_kind=first.phone_kind,
        device_fingerprint=first.device_fingerprint, signup_ip=first.signup_ip,
    )  # fmt: skip


def young(make: Maker) -> Iterator[Application]:
    """Young people: a prepaid card, a phone, nothing else."""
    yield make.person(
        make.time(), payment_fingerprint=make.some("c"), payment_kind="prepaid",
        signup_ip=make.gate(), plan="pro",
    )  # fmt: skip


def summer_school(make: Maker) -> Iterator[Application]:
    """A school that no table knows, on the programme for education."""
    at, place, school = make.time(), make.line(), f"{make.word()}-academy.org"
    for _ in range(make.rng.randrange(8, 25)):
        yield make.person(
            at + make.rng.randrange(3 * DAY_US), email=f"{make.word(2)}{make.word(2)}@{school}",
            signup_ip=place, programme=Programme.EDUCATION, claimed_domain=school, plan="free",
            payment_fingerprint=None, payment_kind=None,
        )  # fmt: skip


def trial_staff(make: Maker) -> Iterator[Application]:
    """Staff of one firm who each try it on their own account."""
    at, firm = make.time(), f"{make.word()}.{make.rng.choice(('com', 'eu', 'group'))}"
    for _ in range(make.rng.randrange(2, 15)):
        yield make.person(
            at + make.rng.randrange(25 * DAY_US), email=f"{make.word(2)}.{make.word(2)}@{firm}"
        )


def heir(make: Maker) -> Iterator[Application]:
    """Who has a number or handset that a farm had, or bought from a stranger."""
    at = make.time()
    number, handset = make.had("phone", at), make.had("device", at)
    if make.rng.random() < 0.5 and number:
        yield make.person(at, phone_fingerprint=number, phone_kind="mobile")
    elif handset:
        yield make.person(at, device_fingerprint=handset)
    else:
        yield make.person(at)


def hidden(make: Maker) -> Iterator[Application]:
    """Who hides for its own sake: a server for an exit, forwarded mail, nothing more."""
    yield make.person(
        make.time(), email=f"{make.word()}{make.rng.getrandbits(20):x}@duck.com",
        signup_ip=make.inside(MACHINES), device_fingerprint=None, phone_fingerprint=None,
        phone_kind=None,
    )  # fmt: skip


COHORTS: dict[str, tuple[str, float, Callable[[Maker], Iterator[Application]]]] = {
    "call-centre": ("company", 25, call_centre),
    "shared-desk": ("person", 25, shared_desk),
    "village": ("person", 25, village),
    "club": ("person", 6, club),
    "workshop": ("student", 12, workshop),
    "provisioning": ("company", 20, provisioning),
    "couple": ("person", 40, couple),
    "young": ("person", 30, young),
    "summer-school": ("unlisted-student", 10, summer_school),
    "trial-staff": ("person", 35, trial_staff),
    "heir": ("person", 8, heir),
    "hidden": ("private", 20, hidden),
}

# --- farms ------------------------------------------------------------------------


def _farm(make: Maker, name: str, persona: str, count: int, ways: Callable[..., Any]) -> None:
    """One farm's accounts over all the time, with convictions in sweeps."""
    rng = make.rng
    sweeps = [START_US - HISTORY_DAYS * DAY_US]
    while sweeps[-1] < START_US + STREAM_DAYS * DAY_US:
        sweeps.append(sweeps[-1] + rng.randrange(12, 25) * DAY_US)
    times = sorted(make.time() for _ in range(count))
    draw = ways(make, count)
    for place, at in enumerate(times):
        at_us, given = draw(place, at)
        shown = make.person(at_us, **given)
        ready = at_us + 2 * DAY_US
        known = next((sweep for sweep in sweeps if sweep > ready), None)
        if persona in ("adaptive", "shell") or rng.random() > FOUND:
            known = None
        make.add(shown, name, persona, campaign=name, convicted=known)
        if known is not None:
            for kind, value in (("card", shown.payment_fingerprint),
                                ("phone", shown.phone_fingerprint),
                                ("device", shown.device_fingerprint)):  # fmt: skip
                if value is not None:
                    make.banned.setdefault(kind, []).append((known, value))


def gift_cards(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Gift cards, ten accounts a machine, evenings."""
    machines = [make.some("d") for _ in range(count // 10 + 1)]

    def draw(place: int, at: int) -> tuple[int, dict[str, Any]]:
        evening = at // DAY_US * DAY_US + 19 * HOUR_US + make.rng.randrange(2 * HOUR_US)
        return evening, {
            "payment_fingerprint": make.some("c"), "payment_kind": "prepaid",
            "device_fingerprint": machines[place // 10], "plan": "pro",
        }  # fmt: skip

    return draw


def sim_bank(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Every number four times, everything else new."""
    numbers = [make.some("p") for _ in range(count // 4 + 1)]
    return lambda place, at: (
        at, {"phone_fingerprint": numbers[place % len(numbers)], "phone_kind": "mobile",
             "device_fingerprint": make.some("d")},
    )  # fmt: skip


def cloud_phones(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Rented phones of one image, in a data centre."""
    image, place_ = make.some("d"), make.inside(MACHINES)
    return lambda place, at: (
        at, {"device_fingerprint": image, "signup_ip": make.near(place_), "user_agent": AGENTS[8]},
    )  # fmt: skip


def domain_mill(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Eight accounts a domain, a new domain every week or two."""
    domains = [f"{make.word()}.{make.rng.choice(('fun', 'icu', 'store'))}" for _ in range(count)]
    return lambda place, at: (
        at, {"email": f"{make.word(2)}{make.rng.randrange(100)}@{domains[place // 8]}",
             "payment_fingerprint": make.some("c"), "payment_kind": "virtual"},
    )  # fmt: skip


def leased_campus(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Addresses of two universities on lease, for education, on twenty machines."""
    schools, machines = make.rng.sample(SCHOOLS, 2), [make.some("d") for _ in range(20)]

    def draw(place: int, at: int) -> tuple[int, dict[str, Any]]:
        school = schools[place % 2]
        return at, {
            "email": f"{make.word(2)}.{make.word(2)}@{school}", "programme": Programme.EDUCATION,
            "claimed_domain": school, "device_fingerprint": machines[place % 20], "plan": "free",
            "payment_fingerprint": None, "payment_kind": None,
        }  # fmt: skip

    return draw


def paper_firms(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Start-ups that exist on paper, two accounts each, three machines for all."""
    machines, code = [make.some("d") for _ in range(3)], f"acc{make.rng.randrange(9999)}"
    firms = [f"{make.word()}.ai" for _ in range(count)]
    return lambda place, at: (
        at, {"email": f"{make.word(2)}@{firms[place // 2]}", "programme": Programme.STARTUP,
             "claimed_domain": firms[place // 2], "referral": code,
             "device_fingerprint": machines[place % 3]},
    )  # fmt: skip


def night_shift(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """People in one office who make an account a night each, on a dozen machines."""
    machines, office = [make.some("d") for _ in range(12)], make.inside(LINES)

    def draw(place: int, at: int) -> tuple[int, dict[str, Any]]:
        night = at // DAY_US * DAY_US + make.rng.randrange(5 * HOUR_US)
        return night, {
            "device_fingerprint": machines[place % 12], "signup_ip": make.near(office),
            "phone_fingerprint": make.some("p"), "phone_kind": "mobile",
        }  # fmt: skip

    return draw


def throw_away(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Disposable mail and a script that says it is a browser."""
    hand = f"t13d3112h2_{make.rng.getrandbits(48):012x}_{make.rng.getrandbits(48):012x}"
    return lambda place, at: (
        at, {"email": f"{make.word(4)}@{make.rng.choice(THROW_AWAY)}", "tls_fingerprint": hand,
             "device_fingerprint": None},
    )  # fmt: skip


def revenants(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """What others were convicted with, a third of the time each."""

    def draw(place: int, at: int) -> tuple[int, dict[str, Any]]:
        given: dict[str, Any] = {}
        for kind, name in (("card", "payment_fingerprint"), ("phone", "phone_fingerprint"),
                           ("device", "device_fingerprint")):  # fmt: skip
            value = make.had(kind, at) if make.rng.random() < 0.33 else None
            if value:
                given[name] = value
        if "payment_fingerprint" in given:
            given["payment_kind"] = "virtual"
        return at, given

    return draw


def dribble(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Three accounts a card and number, as far apart as can be."""
    number = max(1, count // 3)
    cards, phones = ([make.some(kind) for _ in range(number)] for kind in "cp")
    return lambda place, at: (
        at, {"payment_fingerprint": cards[place % number], "payment_kind": "debit",
             "phone_fingerprint": phones[place % number], "phone_kind": "mobile"},
    )  # fmt: skip


def ghost(make: Maker, count: int) -> Callable[[int, int], tuple[int, dict[str, Any]]]:
    """Nothing at all."""
    return lambda place, at: (at, {})


FARMS: dict[str, tuple[str, float, Callable[..., Any]]] = {
    "gift-cards": ("card-farm", 12, gift_cards),
    "sim-bank": ("phone-farm", 14, sim_bank),
    "cloud-phones": ("farm", 12, cloud_phones),
    "domain-mill": ("card-farm", 14, domain_mill),
    "leased-campus": ("mill", 12, leased_campus),
    "paper-firms": ("shell", 8, paper_firms),
    "night-shift": ("phone-farm", 14, night_shift),
    "throw-away": ("farm", 10, throw_away),
    "revenants": ("card-farm", 12, revenants),
    "dribble": ("phone-farm", 10, dribble),
    "ghost": ("adaptive", 8, ghost),
}
