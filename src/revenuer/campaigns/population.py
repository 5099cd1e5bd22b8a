"""Everything that is known about the accounts of one log, columns side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.asked import Asked
from revenuer.campaigns.cohorts import Cohorts, cohorts_of
from revenuer.campaigns.incidence import Incidences
from revenuer.records import Axis


@dataclass(frozen=True)
class Population:
    """The accounts of a log, and the owners that they declare.

    Attributes:
        accounts: A row an account, sorted by `account_id`: base aggregates, detectors'
            aggregates, columns of the accounts table, and `owner` (see `number_owners`).
        incidences: Which owner holds which token.
        statistics: By axis and detector id, shape (n_accounts,) each; larger is less
            ordinary, NaN is no evidence.
        activity: From `timing.activity_matrix`, a row an owner.
        sightings: What owners have that peers name, from `peers.sightings_of`; None where no
            peer is listened to. Apart from `incidences`, so that it can form no group.
        asked: What of it was asked for by private matching; None where nothing was.
    """

    accounts: pl.DataFrame
    incidences: Incidences
    statistics: dict[Axis, dict[str, NDArray[np.float64]]]
    activity: sparse.csr_array
    sightings: Incidences | None = None
    asked: Asked | None = None

    @property
    def size(self) -> int:
        """Accounts in all."""
        return self.accounts.height

    @property
    def n_owners(self) -> int:
        """Owners in all."""
        return self.incidences.n_owners

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """The owner of each account. Shape (n_accounts,)."""
        return self.accounts["owner"].to_numpy()

    @cached_property
    def cohorts(self) -> Cohorts:
        """Which accounts are compared with which."""
        return cohorts_of(self.accounts)

    @property
    def account_ids(self) -> NDArray[np.str_]:
        """Shape (n_accounts,)."""
        return self.accounts["account_id"].to_numpy().astype(str)

    @cached_property
    def _by_owner(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Accounts in the order of their owners, and where each owner's begin."""
        counts = np.bincount(self.owner, minlength=self.n_owners)
        return np.argsort(self.owner, kind="stable"), np.concatenate([[0], np.cumsum(counts)])

    def accounts_of(self, owners: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of the accounts of some owners, rising."""
        return np.sort(self.accounts_of_each(owners)[0])

    def accounts_of_each(
        self, owners: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of the accounts of some owners, and the place in `owners` of each's owner."""
        order, starts = self._by_owner
        sizes = starts[owners + 1] - starts[owners]
        place = np.repeat(np.arange(owners.size), sizes)
        within = np.arange(place.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return order[starts[owners][place] + within], place

    @cached_property
    def _rows_by_owner(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of the bipartite graph in the order of their owners, and where each's begin."""
        owner = self.incidences.owner
        counts = np.bincount(owner, minlength=self.n_owners)
        return np.argsort(owner, kind="stable"), np.concatenate([[0], np.cumsum(counts)])

    def rows_of(self, owners: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of the bipartite graph that some owners hold, rising."""
        order, starts = self._rows_by_owner
        sizes = starts[owners + 1] - starts[owners]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.sort(order[np.repeat(starts[owners], sizes) + within])

    def mean_by_owner(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The mean over each owner's accounts, NaN where all are NaN. Shape (n_owners,)."""
        known = ~np.isnan(values)
        total = np.bincount(self.owner[known], weights=values[known], minlength=self.n_owners)
        count = np.bincount(self.owner[known], minlength=self.n_owners)
        empty = np.full(self.n_owners, np.nan)
        return np.asarray(np.divide(total, count, out=empty, where=count > 0))

    @cached_property
    def volume(self) -> NDArray[np.float64]:
        """Exchanges of each owner. Shape (n_owners,)."""
        exchanges = self.accounts["n_exchanges"].to_numpy()
        return np.bincount(self.owner, exchanges, minlength=self.n_owners).astype(float)

    def first_seconds(self, column: str) -> NDArray[np.float64]:
        """Each owner's earliest time in a column, seconds since 1970, NaN if unknown."""
        first = self.accounts.group_by("owner").agg(pl.col(column).min()).sort("owner")[column]
        return first.dt.epoch("us").cast(pl.Float64).fill_null(float("nan")).to_numpy() / 1e6


def number_owners(accounts: pl.DataFrame) -> pl.DataFrame:
    """Add `owner`: the declared owner of each account as a number from 0.

    An account belongs to its parent account, else to its organization, else to itself.
    """
    declared = pl.coalesce(
        pl.lit("parent ") + pl.col("parent_account_id"),
        pl.lit("organization ") + pl.col("organization_id"),
        # A parent owns itself too.
        pl.when(
            pl.col("account_id").is_in(pl.col("parent_account_id").drop_nulls().implode())
        ).then(pl.lit("parent ") + pl.col("account_id")),
        pl.lit("account ") + pl.col("account_id"),
    )
    return accounts.with_columns(owner=declared.rank("dense").cast(pl.Int64) - 1)
