"""Ready-made parts of cohorts: models people use, software of their own, volumes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import DAY_US
from revenuer.worlds.cohort import Adoption
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.network import Places
from revenuer.worlds.rhythm import HOUR_US, weekday_factor
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import OLD, SMALL, Stage
from revenuer.worlds.texts import TextMaker, Texts, blend, choose, choose_near

NEVER_US = 2**60


def gradual_adoption(rng: np.random.Generator, count: int) -> Adoption:
    """People move to a new model over weeks, a third of them never."""
    delay = (rng.exponential(9 * DAY_US, count)).astype(np.int64)
    delay[rng.random(count) < 0.33] = NEVER_US
    base = np.where(rng.random(count) < 0.35, SMALL, OLD)
    return Adoption(base, delay, rng.uniform(0.3, 1.0, count))


def prompt_adoption(
    rng: np.random.Generator, count: int, *, hours: tuple[float, float], moved: float
) -> Adoption:
    """One decision for all: after some hours, a share of the traffic moves together."""
    delay = int(rng.uniform(*hours) * HOUR_US)
    return Adoption(np.full(count, OLD), np.full(count, delay), np.full(count, moved))


def own_software(
    stage: Stage, rng: np.random.Generator, count: int, *, apps: float, prompts: float
) -> Setup:
    """Clients of unrelated people.

    Args:
        apps: Share that uses a chat app or a harness; the others call a library.
        prompts: Share of library users whose application sends a system prompt of its own.
    """
    software = stage.software
    app = rng.random(count) < apps
    build = np.where(
        app,
        software.builds(rng, count, software.is_app),
        software.builds(rng, count, ~software.is_app),
    )
    setup = software.setup(rng, build)
    writes = ~app & (rng.random(count) < prompts)
    own = rng.integers(0, stage.system_prompts.size, count)
    setup.put("system_prompt", stage.system_prompts[own[writes]], writes)
    return setup


def heavy_tail(rng: np.random.Generator, count: int, total: float) -> NDArray[np.float64]:
    """Volumes of an ordinary population: lognormal, adding up to about `total`."""
    weights = rng.lognormal(0.0, 1.3, count)
    volumes: NDArray[np.float64] = weights / weights.sum() * total
    return volumes


def daily_volumes(
    rng: np.random.Generator,
    stage: Stage,
    volumes: NDArray[np.float64],
    profile: NDArray[np.int64],
    created: NDArray[np.int64],
    *,
    ramp_days: float = 5.0,
    busy: float = 0.55,
) -> NDArray[np.float64]:
    """Expected exchanges per account and day: week-ends, days off, a ramp after sign-up.

    Args:
        volumes: Exchanges of each account over the window. Shape (n,).
        created: Sign-up times, microseconds. Shape (n,).
        busy: Share of days on which an account is used at all.
    """
    days = stage.spec.days
    factor = weekday_factor(profile, stage.spec.start_us, days)
    factor = factor * rng.gamma(1.5, 1 / 1.5, factor.shape) * (rng.random(factor.shape) < busy)
    age = (stage.spec.start_us + (np.arange(days) + 0.5) * DAY_US)[None, :] - created[:, None]
    factor = factor * np.clip(age / DAY_US / ramp_days, 0.0, 1.0)
    total = factor.sum(axis=1, keepdims=True)
    expected: NDArray[np.float64] = volumes[:, None] * factor / np.where(total > 0, total, 1.0)
    return expected


def local_hours(stage: Stage, places: Places) -> NDArray[np.int64]:
    """Hours ahead of UTC where accounts are."""
    return stage.internet.offsets(places.network)


def everyday_texts(stage: Stage) -> TextMaker:
    """What ordinary people ask: their own interests, now and then homework or code."""
    pools = stage.pools

    def say(draw: Draw) -> Texts:
        item, who = draw.item, draw.who
        habit = (who * 2654435761 % 97).astype(np.int64)
        which = np.where(habit < 70, 0, np.where(habit < 84, 1, np.where(habit < 92, 2, 3)))
        options = [
            choose_near(pools.chat, who, item, "everyday", width=40),
            choose_near(pools.coding, who, item, "everyday-code", width=25),
            choose(pools.show_work, item, "everyday-work"),
            choose_near(pools.passages, who, item, "everyday-passage", width=12),
        ]
        # Most of what a show-my-work person asks is ordinary too.
        which = np.where((which == 2) & (item % np.uint64(3) > 0), 0, which)
        return Texts(blend(which, options), "chat", history=True)

    return say
