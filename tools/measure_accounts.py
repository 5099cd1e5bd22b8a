"""Group an account-sized world: how long, in how much memory, and is what is hidden found.

Run by `make bench-accounts`. What an engine counts a day, exchanges, does not matter here:
it draws what is left of them, which account holds which token, for ten million accounts
with ten tokens each. Then it groups as a scan does, and prints seconds and memory stage by
stage. The last line is `all targets hold` or `falls short: NAMES`.

With `--mixed` the guilty live in honest households and offices, as often as others do; then
those who share a card and an address with them are in their groups.

It groups with all families of links, at the resolutions asked for, one unless said. A scan
groups at four, and each again without each of four families: twenty times that work. And it
judges what it groups, which is not part of this.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.group import UNGROUPED, community_levels, link_weights, renumber
from revenuer.campaigns.held import HOLDING_FAMILIES, Ties, keep_held
from revenuer.campaigns.incidence import Holdings, Incidences, LinkKind, join_holdings
from revenuer.campaigns.partition import COMMONEST, RESOLUTIONS, binding
from revenuer.records import Channel

ACCOUNTS = 10_000_000
QUICK_ACCOUNTS = 100_000
GUILTY_RATE = 24_000 / 10_000_000
SEED = 20260223
SMALLEST = 3

MOST_GIB = 24.0
LEAST_FOUND = 0.9
"""Share of the campaigns of which a group must hold half, nine tenths of it guilty."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How accounts hold tokens of one kind.

    Attributes:
        kind: Of token.
        own: Tokens of an account that nobody else holds, on average.
        met: Tokens of an account that are drawn from those that many hold, on average.
        places: Tokens that are met there, per account of the world.
        skew: The u-th part of the meetings are at the u^skew-th part of the places; 1 is
            even, more are popular places and many that hardly anybody goes to.
        home: Share of the households and offices that have one such token together.
    """

    kind: LinkKind
    own: float
    met: float
    places: float
    skew: float
    home: float


def _kind(name: str, channel: Channel, *, private: bool = False) -> LinkKind:
    return LinkKind(name, channel, private, declared=False, convicts=True, phrase=name)


HABITS = (
    Habit(_kind("card", Channel.IDENTITY, private=True), 0.6, 0.0, 0.0, 1.0, 0.5),
    Habit(_kind("device", Channel.IDENTITY, private=True), 1.3, 0.0, 0.0, 1.0, 0.3),
    Habit(_kind("mail", Channel.IDENTITY), 0.2, 1.0, 0.002, 6.0, 0.0),
    Habit(_kind("address", Channel.NETWORK), 3.5, 0.5, 0.1, 2.5, 0.9),
    Habit(_kind("block", Channel.NETWORK), 0.6, 1.6, 0.15, 2.0, 0.0),
    Habit(_kind("client", Channel.SOFTWARE), 0.1, 1.2, 0.001, 5.0, 0.0),
    Habit(_kind("template", Channel.TEXT), 2.0, 0.5, 0.05, 3.0, 0.0),
    Habit(_kind("session", Channel.STATE, private=True), 1.4, 0.0, 0.0, 1.0, 0.05),
)
"""Ten different tokens for each account. Nobody has published such counts. placeholder"""

HOUSEHOLDS = (0.10, 2.5)
OFFICES = (0.02, 20.0)
"""Share of the accounts that live in one, and how many live together on average."""

SHARED_BY: dict[str, tuple[float, float]] = {
    "card": (8.0, 0.8),
    "address": (20.0, 4.0),
    "block": (60.0, 2.0),
    "client": (300.0, 1.0),
    "template": (40.0, 6.0),
}
"""Of a campaign's tokens of a kind: how many members hold one, and how many a member holds.
As in the simulated campaigns (docs/worlds.md), but fewer of each. placeholder"""


@dataclass(frozen=True, slots=True)
class World:
    """Who holds what, and who is guilty.

    Attributes:
        incidences: As a scan makes them.
        campaign: Each account's campaign, -1 for none. Shape (n_accounts,).
        home: Each account's household or office, -1 for none. Shape (n_accounts,).
        drawn: Rows that were drawn, with those of tokens that one account holds.
        tokens: Distinct tokens of them.
    """

    incidences: Incidences
    campaign: NDArray[np.int64]
    home: NDArray[np.int64]
    drawn: int
    tokens: int


def draw(accounts: int, seed: int, *, mixed: bool = False) -> World:
    """Draw a world of so many accounts, one kind of token after the other.

    Args:
        accounts: How many.
        seed: Same seed, same world.
        mixed: The guilty live in honest households and offices as often as others do.
    """
    rng = np.random.default_rng(seed)
    campaign = draw_campaigns(accounts, rng)
    cluster = draw_clusters(campaign, rng, mixed=mixed)
    held = np.zeros((accounts, len(HABITS)), dtype=np.int64)
    owners, tokens, kinds, holders = [], [], [], []
    drawn = distinct = 0
    for number, (token, owner) in enumerate(holdings(campaign, cluster, rng)):
        held[:, number] = np.bincount(owner, minlength=accounts)
        starts = np.flatnonzero(np.diff(token, prepend=-1))
        sizes = np.diff(starts, append=token.size)
        drawn, distinct = drawn + token.size, distinct + sizes.size
        shared = np.flatnonzero(sizes > 1)
        before = sum(part.size for part in holders)
        owners.append(owner[np.repeat(sizes > 1, sizes)])
        tokens.append(np.repeat(np.arange(before, before + shared.size), sizes[shared]))
        kinds.append(np.full(shared.size, number, dtype=np.int64))
        holders.append(sizes[shared])
    incidences = Incidences(
        n_owners=accounts,
        owner=_joined(owners),
        token=_joined(tokens),
        kind=np.concatenate(kinds),
        holders=np.concatenate(holders),
        names=pl.Series(dtype=pl.String),
        held=held,
        kinds=tuple(habit.kind for habit in HABITS),
    )
    return World(incidences, campaign, cluster, drawn, distinct)


def draw_named(accounts: int, seed: int, stages: Stages, *, mixed: bool = False) -> World:
    """Draw the same world as an engine tells of it, and number the names as a scan does."""
    rng = np.random.default_rng(seed)
    with stages.timed("draw"):
        campaign = draw_campaigns(accounts, rng)
        home = draw_clusters(campaign, rng, mixed=mixed)
    rows = holdings(campaign, home, rng)
    found, drawn, distinct = {}, 0, 0
    for habit in HABITS:
        with stages.timed("draw"):
            token, owner = next(rows)
            drawn, distinct = drawn + token.size, distinct + np.count_nonzero(np.diff(token)) + 1
            answer = answered(token, owner)
            del token, owner
        with stages.timed("names numbered"):
            found[habit.kind] = Holdings.of(answer, accounts)
    with stages.timed("names numbered"):
        incidences = join_holdings(accounts, found)
    return World(incidences, campaign, home, drawn, int(distinct))


def answered(token: NDArray[np.int64], owner: NDArray[np.int64]) -> pl.DataFrame:
    """What an engine hands on of one kind: who holds which, and how many that nobody else does."""
    starts = np.flatnonzero(np.diff(token, prepend=-1))
    sizes = np.diff(starts, append=token.size)
    shared = np.repeat(sizes > 1, sizes)
    alone, times = np.unique(owner[~shared], return_counts=True)
    name = pl.Series("token", token[shared]).hash(SEED).cast(pl.String).str.zfill(32)
    named = pl.DataFrame([pl.Series("owner", owner[shared]), name])
    others = pl.DataFrame({"owner": alone, "tokens": times})
    return pl.concat([named.with_columns(tokens=pl.lit(1, pl.Int64)), others], how="diagonal")


def holdings(
    campaign: NDArray[np.int64], home: NDArray[np.int64], rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Of one kind of token after the other who holds which: the tokens, rising, and owners."""
    for habit in HABITS:
        pairs = draw_pairs(habit, campaign, home, rng)
        pairs.sort()
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        token, owner = np.divmod(pairs, campaign.size)
        del pairs
        yield token, owner


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The parts in one, each given back as soon as it is copied."""
    whole = np.empty(sum(part.size for part in parts), dtype=np.int64)
    end = whole.size
    while parts:
        part = parts.pop()
        whole[end - part.size : end] = part
        end -= part.size
    return whole


def draw_campaigns(accounts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Each account's campaign: from a dozen accounts to thousands, scattered anywhere."""
    guilty = round(accounts * GUILTY_RATE)
    sizes = []
    while sum(sizes) < guilty:
        sizes.append(int(np.clip(np.exp(rng.normal(5.3, 1.2)), 12, max(guilty // 4, 12))))
    campaign = np.full(accounts, -1, dtype=np.int64)
    members = rng.choice(accounts, sum(sizes), replace=False)
    campaign[members] = np.repeat(np.arange(len(sizes)), sizes)
    return campaign


def draw_clusters(
    campaign: NDArray[np.int64], rng: np.random.Generator, *, mixed: bool
) -> NDArray[np.int64]:
    """Each account's household or office, -1 for none; unless mixed, the guilty live in none."""
    accounts = campaign.size
    cluster = np.full(accounts, -1, dtype=np.int64)
    shuffled = rng.permutation(np.flatnonzero((campaign < 0) | mixed))
    for share, size in (HOUSEHOLDS, OFFICES):
        living, shuffled = np.split(shuffled, [int(share * accounts)])
        cluster[living] = cluster.max() + 1 + np.cumsum(rng.random(living.size) < 1 / size)
    return cluster


def draw_pairs(
    habit: Habit,
    campaign: NDArray[np.int64],
    cluster: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Who holds which token of a kind, as token times the number of accounts plus account."""
    accounts = campaign.size
    everyone = np.arange(accounts)
    own = np.repeat(everyone, rng.poisson(habit.own, accounts))
    parts = [(np.arange(own.size), own)]
    has_one = rng.random(cluster.max() + 2) < habit.home
    living = np.flatnonzero(has_one[cluster] & (cluster >= 0))
    parts.append((cluster[living], living))
    visitor = np.repeat(everyone, rng.poisson(habit.met, accounts))
    places = max(int(habit.places * accounts), 1)
    parts.append(((places * rng.random(visitor.size) ** habit.skew).astype(np.int64), visitor))
    if habit.kind.id in SHARED_BY:
        parts.append(draw_shared(*SHARED_BY[habit.kind.id], campaign, rng))
    pairs, first = [], 0
    for token, owner in parts:
        pairs.append((first + token) * accounts + owner)
        first += int(token.max(initial=-1)) + 1
    return np.concatenate(pairs)


def draw_shared(
    holders: float, holding: float, campaign: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What the members of each campaign hold of its pool: tokens, and who holds them."""
    members = np.flatnonzero(campaign >= 0)
    member = np.repeat(members, rng.poisson(holding, members.size))
    size = np.bincount(campaign[members])
    pool = np.maximum(np.round(size * holding / holders), 1).astype(np.int64)
    of = campaign[member]
    start = np.cumsum(pool) - pool
    return start[of] + (rng.random(of.size) * pool[of]).astype(np.int64), member


def group(
    incidences: Incidences, resolutions: tuple[float, ...], stages: Stages
) -> list[NDArray[np.int64]]:
    """Group as `make_partitions` does, with all families of links."""
    with stages.timed("weights"):
        strength = binding(incidences.kinds)[incidences.kind]
        rare = incidences.rarity >= COMMONEST
        weights = link_weights(incidences, rare & (strength > 0))
        weights *= strength[incidences.token]
    with stages.timed("communities"):
        (levels,) = community_levels(incidences, [weights], resolutions=resolutions, seed=SEED)
        del weights
    with stages.timed("members held"):
        ties = Ties.of(incidences)
        return [
            renumber(keep_held(ties, labels, HOLDING_FAMILIES), smallest=SMALLEST)
            for labels in levels
        ]


def found(levels: list[NDArray[np.int64]], campaign: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Campaigns of which a group of any resolution holds half, nine tenths of it guilty."""
    size = np.bincount(campaign[campaign >= 0])
    seen = np.zeros(size.size, dtype=bool)
    for labels in levels:
        inside = np.flatnonzero((campaign >= 0) & (labels != UNGROUPED))
        total = np.bincount(labels[labels != UNGROUPED], minlength=1)
        guilty = np.bincount(labels[inside], minlength=total.size)
        pair, count = np.unique(labels[inside] * size.size + campaign[inside], return_counts=True)
        of_group, of_campaign = pair // size.size, pair % size.size
        good = (2 * count >= size[of_campaign]) & (guilty[of_group] >= 0.9 * total[of_group])
        seen[of_campaign[good]] = True
    return seen


def company(
    labels: NDArray[np.int64], campaign: NDArray[np.int64], home: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Who is in the group that holds most of each campaign.

    Returns:
        A row a campaign: its accounts, those in that group, the group's accounts of other
        campaigns, its innocents who live with an account of the campaign, its other innocents.
        Shape (n_campaigns, 5).
    """
    rows = []
    for number, size in enumerate(np.bincount(campaign[campaign >= 0])):
        members = np.flatnonzero(campaign == number)
        inside = labels[members][labels[members] != UNGROUPED]
        if not inside.size:
            rows.append((size, 0, 0, 0, 0))
            continue
        with_them = np.flatnonzero(labels == np.bincount(inside).argmax())
        innocent = with_them[campaign[with_them] < 0]
        homes = home[members][home[members] >= 0]
        sharing = int(np.isin(home[innocent], homes).sum())
        others = with_them.size - innocent.size - np.bincount(inside).max()
        rows.append((size, np.bincount(inside).max(), others, sharing, innocent.size - sharing))
    return np.array(rows, dtype=np.int64).reshape(-1, 5)


class Stages:
    """What each stage took: wall seconds, processor seconds, the largest memory until then."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[float, float, float]] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Measure a stage, or go on with one."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        taken = time.perf_counter() - wall, time.process_time() - cpu
        before = self.taken.get(name, (0.0, 0.0, 0.0))
        self.taken[name] = before[0] + taken[0], before[1] + taken[1], peak_gib()
        print(f"{name}: {taken[0]:.0f} s", file=sys.stderr, flush=True)


def peak_gib() -> float:
    """The largest resident set of this process so far."""
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def missed(peak: float, share: float) -> list[str]:
    """Name the targets that were missed."""
    held = {"memory": peak <= MOST_GIB, "campaigns": share >= LEAST_FOUND}
    return [name for name, holds in held.items() if not holds]


def main() -> int:
    """Draw, group and tell; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--resolutions", type=float, nargs="+", default=[RESOLUTIONS[-1]])
    parser.add_argument(
        "--mixed", action="store_true", help="the guilty live in honest households too"
    )
    parser.add_argument(
        "--named", action="store_true", help="tokens as texts, numbered as a scan does"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ACCOUNTS:,} accounts")
    asked = parser.parse_args()
    stages = Stages()
    accounts = QUICK_ACCOUNTS if asked.quick else asked.accounts
    if asked.named:
        world = draw_named(accounts, SEED, stages, mixed=asked.mixed)
    else:
        with stages.timed("draw"):
            world = draw(accounts, SEED, mixed=asked.mixed)
    levels = group(world.incidences, tuple(asked.resolutions), stages)
    seen = found(levels, world.campaign)
    size = np.bincount(world.campaign[world.campaign >= 0])
    print_table(world, stages, levels)
    print_company(world, asked.resolutions, levels)
    share = float(seen.mean()) if seen.size else 1.0
    print(
        f"\ncampaigns found: {seen.sum():,} of {seen.size:,} ({share:.1%}), with "
        f"{size[seen].sum():,} of {size.sum():,} guilty accounts"
    )
    short = missed(peak_gib(), share)
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")
    return 1 if short else 0


def print_table(world: World, stages: Stages, levels: list[NDArray[np.int64]]) -> None:
    """What was grouped, and what it took."""
    incidences = world.incidences
    print(
        f"{incidences.n_owners:,} accounts, {world.tokens:,} tokens, {world.drawn:,} times held; "
        f"{incidences.n_tokens:,} tokens of two accounts or more, {incidences.owner.size:,} times; "
        f"{os.cpu_count()} cores, which others may have used too\n"
    )
    print("| stage | seconds | processor seconds | peak GiB |\n|---|---|---|---|")
    for name, (wall, cpu, gib) in stages.taken.items():
        print(f"| {name} | {wall:.1f} | {cpu:.1f} | {gib:.2f} |")
    groups = ", ".join(f"{labels.max(initial=UNGROUPED) + 1:,}" for labels in levels)
    grouped = [labels != UNGROUPED for labels in levels]
    inside = ", ".join(
        f"{one.sum():,} ({(one & (world.campaign >= 0)).sum():,} guilty)" for one in grouped
    )
    print(
        f"\ngroups of {SMALLEST} or more at each resolution: {groups}; accounts in them: {inside}"
    )


def print_company(world: World, resolutions: list[float], levels: list[NDArray[np.int64]]) -> None:
    """Who is in the groups that hold most of the campaigns."""
    print(
        "\n| resolution | campaigns found | their accounts in the group that holds most of each "
        "| accounts of other campaigns there | innocents there who live with one of them "
        "| other innocents there |\n|---|---|---|---|---|---|"
    )
    for resolution, labels in zip(resolutions, levels, strict=True):
        rows = company(labels, world.campaign, world.home)
        cells = " | ".join(f"{count:,}" for count in rows[:, 1:].sum(axis=0))
        print(f"| {resolution:g} | {found([labels], world.campaign).sum()} | {cells} |")


if __name__ == "__main__":
    sys.exit(main())
