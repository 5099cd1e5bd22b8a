"""Ordinary users: private people, families, developers, offices, niche clients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import THROW_AWAY, Accounts, changed_cards, creation_days, sign_up
from revenuer.worlds.cohort import Cohort, Stream
from revenuer.worlds.dispatch import Draw, with_overload, work_alone
from revenuer.worlds.draws import mint
from revenuer.worlds.language.system_prompts import brand_names, write_system_prompts
from revenuer.worlds.network import CLOUD, EGRESS, ROTATING, STATIC, STICKY, Places
from revenuer.worlds.people import (
    daily_volumes,
    everyday_texts,
    gradual_adoption,
    heavy_tail,
    local_hours,
    own_software,
)
from revenuer.worlds.rhythm import DAY_US, IS_EVENING, IS_OFFICE
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import Stage


def ordinary(
    stage: Stage, label: str, count: int, exchanges: int, niche: NDArray[np.int64]
) -> Cohort:
    """A block of ordinary accounts, some of them in families and offices.

    Args:
        stage: The world.
        label: Names the block; worlds with many accounts have several.
        count: Accounts.
        exchanges: In all, about.
        niche: Builds of small clients whose users are in this block.
    """
    rng = stage.random("ordinary", label)
    spec = stage.spec
    created = creation_days(rng, count, spec.start_us, spec.days)
    plans = rng.choice(
        np.array(["free", "pro", "payg", "team"], dtype=object), count, p=[0.35, 0.25, 0.35, 0.05]
    )
    accounts = sign_up(rng, stage.internet, count, created=created, plan=plans)
    places = stage.internet.homes(rng, count)
    office_of = join_offices(rng, stage, accounts, places)
    offices = office_of >= 0
    created = accounts["created_at"].astype(np.int64)
    join_families(rng, accounts, places, ~offices)
    leave_gaps(rng, accounts)
    keep_private(rng, stage, accounts, places)
    profile = np.where(offices | (rng.random(count) < 0.3), IS_OFFICE, IS_EVENING)
    volumes = heavy_tail(rng, count, exchanges)
    expected = daily_volumes(rng, stage, volumes, profile, created)
    offset = local_hours(stage, places)
    setup = own_software(stage, rng, count, apps=0.62, prompts=0.6)
    join_niche_clients(rng, stage, setup.columns, niche)
    share_company_tools(rng, setup.columns, office_of)
    vary_pathways(rng, accounts, setup)
    libraries = (setup.columns["harness"] == np.array(None)) & (setup.columns["channel"] != "app")
    products = libraries & (rng.random(count) < 0.35)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        draw = work_alone(random, stage.day_start(day), expected[:, day], profile, offset)
        return with_overload(random, draw, 0.006)

    stream = Stream(
        "everyday",
        dispatch,
        everyday_texts(stage, label, products),
        setup,
        places,
        gradual_adoption(rng, count),
    )
    links = changed_cards(rng, accounts, 0.02)
    return Cohort("ordinary", accounts, (stream,), links=links)


def join_offices(
    rng: np.random.Generator, stage: Stage, accounts: Accounts, places: Places
) -> NDArray[np.int64]:
    """Seat about a sixth of the accounts in organizations: one card, one address each.

    Returns:
        The office of each account, -1 for none. Shape (n,).
    """
    count = len(accounts)
    office_of = np.full(count, -1)
    place = office = 0
    while place < count // 6:
        seats = min(int(3 + rng.pareto(1.1) * 3), 200, count // 6 - place + 3)
        here = np.arange(place, min(place + seats, count))
        found_office(rng, stage, accounts, places, here)
        office_of[here] = office
        place, office = place + seats, office + 1
    return office_of


def found_office(
    rng: np.random.Generator,
    stage: Stage,
    accounts: Accounts,
    places: Places,
    here: NDArray[np.int64],
) -> None:
    """Make one organization of some accounts; a third joined in one week."""
    office = stage.internet.homes(rng, 1)
    firm = brand_names(rng, 1)[0].lower()
    accounts.put("organization_id", mint(rng, "org_", 1)[0], here)
    accounts.put("email_domain", f"{firm}{rng.integers(10, 99)}.com", here)
    accounts.put("payment_fingerprint", mint(rng, "pay_", 1)[0], here)
    accounts.put("payment_kind", "invoice" if here.size > 20 else "credit", here)
    accounts.put("plan", "team", here)
    if rng.random() < 1 / 3:
        first = int(accounts["created_at"][here[0]])
        joined = first + (rng.random(here.size) * 5 * DAY_US).astype(np.int64)
        accounts.put("created_at", joined, here)
    places.address[here] = office.address[0]
    places.network[here] = office.network[0]
    places.manner[here] = STATIC


def share_company_tools(
    rng: np.random.Generator, columns: dict[str, NDArray[np.object_]], office_of: NDArray[np.int64]
) -> None:
    """In two offices of five all use the company's own tool, with its system prompt."""
    for office in range(int(office_of.max(initial=-1)) + 1):
        here = np.flatnonzero(office_of == office)
        if rng.random() < 0.4:
            for name in ("user_agent", "tls_fingerprint", "harness", "temperature"):
                columns[name][here] = columns[name][here[0]]
            columns["system_prompt"][here] = write_system_prompts(rng, 1)[0]


