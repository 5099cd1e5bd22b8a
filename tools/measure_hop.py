"""Measure linking and grouping on accounts that others labelled: the Hop airdrop's Sybil review.

Run by `make bench-hop`. No label is read before the groups are final. Prints a table and, as
the last line, `all targets hold` or `falls short: NAMES`. docs/hop.md says what it shows.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.stats import binomtest, chi2

from revenuer.campaigns.chance import SURPRISING, log_overlap_p, shared_inside
from revenuer.campaigns.coordination import coordination, shared_evidence
from revenuer.campaigns.group import UNGROUPED, communities, link_weights, renumber
from revenuer.campaigns.held import (
    HALF_INSIDE,
    HOLDING_FAMILIES,
    connected_pieces,
    families_holding,
    holding,
)
from revenuer.campaigns.incidence import Incidences, LinkKind, build_incidences
from revenuer.campaigns.partition import COMMONEST, RESOLUTIONS, binding, make_partitions
from revenuer.campaigns.population import Population
from revenuer.records import Channel
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import effective_size
from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.e_bh import e_bh
from revenuer.stats.log_mean_exp import log_mean_exp

DATA = Path(__file__).parents[2] / "shared" / "data" / "hop_sybils"
SMALLEST = 10
"""Accounts of a group; the review's baseline of components has the same bound."""
MOST_PARTNERS = 100
"""An address with more partners is a place where strangers meet, such as an exchange: a
token that its partners share, and no longer one end of a private tie. placeholder"""
CORE = 0.5
"""Part of a group that two facts must hold; the rest may hang on one transfer."""
ORACLE_RESOLUTION = 20.0
REDRAWS = 1000
SEED = 1

BASELINE_PRECISION = 0.864
BASELINE_RECALL = 0.633
"""Both printed with the data, for components of ten accounts or more."""


def _kind(name: str, channel: Channel, *, private: bool) -> LinkKind:
    return LinkKind(name, channel, private, declared=False, convicts=True, phrase=name)


# The channels are those of an API's logs. Here each stands for a set of transfers that has
# no transfer in common with the others'.
TRANSFER = _kind("transfer", Channel.STATE, private=True)
FUNDER = _kind("same-funder", Channel.IDENTITY, private=False)
SINK = _kind("same-sink", Channel.NETWORK, private=False)


@dataclass(frozen=True, slots=True)
class Transfers:
    """Who sent to whom, and which addresses are the accounts under review.

    Attributes:
        source, target: Ends of each distinct transfer, in [0, size). Shape (n_transfers,).
        accounts: Addresses under review, sorted. Shape (n_accounts,).
        size: One more than the largest address.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    accounts: NDArray[np.int64]
    size: int

    @property
    def reviewed(self) -> NDArray[np.bool_]:
        """Mask of the addresses under review. Shape (size,)."""
        mask = np.zeros(self.size, dtype=bool)
        mask[self.accounts] = True
        return mask

    @property
    def partners(self) -> NDArray[np.int64]:
        """Distinct partners of each address. Shape (size,)."""
        return np.bincount(np.concatenate(self.pairs), minlength=self.size)

    @property
    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The lower and the higher end of each pair of partners, once. Shape (n_pairs,)."""
        low, high = np.minimum(self.source, self.target), np.maximum(self.source, self.target)
        pairs = np.unique(low * self.size + high)
        return pairs // self.size, pairs % self.size

    def among(self, addresses: NDArray[np.bool_]) -> Transfers:
        """The transfers that stay among some addresses."""
        inside = addresses[self.source] & addresses[self.target]
        return replace(self, source=self.source[inside], target=self.target[inside])

    def thinned(self, share: float, *, seed: int) -> Transfers:
        """A random share of the transfers."""
        kept = np.random.default_rng(seed).random(self.source.size) < share
        return replace(self, source=self.source[kept], target=self.target[kept])


def read_transfers(folder: Path) -> Transfers:
    """Transfers without those from an address to itself, and the accounts, without labels."""
    rows = pl.read_parquet(folder / "transfers.parquet").filter(
        pl.col("source") != pl.col("target")
    )
    accounts = pl.read_parquet(folder / "labels.parquet", columns=["account"])["account"]
    source, target = (rows[name].cast(pl.Int64).to_numpy() for name in ("source", "target"))
    reviewed = accounts.cast(pl.Int64).sort().to_numpy()
    size = max(int(ends.max(initial=0)) for ends in (source, target, reviewed)) + 1
    return Transfers(source, target, reviewed, size)


