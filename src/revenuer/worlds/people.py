"""Ready-made parts of cohorts: models people use, software of their own, volumes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import DAY_US
from revenuer.worlds.cohort import Adoption
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import label_number, mix, share
from revenuer.worlds.language.everyday import write_developers, write_everyday, write_product
from revenuer.worlds.language.grammar import by_kind
from revenuer.worlds.language.system_prompts import FAMOUS, write_system_prompts
from revenuer.worlds.network import Places
from revenuer.worlds.rhythm import HOUR_US, weekday_factor
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import OLD, SMALL, Stage
from revenuer.worlds.texts import TextColumn, TextMaker, Texts, choose

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
    setup.put("system_prompt", write_system_prompts(rng, int(writes.sum())), writes)
    # Many applications keep the sentence of a tutorial.
    copied = ~app & (rng.random(count) < 0.15)
    setup.put("system_prompt", rng.choice(np.array(FAMOUS, object), int(copied.sum())), copied)
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


def everyday_texts(
    stage: Stage, label: str, products: NDArray[np.bool_] | None = None
) -> TextMaker:
    """What ordinary people ask: mostly in their own words, now and then homework or code.

    One person in eight is a developer; one in sixteen likes to see the working. An account
    that `products` marks sends four in five requests from a template of its own product.
    """
    pools = stage.pools
    salt = label_number(label)

    def say(draw: Draw) -> Texts:
        item = draw.item
        habit = mix(draw.who.astype(np.uint64), "habit") % np.uint64(16)
        mood = share(item, "mood")
        which = np.where(mood < 0.62, 0, 1)
        which = np.where(mood > 0.96, 2, which)
        which = np.where((habit < 2) & (mood < 0.8), 3, which)
        which = np.where((habit == 2) & (mood < 0.4), 4, which)
        if products is not None:
            which = np.where(products[draw.who] & (share(item, "product") < 0.8), 5, which)
        firm = mix(draw.who.astype(np.uint64), salt)
        writers: list[Callable[[NDArray[np.int64]], TextColumn]] = [
            lambda rows: write_everyday(item[rows], draw.turn[rows]),
            lambda rows: choose(pools.chat, item[rows], "everyday"),
            lambda rows: choose(pools.passages, item[rows], "everyday-passage"),
            lambda rows: write_developers(item[rows]),
            lambda rows: choose(pools.show_work, item[rows], "everyday-work"),
            lambda rows: write_product(firm[rows], item[rows]),
        ]
        prompt = by_kind(which, lambda kind, rows: writers[kind](rows))
        return Texts(prompt, "chat", history=True)

    return say
