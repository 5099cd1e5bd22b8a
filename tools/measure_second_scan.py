"""What a second scan costs: yesterday's logs and today's, with and without what was kept.

    python tools/measure_second_scan.py WORLD [--format parquet | jsonl]

The last day of a simulated world is today. Four scans, each a process of its own: all days without
`--state`; the earlier days without and with `--state`; and all days with the state of those, whose
logs are overwritten by then with zeros of the same size and time, so that whoever reads them
fails. Prints a Markdown table and whether the findings of both scans of all days are the same.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FINDINGS = ("campaigns.json", "accounts.parquet", "exchanges.parquet", "report.html")
TIMES = ("occurred_at", "submitted_at")


def bytes_read() -> int:
    """What this process has read from files so far, from the page cache too; Linux tells."""
    for line in Path("/proc/self/io").read_text("ascii").splitlines():
        name, value = line.split(": ")
        if name == "rchar":
            return int(value)
    raise RuntimeError("/proc/self/io does not say what was read")


def scan_once(world: Path, out: Path, state: Path | None, logs: Sequence[str]) -> None:
    """Scan in this process, and print what that took as JSON."""
    from revenuer.app.scan import scan
    from scan_in_stages import Recorder

    recorder = Recorder()
    started, busy, read = time.perf_counter(), os.times(), bytes_read()
    accounts = str(world / "accounts.parquet")
    scan(logs, accounts=accounts, out=out, state=state, progress=recorder)
    done = os.times()
    told = {
        "seconds": time.perf_counter() - started,
        "cpu_s": done.user + done.system - busy.user - busy.system,
        "read": bytes_read() - read,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "reading_s": next(one["cpu_s"] for one in recorder.stages if one["name"] == "reading"),
    }
    print(json.dumps(told))


def measured(
    world: Path, out: Path, logs: Sequence[Path], state: Path | None = None
) -> dict[str, float]:
    """Scan in a process of its own."""
    command = [sys.executable, __file__, str(world), "--scan", str(out), *map(str, logs)]
    command += ["--state", str(state)] if state else []
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def lay_out(world: Path, folder: Path, form: str) -> list[Path]:
    """The days of a world as files of a format, copied, because they will be overwritten."""
    import polars as pl

    logs = []
    folder.mkdir()
    for part in sorted((world / "exchanges").glob("*.parquet")):
        path = folder / f"{part.stem}.{form}"
        if form == "parquet":
            shutil.copyfile(part, path)
        else:
            rows = pl.read_parquet(part)
            binary = [name for name in rows.columns if rows[name].dtype == pl.Binary]
            times = (pl.col(name).dt.to_string("iso") for name in TIMES)
            rows.drop(binary).with_columns(times).write_ndjson(path)
        logs.append(path)
    return logs


def spoil(path: Path) -> None:
    """Overwrite a file with zeros of the same size and time."""
    status = path.stat()
    with path.open("wb") as file:
        file.truncate(status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def size_of(paths: Sequence[Path]) -> int:
    """Bytes in files."""
    return sum(path.stat().st_size for path in paths)


def measure(world: Path, work: Path, form: str) -> bool:
    """Print the table; returns whether the findings are the same."""
    logs, state = lay_out(world, work / "logs", form), work / "state"
    sizes = {"all days": size_of(logs), "earlier days": size_of(logs[:-1])}
    runs = {
        "all days": measured(world, work / "plain", logs),
        "earlier days": measured(world, work / "before", logs[:-1]),
        "earlier days, --state": measured(world, work / "first", logs[:-1], state),
    }
    for path in logs[:-1]:
        spoil(path)
    runs["all days, --state of the earlier"] = measured(world, work / "second", logs, state)
    print(
        f"{form}: {sizes['all days'] / 1e6:.0f} MB of logs, "
        f"{(sizes['all days'] - sizes['earlier days']) / 1e6:.0f} MB of them of the last day; "
        f"kept {size_of([one for one in (state / 'files').rglob('*') if one.is_file()]) / 1e6:.0f}"
        " MB\n"
    )
    print("| scan | processor seconds | of them reading | seconds | read, MB | peak, GiB |")
    print("|---|---|---|---|---|---|")
    for name, run in runs.items():
        print(
            f"| {name} | {run['cpu_s']:.1f} | {run['reading_s']:.1f} | {run['seconds']:.0f} "
            f"| {run['read'] / 1e6:.0f} | {run['peak'] / 2**30:.1f} |"
        )
    same = all(
        (work / "plain" / name).read_bytes() == (work / "second" / name).read_bytes()
        for name in FINDINGS
    )
    print(f"\nthe findings of all days are {'the same' if same else 'NOT the same'}, byte for byte")
    return same


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--format", choices=["parquet", "jsonl"], default="parquet")
    parser.add_argument("--scan", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--state", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.scan:
        out, *logs = asked.scan
        scan_once(asked.world, Path(out), asked.state, logs)
        return 0
    with tempfile.TemporaryDirectory(prefix="second-scan-") as work:
        return 0 if measure(asked.world, Path(work), asked.format) else 1


if __name__ == "__main__":
    raise SystemExit(main())
