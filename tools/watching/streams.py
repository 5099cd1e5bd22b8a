"""A world as a stream of small files that a watch takes a few at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from watching.rates import REVENUER

FILES = 40
BATCH_MB = 1


@dataclass(frozen=True, slots=True)
class Stream:
    """What is watched in a fault run.

    Attributes:
        world: Its accounts and permits.
        logs: A folder of JSON Lines.
        config: Settings.
    """

    world: Path
    logs: Path
    config: Path

    def command(self, state: Path, out: Path) -> list[str]:
        """The watch of it."""
        return [
            *REVENUER,
            *("watch", str(self.logs)),
            *("--accounts", str(self.world / "accounts.parquet")),
            *("--permits", str(self.world / "permits.parquet")),
            *("--config", str(self.config)),
            *("--state", str(state), "--out", str(out), "--until-end", "--look-hours", "24"),
        ]


def write_config(world: Path, path: Path) -> None:
    """A world's settings, with small batches."""
    told = (world / "releases.toml").read_text("utf-8")
    path.write_text(f"{told}\n[watch]\nbatch_mb = {BATCH_MB}\n", "utf-8")


def as_lines(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Exchanges as JSON Lines have them, without columns that JSON cannot hold."""
    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    rows = frame.drop(binary).with_columns(pl.col(times).dt.to_string("iso"))
    return [json.loads(line) for line in rows.write_ndjson().splitlines()]
