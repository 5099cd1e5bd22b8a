"""Applicants as columns: what an application says, and beside it what is true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from revenuer.access.applications import COLUMNS
from revenuer.worlds.draws import mint
from revenuer.worlds.signups.atlas import Spots, homes
from revenuer.worlds.signups.names import address, firm_domains, people_locals, people_mail
from revenuer.worlds.signups.stage import SignupStage

TRUTH = ("cohort", "campaign", "persona", "group", "convicted_us", "suspended_us")
"""Columns that no applicant shows: who they are, which of them belong together, and what
becomes of the account if they get one."""
CARD_SHOWN = 0.5
"""Share of ordinary people who give a card when they sign up. placeholder"""
PHONE_SHOWN = 0.55
"""Share of ordinary people who give a phone number when they sign up. placeholder"""
DEVICE_SEEN = 0.9
"""Share of ordinary sign-ups whose browser yields a device fingerprint. placeholder"""
ALIKE = 0.08
"""Share of ordinary people whose device has the fingerprint of its model, as phones of one kind
have: a fingerprint is no serial number. placeholder"""
OWN_DOMAIN = 0.04
"""Share of ordinary people with a mail domain of their own. placeholder"""
REFERRED = 0.08
"""Share of ordinary people who come with one of the popular codes. placeholder"""


@dataclass
class Applicants:
    """Applications as columns; None is unknown, and `applied_at` is in microseconds.

    Attributes:
        columns: `access.applications.COLUMNS` and `TRUTH`, each an object array. Shape (n,).
    """

    columns: dict[str, NDArray[np.object_]]

    def __len__(self) -> int:
        return int(self.columns["application_id"].size)

    def __getitem__(self, name: str) -> NDArray[np.object_]:
        return self.columns[name]

    @property
    def applied(self) -> NDArray[np.int64]:
        """When each applied, microseconds since 1970. Shape (n,)."""
        return self.columns["applied_at"].astype(np.int64)

    def put(self, name: str, values: Any, at: Any = slice(None)) -> None:
        """Set a column, or the part of it that `at` selects, to a value or to a column's."""
        column = self.columns[name].copy()
        whole = isinstance(values, np.ndarray) and values.shape == column.shape
        column[at] = values[at] if whole else values
        self.columns[name] = column

    def put_many(self, values: dict[str, Any], at: Any = slice(None)) -> None:
        """Set several columns, as `put` does."""
        for name, value in values.items():
            self.put(name, value, at)

    def mail(self, locals_: NDArray[np.object_], domains: Any, at: Any = slice(None)) -> None:
        """Give addresses, and the domain that follows from them. Both of shape (n,)."""
        hosts = np.broadcast_to(np.asarray(domains, dtype=object), locals_.shape)
        self.put("email", address(locals_, hosts), at)
        self.put("email_domain", np.array(hosts, dtype=object), at)

    def sit(self, spots: Spots, at: Any = slice(None)) -> None:
        """Sign up from there. One spot an applicant."""
        self.put("signup_ip", spots.shown(), at)
        self.put("signup_asn", spots.asn.astype(object), at)

    def take(self, rows: NDArray[Any]) -> Applicants:
        """Some of them."""
        return Applicants({name: column[rows] for name, column in self.columns.items()})


def join(parts: Iterable[Applicants]) -> Applicants:
    """Put several together, in order."""
    tables = [part.columns for part in parts]
    none = np.empty(0, dtype=object)
    return Applicants({name: np.concatenate([none, *(t[name] for t in tables)]) for name in NAMES})


def people(
    stage: SignupStage,
    rng: np.random.Generator,
    applied: NDArray[np.int64],
    *,
    cohort: str,
    persona: str,
) -> Applicants:
    """Unrelated people, each with an address, home, device and, for some, card and phone.

    Args:
        stage: The world.
        rng: Source of chance.
        applied: When each signs up, microseconds since 1970. Shape (n,).
        cohort: Which honest cohort or operator they are of.
        persona: How they come through checks, of `checks.PERSONAS`.
    """
    count = applied.size
    columns = {name: np.full(count, None, dtype=object) for name in NAMES}
    agents, tls = stage.clients.browsers(rng, count)
    columns |= {
        "application_id": mint(rng, "app_", count),
        "account_id": mint(rng, "acct_", count),
        "applied_at": applied.astype(object),
        "user_agent": agents,
        "tls_fingerprint": tls,
        "cohort": np.full(count, cohort, dtype=object),
        "persona": np.full(count, persona, dtype=object),
        "plan": rng.choice(_PLANS, count, p=[0.42, 0.26, 0.28, 0.04]),
        "region": rng.choice(np.array(["us-1", "eu-1", "ap-1"], dtype=object), count),
    }
    who = Applicants(columns)
    locals_, hosts = people_mail(rng, count)
    own = rng.random(count) < OWN_DOMAIN
    who.mail(
        np.where(own, people_locals(rng, count), locals_),
        np.where(own, firm_domains(rng, count), hosts),
    )
    who.sit(homes(rng, count))
    give_cards(rng, who, rng.random(count) < CARD_SHOWN)
    give_phones(rng, who, rng.random(count) < PHONE_SHOWN)
    devices = np.where(
        rng.random(count) < ALIKE, stage.models(rng, count), mint(rng, "dev_", count)
    )
    who.put("device_fingerprint", devices, rng.random(count) < DEVICE_SEEN)
    codes = rng.choice(np.array(stage.codes, dtype=object), count)
    who.put("referral", codes, rng.random(count) < REFERRED)
    return who


def give_cards(rng: np.random.Generator, who: Applicants, where: NDArray[np.bool_]) -> None:
    """A card of their own to some; one in twelve is prepaid or virtual, as among everybody."""
    count = len(who)
    kinds = np.array(["credit", "debit", "prepaid", "virtual"], dtype=object)
    who.put("payment_fingerprint", mint(rng, "pay_", count), where)
    who.put("payment_kind", rng.choice(kinds, count, p=[0.52, 0.4, 0.03, 0.05]), where)


def give_phones(rng: np.random.Generator, who: Applicants, where: NDArray[np.bool_]) -> None:
    """A number of their own to some; a few of those are fixed lines or voice over IP."""
    count = len(who)
    kinds = np.array(["mobile", "landline", "voip"], dtype=object)
    who.put("phone_fingerprint", mint(rng, "tel_", count), where)
    who.put("phone_kind", rng.choice(kinds, count, p=[0.93, 0.03, 0.04]), where)


NAMES = (*COLUMNS, *TRUTH)
_PLANS = np.array(["free", "pro", "payg", "team"], dtype=object)
