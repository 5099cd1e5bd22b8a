"""People who sign up alone: ordinary ones, and those whom a rule would take for something else."""

from __future__ import annotations

import numpy as np

from revenuer.access.applications import Programme
from revenuer.worlds.draws import mint
from revenuer.worlds.signups.applicants import Applicants
from revenuer.worlds.signups.atlas import CAMPUS, CLOUD, HOME, MOBILE, VPN, homes, spots
from revenuer.worlds.signups.names import (
    ACADEMIC,
    PRIVATE_HOSTS,
    RELAYS,
    firm_domains,
    mail_hosts,
    people_locals,
    random_locals,
)
from revenuer.worlds.signups.season import Season


def ordinary(season: Season, count: int) -> Applicants:
    """Everybody else."""
    return season.people(count, "ordinary", "person")


def student(season: Season, count: int) -> Applicants:
    """Students one by one; a quarter are at schools that no table knows."""
    rng = season.rng
    who = season.people(count, "student", "student")
    schools = rng.choice(np.array(ACADEMIC, dtype=object), count)
    unlisted = rng.random(count) < 0.15
    small = np.array([d.split(".")[0] + "-college.org" for d in firm_domains(rng, count)], object)
    schools = np.where(unlisted, small, schools)
    who.put("persona", "unlisted-student", unlisted)
    who.mail(
        people_locals(rng, count),
        np.where(rng.random(count) < 0.7, schools, mail_hosts(rng, count)),
    )
    on_campus = rng.random(count) < 0.4
    campus = spots(rng, CAMPUS, count)
    who.put("signup_ip", campus.shown(), on_campus)
    who.put("signup_asn", campus.asn.astype(object), on_campus)
    who.put("programme", Programme.EDUCATION.value)
    who.put_many({"claimed_domain": schools, "plan": "free"})
    return who


def researcher(season: Season, count: int) -> Applicants:
    """Security researchers: careful by trade, and on a programme that is abused."""
    rng = season.rng
    who = season.people(count, "researcher", "researcher")
    domains = firm_domains(rng, count)
    schools = rng.choice(np.array(ACADEMIC, dtype=object), count)
    claimed = np.where(rng.random(count) < 0.35, schools, domains)
    hosts = np.where(
        rng.random(count) < 0.7, claimed, rng.choice(np.array(PRIVATE_HOSTS, dtype=object), count)
    )
    who.mail(people_locals(rng, count), hosts)
    _hide(season, who, 0.4)
    who.put("programme", Programme.SECURITY_RESEARCH.value)
    who.put("claimed_domain", claimed)
    who.put("device_fingerprint", None, rng.random(count) < 0.4)
    return who


def maintainer(season: Season, count: int) -> Applicants:
    """People who keep open software: own domains, machines in a cloud, no card."""
    rng = season.rng
    who = season.people(count, "maintainer", "person")
    own = rng.random(count) < 0.5
    who.mail(
        people_locals(rng, count), np.where(own, firm_domains(rng, count), mail_hosts(rng, count))
    )
    remote = rng.random(count) < 0.15
    clouds = spots(rng, CLOUD, count)
    who.put("signup_ip", clouds.shown(), remote)
    who.put("signup_asn", clouds.asn.astype(object), remote)
    for name in ("payment_fingerprint", "payment_kind"):
        who.put(name, None, rng.random(count) < 0.7)
    return who