def join_families(
    rng: np.random.Generator, accounts: Accounts, places: Places, free: NDArray[np.bool_]
) -> None:
    """Pair some private accounts: one card, one home, often one tablet."""
    people = np.flatnonzero(free)
    for first in people[:-1][rng.random(people.size - 1) < 0.04]:
        second = first + 1
        for name in ("payment_fingerprint", "country"):
            accounts.put(name, accounts[name][first], second)
        if rng.random() < 0.5:
            accounts.put("device_fingerprint", accounts["device_fingerprint"][first], second)
        for column in (places.address, places.network, places.manner):
            column[second] = column[first]


def vary_pathways(rng: np.random.Generator, accounts: Accounts, setup: Setup) -> None:
    """Some come through a cloud or a reseller, some on a programme."""
    count = len(accounts)
    api = setup.columns["channel"] == "api"
    cloud, resold = api & (rng.random(count) < 0.08), api & (rng.random(count) < 0.03)
    clouds = np.array(["cloud:nimbus", "cloud:stratus"], dtype=object)
    setup.put("channel", rng.choice(clouds, count), cloud)
    setup.put("tls_fingerprint", None, cloud)
    setup.put("tls_terminated_by", "cloud", cloud)
    setup.put("region", rng.choice(np.array(["us-1", "eu-1", "ap-1"], object), count), cloud)
    setup.put("channel", "reseller:bridge", resold & ~cloud)
    programmes = np.array(["education", "security-research", "startup"], dtype=object)
    accounts.put("programme", rng.choice(programmes, count), rng.random(count) < 0.05)


def join_niche_clients(
    rng: np.random.Generator,
    stage: Stage,
    columns: dict[str, NDArray[np.object_]],
    niche: NDArray[np.int64],
) -> None:
    """Give small clients of their own to twenty to sixty accounts each."""
    software = stage.software
    count = columns["user_agent"].size
    for build in niche:
        users = rng.choice(count, min(int(rng.integers(20, 61)), count // 8), replace=False)
        columns["user_agent"][users] = software.user_agents[build]
        columns["tls_fingerprint"][users] = software.tls[build]
        columns["system_prompt"][users] = software.system[build]
        columns["harness"][users] = None


def leave_gaps(rng: np.random.Generator, accounts: Accounts) -> None:
    """Some accounts never paid, some are suspended for reasons of their own."""
    count = len(accounts)
    free = accounts["plan"] == "free"
    for name in ("payment_fingerprint", "payment_kind"):
        accounts.put(name, None, free)
    stopped = np.flatnonzero(rng.random(count) < 0.01)
    created = accounts["created_at"][stopped].astype(np.int64)
    lived = (rng.uniform(5, 300, stopped.size) * DAY_US).astype(np.int64)
    accounts.suspend(created + lived, stopped)


def keep_private(
    rng: np.random.Generator, stage: Stage, accounts: Accounts, places: Places
) -> None:
    """Some people hide for no reason but privacy: a VPN, a proxy network, throw-away mail."""
    count = len(accounts)
    exits = stage.internet.places(stage.random("vpn"), 12, CLOUD, EGRESS)
    hidden = np.flatnonzero(rng.random(count) < 0.03)
    through = exits.at(rng.integers(0, 12, hidden.size))
    places.address[hidden] = through.address
    places.network[hidden] = through.network
    places.manner[hidden] = through.manner
    places.manner[rng.random(count) < 0.008] = ROTATING
    places.manner[rng.random(count) < 0.012] = STICKY
    mail = np.array(THROW_AWAY, dtype=object)
    accounts.put("email_domain", rng.choice(mail, count), rng.random(count) < 0.015)
