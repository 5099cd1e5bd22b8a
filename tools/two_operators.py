"""Two operators, one campaign: each alone only suspects it; after an exchange both convict.

One simulated campaign is dealt out over two operators as a careful distiller would: a card, a
device, a phone or a sign-up address has one account at each of them at most. Innocents are
different people.
Everything runs as a user would run it: scans, a TAXII server, a push, a pull, an import, a person's
acceptance, and one private match in each direction, each in a process of its own. What crosses
between the two is recorded by a proxy, and searched for what must not have crossed.

Prints a table, and as its last line `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from revenuer.app.simulation import simulate
from revenuer.worlds import WorldSpec

PROGRAM = (sys.executable, "-c", "from revenuer.cli import main; main()")
ONE_EACH = ("payment_fingerprint", "device_fingerprint", "phone_fingerprint", "signup_ip")
"""What has one account at each operator at most."""
SHOWN_CHARS = 40
"""Characters of a text that are searched for on the wire."""
LEAST_CHARS = 12
"""Shorter texts are found anywhere."""


@dataclass(frozen=True)
class Case:
    """A world and how it is dealt out.

    Attributes:
        scenario: Of the campaign.
        seed: Of the world.
        most: Guilty accounts of each operator.
        fdr: With which both scan.
        accounts: In all.
        exchanges: About.
    """

    scenario: str
    seed: int
    most: int
    fdr: float = 0.05
    accounts: int = 1600
    exchanges: int = 26_000


CASE = Case("S1", 11, 9)
"""Its halves tie little together and are plain otherwise: coordination is their weakest axis."""


@dataclass
class Operator:
    """One of the two, with folders of its own."""

    name: str
    folder: Path
    guilty: frozenset[str]
    fdr: float
    identity: str = ""
    campaign: str = ""

    @property
    def logs(self) -> tuple[str, str]:
        """Its exchanges and its accounts."""
        return str(self.folder / "exchanges.parquet"), str(self.folder / "accounts.parquet")

    @property
    def own(self) -> tuple[str, ...]:
        """Options that keep it apart from the other one."""
        return ("--state", str(self.folder / "share"), "--keys", str(self.folder / "keys"))

    def run(self, *arguments: str, token: str = "") -> str:
        """Run the program and return what it printed."""
        environment = os.environ | {"REVENUER_SHARE_TOKEN": token}
        done = subprocess.run(
            (*PROGRAM, *arguments),
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=environment,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {' '.join(arguments[:3])}: {done.stderr[-2000:]}")
        return done.stdout

    def scan(self, out: str, *more: str) -> dict[str, Any]:
        """Scan its logs; the campaign that is mostly guilty, as it is told."""
        exchanges, accounts = self.logs
        fdr = ("--fdr", str(self.fdr))
        self.run("scan", exchanges, "--accounts", accounts, "--out", out, *fdr, *more)
        told = json.loads((self.folder / out / "campaigns.json").read_text())
        found: list[dict[str, Any]] = told["campaigns"]
        mine = [one for one in found if self._guilty_share(one) > 0.5]
        innocent = [one for one in found if one not in mine and one["verdict"] == "convicted"]
        if innocent:
            raise RuntimeError(f"{self.name} convicts innocents: {len(innocent)}")
        most = max(mine, key=lambda one: len(one["account_ids"]), default=None)
        return most or {"verdict": "unseen", "axes": {}, "account_ids": [], "id": ""}

    def _guilty_share(self, campaign: dict[str, Any]) -> float:
        ids = campaign["account_ids"]
        return len(self.guilty.intersection(ids)) / max(len(ids), 1)


def deal(world: Path, folders: Sequence[Path], most: int, seed: int = 0) -> list[frozenset[str]]:
    """Deal a world's accounts out over two operators.

    Returns:
        The guilty accounts of each.
    """
    truth = pl.read_parquet(world / "truth" / "accounts.parquet").sort("account_id")
    accounts = pl.read_parquet(world / "accounts.parquet")
    guilty = truth.filter("guilty").join(accounts, on="account_id").sort("account_id")
    guilty = guilty.sample(fraction=1.0, shuffle=True, seed=seed)
    seen: list[set[tuple[str, str]]] = [set(), set()]
    mine: list[list[str]] = [[], []]
    for row in guilty.iter_rows(named=True):
        things = {(name, str(row[name])) for name in ONE_EACH if row[name]}
        for number in sorted((0, 1), key=lambda each: len(mine[each])):
            if len(mine[number]) < most and not things & seen[number]:
                mine[number].append(row["account_id"])
                seen[number] |= things
                break
    rng = np.random.default_rng(seed)
    innocents = truth.filter(~pl.col("guilty"))["account_id"]
    sides = rng.integers(2, size=len(innocents))
    exchanges = pl.read_parquet(world / "exchanges" / "*.parquet")
    for number, folder in enumerate(folders):
        folder.mkdir(parents=True, exist_ok=True)
        ids = [*mine[number], *innocents.filter(pl.Series(sides == number))]
        those = pl.DataFrame({"account_id": ids})
        exchanges.join(those, on="account_id", how="semi").write_parquet(
            folder / "exchanges.parquet"
        )
        accounts.join(those, on="account_id", how="semi").write_parquet(folder / "accounts.parquet")
    return [frozenset(each) for each in mine]


@dataclass
class Wire:
    """A proxy that writes down every byte in both directions."""

    port: int
    target: int
    bytes: bytearray = field(default_factory=bytearray)

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Pass on and write down what one end sends."""
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                self.bytes += piece
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def join(self, client: socket.socket) -> None:
        """Connect a client to the server until both are done."""
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            ends = ((client, server), (server, client))
            pumps = [threading.Thread(target=self.pump, args=one, daemon=True) for one in ends]
            for each in pumps:
                each.start()
            for each in pumps:
                each.join()


