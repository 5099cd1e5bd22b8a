"""Erases an account again and again, is killed at each step of it, and goes on: one step a line.

Run in a process of its own, which has no threads that a fork would miss: each run is a fork of it.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from revenuer.cli.entry import run

STEPS = {"os.rename", "os.remove", "shutil.rmtree"}
PLAIN = {".json", ".jsonl", ".html", ".txt"}
ACCOUNT = "acct-0"
AHEAD = (
    "scipy.stats", "sqlalchemy", "alembic.command", "duckdb", "ibis", "networkit",
    "cryptography.hazmat.primitives.ciphers.aead", "jinja2", "msgspec", "pyarrow.parquet",
)  # fmt: skip
"""Imported once, before the forks; polars is not, whose threads a fork has not got."""


class Count:
    """Counts what cannot be undone: commits, files that are moved into place or deleted."""

    def __init__(self, last: int) -> None:
        self.steps, self.last = 0, last

    def step(self, *_: object) -> None:
        self.steps += 1
        if self.steps == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(self, name: str, _: object) -> None:
        if name in STEPS:
            self.step()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def forked(work: Callable[[], Any]) -> tuple[int, Any]:
    """What a fork of this process returned, and how it ended."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(write, "w") as said:
            said.write(json.dumps(work()))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as heard:
        text = heard.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), json.loads(text or "null")


def erased(arguments: list[str], last: int) -> list[int]:
    """Run a command, killed at its last step; its code and its steps."""
    count = Count(last)
    event.listen(Engine, "commit", count.step)
    sys.addaudithook(count.heard)
    return [int(run(arguments)), count.steps]


def left(world: Path, url: str) -> dict[str, Any]:
    """What an erasure left: every file by what it says, and what the casebook says of it."""
    from revenuer.app.casebook.erasure import list_erasures
    from revenuer.app.casebook.opening import open_casebook
    from revenuer.app.desk import open_desk
    from revenuer.app.erasing.files import mentions
    from revenuer.app.erasing.watches import _remembers
    from revenuer.casework.roles import Actor, Role
    from revenuer.enforcement.snapshot_file import load_snapshot
    from revenuer.guard.fingerprint import Kind
    from revenuer.store.audit_file import AuditFile

    files = [path for path in sorted(world.rglob("*")) if path.is_file()]
    own = world / "keys", world / "casebook"
    told = [path for path in files if not any(path.is_relative_to(one) for one in own)]
    known = [path for path in told if path.suffix != ".sqlite" and mentions(path, ACCOUNT)]
    scan = [path for path in told if path.parent.name == "scan-out" or path.name == "innocents.txt"]
    casebook = open_casebook(url, world / "keys")
    with casebook.reading() as connection:
        flaws = casebook.audit(connection).flaws()
        entries = list(casebook.audit(connection).entries())
        names = casebook.names_of(connection, [casebook.subject(ACCOUNT)])
        shredded = casebook.vault.is_shredded(connection, casebook.subject(ACCOUNT))
    places = {
        (one.body["kind"], one.body["place"])
        for one in entries
        if one.kind == "erased-place" and one.body["answer"] == "done"
    }
    asked = list_erasures(casebook, actor=Actor("ada", Role.ADMIN))
    casebook.database.close()
    if not asked:
        return {"state": ""}
    (erasure,) = asked
    desk = open_desk(world / "guard" / "verdicts.rvn", world / "keys")
    snapshot: Any = load_snapshot(desk.snapshot, desk.signing.public)
    here = {
        one: snapshot.get(desk.fingerprints.of(Kind.ACCOUNT, one)) for one in ("acct-0", "acct-1")
    }
    ledger = desk.ledger()
    shares = AuditFile(world / "share" / "audit.jsonl", desk.signing.public.verifies)
    (decision,) = ledger.decisions.values()
    known += [world / one.endpoint for one in desk.outbox.listed("dead", "waiting")
              if b'"acct-0"' in (one.payload or b"")]  # fmt: skip
    return {
        "state": erasure.state,
        "answers": sorted([one.kind, one.where, one.answer] for one in erasure.places),
        "done": sorted(map(list, places)),
        "erased": sum(one.kind == "erased" for one in entries),
        "flaws": [str(one) for one in flaws],
        "flaws elsewhere": [str(one) for each in (desk.audit, shares) for one in each.flaws()],
        "named": [*names, *(str(one) for one in known)],
        "shredded": shredded,
        "watch": _remembers(world / "watch", ACCOUNT),
        "files": sorted(str(path.relative_to(world)) for path in told if ".lock" not in path.name),
        "scan": {str(path): path.read_text() for path in scan if path.suffix in PLAIN},
        "docket": {
            "log": dict(Counter(one.kind for one in desk.audit.entries())),
            "covers": [desk.member(one) in decision.members for one in ("acct-0", "acct-1")],
            "unpublished": ledger.changed,
            "reactions": [len(one.members) for one in desk.docket.reactions()],
            "outbox": [[one.status, (one.payload or b"").decode()]
                       for one in desk.outbox.listed("dead", "waiting", "delivered")],
        },
        "verdicts": [here["acct-0"] is not None, here["acct-1"] is not None],
        "tombstones": sum(len(json.loads(path.read_text())["owners"])
                          for path in (world / "keys" / "casebook-erased").glob("*.json")),
    }  # fmt: skip


def gone_on_with(first: list[str], more: list[str], world: Path, url: str) -> list[Any]:
    """Go on with what was killed, and see what is left; it may not have been asked for yet."""
    code = int(run(more))
    found = left(world, url)
    if not code and not found["state"]:
        code = int(run(first))
        found = left(world, url)
    return [code, found]


def main(
    pristine: Path, world: Path, url: str, every: int, first: list[str], more: list[str]
) -> None:
    """Print what an undisturbed erasure leaves, then what each that was killed does."""

    def restored() -> None:
        shutil.rmtree(world, ignore_errors=True)
        shutil.copytree(pristine, world)

    for name in AHEAD:
        importlib.import_module(name)
    restored()
    code, said = forked(lambda: erased(first, 0))
    assert (code, said[0]) == (0, 0), (code, said)
    say(json.dumps([0, said[1], forked(lambda: left(world, url))[1]]))
    for last in range(1, said[1] + 1, every):
        restored()
        killed, _ = forked(lambda last=last: erased(first, last))
        code, again = forked(lambda: gone_on_with(first, more, world, url))
        say(json.dumps([last, killed, again[1] if again and not (code or again[0]) else again]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]),
         json.loads(sys.argv[5]), json.loads(sys.argv[6]))  # fmt: skip
