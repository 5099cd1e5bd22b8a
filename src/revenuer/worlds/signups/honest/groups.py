"""People who sign up together because they belong together, and say so or not."""

from __future__ import annotations

import numpy as np

from revenuer.access.applications import Programme
from revenuer.worlds.draws import mint
from revenuer.worlds.households import group_sizes
from revenuer.worlds.signups.applicants import Applicants, give_cards
from revenuer.worlds.signups.atlas import CAMPUS, CLOUD, HOME, homes, spots
from revenuer.worlds.signups.names import ACADEMIC, firm_domains, mail_hosts, people_locals
from revenuer.worlds.signups.season import Season


def student_class(season: Season, count: int) -> Applicants:
    """25 to 60 students, one lecture, one campus address or a few; some on lab machines."""
    rng = season.rng
    who, group = season.groups(count, (25, 60), "student-class", "student", hours=1.0)
    classes = int(group.max()) + 1
    campus = spots(rng, CAMPUS, classes)
    schools = rng.choice(np.array(ACADEMIC, dtype=object), classes)[group]
    hosts = np.where(rng.random(count) < 0.85, schools, mail_hosts(rng, count))
    who.mail(people_locals(rng, count), hosts)
    # One address for a small campus, up to four gates for a large one.
    gates = rng.integers(1, 5, classes)[group]
    who.sit(campus.at(group).near(10 + rng.integers(0, 4, count) % gates))
    who.put_many({"programme": Programme.EDUCATION.value, "plan": "free"})
    who.put("claimed_domain", schools)
    for name in ("payment_fingerprint", "payment_kind"):
        who.put(name, None)
    lab = rng.random(count) < 0.15
    machines = mint(rng, "dev_", 6 * classes)
    who.put("device_fingerprint", machines[6 * group + rng.integers(0, 6, count)], lab)
    return who


def school_laptops(season: Season, count: int) -> Applicants:
    """Schools that hand out one laptop from one image: dozens of devices that look like one."""
    rng = season.rng
    who, group = season.groups(
        count, (12, 30), "school-laptops", "unlisted-student", hours=2.0
    )  # fmt: skip
    schools = int(group.max()) + 1
    names = np.array([d.split(".")[0] + "-school.org" for d in firm_domains(rng, schools)], object)
    who.mail(people_locals(rng, count), names[group])
    who.sit(spots(rng, HOME, schools).at(group))
    agents, tls = season.stage.clients.browsers(rng, schools)
    who.put_many({"programme": Programme.EDUCATION.value, "plan": "free"})
    who.put_many({"user_agent": agents[group], "tls_fingerprint": tls[group]})
    # Two or three production batches, each with one fingerprint.
    image = mint(rng, "dev_", 3 * schools)
    who.put("device_fingerprint", image[3 * group + rng.integers(0, 3, count)])
    who.put("claimed_domain", names[group])
    for name in ("payment_fingerprint", "payment_kind", "phone_fingerprint", "phone_kind"):
        who.put(name, None)
    return who


def office(season: Season, count: int) -> Applicants:
    """Small companies: one address, one card for all seats, a domain; most name themselves."""
    rng = season.rng
    who, group = season.groups(count, (3, 14), "office", "company", hours=60.0)
    firms = int(group.max()) + 1
    domains = firm_domains(rng, firms)
    # One firm in six still writes from everybody's mail hosts.
    own = (rng.random(firms) < 0.84)[group]
    who.mail(people_locals(rng, count), np.where(own, domains[group], mail_hosts(rng, count)))
    # Nobody is always in: one in eight signs up from home.
    at_home = rng.random(count) < 0.12
    who.sit(spots(rng, HOME, firms).at(group))
    away = homes(rng, count)
    who.put("signup_ip", away.shown(), at_home)
    who.put("signup_asn", away.asn.astype(object), at_home)
    # One firm in four gives the number of its desk for every seat.
    desk = (rng.random(firms) < 0.25)[group]
    who.put("phone_fingerprint", mint(rng, "tel_", firms)[group], desk)
    who.put(
        "phone_kind",
        rng.choice(np.array(["landline", "mobile", "voip"], object), firms)[group],
        desk,
    )
    named = (rng.random(firms) < 0.7)[group]
    who.put("organization_id", mint(rng, "org_", firms)[group], named)
    kinds = rng.choice(np.array(["credit", "virtual"], object), firms, p=[0.85, 0.15])
    who.put_many({"payment_fingerprint": mint(rng, "pay_", firms)[group], "plan": "team"})
    who.put("payment_kind", kinds[group])
    return who


def colleagues(season: Season, count: int) -> Applicants:
    """People of one firm who each try it for themselves: its domain, and nothing else of its."""
    rng = season.rng
    who, group = season.groups(count, (3, 25), "colleagues", "person", hours=900.0)
    firms = int(group.max()) + 1
    who.mail(people_locals(rng, count), firm_domains(rng, firms)[group])
    inside = rng.random(count) < 0.3
    floor = spots(rng, HOME, firms).at(group)
    who.put("signup_ip", floor.shown(), inside)
    who.put("signup_asn", floor.asn.astype(object), inside)
    return who