@contextmanager
def recording(target: int) -> Iterator[Wire]:
    """Listen on a port of its own and pass everything on to `target`."""
    listener = socket.create_server(("127.0.0.1", 0))
    wire = Wire(listener.getsockname()[1], target)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=wire.join, args=(client,), daemon=True).start()

    taking = threading.Thread(target=accept, daemon=True)
    taking.start()
    with listener:
        try:
            yield wire
        finally:
            # Wakes the thread that waits for the next client.
            listener.shutdown(socket.SHUT_RDWR)
            taking.join(10)


@contextmanager
def serving(operator: Operator) -> Iterator[int]:
    """`revenuer share serve` of an operator; its port."""
    command = (*PROGRAM, "share", "serve", "--port", "0", *operator.own)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield int(line.split("://")[1].split("/")[0].rpartition(":")[2])
        finally:
            process.terminate()
            process.wait(30)


def token_for(host: Operator, guest: Operator) -> Path:
    """A token that the host gives the guest, in a file of the guest's."""
    told = json.loads(host.run("share", "token", "add", guest.name, "--json", *host.own))
    file = guest.folder / f"token-of-{host.name}"
    file.touch(mode=0o600)
    file.write_text(told["token"])
    return file


def export(operator: Operator) -> Path:
    """Share what it only suspects, as such."""
    file = operator.folder / "bundle.json"
    operator.run(
        "share", "export", operator.campaign, "--from", "alone", "--out", str(file),
        "--suspected", "--as", operator.name, "--yes", *operator.own,
    )  # fmt: skip
    objects = json.loads(file.read_text())["objects"]
    operator.identity = next(
        one["id"] for one in objects if one["type"] == "identity" and one["name"] == operator.name
    )
    return file


def exchange(hub: Operator, guest: Operator) -> tuple[Wire, Wire, dict[str, Any]]:
    """Everything that the two say to each other.

    Returns:
        What crossed, and what each import said.
    """
    bundles = [export(one) for one in (hub, guest)]
    make_group(hub, guest)
    for one in (hub, guest):
        one.run("share", "match", "build", "--from", "alone", *one.own)
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(one)) for one in (hub, guest)]
        wires = [stack.enter_context(recording(port)) for port in ports]
        tokens = {one.name: token_for(hub, one) for one in (hub, guest)}
        collection = ("--collection", "campaigns")
        hub.run(
            "share", "collection", "add", "Campaigns", "--alias", "campaigns",
            "--reader", hub.name, "--reader", guest.name,
            "--writer", hub.name, "--writer", guest.name, *hub.own,
        )  # fmt: skip
        imports = {}
        doors = {hub.name: ports[0], guest.name: wires[0].port}
        for one, file in zip((hub, guest), bundles, strict=True):
            url = f"http://127.0.0.1:{doors[one.name]}/taxii2/"
            with_token = ("--token-file", str(tokens[one.name]))
            one.run("share", "push", str(file), "--to", url, *collection, *with_token, *one.own)
        for one in (hub, guest):
            url = f"http://127.0.0.1:{doors[one.name]}/taxii2/"
            with_token = ("--token-file", str(tokens[one.name]))
            one.run("share", "pull", url, *collection, "--out", "pulled", *with_token, *one.own)
            imports[one.name] = take_in(one, guest if one is hub else hub)
        ask(guest, hub, wires[0].port, tokens[guest.name])
        ask(hub, guest, wires[1].port, token_for(guest, hub))
        return wires[0], wires[1], imports


def make_group(hub: Operator, guest: Operator) -> None:
    """One makes the key of the group; both take it."""
    key = hub.folder / "group.key"
    hub.run("share", "match", "keygen", "labs", "--out", str(key))
    for one in (hub, guest):
        one.run("share", "match", "take", str(key), *one.own)


def take_in(operator: Operator, peer: Operator) -> dict[str, Any]:
    """Import what was pulled; a person accepts what the peer made."""
    keys = ("--keys", str(operator.folder / "keys"))
    intel = ("--intel", "intel", *keys)
    said: dict[str, Any] = json.loads(operator.run("share", "import", "pulled", "--json", *intel))
    why = ("--by", "an analyst", "--why", "agreed among the two")
    operator.run("share", "accept", peer.identity, *intel, *why)
    return said


