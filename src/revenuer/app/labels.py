"""Labelled exchanges on disk, so that a scan's memory does not grow with their number.

A campaign's accounts may have made millions of exchanges. What each shows is laid on
shelves: whole accounts, few enough that one shelf's exchanges fit into memory without their
text. A shelf is settled at once, since exchanges only hear neighbours of their account, and
its labels are then kept case by case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa

from revenuer.campaigns.pooling import sigmoid
from revenuer.campaigns.stream import Evidence

EVIDENCE = tuple(Evidence.__dataclass_fields__)
OUTPUT_COLUMNS = (
    "account_id",
    "exchange_id",
    "occurred_at",
    "model",
    "task_id",
    "output_tokens",
    "reasoning_tokens",
)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labelled exchanges of all cases, each case read when it is asked for.

    Attributes:
        files: Where each case's labels lie: `OUTPUT_COLUMNS`, `probability` and `own`.
        standing_out: The cases some of whose exchanges are their own more likely than not.
    """

    files: dict[int, list[Path]] = field(default_factory=dict)
    standing_out: set[int] = field(default_factory=set)

    def own(self, case: int, columns: Sequence[str] = OUTPUT_COLUMNS) -> pl.DataFrame:
        """The case's own exchanges, in no order.

        A case none of whose exchanges stands out keeps them all: whose else would they be?
        """
        wanted = pl.col("own") if case in self.standing_out else pl.lit(value=True)
        return self._rows(case).filter(wanted).select(columns).collect()

    def all_of(self, case: int, columns: Sequence[str] = OUTPUT_COLUMNS) -> pl.DataFrame:
        """All exchanges of the case's accounts, and whether each is its own: `own`."""
        own = pl.col("own") | (case not in self.standing_out)
        return self._rows(case).select(*columns, own).collect()

    def _rows(self, case: int) -> pl.LazyFrame:
        files = self.files.get(case, [])
        return pl.scan_ipc(files) if files else pl.LazyFrame(schema=EMPTY)


EMPTY = pl.Schema(
    {
        "account_id": pl.String(),
        "exchange_id": pl.String(),
        "occurred_at": pl.Datetime("us", "UTC"),
        "model": pl.String(),
        "task_id": pl.String(),
        "output_tokens": pl.Int64(),
        "reasoning_tokens": pl.Int64(),
        "probability": pl.Float64(),
        "own": pl.Boolean(),
    }
)
"""What a case without exchanges has."""


class Shelves:
    """Takes what exchanges show, in any order, and gives their labels.

    Args:
        folder: Where the shelves stand; must not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}

    def lay(self, shown: pl.DataFrame) -> None:
        """Lay exchanges down.

        Args:
            shown: `shelf`, `case`, `OUTPUT_COLUMNS` and `EVIDENCE`, a row an exchange.
        """
        for part in shown.partition_by("shelf"):
            number = int(part["shelf"][0])
            table = part.drop("shelf").to_arrow(compat_level=pl.CompatLevel.oldest())
            if number not in self.writers:
                self.writers[number] = pa.ipc.new_stream(
                    self._path(number), table.schema, options=COMPRESSED
                )
            self.writers[number].write_table(table)

    def settle(self) -> Labels:
        """Let every exchange hear its neighbours, a shelf at a time."""
        labels = Labels()
        for number, writer in sorted(self.writers.items()):
            writer.close()
            with pa.OSFile(str(self._path(number))) as file, pa.ipc.open_stream(file) as reader:
                frame = pl.from_arrow(reader.read_all())
            assert isinstance(frame, pl.DataFrame)
            self._path(number).unlink()
            for part in settled(frame).partition_by("case"):
                case = int(part["case"][0])
                path = self.folder / f"case-{case}-{number}.arrow"
                part.drop("case").write_ipc(path, compression="lz4")
                labels.files.setdefault(case, []).append(path)
                if part["own"].any():
                    labels.standing_out.add(case)
        return labels

    def _path(self, number: int) -> Path:
        return self.folder / f"shelf-{number}.arrows"


COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


def settled(shown: pl.DataFrame) -> pl.DataFrame:
    """Labels, once every exchange has heard its neighbours.

    Args:
        shown: The columns of `EVIDENCE` and any others, a row an exchange, whole accounts.

    Returns:
        Instead of the evidence `probability` and `own`.
    """
    evidence = Evidence(*(shown[name].to_numpy() for name in EVIDENCE))
    log_odds = evidence.pooled()
    return shown.drop(EVIDENCE).with_columns(
        probability=pl.Series(sigmoid(log_odds)), own=pl.Series(log_odds > 0)
    )
