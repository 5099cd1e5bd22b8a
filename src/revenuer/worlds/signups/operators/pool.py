"""Accounts as one vendor makes them for an operator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import THROW_AWAY
from revenuer.worlds.draws import mint
from revenuer.worlds.rhythm import DAY_US, HOUR_US
from revenuer.worlds.signups.applicants import Applicants, people
from revenuer.worlds.signups.atlas import CLOUD, HOME, VPN, homes, spots
from revenuer.worlds.signups.names import (
    ACADEMIC,
    Locals,
    farmed_domains,
    firm_domains,
    look_alikes,
    mail_hosts,
    numbered_locals,
    people_locals,
    people_mail,
    random_locals,
    shaped_locals,
    tagged_locals,
)
from revenuer.worlds.signups.operators.recipe import Recipe
from revenuer.worlds.signups.stage import SignupStage, moments, ordinary_times

LISTED = 0.6
"""Share of disposable addresses at services that public lists know. placeholder"""
GENERATED: dict[str, Locals] = {
    "shaped": shaped_locals,
    "numbered": numbered_locals,
    "random": random_locals,
    "tagged": tagged_locals,
}


def make_pool(
    stage: SignupStage,
    rng: np.random.Generator,
    name: str,
    recipe: Recipe,
    applied: NDArray[np.int64],
    epoch: NDArray[np.int64],
) -> Applicants:
    """The applications of one pool.

    Args:
        stage: The world.
        rng: Source of chance.
        name: The operator.
        recipe: A settled one, with one way each.
        applied: When, microseconds since 1970, in order. Shape (n,).
        epoch: How often the operator was convicted by then: domains that were named with it
            are burnt, and it goes on with others. Shape (n,).
    """
    count = applied.size
    who = people(stage, rng, applied, cohort=name, persona=recipe.persona)
    who.put_many({"campaign": name, "group": name, "referral": None})
    who.put("plan", np.where(rng.random(count) < recipe.free, "free", "pro").astype(object))
    write_mail(rng, who, recipe, epoch)
    pay(rng, who, recipe)
    call(rng, who, recipe)
    use_devices(rng, who, recipe)
    use_client(stage, rng, who, recipe)
    connect(stage, rng, who, recipe)
    if recipe.programme is not None:
        apply_for(rng, who, recipe)
    return who


def pace(
    way: str, rng: np.random.Generator, count: int, first_us: int, last_us: int
) -> NDArray[np.int64]:
    """When a pool signs up, in order. Shape (count,)."""
    span = last_us - first_us
    if way == "people":
        at = ordinary_times(rng, count, first_us, last_us)
    elif way == "steady":
        at = first_us + (rng.random(count) * span).astype(np.int64)
    elif way == "batches":
        # A shift of some hours on some days.
        days = (
            first_us
            + np.sort(rng.integers(0, max(1, span // DAY_US), max(2, count // 12))) * DAY_US
        )
        shift = int(rng.integers(0, 18)) * HOUR_US
        at = rng.choice(days, count) + shift + (rng.random(count) * 6 * HOUR_US).astype(np.int64)
    else:
        tops = first_us + (rng.random(max(1, count // 25)) * span).astype(np.int64)
        at = rng.choice(tops, count) + rng.exponential(0.4 * HOUR_US, count).astype(np.int64)
        if way == "late":
            # A tenth tries the door; the others come together in the last fifth.
            scaled = moments(rng, count, last_us - span // 5, span / 5 / HOUR_US)
            at = np.where(rng.random(count) < 0.1, at, scaled)
    return np.sort(np.minimum(at, last_us - 1))


def write_mail(
    rng: np.random.Generator, who: Applicants, recipe: Recipe, epoch: NDArray[np.int64]
) -> None:
    """The addresses of a pool."""
    count, way = len(who), recipe.mail[0]
    names = GENERATED.get(way, people_locals)(rng, count)
    if way in ("shaped", "numbered", "random"):
        # A shop fills one or two hosts at a time.
        who.mail(names, rng.choice(mail_hosts(rng, 2), count))
    elif way == "tagged":
        who.mail(names, "gmail.com")
    elif way != "people":
        domains = _DOMAINS[way](rng, count)
        for burnt in np.unique(epoch)[1:]:
            domains = np.where(epoch >= burnt, _DOMAINS[way](rng, count), domains)
        who.mail(names, domains)
    else:
        who.mail(*people_mail(rng, count))


def _disposable(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    chosen = rng.permutation(np.array(THROW_AWAY, dtype=object))[:2]
    return np.where(
        rng.random(count) < LISTED,
        rng.choice(chosen, count),
        rng.choice(farmed_domains(rng, 4), count),
    )


def _catch_all(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    return rng.choice(firm_domains(rng, int(rng.integers(1, 4))), count)


def _academic(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    # Shops have addresses of a few universities in stock.
    return rng.choice(rng.permutation(np.array(ACADEMIC, dtype=object))[:4], count)


_DOMAINS: dict[str, Callable[[np.random.Generator, int], NDArray[np.object_]]] = {
    "disposable": _disposable,
    "farmed": lambda rng, n: rng.choice(farmed_domains(rng, int(rng.integers(3, 9))), n),
    "catch-all": _catch_all,
    "academic": _academic,
    "look-alike": lambda rng, n: rng.choice(look_alikes(rng, 3), n),
    "firm": lambda rng, n: firm_domains(rng, -(-n // 3))[np.arange(n) // 3],
}


def pay(rng: np.random.Generator, who: Applicants, recipe: Recipe) -> None:
    """The cards of a pool."""
    count, way = len(who), recipe.cards[0]
    for name in ("payment_fingerprint", "payment_kind"):
        who.put(name, None)
    if way == "none":
        return
    cards = mint(rng, "pay_", count)
    kinds: object = way
    if way == "shared":
        cards, kinds = cards[sharing(rng, count, recipe.per_card, recipe.scattered)], "virtual"
    elif way == "own":
        kinds = rng.choice(np.array(["credit", "debit"], dtype=object), count)
    who.put("payment_fingerprint", cards)
    who.put("payment_kind", kinds)
    who.put_many({"payment_fingerprint": None, "payment_kind": None}, who["plan"] == "free")


def call(rng: np.random.Generator, who: Applicants, recipe: Recipe) -> None:
    """The phone numbers of a pool."""
    count, way = len(who), recipe.phones[0]
    for name in ("phone_fingerprint", "phone_kind"):
        who.put(name, None)
    if way == "none":
        return
    numbers = mint(rng, "tel_", count)
    if way == "farm":
        numbers = numbers[sharing(rng, count, recipe.per_phone, recipe.scattered)]
    given = rng.random(count) < (0.6 if way == "own" else 1.0)
    who.put("phone_fingerprint", numbers, given)
    who.put("phone_kind", "voip" if way == "voip" else "mobile", given)


def use_devices(rng: np.random.Generator, who: Applicants, recipe: Recipe) -> None:
    """What a pool signs up on."""
    count, way = len(who), recipe.devices[0]
    if way == "own":
        return
    devices: object = mint(rng, "dev_", count)
    if way == "none":
        devices = None
    elif way == "shared":
        group = sharing(rng, count, recipe.per_device, recipe.scattered)
        devices = mint(rng, "dev_", count)[group]
    who.put("device_fingerprint", devices)


def use_client(
    stage: SignupStage, rng: np.random.Generator, who: Applicants, recipe: Recipe
) -> None:
    """The browser of a pool, or what says that it is one."""
    way = recipe.client[0]
    if way == "antidetect":
        # The product imitates any user agent; its handshake stays its own.
        who.put("tls_fingerprint", str(rng.choice(stage.clients.antidetect)))
    elif way == "one-build":
        agents, tls = stage.clients.browsers(rng, 1)
        who.put_many({"user_agent": agents[0], "tls_fingerprint": tls[0]})
    elif way == "script":
        agent, tls = stage.clients.scripts[:, rng.integers(stage.clients.scripts.shape[1])]
        claimed, _ = stage.clients.browsers(rng, 1)
        lies = rng.random() < 0.7
        who.put_many({"user_agent": claimed[0] if lies else agent, "tls_fingerprint": tls})


def connect(stage: SignupStage, rng: np.random.Generator, who: Applicants, recipe: Recipe) -> None:
    """Where a pool signs up from."""
    count, way = len(who), recipe.network[0]
    if way == "block":
        where = spots(rng, HOME, 1).at(np.zeros(count, np.int64)).near(rng.integers(1, 30, count))
    elif way == "hosting":
        base = spots(rng, CLOUD, 2)
        where = base.at(rng.integers(0, 2, count)).near(rng.integers(1, 12, count))
    elif way == "vpn":
        where = spots(rng, VPN, count)
    elif way == "proxy":
        where = stage.through_proxies(rng, count)
    else:
        where = homes(rng, count)
    who.sit(where)


def apply_for(rng: np.random.Generator, who: Applicants, recipe: Recipe) -> None:
    """Claims of a pool on a programme, in the name of the mail domain or of a real school."""
    there = rng.random(len(who)) < recipe.applies
    claimed = who["email_domain"]
    if recipe.programme == "education" and recipe.mail[0] not in ("academic", "look-alike"):
        claimed = rng.choice(np.array(ACADEMIC, dtype=object), len(who))
    who.put("programme", recipe.programme, there)
    who.put("claimed_domain", claimed, there)
    if recipe.programme == "startup":
        domains, which = np.unique(who["email_domain"].astype(str), return_inverse=True)
        who.put("organization_id", mint(rng, "org_", domains.size)[which])


def sharing(
    rng: np.random.Generator, count: int, size: tuple[int, int], scattered: bool
) -> NDArray[np.int64]:
    """Which card, phone or device each account of a pool has, counted from 0.

    Args:
        rng: Source of chance.
        count: Accounts, oldest first.
        size: Fewest and most accounts on one.
        scattered: Accounts on one are far apart instead of next to each other.
    """
    mean = rng.uniform(*size)
    if scattered:
        number = max(1, round(count / mean))
        return np.arange(count) % number
    return np.cumsum(rng.random(count) < 1 / mean)
