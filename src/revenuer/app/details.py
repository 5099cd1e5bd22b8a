"""What a scan keeps beside its results, so that `explain` can answer later.

Account-sized, without prompt text that was not masked, in `DIR/details`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.population import Population
from revenuer.errors import NotFoundError
from revenuer.records import Axis

FOLDER = "details"


@dataclass(frozen=True, slots=True)
class Details:
    """The judgement of a scan as tables.

    Attributes:
        groups: `group`, `resolution`, `passes`, a column per axis, `parts` (a list of
            axis, kind, nats), `account_ids`.
        evidence: `account_id`, `axis`, `detector`, `p_value`, `log_e_value`.
    """

    groups: pl.DataFrame
    evidence: pl.DataFrame

    def write(self, out: Path) -> None:
        """Write the tables under `out`."""
        folder = out / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        self.groups.write_parquet(folder / "groups.parquet")
        self.evidence.write_parquet(folder / "evidence.parquet")


def read_details(out: Path) -> Details:
    """Read what a scan kept.

    Raises:
        NotFoundError: `out` is not the folder of a scan.
    """
    folder = out / FOLDER
    if not (folder / "groups.parquet").exists():
        raise NotFoundError(
            f"{out} holds no details of a scan.", "Point --from at the --out folder of a scan."
        )
    return Details(
        pl.read_parquet(folder / "groups.parquet"), pl.read_parquet(folder / "evidence.parquet")
    )


def make_details(judgement: Judgement, population: Population) -> Details:
    """Turn a judgement into tables."""
    ids = population.account_ids
    groups = pl.DataFrame(
        [
            {
                "group": number,
                "resolution": group.resolution,
                "passes": group.passes,
                **{str(axis): group.axes[axis] for axis in Axis},
                "parts": [
                    {"axis": str(axis), "kind": kind, "nats": nats}
                    for axis, parts in group.parts.items()
                    for kind, nats in parts.items()
                ],
                "account_ids": ids[population.accounts_of(group.members)].tolist(),
            }
            for number, group in enumerate(judgement.groups)
        ],
        schema={
            "group": pl.Int64,
            "resolution": pl.Float64,
            "passes": pl.Boolean,
            **{str(axis): pl.Float64 for axis in Axis},
            "parts": pl.List(pl.Struct({"axis": pl.String, "kind": pl.String, "nats": pl.Float64})),
            "account_ids": pl.List(pl.String),
        },
    )
    return Details(groups, _evidence(judgement, population))


def _evidence(judgement: Judgement, population: Population) -> pl.DataFrame:
    empty = pl.DataFrame(
        schema={
            "account_id": pl.String,
            "axis": pl.String,
            "detector": pl.String,
            "p_value": pl.Float64,
            "log_e_value": pl.Float64,
        }
    )
    parts = [
        pl.DataFrame(
            {
                "account_id": population.accounts["account_id"],
                "p_value": shown.p_values[:, column],
                "log_e_value": shown.log_e_values[:, column],
            }
        )
        .filter(~np.isnan(shown.p_values[:, column]))
        .select(
            "account_id",
            axis=pl.lit(str(axis)),
            detector=pl.lit(name),
            p_value="p_value",
            log_e_value="log_e_value",
        )
        for axis, shown in judgement.evidence.items()
        for column, name in enumerate(shown.detectors)
    ]
    return pl.concat([empty, *parts]).sort("account_id", "axis", "detector")
