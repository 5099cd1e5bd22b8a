"""Parts for innocent cohorts: small groups that openly belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import Accounts, sign_up
from revenuer.worlds.cohort import Adoption, Cohort, Finish, Stream
from revenuer.worlds.dispatch import Draw, with_overload, work_alone
from revenuer.worlds.draws import mint
from revenuer.worlds.language.system_prompts import brand_names, write_system_prompts
from revenuer.worlds.network import CLOUD, RUNNER, STATIC, Places
from revenuer.worlds.people import gradual_adoption, local_hours
from revenuer.worlds.rhythm import DAY_US, IS_CLOCK_ROUND
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker


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
    return base.at(group)


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


@dataclass(frozen=True)
class Team:
    """Teams of one look-alike before they get to work.

    Attributes:
        group: The team of each account.
        accounts, places, setup: Who they are, where they are, what they use.
    """

    group: NDArray[np.int64]
    accounts: Accounts
    places: Places
    setup: Setup


@dataclass(frozen=True)
class Pace:
    """How a team's machines or people work.

    Attributes:
        profile: Rhythm of the day, as in `rhythm`.
        stay: Chance that a conversation or a run goes on after an exchange.
        gap_s: Mean pause inside a run, seconds.
        failures: Share of requests that meet a 429 or 529 and are retried.
        evenness: Shape of the gamma distribution of daily volumes; large is even.
    """

    profile: int = IS_CLOCK_ROUND
    stay: float = 0.6
    gap_s: float = 60.0
    failures: float = 0.005
    evenness: float = 6.0


def make_team(
    rng: np.random.Generator,
    stage: Stage,
    count: int,
    seats: tuple[int, int],
    *,
    kind: int = CLOUD,
    organization: bool = True,
    plan: str = "payg",
) -> Team:
    """Teams of `seats` accounts each, behind one address of a kind of network."""
    group = group_sizes(rng, count, *seats)
    accounts = open_team(rng, stage, group, organization=organization, plan=plan)
    places = team_network(rng, stage, group, kind)
    return Team(group, accounts, places, team_software(rng, stage, group))


def work_together(
    name: str,
    stage: Stage,
    rng: np.random.Generator,
    team: Team,
    exchanges: int,
    pace: Pace,
    text: TextMaker,
    *,
    active: NDArray[Any] | None = None,
    adoption: Adoption | None = None,
    finish: Finish | None = None,
) -> Cohort:
    """The cohort of a team: every account works at the team's pace.

    `active` weighs the days of each account; by default all days count the same.
    """
    count, days = len(team.accounts), stage.spec.days
    weights = rng.gamma(pace.evenness, 1 / pace.evenness, (count, days))
    weights = weights * (1.0 if active is None else active)
    expected = weights / max(weights.sum(), 1e-9) * exchanges
    profile, offset = np.full(count, pace.profile), local_hours(stage, team.places)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        draw = work_alone(
            random, stage.day_start(day), expected[:, day], profile, offset,
            stay=pace.stay, gap_s=pace.gap_s,
        )  # fmt: skip
        return with_overload(random, draw, pace.failures)

    chosen = adoption or gradual_adoption(rng, count)
    stream = Stream("work", dispatch, text, team.setup, team.places, chosen, finish=finish)
    return Cohort(name, team.accounts, (stream,))
