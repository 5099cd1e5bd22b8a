"""Measure what a watch sees of campaigns after they were enforced against.

Run by `make bench-signs`, beside early signs. In each world every campaign is enforced against
on one day; in half of the worlds they react, each in a way of its own, and in the others none
does. A decision about the true accounts stands in the docket from that moment on. Prints tables
and, as the last line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from revenuer.app.desk import open_desk
from revenuer.app.opening import Beside
from revenuer.app.progress import Silent
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.publishing import Publisher
from revenuer.app.watch.watching import Told, watch
from revenuer.casework.decisions import Step
from revenuer.config_file import load_settings
from revenuer.records import Sign
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

CAMPAIGNS = ("S1", "S2", "S3", "S6", "S7", "S8", "S10", "S12")
REACTS = ("retreat", "adaptation", "failover", "return")
LEAST_SEEN = 0.5
"""Share of the reactions of each kind that must be seen."""


@dataclass(frozen=True, slots=True)
class Case:
    """One campaign that was enforced against, and what was told of it.

    Attributes:
        scenario: The campaign's.
        kind: What it did.
        noticed_h: Hours from the decision until it did so.
        told: Signs about its decision, as first told, by kind.
        hours: From the decision to the look that first told each.
    """

    scenario: str
    kind: str
    noticed_h: float
    told: dict[str, Sign]
    hours: dict[str, float]


def dealt(seed: int) -> tuple[tuple[str, str], ...]:
    """A reaction for each campaign, another one with each seed."""
    return tuple((name, REACTS[(n + seed) % len(REACTS)]) for n, name in enumerate(CAMPAIGNS))


def decide(snapshot: Path, keys: Path, campaigns: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Enter a decision about each campaign's accounts; its scenario by the decision's id."""
    desk, found = open_desk(snapshot, keys), {}
    for one in campaigns:
        reaction = one["reaction"]
        at = datetime.fromisoformat(reaction["enforced_at"])
        name = f"decision--{one['id']}"
        body = {
            "decision": name,
            "plan": f"plan of {one['id']}",
            "campaign": f"campaign--{one['id']}",
            "action": "throttle" if reaction["kind"] == "adaptation" else "block",
            "until": (at + timedelta(days=60)).isoformat(),
            "whole_campaign": False,
            "by": "bench",
            "approvers": [],
            "why": "",
            "probability": 1.0,
            "members": [desk.member(account) for account in reaction["account_ids"]],
            "tagged": [],
        }
        desk.record([(Step.ACTED, body)], at)
        found[name] = one["scenario"]
    return found


def observe(spec: WorldSpec, prompts: Path | None) -> tuple[list[Case], float]:
    """Watch a world whose campaigns were enforced against, a look a day; with processor seconds."""
    with tempfile.TemporaryDirectory(prefix="revenuer-reactions-") as temporary:
        world, folder = Path(temporary, "world"), Path(temporary, "watch")
        simulate(spec, world, prompts=prompts)
        campaigns = json.loads((world / "truth" / "campaigns.json").read_text("utf-8"))
        snapshot, keys = folder / "verdicts.rvn", folder / "keys"
        folder.mkdir()
        scenario_of = decide(snapshot, keys, campaigns)
        signs: dict[str, Sign] = {}

        def tell(told: Told) -> None:
            for sign in told.signs:
                if sign.decision_id is not None:
                    signs.setdefault(sign.id, sign)

        settings = load_settings(
            world / "releases.toml", environment={}, folder=world, overrides={}
        ).settings
        asked = Asked(
            places=[str(world / "exchanges")],
            state=folder / "state",
            out=folder / "out",
            beside=Beside(
                accounts=str(world / "accounts.parquet"), permits=str(world / "permits.parquet")
            ),
            settings=settings,
            until_end=True,
            publisher=Publisher(folder / "out", snapshot, keys),
        )
        begun = time.process_time()
        watch(asked, environment={}, progress=Silent(), tell=tell, stopped=lambda: False)
        took = time.process_time() - begun
    cases = []
    for one in campaigns:
        reaction = one["reaction"]
        at, noticed = (
            datetime.fromisoformat(reaction[name]) for name in ("enforced_at", "noticed_at")
        )
        mine = [sign for sign in signs.values() if scenario_of[sign.decision_id] == one["scenario"]]
        told = {str(sign.kind): sign for sign in mine}
        hours = {kind: (sign.first_seen - at) / timedelta(hours=1) for kind, sign in told.items()}
        waited = (noticed - at) / timedelta(hours=1)
        cases.append(Case(one["scenario"], reaction["kind"], waited, told, hours))
    return cases, took


