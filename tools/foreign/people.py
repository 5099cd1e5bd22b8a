"""Who signs up: identities as a provider records them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from foreign import places
from foreign.log import Account, Log
from foreign.places import Place
from foreign.vocabulary import BRANDS

MAIL = (
    "gmail.com", "gmail.com", "gmail.com", "outlook.com", "icloud.com", "yahoo.com", "proton.me",
    "gmx.de", "hotmail.com", "naver.com", "qq.com", "mail.ru", "web.de", "wp.pl", "hey.com",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody with an account: where they are, and how far their clock is ahead of UTC."""

    account: Account
    place: Place
    zone_h: float
    country: str


def card(r: random.Random) -> str:
    """The fingerprint of a payment card."""
    return f"pm_{r.getrandbits(56):014x}"


def company_domain(r: random.Random) -> str:
    """A domain of one firm."""
    stem = "".join(r.choice("bcdfglmnprstvz") + r.choice("aeiou") for _ in range(r.randint(2, 4)))
    return stem + r.choice((".com", ".io", ".ai", ".de", ".co.uk", ".fr", ".nl", ".dev", ".pl"))


def person(
    log: Log,
    kind: str,
    *,
    app: bool = False,
    age_days: float | None = None,
    place: Place | None = None,
    country: str = "",
    **attributes: object,
) -> Person:
    """A private person who signs up on their own.

    Args:
        log: The log that grows.
        kind: What they are, for the truth.
        app: Whether they use the provider's app, which knows their device.
        age_days: How old the account is; drawn where not given.
        place: Where they are; a home of their own where not given.
        country: The country of `place`.
        attributes: What the accounts table says beside or instead.
    """
    r = log.random
    if place is None:
        place, country = places.home(r)
        if r.random() < 0.35:
            mobile = places.exits(r, places.MOBILE, 30)
            place = places.either(place, places.one_of(mobile, r), r.uniform(0.05, 0.6), r)
    paid = r.random() < (0.35 if app else 0.85)
    row: dict[str, object] = {
        "plan": "free" if not paid else "plus" if app else "pay-as-you-go",
        "email_domain": r.choice(MAIL),
        "payment_fingerprint": card(r) if paid else None,
        "payment_kind": r.choice(("card", "card", "card", "prepaid", "wallet")) if paid else None,
        "device_fingerprint": log.token("dev_", 12) if app or r.random() < 0.6 else None,
        "phone_fingerprint": log.token("ph_", 10) if r.random() < 0.5 else None,
        "country": country or None,
    }
    row["verification"] = "card" if paid else r.choice(("email", "phone"))
    row["signup_ip"], row["signup_asn"], _ = place(0.0)
    row |= attributes
    account = log.account(kind, age_days=age_days, **row)
    return Person(account, place, places.zone(country), country)


def given(r: random.Random) -> dict[str, object]:
    """How accounts look that an organiser paid for, as operators record it in different words."""
    return {
        "payment_kind": r.choice(("voucher", "credits", "prepaid", None)),
        "payment_fingerprint": None,
        "verification": r.choice(("email", "email", "phone")),
        "plan": r.choice(("pay-as-you-go", "free", "plus")),
        "phone_fingerprint": None,
    }


@dataclass(frozen=True)
class Firm:
    """A company: what its accounts share.

    Attributes:
        shared: Columns of the accounts table that all of them have.
        office: The office's network.
        servers: Where its programs run.
        zone_h: Hours ahead of UTC.
        country: Where it is.
        name: The product's or the firm's name.
    """

    shared: dict[str, object]
    office: Place
    servers: Place
    zone_h: float
    country: str
    name: str


def firm(log: Log, *, declared: bool = True, one_card: bool = True, exits: int = 3) -> Firm:
    """A company; `declared` where the provider knows the organization."""
    r = log.random
    place, country = places.home(r)
    cloud = places.exits(r, places.CLOUDS, exits)
    shared: dict[str, object] = {
        "email_domain": company_domain(r),
        "country": country,
        "plan": r.choice(("team", "business", "enterprise", "pay-as-you-go")),
        "payment_kind": r.choice(("invoice", "card", "card", "virtual")),
        "verification": "card",
    }
    if one_card:
        shared["payment_fingerprint"] = card(r)
    if declared:
        shared["organization_id"] = log.token("org-", 10)
    office, servers = places.one_of([place(0.0)], r), places.one_of(cloud, r)
    return Firm(shared, office, servers, places.zone(country), country, r.choice(BRANDS))


def seat(
    log: Log, kind: str, owner: Firm, *, age_days: float | None = None, **over: object
) -> Account:
    """An account of a firm."""
    row = dict(owner.shared)
    row["signup_ip"], row["signup_asn"], _ = owner.office(0.0)
    row["device_fingerprint"] = log.token("dev_", 12) if log.random.random() < 0.5 else None
    if row["payment_kind"] == "virtual":
        row["payment_fingerprint"] = card(log.random)  # the firm's bank makes one for each
    return log.account(kind, age_days=age_days, **(row | over))