def ask(asking: Operator, peer: Operator, port: int, token: Path) -> None:
    """One private match."""
    told = json.loads(peer.run("share", "match", "keys", "--json", *peer.own))
    asking.run(
        "share", "match", "ask", "--from", "alone", "--peer", f"http://127.0.0.1:{port}/",
        "--token-file", str(token), "--pin", told["pin"], "--intel", "intel", *asking.own,
    )  # fmt: skip


def secrets_of(operator: Operator) -> dict[str, set[bytes]]:
    """What must not cross, by kind."""
    exchanges, accounts = (pl.read_parquet(path) for path in operator.logs)
    texts = {
        name: exchanges[name].drop_nulls().unique().str.slice(0, SHOWN_CHARS).unique()
        for name in ("prompt", "response", "system_prompt")
    }
    private = ("payment_fingerprint", "phone_fingerprint", "device_fingerprint", "signup_ip")
    values = {name: accounts[name].drop_nulls().unique() for name in private}
    ids = {
        "account id": accounts["account_id"],
        "exchange id": exchanges["exchange_id"],
        "address": exchanges["client_ip"].drop_nulls().unique(),
    }
    return {
        kind: {json.dumps(str(one))[1:-1].encode() for one in every if len(str(one)) >= least}
        for named, least in ((texts, LEAST_CHARS), (values, 7), (ids, 7))
        for kind, every in named.items()
    }


def crossed(wires: Sequence[bytes], operators: Sequence[Operator]) -> dict[str, int]:
    """How many secrets of each kind were seen on the wire."""
    found: Counter[str] = Counter()
    whole = b"\n".join(wires)
    for operator in operators:
        for kind, every in secrets_of(operator).items():
            found[kind] += sum(one in whole for one in every)
    return dict(found)


@dataclass(frozen=True)
class Outcome:
    """What came out.

    Attributes:
        alone: The campaign as each operator told it alone.
        heard: The same after the exchange.
        wire: What crossed.
        found: Secrets that crossed, by kind.
        imports: What each import said.
    """

    alone: dict[str, dict[str, Any]]
    heard: dict[str, dict[str, Any]]
    wire: tuple[bytes, bytes]
    found: dict[str, int]
    imports: dict[str, Any]


def play(case: Case, work: Path) -> Outcome:
    """The whole of it, in a folder."""
    spec = WorldSpec(
        scenarios=(case.scenario,),
        innocents=("N1", "classroom", "office"),
        accounts=case.accounts,
        exchanges=case.exchanges,
        days=14,
        seed=case.seed,
        guilty_share=0.06,
    )
    simulate(spec, out=work / "world")
    names = ("north", "south")
    guilty = deal(work / "world", [work / name for name in names], case.most)
    north, south = (
        Operator(name, work / name, those, case.fdr)
        for name, those in zip(names, guilty, strict=True)
    )
    alone = {}
    for one in (north, south):
        alone[one.name] = one.scan("alone")
        one.campaign = alone[one.name]["id"]
        if not one.campaign:
            raise RuntimeError(f"{one.name} alone sees no campaign")
    first, second, imports = exchange(north, south)
    heard = {one.name: one.scan("heard", "--intel", "intel") for one in (north, south)}
    wire = (bytes(first.bytes), bytes(second.bytes))
    return Outcome(alone, heard, wire, crossed(wire, (north, south)), imports)


def told(outcome: Outcome) -> list[str]:
    """The table, and what falls short."""
    print("| operator | when | verdict | accounts | coordination | extraction | concealment |")
    print("|---|---|---|---|---|---|---|")
    for when, each in (("alone", outcome.alone), ("after the exchange", outcome.heard)):
        for name, one in each.items():
            axes = " | ".join(f"{nats:.1f}" for nats in one["axes"].values())
            print(f"| {name} | {when} | {one['verdict']} | {len(one['account_ids'])} | {axes} |")
    print()
    for name, one in outcome.heard.items():
        for piece in one["evidence"]:
            if piece["kind"] == "peer-sighting":
                print(f"{name}: {piece['statement']}")
    print(f"\n{sum(map(len, outcome.wire)):,} bytes crossed; found in them: {outcome.found}")
    wanted = (("alone", outcome.alone, "suspected"), ("after", outcome.heard, "convicted"))
    short = [
        f"{name} {when}"
        for when, each, verdict in wanted
        for name, one in each.items()
        if one["verdict"] != verdict
    ]
    short += [kind for kind, count in outcome.found.items() if count]
    return short


def main() -> None:
    """Play it and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", default="", help="SCENARIO,SEED,MOST of another world.")
    parser.add_argument("--keep", type=Path, help="Folder for everything; else a temporary one.")
    arguments = parser.parse_args()
    case = CASE
    if arguments.case:
        scenario, seed, most = arguments.case.split(",")
        case = Case(scenario, int(seed), int(most))
    with ExitStack() as stack:
        work = arguments.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        short = told(play(case, work))
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    main()
