"""What private matching asked a peer, of campaigns and of ordinary accounts, and what it met.

Only a part of the accounts was asked for, so a match is weighed among those alone: how many of
the things that the peer has lie in a group, when so many of all the things asked lie there. What
many members have in common, such as the address of their office, is one thing, and one thing
that is met says nothing: our own links have told that they share it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import hypergeom

from revenuer.campaigns.incidence import Incidences
from revenuer.features.expressions import SEPARATOR
from revenuer.stats.calibrators import log_e_from_p

LONGEST_LOG_P = 50.0
"""Nats beyond which a p-value is as good as this one."""
POOL = ("kind", "source")
"""What is asked of one peer at once: its things are compared with each other alone."""


@dataclass(frozen=True)
class Asked:
    """The questions of private matching and what they met, owner by owner.

    Attributes:
        n_owners: Owners in all.
        things: `owner`, `kind`, `source`, `unit`: what each owner was asked for, each once.
        met: `kind`, `source`, `unit`, `cluster`: which of these things the peer has.
    """

    n_owners: int
    things: pl.DataFrame
    met: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame, owners: pl.DataFrame) -> Asked:
        """Number the owners of what was asked.

        Args:
            rows: `account_id`, `kind`, `source`, `unit` and `cluster`, null where the peer does
                not have it.
            owners: `account_id` and `owner`, a number from 0, of every account.
        """
        known = rows.drop_nulls(["kind", "source", "unit"]).join(owners, on="account_id")
        columns = [*POOL, "unit"]
        return cls(
            owners["owner"].n_unique(),
            known.select("owner", *columns).unique().sort("owner", *columns),
            known.select(*columns, "cluster").drop_nulls().unique().sort(*columns, "cluster"),
        )

    @cached_property
    def pools(self) -> frozenset[tuple[str, str]]:
        """Kind and peer of each question."""
        return frozenset(self.things.select(POOL).unique().iter_rows())

    def covered(self, sightings: Incidences) -> NDArray[np.bool_]:
        """The tokens, each of kind, cluster and source, that were met by asking."""
        told = (name.split(SEPARATOR) for name in sightings.names)
        return np.array([(kind, source) in self.pools for kind, _, source in told], dtype=bool)

    def owners_asked(self, ordinary: NDArray[np.bool_]) -> dict[tuple[str, str], int]:
        """How many of some owners were asked for, by pool.

        Args:
            ordinary: Which owners. Shape (n_owners,).
        """
        mine = self.things.filter(pl.Series(ordinary[self.things["owner"].to_numpy()]))
        counted = mine.group_by(POOL).agg(pl.col("owner").n_unique())
        return {(kind, source): count for kind, source, count in counted.iter_rows()}

    def log_e_values(
        self, group: NDArray[np.int64], n_groups: int, kinds: frozenset[str]
    ) -> NDArray[np.float64]:
        """How far each group has what peers have, beyond what was asked of it.

        Under innocence the things that a peer has lie in a group as often as the things that
        were asked. The first that is met founds the comparison and is no evidence; the others
        are. The best of a peer's clusters counts, times how many could have been the best.

        Args:
            group: Of each owner, from 0; -1 is none. Shape (n_owners,).
            n_groups: How many there are.
            kinds: Of things.

        Returns:
            Nats. Shape (n_groups,).
        """
        things = self.things.filter(pl.col("kind").is_in(kinds))
        things = things.with_columns(group=pl.Series(group[things["owner"].to_numpy()]))
        asked = things.group_by(POOL).agg(asked=pl.col("unit").n_unique())
        inside = things.filter(pl.col("group") >= 0).select("group", *POOL, "unit").unique()
        own = inside.group_by("group", *POOL).agg(own=pl.len())
        met = (
            inside.join(self.met, on=[*POOL, "unit"])
            .group_by("group", *POOL, "cluster")
            .agg(inside=pl.len())
            .join(self._tokens(kinds), on=[*POOL, "cluster"])
            .join(own, on=["group", *POOL])
            .join(asked, on=POOL)
        )
        log_p = np.zeros(n_groups)
        here = {name: met[name].to_numpy().astype(np.int64) for name in COUNTS}
        p_values = chance_of(here["inside"], here["met"], here["own"], here["asked"])
        tried = np.log(p_values) + np.log(here["tries"])
        np.minimum.at(log_p, met["group"].to_numpy(), tried)
        return log_e_from_p(np.exp(log_p))

    def _tokens(self, kinds: frozenset[str]) -> pl.DataFrame:
        """`met`, how many things each cluster has, and `tries`, how many could be the best."""
        tokens = (
            self.met.filter(pl.col("kind").is_in(kinds))
            .group_by(*POOL, "cluster")
            .agg(met=pl.len())
            # One thing is no evidence, so whoever has one is no try.
            .filter(pl.col("met") > 1)
        )
        # A peer that names a thousand clusters makes its own word lighter, and nobody else's.
        peers = max(tokens["source"].n_unique(), 1)
        return tokens.with_columns(tries=pl.len().over("source") * peers)

    def dealt(
        self, cohort: NDArray[np.int64], fixed: NDArray[np.bool_], rng: np.random.Generator
    ) -> Asked:
        """The same with what owners were asked for dealt out anew inside each cohort.

        Args:
            cohort: Of each owner. Shape (n_owners,).
            fixed: Owners that keep what is theirs. Shape (n_owners,).
            rng: Where chance comes from.
        """
        taken = np.arange(self.n_owners)
        moving = self.things["owner"].unique().to_numpy()
        moving = moving[~fixed[moving]]
        lots = rng.permutation(moving)
        there, here = (one[np.argsort(cohort[one], kind="stable")] for one in (moving, lots))
        taken[there] = here
        owner = pl.Series("owner", taken[self.things["owner"].to_numpy()])
        return replace(self, things=self.things.with_columns(owner))


COUNTS = ("inside", "met", "own", "asked", "tries")


def chance_of(
    inside: NDArray[np.int64],
    met: NDArray[np.int64],
    own: NDArray[np.int64],
    asked: NDArray[np.int64],
) -> NDArray[np.float64]:
    """How rarely so many of the things that are met lie in one group, seen from one of them.

    Args:
        inside: Things of the group that are met, 1 at least. Shape (n,).
        met: Things that are met. Shape (n,).
        own: Things of the group that were asked for. Shape (n,).
        asked: Things that were asked for. Shape (n,).

    Returns:
        The upper tail of the hypergeometric distribution, 1 where one thing is met. Shape (n,).

    Examples:
        By hand: of 10 things asked 4 are the group's, and it has both that are met. Seen from
        one of them, the other lies among its 3 of the 9 others: 3 / 9.

        >>> one = np.ones(1, np.int64)
        >>> chance_of(2 * one, 2 * one, 4 * one, 10 * one).round(3)
        array([0.333])
    """
    tail = hypergeom.sf(inside - 2, np.maximum(asked - 1, 1), own - 1, met - 1)
    return np.clip(np.where(inside > 1, tail, 1.0), np.exp(-LONGEST_LOG_P), 1.0)
