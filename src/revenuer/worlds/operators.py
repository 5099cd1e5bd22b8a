"""What campaign operators have in common: pools of accounts, and the ties they leave behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import THROW_AWAY, Accounts, sign_up
from revenuer.worlds.draws import mint
from revenuer.worlds.language.system_prompts import brand_names
from revenuer.worlds.network import ROTATING, STATIC, STICKY, Places, address_strings
from revenuer.worlds.rhythm import DAY_US, HOUR_US
from revenuer.worlds.software import Setup, ja4
from revenuer.worlds.stage import Stage

TIES = ("payment", "device", "phone", "e-mail", "signup-network", "live-network", "client")


@dataclass(frozen=True)
class Pool:
    """Accounts that one operator made, and how their requests look.

    Attributes:
        ties: Which of `TIES` the operator was careless about.
    """

    accounts: Accounts
    places: Places
    setup: Setup
    ties: tuple[str, ...]


def draw_ties(
    rng: np.random.Generator, always: tuple[str, ...] = (), *, low: int = 2, high: int = 4
) -> tuple[str, ...]:
    """Two to four kinds of carelessness; `always` are the scenario's own."""
    wanted = int(rng.integers(low, high + 1))
    others = [tie for tie in TIES if tie not in always]
    extra = rng.permutation(others)[: max(0, wanted - len(always))].tolist()
    return tuple(tie for tie in TIES if tie in always or tie in extra)


def make_pool(
    rng: np.random.Generator,
    stage: Stage,
    count: int,
    ties: tuple[str, ...],
    *,
    created: NDArray[np.int64],
    plan: str = "pro",
    per_card: tuple[int, int] = (3, 9),
) -> Pool:
    """Sign up accounts in bulk, with the ties that the operator did not hide.

    Args:
        created: Sign-up times, microseconds. Shape (count,).
        per_card: Fewest and most accounts on one card, where cards are shared.
    """
    accounts = sign_up(rng, stage.internet, count, created=created, plan=plan)
    places = stage.internet.homes(rng, count)
    build = stage.software.builds(rng, count, ~stage.software.is_app)
    setup = stage.software.setup(rng, build)
    setup.put("system_prompt", None)
    settings = rng.integers(0, 4)
    setup.put("max_output_tokens", (None, 4096, 8192, 16384)[settings])
    setup.put("temperature", (0.2, 0.7, 1.0, None)[settings])
    setup.put("reasoning_effort", (None, "high", "medium", None)[settings])
    for name, size in (("payment", per_card), ("device", (2, 8)), ("phone", (2, 5))):
        if name in ties:
            share_fingerprints(rng, accounts, f"{name}_fingerprint", name[:3] + "_", size)
    if "payment" in ties:
        accounts.put("payment_kind", "virtual")
    if "e-mail" in ties:
        accounts.put("email_domain", mail_domains(rng, count))
    if "signup-network" in ties:
        share_signup_network(rng, stage, accounts)
    if "live-network" in ties:
        places = live_network(rng, stage, places, count)
    else:
        # Residential proxies: another household for every request, or for every few hours.
        places = places.but(ROTATING if rng.random() < 0.5 else STICKY)
    if "client" in ties:
        odd_client(rng, setup, count)
    return Pool(accounts, places, setup, ties)


def burst(
    rng: np.random.Generator, count: int, first_us: int, *, days: float, clumps: int = 3
) -> NDArray[np.int64]:
    """Sign-up times in a few clumps of minutes, spread over some days."""
    tops = first_us + (rng.random(clumps) * days * DAY_US).astype(np.int64)
    lag = rng.exponential(0.4 * HOUR_US, count).astype(np.int64)
    return tops[rng.integers(0, clumps, count)] + lag


def share_fingerprints(
    rng: np.random.Generator, accounts: Accounts, name: str, prefix: str, size: tuple[int, int]
) -> None:
    """One card, device or phone for a handful of accounts at a time."""
    count = len(accounts)
    group = np.cumsum(rng.random(count) < 1 / rng.uniform(*size))
    values = mint(rng, prefix, int(group.max()) + 1)
    accounts.put(name, values[group])


def mail_domains(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """A few domains: those of a disposable-mail service, or new ones of one pattern."""
    if rng.random() < 0.35:
        chosen = rng.permutation(np.array(THROW_AWAY, dtype=object))[:2]
        return rng.choice(chosen, count)
    stem = brand_names(rng, 1)[0].lower()
    ending = rng.choice(["xyz", "top", "site", "online"])
    names = [f"{stem}{n:02d}.{ending}" for n in range(int(rng.integers(2, 7)))]
    return rng.choice(np.array(names, dtype=object), count)


def share_signup_network(rng: np.random.Generator, stage: Stage, accounts: Accounts) -> None:
    """Sign-ups from a handful of neighbouring addresses."""
    count = len(accounts)
    base = stage.internet.homes(rng, 1)
    host = rng.integers(0, 12, count).astype(np.uint64)
    address = (base.address[0] & ~np.uint64(255)) + host
    accounts.put("signup_ip", address_strings(address).to_numpy(zero_copy_only=False))
    accounts.put("signup_asn", int(stage.internet.asns[base.network[0]]))


def live_network(rng: np.random.Generator, stage: Stage, places: Places, count: int) -> Places:
    """Requests from a few machines in one or two address blocks of hosting firms."""
    base = stage.internet.places(rng, 2, 2, STATIC)
    side = rng.integers(0, int(rng.integers(1, 3)), count)
    host = rng.integers(0, 10, count).astype(np.uint64)
    address = (base.address[side] & ~np.uint64(255)) + host
    return Places(address, base.network[side], np.full(count, STATIC))


def odd_client(rng: np.random.Generator, setup: Setup, count: int) -> None:
    """A script that claims to be a browser: its TLS handshake is its own."""
    version = int(rng.integers(100, 140))
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{version}.0.0.0 Safari/537.36"
    )
    setup.put("user_agent", agent)
    setup.put("tls_fingerprint", ja4(rng, 1)[0])
