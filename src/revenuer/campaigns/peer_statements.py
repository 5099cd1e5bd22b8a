"""What peers say of a group, as a sentence with its numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.incidence import Incidences
from revenuer.campaigns.judge import Judged
from revenuer.campaigns.peers import cluster_of, kind_of, rare_only, source_of
from revenuer.campaigns.population import Population

CLUSTERS_SHOWN = 3
NAME_CHARS = 8
"""Letters of a cluster's name that are shown: it is a pseudonym."""


def peers_said(population: Population, group: Judged, ordinary: NDArray[np.bool_]) -> str:
    """Who names what the members have, how many have it, and whether it counts.

    Args:
        population: The accounts.
        group: As it was judged, with what peers say.
        ordinary: Owners taken for ordinary use. Shape (n_owners,).
    """
    met = _met(population, group, ordinary)
    clusters = (
        met.group_by("source", "cluster", "asked")
        .agg(pl.col("kind").unique().sort(), pl.col("inside").max(), pl.col("outside").max())
        .sort("inside", "source", "cluster", "asked", descending=[True, False, False, False])
    )
    n = group.members.size
    said = [
        f"{inside} of {n} owners have what {source} names as its cluster "
        f"{cluster.rsplit('--', 1)[-1][:NAME_CHARS]} ({', '.join(kinds)}; {outside} "
        f"{f'of {asked} others that were asked for do' if asked else 'others do'})"
        for source, cluster, asked, kinds, inside, outside in clusters.head(
            CLUSTERS_SHOWN
        ).iter_rows()
    ]
    return f"{'; '.join(said)}; {_whether_it_counts(group)}."


def _whether_it_counts(group: Judged) -> str:
    assert group.peers is not None
    if not group.peers.counts:
        return "it does not count, because our own evidence alone does not suspect the group"
    peers = len(group.peers.sources)
    return f"with our own evidence these are {1 + peers} sightings"


def sighted_members(
    population: Population, group: Judged, ordinary: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The members that have something rare in common which a peer names, rising."""
    rare, inside = _rare_inside(population, group, ordinary)
    rows = np.isin(rare.token, np.flatnonzero(inside > 1))
    return np.intersect1d(rare.owner[rows], group.members)


def _rare_inside(
    population: Population, group: Judged, ordinary: NDArray[np.bool_]
) -> tuple[Incidences, NDArray[np.int64]]:
    """What is rare, and how many members have each."""
    assert population.sightings is not None
    rare = rare_only(population.sightings, ordinary, population.asked)
    mine = np.isin(rare.owner, group.members)
    return rare, np.bincount(rare.token[mine], minlength=rare.n_tokens)


def _met(population: Population, group: Judged, ordinary: NDArray[np.bool_]) -> pl.DataFrame:
    """What two members or more have: source, cluster, asked, kind, inside, outside."""
    rare, inside = _rare_inside(population, group, ordinary)
    tokens = np.flatnonzero(inside > 1)
    names = rare.names.gather(tokens)
    others = np.ones(population.n_owners, dtype=bool)
    others[group.members] = False
    asked = {} if population.asked is None else population.asked.owners_asked(others)
    return pl.DataFrame(
        {
            "source": [source_of(name) for name in names],
            "cluster": [cluster_of(name) for name in names],
            "asked": [asked.get((kind_of(name), source_of(name))) for name in names],
            "kind": [kind_of(name) for name in names],
            "inside": inside[tokens],
            "outside": rare.holders[tokens] - inside[tokens],
        },
        schema_overrides={"asked": pl.Int64},
    )