def regional_mail(season: Season, count: int) -> Applicants:
    """Customers of a town's own mail house, which no table knows; strangers otherwise."""
    rng = season.rng
    who, group = season.groups(count, (8, 50), "regional-mail", "person", hours=1200.0)
    houses = np.array(
        [f"{d.split('.')[0]}-net.com" for d in firm_domains(rng, int(group.max()) + 1)]
    )
    who.mail(people_locals(rng, count), houses.astype(object)[group])
    return who


def enterprise(season: Season, count: int) -> Applicants:
    """Large companies: dozens of seats in days, an invoice, a proxy of their own in a cloud."""
    rng = season.rng
    who, group = season.groups(count, (20, 120), "enterprise", "company", hours=90.0)
    firms = int(group.max()) + 1
    who.mail(people_locals(rng, count), firm_domains(rng, firms)[group])
    wired, clouded = spots(rng, HOME, firms), spots(rng, CLOUD, firms)
    through_cloud = (rng.random(firms) < 0.35)[group]
    gate = rng.integers(0, 4, count)
    who.sit(wired.at(group).near(20 + gate))
    outside = clouded.at(group).near(30 + gate)
    who.put("signup_ip", outside.shown(), through_cloud)
    who.put("signup_asn", outside.asn.astype(object), through_cloud)
    who.put_many({"organization_id": mint(rng, "org_", firms)[group], "plan": "scale"})
    who.put("payment_fingerprint", mint(rng, "pay_", firms)[group])
    who.put("payment_kind", "invoice")
    return who


def startup(season: Season, count: int) -> Applicants:
    """An accelerator: a dozen new firms, one code, one co-working floor, virtual cards."""
    rng = season.rng
    who, group = season.groups(count, (18, 40), "startup", "founder", hours=80.0)
    floors = int(group.max()) + 1
    firm = group_sizes(rng, count, 2, 4)
    firms = int(firm.max()) + 1
    domains = firm_domains(rng, firms)[firm]
    who.mail(people_locals(rng, count), domains)
    shared = rng.random(count) < 0.6
    floor = spots(rng, HOME, floors).at(group)
    who.put("signup_ip", floor.shown(), shared)
    who.put("signup_asn", floor.asn.astype(object), shared)
    codes = np.array([f"cohort{n}" for n in rng.integers(1000, 9999, floors)], dtype=object)
    who.put_many({"referral": codes[group], "programme": Programme.STARTUP.value})
    who.put_many({"claimed_domain": domains, "organization_id": mint(rng, "org_", firms)[firm]})
    virtual = (rng.random(firms) < 0.55)[firm]
    who.put("payment_fingerprint", mint(rng, "pay_", firms)[firm])
    who.put("payment_kind", np.where(virtual, "virtual", "credit").astype(object))
    who.put("plan", "payg")
    return who


def hackathon(season: Season, count: int) -> Applicants:
    """A hall full of people in three hours: one network, one code, free plans, nobody's card."""
    rng = season.rng
    who, group = season.groups(count, (40, 150), "hackathon", "person", hours=3.0)
    events = int(group.max()) + 1
    who.sit(spots(rng, HOME, events).at(group).near(40 + rng.integers(0, 2, count)))
    codes = np.array([f"hack{n}" for n in rng.integers(1000, 9999, events)], dtype=object)
    who.put_many({"referral": codes[group], "plan": "free"})
    for name in ("payment_fingerprint", "payment_kind"):
        who.put(name, None)
    students = rng.random(count) < 0.3
    schools = rng.choice(np.array(ACADEMIC, dtype=object), count)
    who.mail(people_locals(rng, count), np.where(students, schools, who["email_domain"]))
    return who


def family(season: Season, count: int) -> Applicants:
    """Two to four people at one home: one card, often one tablet, weeks apart."""
    rng = season.rng
    who, group = season.groups(count, (2, 4), "family", "person", hours=240.0)
    families = int(group.max()) + 1
    who.sit(homes(rng, families).at(group))
    cards = Applicants({name: column[:families] for name, column in who.columns.items()})
    give_cards(rng, cards, np.full(families, True))
    paid = rng.random(count) < 0.8
    for name in ("payment_fingerprint", "payment_kind"):
        who.put(name, cards[name][group], paid)
    phones = mint(rng, "tel_", families)[group]
    parent = (rng.random(families) < 0.3)[group] & (rng.random(count) < 0.8)
    who.put_many({"phone_fingerprint": phones, "phone_kind": "mobile"}, parent)
    tablet = mint(rng, "dev_", families)[group]
    who.put("device_fingerprint", tablet, rng.random(count) < 0.5)
    return who


def carrier(season: Season, count: int) -> Applicants:
    """Hundreds behind one gate of a carrier in one evening, most of them on one kind of phone."""
    rng = season.rng
    who, group = season.groups(count, (60, 200), "carrier", "person", hours=12.0)
    gates = int(group.max()) + 1
    who.sit(homes(rng, gates, phones=1.0).at(group))
    agents, tls = season.stage.clients.browsers(rng, gates)
    same = rng.random(count) < 0.6
    who.put("user_agent", agents[group], same)
    who.put("tls_fingerprint", tls[group], same)
    return who
