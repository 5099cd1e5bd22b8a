"""Everything that is known about the accounts of one log, columns side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.incidence import Incidences
from revenuer.records import Axis


@dataclass(frozen=True, slots=True)
class Population:
    """The accounts of a log, all arrays in the order of `accounts`.

    Attributes:
        accounts: A row an account, sorted by `account_id`: base aggregates, detectors'
            aggregates, columns of the accounts table.
        incidences: Who holds which token.
        statistics: By axis and detector id, shape (n_accounts,) each; larger is less
            ordinary, NaN is no evidence.
        activity: From `timing.activity_matrix`.
    """

    accounts: pl.DataFrame
    incidences: Incidences
    statistics: dict[Axis, dict[str, NDArray[np.float64]]]
    activity: sparse.csr_array

    @property
    def size(self) -> int:
        return self.accounts.height

    @property
    def owners(self) -> NDArray[np.int64]:
        """A number for each declared owner: the organization, or the account itself."""
        owner = self.accounts.select(
            pl.coalesce("parent_account_id", "organization_id", "account_id").rank("dense")
        )
        return owner.to_series().cast(pl.Int64).to_numpy()

    def seconds(self, column: str) -> NDArray[np.float64]:
        """A timestamp column as seconds since 1970, NaN where unknown."""
        return (
            self.accounts[column].dt.epoch("us").cast(pl.Float64).fill_null(float("nan")).to_numpy()
            / 1e6
        )