def read_labels(folder: Path) -> NDArray[np.bool_]:
    """Whether each account was called a Sybil, in the order of `Transfers.accounts`."""
    return pl.read_parquet(folder / "labels.parquet").sort("account")["sybil"].to_numpy()


# --- transfers become incidences --------------------------------------------------------


def everybody(transfers: Transfers) -> NDArray[np.bool_]:
    """Mask of the accounts and of whoever sent or received. Shape (size,)."""
    mask = transfers.reviewed
    mask[transfers.source] = mask[transfers.target] = True
    return mask


def link(transfers: Transfers, owners: NDArray[np.bool_]) -> Incidences:
    """Each transfer becomes one token, never two.

    Between two owners it is a private tie of the two. With an end that many deal with, or
    that is no owner, it ties all whom that end pays, or who pay it.

    Args:
        transfers: All transfers.
        owners: Addresses that can be grouped. Shape (size,).
    """
    source, target, partners = transfers.source, transfers.target, transfers.partners
    both = owners[source] & owners[target]
    busy = np.maximum(partners[source], partners[target]) > MOST_PARTNERS
    private = both & ~busy
    by_source = np.where(both, partners[source] >= partners[target], ~owners[source])
    pays = ~private & by_source & (owners[source] | owners[target])
    paid = ~private & ~by_source & (owners[source] | owners[target])
    pair = source * transfers.size + target
    tokens = {
        TRANSFER: (private, pair),
        FUNDER: (pays, source),
        SINK: (paid, target),
    }
    everyone = np.flatnonzero(owners)
    return build_incidences(
        pl.DataFrame({"account_id": everyone, "owner": np.arange(everyone.size)}),
        {
            kind: pl.DataFrame(
                {
                    "account_id": np.concatenate([source[rows], target[rows]]),
                    "token": np.concatenate([token[rows], token[rows]]),
                }
            )
            for kind, (rows, token) in tokens.items()
        },
    )


# --- groups -----------------------------------------------------------------------------


def _weights(incidences: Incidences) -> NDArray[np.float64]:
    strength = binding(incidences.kinds)[incidences.kind]
    usable = (incidences.rarity >= COMMONEST) & (strength > 0)
    return link_weights(incidences, usable) * strength[incidences.token]


