"""Streams in which some records are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from watching.streams import FILES, Stream, as_lines, write_config

Row = dict[str, Any]
FEW = 5
"""Wrong records of a kind in a file."""
PLANTED = "planted-"
"""How the ids of records begin that no undisturbed stream has."""
NOT_RECORDS = (
    b"{",
    b'{"exchange_id": "cut off", "occurred_at": "2026-06-0',
    b"[1, 2, 3]",
    b"17",
    b"null",
    b'"text"',
    b"not JSON at all",
    b'{"exchange_id": "\xff\xfe", "account_id"',
    b"\x00\x00\x00",
    b"[" * 5000,
)


LATE_SHARE, LATE = 0.1, timedelta(hours=3)
"""So many records come so much later: the look at their time is over for some."""


def lay_out(world: Path, folder: Path, *, late_share: float = LATE_SHARE, seed: int = 0) -> Stream:
    """A world as files of JSON Lines, in the order of its time but for those that come late."""
    frame = pl.read_parquet(world / "exchanges").sort("occurred_at", "exchange_id")
    late = np.random.default_rng(seed).random(frame.height) < late_share
    delay = pl.when(pl.Series(late)).then(pl.lit(LATE)).otherwise(pl.lit(timedelta()))
    comes = pl.col("occurred_at") + delay
    rows = as_lines(frame.sort(comes, maintain_order=True))
    return written(world, folder, [rows[part] for part in parts(len(rows))])


def parts(count: int) -> list[slice]:
    """Even parts of a list."""
    edges = [number * count // FILES for number in range(FILES + 1)]
    return [slice(start, stop) for start, stop in pairwise(edges)]


def written(world: Path, folder: Path, files: list[list[Row | bytes]]) -> Stream:
    """Write records, or what is no record, a line each."""
    logs = folder / "logs"
    logs.mkdir(parents=True)
    for number, rows in enumerate(files):
        with (logs / f"part-{number:05d}.jsonl").open("wb") as file:
            for row in rows:
                line = row if isinstance(row, bytes) else json.dumps(row).encode()
                file.write(line + b"\n")
    write_config(world, folder / "settings.toml")
    return Stream(world, logs, folder / "settings.toml")


def read_back(stream: Stream) -> list[list[Row]]:
    """The records of a stream that was laid out, file by file."""
    return [
        [json.loads(line) for line in path.read_bytes().splitlines()]
        for path in sorted(stream.logs.iterdir())
    ]


def _moved(row: Row, name: str, by: timedelta) -> Row:
    """A record of its own at another time."""
    at = datetime.fromisoformat(row["occurred_at"]) + by
    return row | {"exchange_id": name, "occurred_at": at.isoformat()}


def clocks(files: list[list[Row]], rng: np.random.Generator) -> list[list[Row | bytes]]:
    """Records whose senders' clocks are years off, in every file."""
    found: list[list[Row | bytes]] = []
    for number, rows in enumerate(files):
        chosen = [rows[place] for place in rng.choice(len(rows), 2 * FEW, replace=False)]
        ahead = [_moved(row, f"{PLANTED}ahead-{number}-{at}", timedelta(days=3650))
                 for at, row in enumerate(chosen[:FEW])]  # fmt: skip
        behind = [_moved(row, f"{PLANTED}behind-{number}-{at}", timedelta(days=-400))
                  for at, row in enumerate(chosen[FEW:])]  # fmt: skip
        # The first batch is left as it is: where a stream begins is another question.
        told = number >= len(files) // 4
        found.append(_mixed(rows, [*ahead, *behind] if told else [], rng))
    return found


def rubbish(files: list[list[Row]], rng: np.random.Generator) -> list[list[Row | bytes]]:
    """What is no record, and records of wrong types, in every file; one file of nothing else."""
    found = []
    for number, rows in enumerate(files):
        wrong = [_wrong(rows[0], f"{PLANTED}wrong-{number}-{at}", at) for at in range(WRONG_TYPES)]
        found.append(_mixed(rows, [*NOT_RECORDS, *wrong], rng))
    noise: list[Row | bytes] = [
        rng.integers(1, 256, 80, dtype=np.uint8).tobytes().replace(b"\n", b" ") for _ in range(200)
    ]
    middle = len(found) // 2
    return [*found[:middle], noise, [], *found[middle:]]


WRONG_TYPES = 6


def _wrong(row: Row, name: str, which: int) -> Row:
    """A record that cannot be used."""
    changed: list[Row] = [
        {"occurred_at": "yesterday"},
        {"occurred_at": None},
        {"account_id": None},
        {"occurred_at": 10**30},
        {"occurred_at": [1]},
        {"account_id": ""},
    ]
    return row | {"exchange_id": name} | changed[which % WRONG_TYPES]


def repeated(files: list[list[Row]], rng: np.random.Generator) -> list[list[Row | bytes]]:
    """Records that came before, the same and changed, in every file."""
    found: list[list[Row | bytes]] = []
    for number, rows in enumerate(files):
        # From the files just before and from this one: later ones are not there yet.
        before = [row for file in files[max(number - 3, 0) : number] for row in file] or rows
        same = [before[place] for place in rng.choice(len(before), FEW, replace=False)]
        chosen = [before[place] for place in rng.choice(len(before), FEW, replace=False)]
        changed = [row | {"account_id": "somebody-else", "output_tokens": 1} for row in chosen]
        # Behind the others: of two that differ the first one counts.
        found.append([*rows, *same, *changed])
    return found


def _mixed(rows: list[Row], others: list[Any], rng: np.random.Generator) -> list[Row | bytes]:
    """Others at random places among records, whose order stays."""
    places = np.sort(rng.integers(0, len(rows) + 1, len(others)))
    found: list[Row | bytes] = list(rows)
    for shift, (place, other) in enumerate(zip(places.tolist(), others, strict=True)):
        found.insert(place + shift, other)
    return found


POISONS: dict[str, Callable[[list[list[Row]], np.random.Generator], list[list[Row | bytes]]]] = {
    "clocks years ahead and behind": clocks,
    "broken JSON, wrong types, a file of noise, an empty one": rubbish,
    "repeated and conflicting ids": repeated,
}
