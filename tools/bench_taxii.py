"""How fast the TAXII server takes objects and hands them out, and what of it is the server's.

Run by `make bench-taxii`. A real server process, our own client, over loopback, every page of the
read in the audit log before it leaves. Last line: `all targets hold` or what falls short.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import own_postgres
from revenuer.app.sharing.partners import add_collection, add_token
from revenuer.app.sharing.state import open_state
from revenuer.sharing.http_client import HttpClient, Peer
from revenuer.sharing.taxii_client import collection_named, push
from revenuer.sharing.taxii_pull import Place, pull

MOST_SECONDS = 5.0
OBJECTS = 10_000
PAGES = (100, 1000)
SERVE = "from revenuer.cli import main; main()"


@dataclass(frozen=True)
class Run:
    """What one database took."""

    database: str
    page: int
    push_s: float
    pull_s: float
    server_s: float
    audit_s: float
    objects: int

    @property
    def total_s(self) -> float:
        """Pushed and paged."""
        return self.push_s + self.pull_s


def indicator(number: int) -> dict[str, object]:
    """An indicator as the profile writes it, about 900 bytes."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012x}",
        "created_by_ref": "identity--00000000-0000-4000-8000-000000000001",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "name": f"TLS fingerprint of cluster {number % 97}",
        "description": "Seen on accounts of one operator. " * 12,
        "indicator_types": ["malicious-activity"],
        "pattern": f"[x-tls:ja4 = 't13d1516h2_{number:012x}_02713d6af862']",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_until": "2027-02-01T00:00:00Z",
        "confidence": 85,
        "object_marking_refs": ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],
    }


def measured(database: str, url: str, objects: int, page: int) -> Run:
    """Push and page once, on a server of its own."""
    with tempfile.TemporaryDirectory() as name, served(Path(name), url) as (place, process):
        folder = Path(name)
        state = open_state(folder / "state", folder / "keys", url)
        title = f"bench {page}"
        add_collection(state, title, readers=("us",), writers=("us",))
        scopes = ("taxii:read", "taxii:write")
        token = add_token(state, "us", scopes=scopes, hours=1.0)[1]
        every = [indicator(number) for number in range(objects)]
        with HttpClient(Peer(place, token)) as client:
            found = collection_named(client, place, title)
            before, start = cpu_s(process.pid), time.perf_counter()
            done = push(client, found, every)
            pushed = time.perf_counter()
            came = [one for each in pull(client, found, Place(), most=page) for one in each.objects]
            pulled = time.perf_counter()
            spent = cpu_s(process.pid) - before
        start_audit = time.perf_counter()
        for _ in range(10):
            state.record([("bench", {"objects": 1})], now())
        audit = (time.perf_counter() - start_audit) / 10 * (objects / page)
        state.database.close()
        assert done.taken == objects
        assert came == every
        return Run(database, page, pushed - start, pulled - pushed, spent, audit, objects)


@contextmanager
def served(folder: Path, database: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server process and its URL."""
    places = ["--state", str(folder / "state"), "--keys", str(folder / "keys"), "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "share", "serve", *places],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "REVENUER_SHARE__DATABASE": database,
            "REVENUER_SERVER__REQUESTS_PER_MINUTE": "100000",
        },
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def cpu_s(process: int) -> float:
    """Seconds of processor time that a process took."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def main() -> None:
    """Measure, print the table, and what falls short."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the objects, SQLite alone")
    quick = parser.parse_args().quick
    objects = OBJECTS // 10 if quick else OBJECTS
    bar = MOST_SECONDS / 10 if quick else MOST_SECONDS
    runs: list[Run] = []
    databases = ["SQLite"] if quick else ["SQLite", "PostgreSQL"]
    missing = own_postgres.missing()
    if missing and not quick:
        databases.remove("PostgreSQL")
        print(f"PostgreSQL is left out: {missing}.", file=sys.stderr)
    for database in databases:
        for page in PAGES:
            one = own_postgres.postgresql() if database == "PostgreSQL" else nullcontext("")
            with one as url:
                runs.append(measured(database, url, objects, page))
    print(f"{objects} indicators; the load of the machine is {os.getloadavg()[0]:.1f}.\n")
    print("| database | objects a page | push | page | both | server's CPU | audit on the disk |")
    print("|---|---|---|---|---|---|---|")
    for run in runs:
        times = (run.push_s, run.pull_s, run.total_s, run.server_s, run.audit_s)
        cells = " | ".join(f"{each:.2f} s" for each in times)
        print(f"| {run.database} | {run.page} | {cells} |")
    short = [f"{run.database}-{run.page}" for run in runs if run.total_s > bar]
    print(f"\nfalls short: {', '.join(short)}" if short else "\nall targets hold")


if __name__ == "__main__":
    main()
