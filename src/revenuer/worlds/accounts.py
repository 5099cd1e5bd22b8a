"""The account table of a cohort, and the people that are behind most of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.worlds.draws import mint
from revenuer.worlds.network import Internet, address_strings

DAY_US = 86_400_000_000
TIME = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("organization_id", pa.string()),
        ("created_at", TIME),
        ("plan", pa.string()),
        ("programme", pa.string()),
        ("country", pa.string()),
        ("email_domain", pa.string()),
        ("payment_fingerprint", pa.string()),
        ("phone_fingerprint", pa.string()),
        ("device_fingerprint", pa.string()),
        ("signup_ip", pa.string()),
        ("signup_asn", pa.int64()),
        ("verification", pa.string()),
        ("status", pa.string()),
        ("suspended_at", TIME),
        ("closed_at", TIME),
        ("parent_account_id", pa.string()),
        ("plan_tokens_per_day", pa.int64()),
        ("payment_kind", pa.string()),
    ]
)
PLAN_TOKENS = {"free": 100_000, "pro": 1_000_000, "team": 5_000_000, "payg": None, "scale": None}
MAIL_HOSTS = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "proton.me", "qq.com",
              "163.com", "gmx.de", "hotmail.com", "naver.com", "mail.ru", "yandex.com")  # fmt: skip
# Well-known services of disposable addresses, all of them on public lists.
THROW_AWAY = ("mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com")
MAIL_WEIGHTS = np.array([46, 14, 8, 8, 4, 5, 3, 2, 4, 2, 2, 2]) / 100


@dataclass
class Accounts:
    """Accounts as columns; null is None, and the times are microseconds or None.

    Attributes:
        columns: The contract's columns of `accounts`, each an object array. Shape (n,).
    """

    columns: dict[str, NDArray[np.object_]]

    def __len__(self) -> int:
        return int(self.columns["account_id"].size)

    def __getitem__(self, name: str) -> NDArray[np.object_]:
        return self.columns[name]

    def put(self, name: str, values: Any, at: Any = slice(None)) -> None:
        """Set a column, or the part of it that `at` selects, to a value or to a column's."""
        column = self.columns[name].copy()
        whole = isinstance(values, np.ndarray) and values.shape == column.shape
        column[at] = values[at] if whole else values
        self.columns[name] = column

    def suspend(self, at_us: NDArray[np.int64] | int, where: object = slice(None)) -> None:
        """Mark accounts as suspended at a time."""
        self.put("status", "suspended", where)
        self.put("suspended_at", at_us, where)

    def table(self) -> pa.Table:
        """The accounts in the contract's columns and types."""
        arrays = [pa.array(self.columns[f.name].tolist(), type=f.type) for f in SCHEMA]
        return pa.Table.from_arrays(arrays, schema=SCHEMA)


def join_accounts(parts: Iterable[Accounts]) -> Accounts:
    """Put the accounts of several households of one cohort into one table, in order."""
    tables = [part.columns for part in parts]
    return Accounts({f.name: np.concatenate([t[f.name] for t in tables]) for f in SCHEMA})


def sign_up(
    rng: np.random.Generator,
    internet: Internet,
    count: int,
    *,
    created: NDArray[np.int64],
    plan: str | NDArray[np.object_] = "payg",
) -> Accounts:
    """Unrelated people, each with a card, phone, device and home address of their own.

    Args:
        created: When each signed up, microseconds since 1970. Shape (count,).
        plan: One plan for all, or one each.
    """
    homes = internet.homes(rng, count)
    columns = {f.name: np.full(count, None, dtype=object) for f in SCHEMA}
    columns |= {
        "account_id": mint(rng, "acct_", count),
        "created_at": created.astype(object),
        "plan": np.full(count, plan, dtype=object),
        "country": internet.countries(homes.network),
        "signup_ip": address_strings(homes.address).to_numpy(zero_copy_only=False),
        "signup_asn": internet.asns[homes.network].astype(object),
        "status": np.full(count, "active", dtype=object),
    }
    columns["plan_tokens_per_day"] = np.array([PLAN_TOKENS[p] for p in columns["plan"]], object)
    accounts = Accounts(columns)
    identify(rng, accounts)
    return accounts


def identify(rng: np.random.Generator, accounts: Accounts) -> None:
    """Give each account a mail host, card, and for most a phone and a device."""
    count = len(accounts)
    hosts = rng.choice(np.array(MAIL_HOSTS, dtype=object), count, p=MAIL_WEIGHTS)
    kinds = np.array(["credit", "debit", "prepaid", "virtual", "invoice"], dtype=object)
    checks = np.array(["email", "phone", "card", "id-document"], dtype=object)
    accounts.put("email_domain", hosts)
    accounts.put("payment_fingerprint", mint(rng, "pay_", count))
    accounts.put("payment_kind", rng.choice(kinds, count, p=[0.6, 0.3, 0.05, 0.02, 0.03]))
    accounts.put("phone_fingerprint", mint(rng, "tel_", count), rng.random(count) < 0.7)
    accounts.put("device_fingerprint", mint(rng, "dev_", count), rng.random(count) < 0.8)
    accounts.put("verification", rng.choice(checks, count, p=[0.32, 0.32, 0.32, 0.04]))


def creation_days(
    rng: np.random.Generator, count: int, start_us: int, days: int, *, fresh: float = 0.25
) -> NDArray[np.int64]:
    """Sign-up times of an ordinary population: most before the window, some inside it.

    Args:
        fresh: Share of accounts that sign up during the window.
    """
    before = start_us - (rng.exponential(200.0, count) * DAY_US).astype(np.int64)
    inside = start_us + (rng.random(count) * days * DAY_US * 0.95).astype(np.int64)
    return np.where(rng.random(count) < fresh, inside, before)


def changed_cards(
    rng: np.random.Generator, accounts: Accounts, share: float, *, shared: bool = False
) -> tuple[dict[str, object], ...]:
    """Rows of account_links: earlier cards of a share of the accounts.

    Args:
        rng: Source of chance.
        accounts: Whose cards.
        share: Share of the accounts that changed their card.
        shared: True where the earlier card was that of another of the accounts.
    """
    changed = np.flatnonzero(rng.random(len(accounts)) < share)
    cards = mint(rng, "pay_", changed.size)
    if shared:
        cards = accounts["payment_fingerprint"][rng.integers(0, len(accounts), changed.size)]
    created = accounts["created_at"][changed].astype(np.int64)
    return tuple(
        {
            "account_id": account,
            "kind": "payment_fingerprint",
            "value": card,
            "first_seen": int(since),
            "last_seen": int(since) + DAY_US,
        }
        for account, card, since in zip(
            accounts["account_id"][changed], cards, created, strict=True
        )
    )
