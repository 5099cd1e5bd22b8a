"""Two operators for tests: their scans, their keys, Ada's server, and Bob who asks."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from served import Running, running

from revenuer.cli.entry import run

OURS, THEIRS, QUIET = "campaign--ada", "campaign--bob", "campaign--cleared"
COMMON = {
    "payment-fingerprint": ["pay_9fKq2Lx7", "pay_common_2"],
    "address": ["198.51.100.7", "2001:db8:5::77"],
    "address-block": ["198.51.100.0/24", "2001:db8:5::/48"],
}
"""What both have; Bob's log writes some of it another way."""
ADA_ALONE = ["pay_ada_1", "pay_ada_2", "pay_ada_3"]
BOB_ALONE = ["pay_bob_1", "pay_bob_2"]
SPELLED = {"2001:db8:5::77": "2001:0DB8:0005:0000::0077", "2001:db8:5::/48": "2001:db8:5::/48"}

Row = tuple[str, str, str, str, int]


def write_scan(folder: Path, rows: Sequence[Row], verdicts: dict[str, str]) -> Path:
    """A scan's folder with what matching reads of it."""
    folder.mkdir(parents=True)
    told = [{"id": name, "verdict": verdict} for name, verdict in verdicts.items()]
    (folder / "campaigns.json").write_text(json.dumps({"campaigns": told}))
    at = datetime(2026, 11, 1, tzinfo=UTC)
    names = ("campaign_id", "account_id", "kind", "value", "holders")
    frame = pl.DataFrame(list(rows), schema=list(names), orient="row").with_columns(
        exchanges=pl.lit(1, pl.Int64), first_seen=pl.lit(at), last_seen=pl.lit(at)
    )
    frame.write_parquet(folder / "ties.parquet")
    return folder


def ada_rows() -> list[Row]:
    rows: list[Row] = []
    for kind, values in COMMON.items():
        rows += [(OURS, f"ada-{place}", kind, value, 0) for place, value in enumerate(values)]
    rows += [(OURS, "ada-0", "payment-fingerprint", value, 0) for value in ADA_ALONE]
    # A block that more innocents have than members, and what was cleared, take no part.
    rows += [(OURS, "ada-0", "address-block", "203.0.113.0/24", 40)]
    rows += [(QUIET, "ada-9", "payment-fingerprint", "pay_bob_1", 0)]
    return rows


def bob_rows() -> list[Row]:
    rows: list[Row] = []
    for kind, values in COMMON.items():
        for place, value in enumerate(values):
            rows.append((THEIRS, f"bob-{place}", kind, SPELLED.get(value, value), 0))
    rows += [(THEIRS, "bob-5", "payment-fingerprint", value, 0) for value in BOB_ALONE]
    rows += [(THEIRS, "bob-5", "address-block", "203.0.113.0/24", 0)]
    # No payment of Ada's, and no value either.
    rows += [(THEIRS, "bob-6", "address", "10.0.0.1", 0)]
    return rows


def bob_controls() -> list[tuple[str, str, str]]:
    """Ordinary accounts of Bob's; one of them has a card that Ada's campaign has too."""
    rows = [(f"ordinary-{n}", "payment-fingerprint", f"pay_ordinary_{n}") for n in range(40)]
    rows += [(f"ordinary-{n}", "address", f"192.0.{n}.77") for n in range(40)]
    rows += [("ordinary-7", "payment-fingerprint", ADA_ALONE[0])]
    # In the campaign's neighbourhood, and no address that can be matched.
    rows += [("ordinary-8", "address", "198.51.3.3"), ("ordinary-9", "address", "10.0.0.1")]
    return rows


def write_controls(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    """What a scan says of ordinary accounts."""
    names = ["account_id", "kind", "value"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(folder / "controls.parquet")


@dataclass
class Pair:
    """Ada's running server, and where Bob is."""

    ada: Running
    scan: Path
    bob: Path
    token: Path
    pin: str

    def ada_says(self, *arguments: str) -> Said:
        return says(self.ada.folder, "share", "match", *arguments)

    def bob_says(self, *arguments: str, alone: bool = False) -> Said:
        return says(self.bob, "share", "match", *arguments, alone=alone)

    def bob_asks(self, *, url: str = "", pin: str = "", alone: bool = False) -> Said:
        """Bob's question to Ada's server."""
        places = ["--from", str(self.bob / "scan"), "--intel", str(self.bob / "intel")]
        return self.bob_says("ask", *places, *self.to_ada(url, pin), "--json", alone=alone)

    def to_ada(self, url: str = "", pin: str = "") -> list[str]:
        return [
            "--peer",
            url or self.ada.base,
            "--token-file",
            str(self.token),
            "--pin",
            pin or self.pin,
        ]


@dataclass(frozen=True)
class Said:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


def says(folder: Path, *arguments: str, alone: bool = False) -> Said:
    """Run a command of `revenuer` for an operator.

    Args:
        folder: Where the operator's state and keys are.
        arguments: Of the command.
        alone: In a process of its own.
    """
    words = list(arguments)
    if arguments[2] != "keygen":
        words += ["--state", str(folder / "state"), "--keys", str(folder / "keys")]
    if not alone:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = int(run(words))
        return Said(code, out.getvalue(), err.getvalue())
    ended = subprocess.run(
        [sys.executable, "-c", "from revenuer.cli import main; main()", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


def done(result: Said) -> str:
    """What a command printed; it must have worked."""
    assert result.returncode == 0, result.stderr
    return result.stdout


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Both operators, with one group key; Ada has made her tables and serves them."""
    ada, bob = folder / "ada", folder / "bob"
    for one in (ada, bob):
        one.mkdir()
    scan = write_scan(ada / "scan", ada_rows(), {OURS: "convicted", QUIET: "cleared"})
    write_scan(bob / "scan", bob_rows(), {THEIRS: "suspected"})
    write_controls(bob / "scan", bob_controls())
    key = folder / "group.key"
    done(says(ada, "share", "match", "keygen", "labs", "--out", str(key)))
    for one in (ada, bob):
        done(says(one, "share", "match", "take", str(key)))
    done(says(ada, "share", "match", "build", "--from", str(scan)))
    pin = json.loads(done(says(ada, "share", "match", "keys", "--json")))["pin"]
    with running(ada) as server:
        server.tokens["bob"] = server.token("bob")
        token = bob / "token"
        token.touch(0o600)
        token.write_text(server.tokens["bob"])
        yield Pair(server, scan, bob, token, pin)
