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
import scipy
from numpy.typing import NDArray

from revenuer.campaigns.incidence import Incidences
from revenuer.features.expressions import SEPARATOR

MOST_NATS = 50.0
"""Nats of one cluster that count: more can be nothing but a model that is wrong."""
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
        are. Clusters of one peer share its weight, and peers share one.

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
        counts = (met[name].to_numpy().astype(np.int64) for name in COUNTS)
        gained = np.expm1(np.minimum(surprise(*counts), MOST_NATS)) * met["weight"].to_numpy()
        places = met["group"].to_numpy()
        # Of a cluster of which a group has nothing, nothing is said: its e-value is 1.
        return np.log1p(np.bincount(places, weights=gained, minlength=n_groups))

    def _tokens(self, kinds: frozenset[str]) -> pl.DataFrame:
        """`met`, how many things each cluster has, and `weight`, its share of the mean."""
        tokens = (
            self.met.filter(pl.col("kind").is_in(kinds))
            .group_by(*POOL, "cluster")
            .agg(met=pl.len())
            # One thing is no evidence, so a cluster that has one is not compared.
            .filter(pl.col("met") > 1)
        )
        # A peer that names a thousand clusters makes its own word lighter, and nobody else's.
        peers = max(tokens["source"].n_unique(), 1)
        return tokens.with_columns(weight=1 / (pl.len().over("source") * peers))

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


COUNTS = ("inside", "met", "own", "asked")


def surprise(
    inside: NDArray[np.int64],
    met: NDArray[np.int64],
    own: NDArray[np.int64],
    asked: NDArray[np.int64],
) -> NDArray[np.float64]:
    """How surprising it is that so many of the things that are met lie in one group.

    Seen from one of them. Under innocence the others are drawn from all other things that were
    asked; against that stands that any number of them above what is expected is as likely as any
    other. Half of the bet is kept back, so that a bad guess costs at most ln 2.

    Args:
        inside: Things of the group that are met, 1 at least. Shape (n,).
        met: Things that are met, 2 at least. Shape (n,).
        own: Things of the group that were asked for. Shape (n,).
        asked: Things that were asked for. Shape (n,).

    Returns:
        Log e-values in nats. Shape (n,).

    Source:
        The likelihood ratio of a mixture to the hypergeometric null is an e-value: Vovk and Wang
        (2021), "E-values: calibration, combination and applications", section 1.

    Examples:
        By hand: of 10 things asked 4 are the group's, and it has both that are met. The other
        one lies among its 3 of the 9 others with chance 1/3, and 1 is the only number above the
        expected 1/3: 1/2 + 1/2 * 1 / (1/3) = 2.

        >>> one = np.ones(1, np.int64)
        >>> np.exp(surprise(2 * one, 2 * one, 4 * one, 10 * one)).round(3)
        array([2.])
    """
    others, drawn, mine, all_ = inside - 1, met - 1, own - 1, asked - 1
    expected = drawn * mine / all_
    above = drawn - np.floor(expected)
    log_ratio = -np.log(np.maximum(above, 1)) - scipy.stats.hypergeom.logpmf(
        others, all_, mine, drawn
    )
    ratio = np.where(others > expected, log_ratio, -np.inf)
    return np.asarray(np.logaddexp(0.0, ratio) - np.log(2.0))
