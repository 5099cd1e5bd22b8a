"""How many records a second each live source gives, and what they cost.

Every source is filled before the clock starts and is then taken as `watch` takes it: file
after file, acknowledged each time. Targets: 5,000 records a second from each, every record
once, and memory that does not grow with what waits.

Run by `make bench-live`; QUICK=1 takes a tenth of the records.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
import pyarrow as pa
import pyarrow.parquet as pq

import live_servers
from revenuer.sources.live import open_live
from revenuer.sources.live.pipes import PipeSource
from revenuer.sources.live.source import LiveSource

TARGET_PER_S = 5_000
"""The brief of issue 6, for the whole of watch; a source alone must not be what limits it."""
MOST_BYTES = 8 << 20
MOST_MIB = 200
"""What a source may add to the process while it takes: placeholder."""
MOCK_KEEPS = 4_000
"""Records that the mock's 5 MB a partition surely hold."""


@dataclass(frozen=True, slots=True)
class Row:
    """One source's figures."""

    name: str
    records: int
    size: int
    seconds: float
    cpu_s: float
    grown_mib: float
    whole: bool

    @property
    def per_s(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    def line(self) -> str:
        """As a line of the table."""
        cost = 1e6 * self.cpu_s / self.records
        mib = self.size / self.seconds / (1 << 20)
        return (
            f"| {self.name} | {self.records:,} | {self.per_s:,.0f} | {mib:,.0f} "
            f"| {cost:.1f} | {self.grown_mib:.0f} | {'yes' if self.whole else 'NO'} |"
        )


def record(number: int) -> bytes:
    """A record of about a kilobyte."""
    text = f"e{number} " + "lorem ipsum dolor sit amet " * 34
    return json.dumps({"exchange_id": f"e{number}", "prompt": text}).encode() + b"\n"


def drained(name: str, source: LiveSource, into: Path, count: int) -> Row:
    """Take all there is."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    start, seen, size = time.monotonic(), 0, 0
    while not source.ended and seen < count:
        taken = source.take(into, most_bytes=MOST_BYTES, wait_s=5)
        if taken is None:
            break
        size += taken.size
        if taken.own:
            seen += pq.read_metadata(taken.path).num_rows
        else:
            seen += taken.path.read_bytes().count(b"\n")
            taken.path.unlink()
        source.acknowledge()
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    source.close()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    grown = (after.ru_maxrss - before.ru_maxrss) / 1024
    return Row(name, seen, size, seconds, cpu, grown, seen == count)


def opened(place: object, folder: Path) -> LiveSource:
    """A source that ends with what is there."""
    return open_live(str(place), {}, until_end=True, spool=folder / "spool", environment={})


def of_lines(folder: Path, count: int) -> Row:
    """One file of JSON Lines."""
    logs = folder / "lines"
    logs.mkdir()
    with (logs / "app.jsonl").open("wb") as file:
        file.writelines(map(record, range(count)))
    return drained("a file of JSON Lines", opened(logs, folder), folder, count)


def of_small_files(folder: Path, count: int) -> Row:
    """Many files of few records."""
    logs = folder / "small"
    logs.mkdir()
    files = max(1, count // 20)
    for number in range(files):
        block = map(record, range(number * 20, number * 20 + 20))
        (logs / f"{number:06}.jsonl").write_bytes(b"".join(block))
    return drained(f"{files:,} files of 20 records", opened(logs, folder), folder, files * 20)


def of_gzip(folder: Path, count: int) -> Row:
    """A compressed file."""
    logs = folder / "gzip"
    logs.mkdir()
    with gzip.open(logs / "app.jsonl.gz", "wb", compresslevel=1) as file:
        for number in range(count):
            file.write(record(number))
    return drained("a file of JSON Lines, gzip", opened(logs, folder), folder, count)


def of_parquet(folder: Path, count: int) -> Row:
    """Parquet as it lies."""
    logs = folder / "parquet"
    logs.mkdir()
    for number in range(10):
        ids = [f"e{each}" for each in range(number * count // 10, (number + 1) * count // 10)]
        pq.write_table(pa.table({"exchange_id": ids}), logs / f"{number}.parquet")
    return drained("10 Parquet files", opened(logs, folder), folder, count)


def of_stdin(folder: Path, count: int) -> Row:
    """Standard input by way of the spool."""
    reader, writer = os.pipe()

    def write() -> None:
        with os.fdopen(writer, "wb", 1 << 16) as pipe:
            pipe.writelines(map(record, range(count)))

    source = PipeSource(reader, {}, folder=folder / "spool" / "stdin", name="stdin")
    thread = threading.Thread(target=write)
    thread.start()
    row = drained("standard input, with its writer", source, folder, count)
    thread.join()
    os.close(reader)
    return row


def of_nats(folder: Path, count: int) -> Row | None:
    """JetStream with its store on disk."""
    binary = live_servers.nats_binary()
    if binary is None:
        return None
    server = live_servers.NatsServer(binary, folder)

    async def fill() -> None:
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        stream = client.jetstream()
        await stream.add_stream(name="LOGS", subjects=["logs"])
        for number in range(count):
            await stream.publish_async("logs", record(number))
            if number % 2_000 == 0:
                await stream.publish_async_completed()
        await stream.publish_async_completed()
        await client.close()

    try:
        asyncio.run(fill())
        return drained("NATS JetStream", opened(server.place(), folder), folder, count)
    finally:
        server.stop()


def of_kafka(folder: Path, count: int) -> Row:
    """Kafka's mock cluster, of which three partitions are filled as far as it keeps."""
    cluster = live_servers.KafkaCluster()
    held = min(count, 3 * MOCK_KEEPS)
    try:
        cluster.topic("logs", 3)
        for partition in range(3):
            block = range(partition * held // 3, (partition + 1) * held // 3)
            cluster.send(map(record, block), partition=partition)
        return drained("Kafka (mock cluster)", opened(cluster.place(), folder), folder, held)
    finally:
        cluster.close()


MADE: tuple[Callable[[Path, int], Row | None], ...] = (
    of_lines,
    of_small_files,
    of_gzip,
    of_parquet,
    of_stdin,
    of_nats,
    of_kafka,
)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder below build/, gone at the end."""
    Path("build").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="live-", dir="build"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    count = 20_000 if parser.parse_args().quick else 200_000
    print("| source | records | records/s | MiB/s | CPU µs a record | MiB grown | each once |")
    print("|---|---|---|---|---|---|---|")
    short = []
    for make in MADE:
        with scratch() as folder:
            row = make(folder, count)
        if row is None:
            print(f"| {make.__name__} | was not run: no nats-server |")
            continue
        print(row.line(), flush=True)
        if row.per_s < TARGET_PER_S or not row.whole or row.grown_mib > MOST_MIB:
            short.append(row.name)
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    sys.exit(main())
