"""Measure what an attacker must pay to stay unconvicted, and what it gets until then.

Run by `make bench-adaptive`. One innocent world a seed stays the same; an attacker is hidden
in it again and again, each time with other habits. Prints tables and, as the last line,
`all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean

import pyarrow as pa
import pyarrow.parquet as pq

from adaptive_curves import draw_curves
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.config_file import load_settings
from revenuer.records import Axis, Campaign, Verdict
from revenuer.settings import Settings
from revenuer.sources.world_files import read_pools
from revenuer.worlds import World, WorldSpec, cast_world, generate
from revenuer.worlds.attacker import CAREFUL, CARELESS, EVERY_REQUEST, Attacker, with_habits
from revenuer.worlds.columns import CAMPAIGN
from revenuer.worlds.scenarios.adaptive import adaptive
from revenuer.worlds.truth import PERMITS, account_table, releases_toml

DAYS = 14
PURE = 0.9
HALF = 0.5
LADDER = (Verdict.CONVICTED, Verdict.SUSPECTED, Verdict.UNDECIDED, Verdict.CLEARED)
UNSEEN = "unseen"

GROUPS: dict[str, tuple[str, ...]] = {
    "identity": ("per_card", "own_mail", "signup_days"),
    "network": ("network",),
    "client": ("client",),
    "rhythm": ("rhythm",),
    "wording": ("wordings", "own_wordings", "filler", "tasks"),
    "cover": ("cover",),
}
"""What is bought together, in the order of a guessed price, for the staircase."""

STAIRS = ("client", "rhythm", "wording", "network", "identity", "cover")


@dataclass(frozen=True)
class Point:
    """One attacker of the sweep.

    Attributes:
        curve: The knob that is turned.
        level: Where it stands, in words.
        attacker: All its habits.
    """

    curve: str
    level: str
    attacker: Attacker


@dataclass(frozen=True)
class Outcome:
    """What became of an attacker in one world.

    Attributes:
        curve, level, seed: Which attacker in which world.
        verdict: The best that half of its accounts came to, in groups that are pure.
        convicted: Share of its accounts in pure convictions.
        nats: Log e-value of the group with most of its accounts; 0 without one.
        axes: The same by axis.
        queries: Its own requests over the window.
        leaked: Own requests before the first daily scan that convicts, all of them if none
            does; None where the days were not scanned.
        leaked_tokens: Their output tokens.
        day: Day of that scan, None without one.
        innocents: Innocent accounts in convictions.
    """

    curve: str
    level: str
    seed: int
    verdict: str
    convicted: float
    nats: float
    axes: dict[str, float]
    queries: int
    leaked: int | None
    leaked_tokens: int | None
    day: int | None
    innocents: int


def sweep(*, quick: bool) -> list[Point]:
    """All attackers: each knob alone, all knobs one after the other, and one slip at a time."""
    points = [Point("none", "pays for nothing", CARELESS)]
    for curve, levels in knobs().items():
        chosen = {name: levels[name] for name in list(levels)[-1:]} if quick else levels
        points += [Point(curve, name, attacker) for name, attacker in chosen.items()]
    if quick:
        keep = {"none", "wordings", "identity", "network"}
        return [p for p in points if p.curve in keep] + yields()[:1]
    return points + stairs() + slips() + yields()


def knobs() -> dict[str, dict[str, Attacker]]:
    """One knob at a time, from the attacker that pays for nothing."""
    base = CARELESS

    def turned(name: str, values: Iterable[object]) -> dict[str, Attacker]:
        return {f"{v:g}" if isinstance(v, int | float) else str(v): replace(base, **{name: v})  # type: ignore[arg-type]
                for v in values}  # fmt: skip

    return {
        "accounts": turned("accounts", (10, 4, 3, 2)),
        "requests a day": turned("requests_per_day", (8.0, 3.0, 1.0, 0.5)),
        "cover": turned("cover", (0.5, 0.75, 0.9, 0.95)),
        "wordings": turned("wordings", (1, 40)) | {
            "every request": replace(base, wordings=EVERY_REQUEST),
            "+ filler, own tasks": replace(
                base, wordings=EVERY_REQUEST, filler=True, tasks="dealt"
            ),
            "no words": replace(base, wordings=0),
        },
        "metadata": turned("client", ("bare", "imitated")),
        "identity": turned("per_card", (3, 1)) | {
            "+ own mail": replace(base, per_card=1, own_mail=True),
            "+ old accounts": replace(base, per_card=1, own_mail=True, signup_days=300.0),
        },
        "network": turned("network", ("sticky", "rotating", "household")),
        "timing": {f"jitter {h:g} h": replace(base, jitter_h=h) for h in (2.0, 8.0)}
        | {"hours of people": replace(base, rhythm="people")},
        "12,000 probes over accounts": {
            str(n): replace(base, accounts=n, probes=12_000) for n in (10, 40, 160)
        },
        "few requests, and more": {
            "1 a day": replace(base, requests_per_day=1.0),
            "+ no words": replace(base, requests_per_day=1.0, wordings=0),
            "+ imitated client": replace(base, requests_per_day=1.0, client="imitated"),
            "+ own identity": with_habits(
                replace(base, requests_per_day=1.0, client="imitated"), CAREFUL, GROUPS["identity"]
            ),
        },
    }  # fmt: skip


def stairs() -> list[Point]:
    """Pay for one group of habits after the other."""
    attacker, points = CARELESS, []
    for group in STAIRS:
        attacker = with_habits(attacker, CAREFUL, GROUPS[group])
        points.append(Point("one after the other", f"+ {group}", attacker))
    return points


def slips() -> list[Point]:
    """Pay for everything but one group of habits."""
    return [
        Point("all but one", f"not {group}", with_habits(CAREFUL, CARELESS, GROUPS[group]))
        for group in GROUPS
    ]


def yields() -> list[Point]:
    """Pay for everything, and for more or fewer accounts that work more or less."""
    points = [
        Point("all paid", f"{n} accounts, {rate:g} a day",
              replace(CAREFUL, accounts=n, requests_per_day=rate))
        for n, rate in ((40, 24.0), (40, 100.0), (10, 400.0))
    ]  # fmt: skip
    return [*points, Point("all paid", "12,000 probes", replace(CAREFUL, probes=12_000))]


class Background:
    """The innocent world of one seed, written once.

    Args:
        folder: Where its files go.
        spec: Without scenarios.
        prompts: A folder of prompt sets, or None.
    """

    def __init__(self, folder: Path, spec: WorldSpec, prompts: Path | None) -> None:
        self.folder, self.spec = folder, spec
        self.world = cast_world(spec, read_pools(spec, prompts))
        self.days = write_days(self.world, folder / "background")
        self.accounts = account_table(self.world.cohorts)
        permits = [permit for cohort in self.world.cohorts for permit in cohort.permits]
        pq.write_table(pa.Table.from_pylist(permits, PERMITS), folder / "permits.parquet")
        releases = folder / "releases.toml"
        releases.write_text(releases_toml(self.world.stage), encoding="utf-8")
        self.settings: Settings = load_settings(
            releases, environment={}, folder=folder, overrides={}
        ).settings


def write_days(world: World, folder: Path) -> dict[int, list[Path]]:
    """The exchanges of a world, a file or more a day, with the truth left in a column apart."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.parquet"):
        stale.unlink()
    days: dict[int, list[Path]] = defaultdict(list)
    start = world.stage.spec.start_us
    for number, part in enumerate(generate(world)):
        first = part["occurred_at"][0].value
        path = folder / f"part-{number:05d}.parquet"
        pq.write_table(part.drop_columns([CAMPAIGN]), path)
        days[(first - start) // 86_400_000_000].append(path)
        if world.cohorts[0].campaign is not None:
            own = part.filter(part[CAMPAIGN].is_valid())
            pq.write_table(own.select(["output_tokens"]), path.with_suffix(".own"))
    return days


def try_attacker(background: Background, point: Point, *, daily: Sequence[int]) -> Outcome:
    """Hide an attacker in a world and scan it.

    Args:
        background: The innocent world.
        point: The attacker.
        daily: Days after which a scan is made, for those that the whole window convicts.
    """
    stage = background.world.stage
    cohort = adaptive(stage, point.attacker)
    days = write_days(World(stage, (cohort,)), background.folder / "attacker")
    both = pa.concat_tables([background.accounts, account_table([cohort])])
    pq.write_table(both.sort_by("account_id"), background.folder / "accounts.parquet")
    guilty = set(cohort.accounts["account_id"].tolist())

    def after(day: int) -> tuple[str, float, Campaign | None, int]:
        return verdict_after(background, days, guilty, day)

    verdict, share, group, innocents = after(background.spec.days)
    own = own_before(days, background.spec.days)
    caught, leaked = None, own
    if verdict == Verdict.CONVICTED:
        caught = next((day for day in daily if after(day)[0] == Verdict.CONVICTED), DAYS)
        leaked = own_before(days, caught) if daily else (None, None)
    axes = {str(axis): round(group.axes[axis], 2) if group else 0.0 for axis in Axis}
    return Outcome(
        point.curve, point.level, background.spec.seed, verdict, share,
        round(group.log_e_value, 2) if group else 0.0, axes,
        own[0], leaked[0], leaked[1], caught if daily else None, innocents,
    )  # fmt: skip


def own_before(days: dict[int, list[Path]], end: int) -> tuple[int, int]:
    """The campaign's own requests before a day, and their output tokens."""
    tokens = [
        pq.read_table(path.with_suffix(".own"))["output_tokens"]
        for day, paths in days.items()
        for path in paths
        if day < end
    ]
    return sum(map(len, tokens)), sum(sum(t.drop_null().to_pylist()) for t in tokens)


def verdict_after(
    background: Background, days: dict[int, list[Path]], guilty: set[str], end: int
) -> tuple[str, float, Campaign | None, int]:
    """Scan all days before one: the verdict, the share convicted, the group, the innocents."""
    files = [
        str(path)
        for source in (background.days, days)
        for day, paths in source.items()
        for path in paths
        if day < end
    ]
    outcome = scan(
        files,
        accounts=str(background.folder / "accounts.parquet"),
        permits=str(background.folder / "permits.parquet"),
        out=background.folder / "out",
        settings=background.settings,
        progress=Silent(),
    )
    return read_verdict(outcome.findings.campaigns, guilty)


def read_verdict(
    campaigns: Sequence[Campaign], guilty: set[str]
) -> tuple[str, float, Campaign | None, int]:
    """The best verdict that half of the guilty accounts came to, or better, in pure groups."""
    inside = {one.id: len(guilty & set(one.account_ids)) for one in campaigns}
    pure = [one for one in campaigns if inside[one.id] >= PURE * len(one.account_ids)]
    best = max(campaigns, key=lambda one: inside[one.id], default=None)
    if best is not None and not inside[best.id]:
        best = None
    held, verdict = 0, UNSEEN
    shares: dict[Verdict, float] = {}
    for step in LADDER:
        held += sum(inside[one.id] for one in pure if one.verdict is step)
        shares[step] = held / len(guilty)
        if verdict == UNSEEN and held >= HALF * len(guilty):
            verdict = str(step)
    innocents = sum(
        len(set(one.account_ids) - guilty) for one in campaigns if one.verdict is Verdict.CONVICTED
    )
    return verdict, round(shares[Verdict.CONVICTED], 3), best, innocents


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A row a level, over its seeds."""
    lines = [
        "| knob | level | verdicts | accounts convicted | nats | weakest axis | requests "
        "| leaked | output tokens leaked | by day |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    by_level: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_level[one.curve, one.level].append(one)
    return lines + [_row(curve, level, seeds) for (curve, level), seeds in by_level.items()]


def _row(curve: str, level: str, seeds: list[Outcome]) -> str:
    weakest = [
        min(one.axes, key=lambda axis: one.axes[axis]) for one in seeds if any(one.axes.values())
    ]
    days = [str(one.day) for one in seeds if one.day]
    return (
        f"| {curve} | {level} | {', '.join(one.verdict for one in seeds)} "
        f"| {mean(one.convicted for one in seeds):.2f} "
        f"| {', '.join(f'{one.nats:.1f}' for one in seeds)} "
        f"| {', '.join(sorted(set(weakest))) or '-'} "
        f"| {mean(one.queries for one in seeds):,.0f} | {_mean(o.leaked for o in seeds)} "
        f"| {_mean(o.leaked_tokens for o in seeds)} | {', '.join(days) or '-'} |"
    )


def _mean(values: Iterable[int | None]) -> str:
    """The mean of what was measured, or that nothing was."""
    known = [value for value in values if value is not None]
    return f"{mean(known):,.0f}" if known else "not measured"


def shortfalls(outcomes: Sequence[Outcome]) -> list[str]:
    """What the sweep shows that it should not."""
    base = [one for one in outcomes if one.curve == "none"]
    alone = sorted({o.curve for o in outcomes if o.curve in SINGLE and o.verdict != "convicted"})
    checks = {
        "the careless attacker": all(one.verdict == "convicted" for one in base),
        "innocents": not any(one.innocents for one in outcomes),
        **{f"{curve} alone is enough": False for curve in alone},
    }
    return [name for name, holds in checks.items() if not holds]


SINGLE = ("wordings", "metadata", "identity", "network", "timing")
"""Knobs that alone should not save an attacker that pays for nothing else."""


def run(points: Sequence[Point], asked: argparse.Namespace) -> list[Outcome]:
    """Try every attacker in every world."""
    outcomes = []
    daily = (4,) if asked.quick else (2, 4, 7, 10)
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory(prefix="adaptive-") as folder:
            spec = WorldSpec(
                scenarios=(), guilty_share=0.0, accounts=asked.accounts,
                exchanges=asked.exchanges, days=DAYS, seed=seed,
            )  # fmt: skip
            background = Background(Path(folder), spec, asked.prompts)
            # Daily scans are dear: the first world stands for the others.
            days = daily if seed == asked.seeds[0] and not asked.once else ()
            for point in points:
                began = time.monotonic()
                outcomes.append(try_attacker(background, point, daily=days))
                save(asked.json, points, outcomes)
                took = time.monotonic() - began
                print(seed, point.curve, point.level, outcomes[-1].verdict,
                      outcomes[-1].axes, f"{took:.0f} s", file=sys.stderr, flush=True)  # fmt: skip
    order = {(p.curve, p.level): n for n, p in enumerate(points)}
    return sorted(outcomes, key=lambda one: (order[one.curve, one.level], one.seed))


def save(path: Path | None, points: Sequence[Point], outcomes: Sequence[Outcome]) -> None:
    """Write what is known so far, so that a long run that is stopped is not lost."""
    if path is None:
        return
    records = {
        "attackers": [asdict(point) for point in points],
        "outcomes": [asdict(outcome) for outcome in outcomes],
    }
    path.write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> list[Outcome]:
    """The outcomes of an earlier run."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return [Outcome(**one) for one in kept["outcomes"]]


def main() -> None:
    """Print the table; write the figures and the curves where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--seeds", type=int, nargs="+")
    parser.add_argument("--accounts", type=int)
    parser.add_argument("--exchanges", type=int)
    parser.add_argument("--curves", nargs="+", help="only these knobs")
    parser.add_argument("--json", type=Path, help="write every outcome here")
    parser.add_argument("--read", type=Path, help="show an earlier run's --json, run nothing")
    parser.add_argument("--svg", type=Path, help="draw the curves here")
    parser.add_argument("--once", action="store_true", help="scan the whole window only")
    parser.add_argument("--quick", action="store_true", help="about a minute, for CI")
    asked = parser.parse_args()
    asked.seeds = asked.seeds or ([1] if asked.quick else [1, 2])
    asked.accounts = asked.accounts or (600 if asked.quick else 800)
    asked.exchanges = asked.exchanges or (12_000 if asked.quick else 24_000)
    points = sweep(quick=asked.quick)
    if asked.curves:
        points = [p for p in points if p.curve in asked.curves]
    outcomes = read(asked.read) if asked.read else run(points, asked)
    print("\n".join(table(outcomes)))
    if asked.svg:
        asked.svg.write_text(draw_curves(outcomes), encoding="utf-8")
    names = shortfalls(outcomes)
    print(f"falls short: {', '.join(names)}" if names else "all targets hold")


if __name__ == "__main__":
    main()
