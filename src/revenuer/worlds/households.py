"""Parts for innocent cohorts: small groups that openly belong together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import Accounts, sign_up
from revenuer.worlds.draws import mint
from revenuer.worlds.language.system_prompts import brand_names, write_system_prompts
from revenuer.worlds.network import CLOUD, RUNNER, STATIC, Places
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import Stage


def group_sizes(rng: np.random.Generator, count: int, low: int, high: int) -> NDArray[np.int64]:
    """The group of each account: groups of `low` to `high` accounts, back to back."""
    groups: list[int] = []
    while len(groups) < count:
        groups += [groups[-1] + 1 if groups else 0] * int(rng.integers(low, high + 1))
    return np.array(groups[:count], dtype=np.int64)


def open_team(
    rng: np.random.Generator,
    stage: Stage,
    group: NDArray[np.int64],
    *,
    plan: str = "payg",
    organization: bool = True,
) -> Accounts:
    """Teams that share what teams share: organization, mail domain, company card.

    Args:
        group: The team of each account. Shape (n,).
        organization: False for small teams that never set one up.
    """
    count, teams = group.size, int(group.max()) + 1
    ages = rng.uniform(-3, 400, teams)[group] + rng.exponential(6.0, count)
    created = (stage.spec.start_us - ages * DAY_US).astype(np.int64)
    accounts = sign_up(rng, stage.internet, count, created=created, plan=plan)
    if organization:
        accounts.put("organization_id", mint(rng, "org_", teams)[group])
    names = np.array(
        [f"{name.lower()}{n % 90}.io" for n, name in enumerate(brand_names(rng, teams))], object
    )
    accounts.put("email_domain", names[group])
    accounts.put("payment_fingerprint", mint(rng, "pay_", teams)[group])
    accounts.put("payment_kind", "credit")
    accounts.put("country", accounts["country"][np.searchsorted(group, group)])
    return accounts


def team_network(
    rng: np.random.Generator, stage: Stage, group: NDArray[np.int64], kind: int
) -> Places:
    """One address a team, in an office or at a cloud."""
    base = stage.internet.places(rng, int(group.max()) + 1, kind, STATIC)
    return Places(base.address[group], base.network[group], base.manner[group])


def cloud_runners(rng: np.random.Generator, stage: Stage, group: NDArray[np.int64]) -> Places:
    """A fresh cloud machine for every job."""
    return team_network(rng, stage, group, CLOUD).but(RUNNER)


def team_software(
    rng: np.random.Generator, stage: Stage, group: NDArray[np.int64], *, system_prompts: bool = True
) -> Setup:
    """One library, one application and one set of parameters a team."""
    software, teams = stage.software, int(group.max()) + 1
    setup = software.setup(rng, software.builds(rng, teams, ~software.is_app))
    setup.put("system_prompt", write_system_prompts(rng, teams) if system_prompts else None)
    spread = Setup({name: values[group] for name, values in setup.columns.items()})
    spread.put("api_key_id", mint(rng, "key_", group.size))
    return spread