def at_home(incidences: Incidences, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows that are at home one by one, or because so many of the owner's are.

    `holding` asks of each token alone whether chance brought it here, times the tokens the
    owner holds. An account that pays seventy members and nobody else fails that seventy
    times, though chance would never bring all seventy.

    Returns:
        Shape (n_rows,).
    """
    owner, token = incidences.owner, incidences.token
    grouped = labels[owner] != UNGROUPED
    inside = shared_inside(incidences, labels)
    holders = incidences.holders[token]
    rows = np.flatnonzero(grouped & ((inside - 1) >= HALF_INSIDE * np.maximum(holders - 1, 1)))
    sizes = np.bincount(labels[labels != UNGROUPED], minlength=1)
    log_p = log_overlap_p(
        inside[rows], holders[rows], sizes[labels[owner[rows]]], incidences.n_owners
    )
    cell = owner[rows] * len(incidences.kinds) + incidences.kind[token[rows]]
    here = np.bincount(cell, minlength=incidences.held.size)
    likeliest = np.full(incidences.held.size, -np.inf)
    np.maximum.at(likeliest, cell, log_p)
    found = holding(incidences, labels)
    together = log_count_p(here, incidences.held.ravel(), likeliest)[cell]
    found[rows] |= together < np.log(SURPRISING)
    return found


def log_count_p(
    here: NDArray[np.int64], held: NDArray[np.int64], log_p: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bound the chance that so many of an owner's tokens are in its group by accident.

    Returns:
        Log of the bound exp(-held KL(here / held || p)), at most 0.

    Source:
        Hoeffding (1963), theorem 1 (equation 2.1).

    Examples:
        By hand: all of 3 tokens at 10 % each: 3 ln 0.1 = -6.91.

        >>> log_count_p(np.array([3]), np.array([3]), np.log([0.1])).round(2)
        array([-6.91])
    """
    part = here / np.maximum(held, 1)
    chance = np.exp(np.minimum(log_p, -1e-12))
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(part > 0, part * (np.log(part) - log_p), 0.0)
        down = np.where(part < 1, (1 - part) * (np.log1p(-part) - np.log1p(-chance)), 0.0)
    return np.where(part > chance, -held * (up + down), 0.0)


def keep_twice_held(incidences: Incidences, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Groups most of whose members two facts hold, and who hangs on them by one transfer.

    Two families of links are two facts, and so are two private ties. It is asked once: asked
    again after the ends of a chain are gone, a chain comes undone to the last account.

    Args:
        incidences: The bipartite graph.
        labels: Each owner's community. Shape (n_owners,).
    """
    inside = at_home(incidences, labels)
    private = np.array([kind.private for kind in incidences.kinds])
    ties = inside & private[incidences.kind[incidences.token]]
    tied = np.bincount(incidences.owner[ties], minlength=incidences.n_owners)
    core = (families_holding(incidences, inside) >= HOLDING_FAMILIES) | (tied >= HOLDING_FAMILIES)
    labels = np.where(core | (tied > 0), labels, UNGROUPED)
    inside = at_home(incidences, labels)
    pieces = connected_pieces(incidences, labels, inside, HOLDING_FAMILIES)
    grouped = pieces != UNGROUPED
    size = np.bincount(pieces[grouped], minlength=1)
    firm = np.bincount(pieces[grouped], weights=core[grouped], minlength=1) >= CORE * size
    return np.where(grouped & firm[np.maximum(pieces, 0)], pieces, UNGROUPED)


def group(transfers: Transfers, owners: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Each account's group of ten or more, from the coarsest resolution to the finest."""
    incidences = link(transfers, owners)
    reviewed = transfers.reviewed[owners]
    weights = _weights(incidences)
    levels = [
        communities(incidences, weights, resolution=resolution, seed=SEED)
        for resolution in RESOLUTIONS
    ]
    return [
        renumber(keep_twice_held(incidences, labels)[reviewed], smallest=SMALLEST)
        for labels in levels
    ]


def alike(volumes: NDArray[np.float64], everyone: NDArray[np.float64]) -> float:
    """Evidence that members are more alike than people are, in nats.

    Chi-square test of the variance of log volumes, as for the even load of a campaign, with
    no more degrees of freedom than the group has independent members.
    """
    freedom = effective_size(volumes.size, at_most=JudgeSettings().effective_accounts) - 1
    statistic = freedom * volumes.var(ddof=1) / everyone.var()
    return float(log_e_from_p(np.clip([chi2.cdf(statistic, freedom)], 1e-5, 1.0))[0])


def named(transfers: Transfers, levels: list[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """The accounts whose groups stand.

    What the finest resolution finds stands. A larger group of a coarser one may be campaigns
    and crowds in one: it stands if its members are more alike than accounts are at large.
    """
    volumes = np.log(np.maximum(transfers.partners[transfers.accounts], 1))
    active = volumes[transfers.partners[transfers.accounts] > 0]
    standing = levels[-1] != UNGROUPED
    for labels in levels[:-1]:
        for members in members_of(labels):
            standing[members] |= alike(volumes[members], active) > 0
    return standing


def members_of(labels: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The members of each group."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] != UNGROUPED]
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return (part for part in np.split(order, cuts) if part.size)


def as_it_stands(transfers: Transfers) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """What `make_partitions` groups, and what coordination alone convicts of it."""
    incidences = link(transfers, transfers.reviewed)
    n = incidences.n_owners
    accounts = pl.DataFrame({"account_id": transfers.accounts, "owner": np.arange(n)}).with_columns(
        n_exchanges=1, created_at=pl.lit(None, pl.Datetime("us"))
    )
    population = Population(accounts, incidences, {}, sparse.csr_array((n, 24)))
    partitions = make_partitions(incidences, smallest=SMALLEST, seed=SEED)
    groups = [
        one
        for part in partitions
        for one in coordination(
            population,
            part,
            shared_evidence(population, part),
            np.ones(n, dtype=bool),
            JudgeSettings(),
        )
    ]
    nats = np.array([log_mean_exp(list(one.parts.values())) for one in groups])
    convicted = np.zeros(n, dtype=bool)
    for one, passes in zip(groups, e_bh(nats, alpha=JudgeSettings().fdr), strict=True):
        convicted[one.members] |= bool(passes)
    for part in partitions:
        yield f"as it stands, resolution {part.resolution:g}", part.labels != UNGROUPED
    yield "as it stands, coordination convicts", convicted


# --- baselines --------------------------------------------------------------------------


def component_sizes(transfers: Transfers) -> NDArray[np.int64]:
    """Accounts in the component of direct transfers that each account is in."""
    labels = components(transfers)
    return np.asarray(np.bincount(labels)[labels], dtype=np.int64)


def components(transfers: Transfers) -> NDArray[np.int64]:
    """The component of direct transfers that each account is in. Shape (n_accounts,)."""
    place = np.full(transfers.size, -1)
    place[transfers.accounts] = np.arange(transfers.accounts.size)
    direct = transfers.among(transfers.reviewed)
    ends = (place[direct.source], place[direct.target])
    n = transfers.accounts.size
    edges = sparse.coo_array((np.ones(ends[0].size), ends), shape=(n, n))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)


def oracle(transfers: Transfers, labels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Communities of ten or more that the labels themselves call mostly Sybil."""
    incidences = link(transfers, transfers.reviewed)
    found = communities(incidences, _weights(incidences), resolution=ORACLE_RESOLUTION, seed=SEED)
    chosen = np.zeros(labels.size, dtype=bool)
    for members in members_of(renumber(found, smallest=SMALLEST)):
        chosen[members] = labels[members].mean() > 0.5
    return chosen


# --- rates ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rates:
    """How the named accounts compare with the labels."""

    named: int
    hits: int
    guilty: int
    others: int

    @property
    def precision(self) -> float:
        """Share of the named that are labelled."""
        return self.hits / max(self.named, 1)

    @property
    def recall(self) -> float:
        """Share of the labelled that are named."""
        return self.hits / max(self.guilty, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.hits / max(self.named + self.guilty, 1)


def rates(chosen: NDArray[np.bool_], labels: NDArray[np.bool_]) -> Rates:
    """Hold the named accounts against the labels."""
    return Rates(
        named=int(chosen.sum()),
        hits=int((chosen & labels).sum()),
        guilty=int(labels.sum()),
        others=int((~labels).sum()),
    )


def interval(hits: int, of: int) -> str:
    """A rate with its exact 95 % interval (Clopper and Pearson, 1934).

    Examples:
        By hand: none of 10 leaves up to 1 - 0.025^(1/10) = 0.308.

        >>> interval(0, 10)
        '0.000 (0.000-0.308)'
    """
    if not of:
        return "-"
    low, high = binomtest(hits, of).proportion_ci(0.95, method="exact")
    return f"{hits / of:.3f} ({low:.3f}-{high:.3f})"


def row(name: str, one: Rates) -> str:
    """One line of the table."""
    wrong = one.named - one.hits
    return (
        f"| {name} | {one.named} | {interval(one.hits, one.named)} "
        f"| {interval(one.hits, one.guilty)} | {one.f1:.3f} | {interval(wrong, one.others)} |"
    )


def worth_of_labels(transfers: Transfers, labels: NDArray[np.bool_]) -> Iterator[str]:
    """Rows: how many of the labelled the transfers can show, by their component's size."""
    sizes = component_sizes(transfers)
    unseen = transfers.partners[transfers.accounts] == 0
    bins = [
        ("no transfer at all", unseen),
        ("no transfer to another account", ~unseen & (sizes == 1)),
        ("component of 2 to 4", (sizes > 1) & (sizes < 5)),
        ("component of 5 to 9", (sizes > 4) & (sizes < SMALLEST)),
        ("component of 10 or more", sizes >= SMALLEST),
    ]
    for name, inside in bins:
        guilty, of = int((labels & inside).sum()), int(inside.sum())
        yield f"| {name} | {of} | {interval(guilty, of)} | {guilty / labels.sum():.3f} |"


def whole_groups(
    levels: Iterable[NDArray[np.int64]], labels: NDArray[np.bool_], *, share: float
) -> NDArray[np.bool_]:
    """The labels as they would be if a group labelled to that share were wholly Sybil."""
    filled = labels.copy()
    for found in levels:
        for members in members_of(found):
            filled[members] |= labels[members].mean() >= share
    return filled


def shares_above(
    best: NDArray[np.bool_],
    baseline: NDArray[np.bool_],
    labels: NDArray[np.bool_],
    clusters: NDArray[np.int64],
) -> tuple[float, float]:
    """How often precision, and recall, beat the baseline's when clusters are drawn anew.

    The accounts of a cluster stand and fall together, so the intervals of the table, which
    take accounts as independent, are too narrow.

    Source:
        Efron (1979), "Bootstrap methods: another look at the jackknife", Ann. Stat. 7(1),
        with clusters as the units.
    """
    sums = np.column_stack(
        [
            np.bincount(clusters, weights=mask)
            for mask in (best & labels, best, baseline & labels, baseline)
        ]
    )
    rng = np.random.default_rng(SEED)
    even = np.full(len(sums), 1 / len(sums))
    drawn = np.array([rng.multinomial(len(sums), even) @ sums for _ in range(REDRAWS)])
    hits, chosen, old_hits, old = drawn.T
    return float(np.mean(hits * old > old_hits * chosen)), float(np.mean(hits > old_hits))


def shortfalls(components: Rates, best: Rates, *, quick: bool) -> list[str]:
    """The targets that are missed."""
    checks = {
        "baseline": abs(components.precision - BASELINE_PRECISION) < 0.001
        and abs(components.recall - BASELINE_RECALL) < 0.001,
        "precision": best.precision > BASELINE_PRECISION,
        # Who is tied through others than accounts is not looked for in a quick run.
        "recall": quick or best.recall > BASELINE_RECALL,
    }
    return [name for name, holds in checks.items() if not holds]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--quick", action="store_true", help="accounts alone; recall not judged")
    asked = parser.parse_args()
    transfers = read_transfers(asked.data)
    sizes = component_sizes(transfers)
    chosen = {f"components of {k} or more": sizes >= k for k in (2, 5, 10, 20)}
    chosen |= dict(as_it_stands(transfers))
    alone = group(transfers, transfers.reviewed)
    for resolution, labels in zip(RESOLUTIONS, alone, strict=True):
        chosen[f"accounts alone, resolution {resolution:g}"] = labels != UNGROUPED
    chosen["accounts alone"] = best = named(transfers, alone)
    levels = list(alone)
    if not asked.quick:
        between = group(transfers, everybody(transfers))
        for resolution, labels in zip(RESOLUTIONS, between, strict=True):
            chosen[f"among all addresses, resolution {resolution:g}"] = labels != UNGROUPED
        chosen["among all addresses"] = named(transfers, between)
        chosen["either"] = best = best | chosen["among all addresses"]
        levels += between
    half = transfers.thinned(0.5, seed=SEED)
    chosen["accounts alone, half of the transfers"] = named(half, group(half, half.reviewed))

    truth = read_labels(asked.data)
    print("| | named | precision | recall | F1 | false-positive rate |")
    print("|---|---|---|---|---|---|")
    for name, mask in chosen.items():
        print(row(name, rates(mask, truth)))
    print(row("oracle: communities chosen by the labels", rates(oracle(transfers, truth), truth)))
    filled = whole_groups(levels, truth, share=0.9)
    print(row("the best, if groups labelled to nine tenths were whole", rates(best, filled)))
    print("\n| what the transfers show of an account | accounts | labelled | of all labelled |")
    print("|---|---|---|---|")
    for line in worth_of_labels(transfers, truth):
        print(line)
    baseline = chosen["components of 10 or more"]
    above = shares_above(best, baseline, truth, components(transfers))
    print("\nAbove the components when clusters are drawn anew: ", end="")
    print(f"precision in {above[0]:.1%}, recall in {above[1]:.1%} of {REDRAWS} draws.")
    names = shortfalls(rates(baseline, truth), rates(best, truth), quick=asked.quick)
    print(f"falls short: {', '.join(names)}" if names else "all targets hold")


if __name__ == "__main__":
    main()
