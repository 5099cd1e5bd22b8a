"""A taker as `watch` is one: rows and positions of a take are stored in one transaction.

Run as a program it takes until it is killed; the tests do that in the middle.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from revenuer.sources.live import LiveSource, Taken, open_live

SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (id TEXT);
CREATE TABLE IF NOT EXISTS positions (part TEXT PRIMARY KEY, at TEXT);
"""


def ids_of(taken: Taken) -> list[str]:
    """The exchange ids in what was taken."""
    if taken.path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return [str(each) for each in pq.read_table(taken.path)["exchange_id"].to_pylist()]
    return [json.loads(line)["exchange_id"] for line in taken.path.read_bytes().splitlines()]


class Taker:
    """Takes from one source into a small database."""

    def __init__(
        self,
        place: str,
        state: Path,
        *,
        until_end: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.into = state / "taken"
        self.into.mkdir(exist_ok=True)
        self.database = sqlite3.connect(state / "state.db", timeout=30)
        self.database.executescript(SCHEMA)
        positions = dict(self.database.execute("SELECT part, at FROM positions"))
        self.source: LiveSource = open_live(
            place,
            positions,
            until_end=until_end,
            spool=state / "spool",
            environment=environment,
        )

    def once(self, *, most_bytes: int = 1 << 20, wait_s: float = 0.5) -> list[str] | None:
        """Take and store once; None if nothing came."""
        taken = self.source.take(self.into, most_bytes=most_bytes, wait_s=wait_s)
        if taken is None:
            return None
        assert taken.size == taken.path.stat().st_size
        found = ids_of(taken)
        with self.database:
            self.database.executemany("INSERT INTO rows VALUES (?)", [(each,) for each in found])
            self.database.executemany(
                "INSERT OR REPLACE INTO positions VALUES (?, ?)", taken.positions.items()
            )
        if not taken.own:
            taken.path.unlink()
        self.source.acknowledge()
        return found

    def until(self, count: int, *, within_s: float = 20.0, most_bytes: int = 1 << 20) -> list[str]:
        """Take until so many rows are stored, and once more; returns all rows."""
        deadline = time.monotonic() + within_s
        while len(self.rows()) < count and time.monotonic() < deadline:
            self.once(most_bytes=most_bytes, wait_s=0.2)
        self.once(most_bytes=most_bytes, wait_s=0.2)
        return self.rows()

    def to_end(self, *, most_bytes: int = 1 << 20, within_s: float = 60.0) -> list[str]:
        """Take until the source ended; returns all rows."""
        deadline = time.monotonic() + within_s
        while not self.source.ended:
            assert time.monotonic() < deadline, "the source does not end"
            self.once(most_bytes=most_bytes)
        return self.rows()

    def rows(self) -> list[str]:
        """All rows stored."""
        return [row[0] for row in self.database.execute("SELECT id FROM rows")]

    def close(self) -> None:
        """Let go."""
        self.source.close()
        self.database.close()


def record(number: int, filling: int = 60) -> bytes:
    """One record as a line."""
    return json.dumps({"exchange_id": f"e{number}", "prompt": "x" * filling}).encode() + b"\n"


def records(start: int, stop: int) -> bytes:
    """Many records."""
    return b"".join(record(number) for number in range(start, stop))


def each_once(rows: list[str], numbers: range) -> None:
    """Check that all came, and none twice."""
    twice = [each for each, count in Counter(rows).items() if count > 1]
    wanted = {f"e{number}" for number in numbers}
    assert not twice, f"{len(twice)} twice, such as {twice[:3]}"
    assert set(rows) == wanted, f"{len(wanted - set(rows))} lost, {len(set(rows) - wanted)} more"


def main(place: str, state: str, most_bytes: str) -> None:
    """Take until killed, with pauses where a kill would hurt."""
    taker = Taker(place, Path(state))
    sys.stderr.write("ready\n")
    sys.stderr.flush()
    whim = random.Random(os.getpid())
    while True:
        taker.once(most_bytes=int(most_bytes), wait_s=0.1)
        if whim.random() < 0.2:
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