def report(cases: Sequence[Case]) -> list[str]:
    """Print the tables; what falls short."""
    print("| campaigns that | seen | hours to the look that told it | also told | by campaign |")
    print("|---|---|---|---|---|")
    short = []
    for kind in REACTS:
        mine = [one for one in cases if one.kind == kind]
        seen = [one for one in mine if kind in one.told]
        hours = sorted(round(one.hours[kind]) for one in seen)
        others = Counter(name for one in mine for name in one.told if name != kind)
        also = ", ".join(f"{count} {name}" for name, count in others.items()) or "nothing"
        by = ", ".join(f"{one.scenario} {'yes' if kind in one.told else 'no'}" for one in mine)
        print(f"| {kind} | {len(seen)} of {len(mine)} | {', '.join(map(str, hours)) or '-'} "
              f"| {also} | {by} |")  # fmt: skip
        if mine and len(seen) < LEAST_SEEN * len(mine):
            short.append(kind)
    still = [one for one in cases if one.kind == "none"]
    false = Counter(kind for one in still for kind in one.told)
    named = ", ".join(f"{count} {kind}" for kind, count in false.items()) or "none"
    print(f"\n{len(still)} campaigns carried on and were refused; told of them: {named}.")
    returned = [one for one in cases if "return" in one.told and one.kind == "return"]
    if returned:
        off = [abs(one.told["return"].numbers["hours_to_median"] - one.noticed_h)
               for one in returned]  # fmt: skip
        print(f"Time to return: {np.median(off):.1f} hours off at the median, "
              f"{max(off):.1f} at most.")  # fmt: skip
    return short + [f"false {kind}" for kind, count in false.items() if count > 0.1 * len(still)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--accounts", type=int, default=800)
    parser.add_argument("--exchanges", type=int, default=15_000)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--quick", action="store_true", help="one small world of each sort")
    parser.add_argument("--show", action="store_true", help="print every sign")
    asked = parser.parse_args()
    if asked.quick:
        asked.seeds, asked.accounts, asked.exchanges, asked.days = [1], 600, 9_000, 11
    cases: list[Case] = []
    took = 0.0
    for seed in asked.seeds:
        spec = WorldSpec(
            scenarios=CAMPAIGNS, accounts=asked.accounts, exchanges=asked.exchanges,
            days=asked.days, seed=seed, guilty_share=0.2, reactions=dealt(seed),
        )  # fmt: skip
        still = tuple((name, "none") for name in CAMPAIGNS)
        for one in (spec, replace(spec, reactions=still)):
            found, seconds = observe(one, asked.prompts)
            took += seconds
            cases += found
            if asked.show:
                for case in found:
                    told = {kind: sign.statement for kind, sign in case.told.items()}
                    print(seed, case.scenario, case.kind, round(case.noticed_h), told, flush=True)
    print(f"{len(cases)} campaigns in {2 * len(asked.seeds)} worlds of {asked.accounts:,} "
          f"accounts, {asked.exchanges:,} exchanges and {asked.days} days, a look a day; "
          f"{took:.0f} processor seconds.\n")  # fmt: skip
    short = report(cases)
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    main()
