"""What a scan keeps beside its results, so that `explain` can answer later.

Account-sized, without prompt text that was not masked, in `DIR/details`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

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


def read_details(out: Path) -> Details:
    """Read what a scan kept.

    Raises:
        NotFoundError: `out` is not the folder of a scan.
    """
    return Details(read_groups(out), pl.read_parquet(out / FOLDER / "evidence.parquet"))


def read_groups(out: Path) -> pl.DataFrame:
    """Read the groups that a scan judged, and no account's own evidence; see `Details`.

    Raises:
        NotFoundError: `out` is not the folder of a scan.
    """
    path = out / FOLDER / "groups.parquet"
    if not path.exists():
        raise NotFoundError(
            f"{out} holds no details of a scan.", "Point --from at the --out folder of a scan."
        )
    return pl.read_parquet(path)


def write_details(out: Path, judgement: Judgement, population: Population) -> None:
    """Write a judgement as tables under `out`."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _groups(judgement, population).write_parquet(folder / "groups.parquet")
    with pq.ParquetWriter(folder / "evidence.parquet", EVIDENCE, compression="zstd") as writer:
        for part in _evidence(judgement, population):
            writer.write_table(part.to_arrow().cast(EVIDENCE))


def _groups(judgement: Judgement, population: Population) -> pl.DataFrame:
    ids = population.accounts["account_id"]
    return pl.DataFrame(
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
                "account_ids": ids[population.accounts_of(group.members)],
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


EVIDENCE = pa.schema(
    {
        "account_id": pa.string(),
        "axis": pa.string(),
        "detector": pa.string(),
        "p_value": pa.float64(),
        "log_e_value": pa.float64(),
    }
)
BLOCK = 20_000
"""Accounts that are written at once."""


def _evidence(judgement: Judgement, population: Population) -> Iterator[pl.DataFrame]:
    """What every account shows, by account, axis and detector."""
    columns = sorted(
        (str(axis), name, axis, place)
        for axis, shown in judgement.evidence.items()
        for place, name in enumerate(shown.detectors)
    )
    names = pl.DataFrame(
        {"axis": [one[0] for one in columns], "detector": [one[1] for one in columns]},
        schema={"axis": pl.String, "detector": pl.String},
    )
    shown = [(judgement.evidence[axis], place) for _, _, axis, place in columns]
    for start in range(0, population.size if columns else 0, BLOCK):
        rows = slice(start, start + BLOCK)
        p_values = np.column_stack([one.p_values[rows, place] for one, place in shown])
        nats = np.column_stack([one.log_e_values[rows, place] for one, place in shown])
        account, column = np.nonzero(~np.isnan(p_values))
        yield pl.DataFrame(
            {
                "account_id": population.accounts["account_id"][rows][account],
                "axis": names["axis"][column],
                "detector": names["detector"][column],
                "p_value": p_values[account, column],
                "log_e_value": nats[account, column],
            }
        )