def traveller(season: Season, count: int) -> Applicants:
    """People in hotels and airports, whose network is nobody's home; some through a VPN."""
    rng = season.rng
    who = season.people(count, "traveller", "person")
    halls = spots(rng, HOME, max(1, count // 6))
    who.sit(halls.at(rng.integers(0, len(halls), count)))
    roaming = rng.random(count) < 0.3
    phones = spots(rng, MOBILE, count)
    who.put("signup_ip", phones.shown(), roaming)
    who.put("signup_asn", phones.asn.astype(object), roaming)
    _hide(season, who, 0.3)
    return who


def private(season: Season, count: int) -> Applicants:
    """People who hide for no reason but privacy: forwarded mail, VPN, prepaid or virtual card."""
    rng = season.rng
    who = season.people(count, "private", "private")
    relayed = rng.random(count) < 0.5
    relays = rng.choice(np.array(RELAYS, dtype=object), count)
    hosts = rng.choice(np.array(PRIVATE_HOSTS, dtype=object), count)
    # A relay makes the address up: what stands before the @ has no sense, as a farm's has none.
    locals_ = np.where(relayed, random_locals(rng, count), people_locals(rng, count))
    who.mail(locals_, np.where(relayed, relays, hosts))
    _hide(season, who, 0.65)
    paid = who["payment_fingerprint"] != np.array(None)
    kinds = rng.choice(np.array(["prepaid", "virtual", "credit"], object), count, p=[0.4, 0.4, 0.2])
    who.put("payment_kind", kinds, paid)
    shy = rng.random(count) < 0.6
    for name in ("phone_fingerprint", "phone_kind"):
        who.put(name, None, shy)
    has_phone = who["phone_fingerprint"] != np.array(None)
    who.put("phone_kind", "voip", has_phone & (rng.random(count) < 0.3))
    who.put("device_fingerprint", None, rng.random(count) < 0.45)
    return who


def onion(season: Season, count: int) -> Applicants:
    """Users of an onion browser, who all look like one machine: that is what it is for."""
    rng = season.rng
    who = season.people(count, "onion", "private")
    agent, tls, device = season.stage.clients.onion
    who.put_many({"user_agent": agent, "tls_fingerprint": tls, "device_fingerprint": device})
    exits = spots(season.stage.random("onion exits"), CLOUD, 40)
    who.sit(exits.at(rng.integers(0, 40, count)))
    hosts = rng.choice(np.array(PRIVATE_HOSTS + RELAYS[:2], dtype=object), count)
    who.mail(people_locals(rng, count), hosts)
    for name in ("payment_fingerprint", "payment_kind", "phone_fingerprint", "phone_kind"):
        who.put(name, None, rng.random(count) < 0.7)
    return who


def used_device(season: Season, count: int) -> Applicants:
    """Buyers of second-hand handsets, some of which stood in a farm that is known by now."""
    rng = season.rng
    who = season.people(count, "used-device", "person")
    given = _handed_down(season, who, season.spoils.devices, season.spoils.devices_us)
    # The others bought from a private seller: two owners, one fingerprint.
    sold = mint(rng, "dev_", count // 2 + 1)[np.arange(count) // 2]
    who.put("device_fingerprint", np.where(given == np.array(None), sold, given))
    return who


def recycled_number(season: Season, count: int) -> Applicants:
    """People whose carrier gave them a number that a farm had before."""
    who = season.people(count, "recycled-number", "person")
    given = _handed_down(season, who, season.spoils.phones, season.spoils.phones_us)
    has = given != np.array(None)
    who.put("phone_fingerprint", given, has)
    who.put("phone_kind", "mobile", has)
    return who


def proxied_home(season: Season, count: int) -> Applicants:
    """Families who do not know that their television sells their line to a proxy network."""
    who = season.people(count, "proxied-home", "person")
    who.sit(season.stage.through_proxies(season.rng, count))
    return who


def public_computer(season: Season, count: int) -> Applicants:
    """Libraries and internet cafés: strangers on the same few machines, for weeks."""
    rng = season.rng
    who, group = season.groups(count, (5, 18), "public-computer", "person", hours=300.0)
    places = int(group.max()) + 1
    who.sit(spots(rng, HOME, places).at(group))
    agents, tls = season.stage.clients.browsers(rng, places)
    who.put_many({"user_agent": agents[group], "tls_fingerprint": tls[group]})
    machines = mint(rng, "dev_", 4 * places)
    who.put("device_fingerprint", machines[4 * group + rng.integers(0, 4, count)])
    return who


def agency(season: Season, count: int) -> Applicants:
    """Agencies that look after others' presence: profile browsers, one card, a VPN."""
    rng = season.rng
    who, group = season.groups(count, (3, 8), "agency", "company", hours=48.0)
    firms = int(group.max()) + 1
    who.mail(people_locals(rng, count), firm_domains(rng, firms)[group])
    who.sit(homes(rng, firms, phones=0).at(group))
    product = rng.choice(season.stage.clients.antidetect, firms)
    who.put("tls_fingerprint", product[group])
    who.put("device_fingerprint", mint(rng, "dev_", count))
    who.put("payment_fingerprint", mint(rng, "pay_", firms)[group])
    who.put_many({"payment_kind": "credit", "plan": "team"})
    return who


def _hide(season: Season, who: Applicants, share: float) -> None:
    """Send a share of them through the exits of a VPN."""
    hidden = season.rng.random(len(who)) < share
    exits = spots(season.rng, VPN, len(who))
    who.put("signup_ip", exits.shown(), hidden)
    who.put("signup_asn", exits.asn.astype(object), hidden)


def _handed_down(
    season: Season, who: Applicants, values: np.ndarray, known_us: np.ndarray
) -> np.ndarray:
    """Something of a known campaign for each, gone to somebody else since; None where none is."""
    given = np.full(len(who), None, dtype=object)
    if values.size:
        drawn = season.rng.integers(0, values.size, len(who))
        there = known_us[drawn] < who.applied
        given[there] = values[drawn[there]]
    return given
