"""Hold `--fdr` against worlds whose truth is known: how many of the convicted are innocent.

Run by `make bench-promise` and at the end of `make test-slow`. Every world that is judged is a
line of a file, so that a run that was stopped goes on where it was; lines that another version
of the program wrote do not count. Prints tables and, as the last line, `all targets hold` or
`falls short: NAMES`. docs/promise.md says what they show.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import revenuer
from promise_liars import MOST_LIARS
from promise_populations import ALIKE, LIED, TIED, run_population
from promise_trials import MAIN_RATE, RATES, Convictions, Outcome, run_trial
from promise_worlds import SHIFTS, Trial
from revenuer.campaigns.calibration import Rate

WORLDS = {
    "innocent": 110,
    "clusters": 100,
    "mixed": 110,
    "newcomers": 75,
    "shifted": 108,
    "harvest-like": 40,
    "lied-to": 80,
}
QUICK = {
    "innocent": 2,
    "clusters": 2,
    "mixed": 4,
    "newcomers": 1,
    "shifted": 2,
    "harvest-like": 1,
    "lied-to": 2,
}
OUTSIDE = ("harvest-like", TIED)
"""Worlds that break what the promise is given under: shown, and no target."""
POPULATIONS = {ALIKE: 300, TIED: 100, LIED: 100}
QUICK_POPULATIONS = {ALIKE: 6, TIED: 2, LIED: 2}
GUILTY_SHARE, GUILTY_NEW = 0.15, 0.5
NEEDED_RATE = 24_000 * 0.9 * (1 / 0.95 - 1) / (10_000_000 - 24_000)
"""Innocent accounts that may be convicted, of all, where 24,000 of 10 million are guilty, nine
tenths of them are convicted, and 95 % of the convicted are to be guilty: 0.0114 %."""
HEAD = (
    "| kind | worlds | convictions | innocent | mean share innocent "
    "| worlds with an innocent one | campaigns found | abstaining | nearest innocent |"
)
RULE = "|---|---|---|---|---|---|---|---|---|"
PARTS = ("worlds", "trials", "populations", "liars")
"""Files beside this one that outcomes depend on."""
FACES = {"cli", "reports"}
"""Parts of the program that no verdict depends on."""
STATE = Path(__file__).parents[1] / "build" / "promise"


@dataclass(frozen=True, slots=True)
class Kept:
    """How some worlds came out at one error rate.

    Attributes:
        shares: Share of the convictions that are innocent, of each world.
        any_innocent: Worlds with an innocent conviction. No mean share can be larger, so the
            upper end of its exact interval bounds that of the mean share too.
        convictions, innocent, found, campaigns: Over all worlds.
        abstaining: Worlds in which a check stops convictions.
        nearest: The highest log e-value of a group that is mostly innocent, nats.
    """

    shares: tuple[float, ...]
    any_innocent: Rate
    convictions: int
    innocent: int
    found: int
    campaigns: int
    abstaining: int
    nearest: float

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], rate: float, *, checked: bool = True) -> Kept:
        """Add up worlds."""
        counts = [convictions_of(one, rate, checked=checked) for one in outcomes]
        return cls(
            shares=tuple(one.share for one in counts),
            any_innocent=Rate.of(sum(one.innocent > 0 for one in counts), len(counts)),
            convictions=sum(one.convictions for one in counts),
            innocent=sum(one.innocent for one in counts),
            found=sum(one.found for one in counts),
            campaigns=sum(one.campaigns for one in outcomes),
            abstaining=sum(bool(one.failing) for one in outcomes),
            nearest=max((one.nearest for one in outcomes), default=0.0),
        )

    @property
    def mean_share(self) -> float:
        """What `--fdr` bounds, as measured."""
        return sum(self.shares) / max(len(self.shares), 1)


def convictions_of(outcome: Outcome, rate: float, *, checked: bool = True) -> Convictions:
    """What one error rate convicts in a world."""
    return (outcome.convicted if checked else outcome.unchecked)[str(rate)]


def main() -> None:
    """Judge what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--worlds", type=float, default=1.0, help="share of the worlds to judge")
    parser.add_argument("--state", type=Path, default=STATE, help="folder for what was judged")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a dozen worlds")
    asked = parser.parse_args()
    # Stopped from outside, it still ends its workers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    share = 1.0 if asked.quick else asked.worlds
    worlds, populations = (QUICK, QUICK_POPULATIONS) if asked.quick else (WORLDS, POPULATIONS)
    folder = asked.state / version(asked.prompts)
    run = partial(run_trial, kept=folder, prompts=asked.prompts)
    outcomes = judge_all(interleave(worlds, share), folder / "worlds.jsonl", run, asked.jobs)
    drawn = judge_all(
        interleave(populations, share), folder / "populations.jsonl", run_population, asked.jobs
    )
    for line in tables(outcomes, drawn):
        print(line)
    names = shortfalls(outcomes, drawn, sure=not asked.quick and share >= 1)
    print(f"falls short: {', '.join(names)}" if names else "all targets hold")


def interleave(numbers: Mapping[str, int], share: float = 1.0) -> list[Trial]:
    """Trials of all kinds, each kind spread evenly, so that half a run says something of all."""
    counts = {kind: max(round(count * share), 1) for kind, count in numbers.items()}
    places = [
        ((number + 0.5) / count, Trial(kind, number))
        for kind, count in counts.items()
        for number in range(count)
    ]
    return [trial for _, trial in sorted(places, key=lambda place: place[0])]


def judge_all(
    trials: Sequence[Trial], path: Path, run: Callable[[Trial], Outcome], jobs: int
) -> list[Outcome]:
    """Judge the worlds that are not in the file yet, and give the outcomes of all of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = {(one.kind, one.number): one for one in read_outcomes(path)}
    left = [trial for trial in trials if _key(trial) not in known]
    with path.open("a", encoding="utf-8") as lines:
        for place, outcome in enumerate(run_trials(left, run, jobs), 1 + len(trials) - len(left)):
            # After a line feed, because a stop may have cut the last line off.
            lines.write("\n" + outcome.line())
            lines.flush()
            known[outcome.kind, outcome.number] = outcome
            show_progress(outcome, place, len(trials))
    return [known[_key(trial)] for trial in trials]


def _key(trial: Trial) -> tuple[str, int]:
    return trial.kind, trial.number


def show_progress(outcome: Outcome, place: int, total: int) -> None:
    """One line for whoever waits, and what went wrong at once."""
    wrong = "".join(f"\n  innocent: {json.dumps(one)}" for one in outcome.wrong)
    print(f"{place}/{total} {outcome.kind} {outcome.number}{wrong}", file=sys.stderr, flush=True)


def run_trials(
    trials: Sequence[Trial], run: Callable[[Trial], Outcome], jobs: int
) -> Iterator[Outcome]:
    """Outcomes as they come."""
    if jobs == 1 or not trials:
        yield from map(run, trials)
        return
    # Spawned: forked copies of the query engine's threads hang.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(run, trial) for trial in trials]
        try:
            for one in as_completed(waiting):
                yield one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def read_outcomes(path: Path) -> list[Outcome]:
    """The worlds that were judged; a line that was cut off by a stop is left out."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").split("\n")
    return [Outcome.read(line) for line in lines if line.endswith("}")]


def version(prompts: Path | None) -> str:
    """Digest of the program, of how worlds are made, and of whose prompts they have."""
    digest = hashlib.sha256(str(prompts and prompts.resolve()).encode())
    package = Path(revenuer.__file__).parent
    beside = [Path(__file__).with_name(f"promise_{name}.py") for name in PARTS]
    deciding = [
        path
        for path in sorted(package.rglob("*.py"))
        if not path.name.startswith("test_") and path.relative_to(package).parts[0] not in FACES
    ]
    for source in (*deciding, *beside):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:12]


def tables(outcomes: Sequence[Outcome], drawn: Sequence[Outcome]) -> Iterator[str]:
    """Everything that is shown, as Markdown."""
    yield f"By kind of world, at `--fdr {MAIN_RATE}`:"
    yield ""
    yield HEAD
    yield RULE
    for name, kept in rows(outcomes):
        yield row(name, kept)
    yield ""
    promised = [one for one in outcomes if one.kind not in OUTSIDE]
    yield f"The same {len(promised)} worlds under the promise, at other rates:"
    yield ""
    yield "| `--fdr` | convictions | innocent | mean share innocent, at most | campaigns found |"
    yield "|---|---|---|---|---|"
    for rate in RATES:
        kept = Kept.of(promised, rate)
        yield (
            f"| {rate} | {kept.convictions} | {kept.innocent} | {kept.mean_share:.2%}, "
            f"{kept.any_innocent.high:.2%} | {kept.found} of {kept.campaigns} |"
        )
    yield ""
    yield from account_lines(promised)
    yield ""
    yield "Populations without logs, for judging alone, before explanations are weighed:"
    yield ""
    yield HEAD
    yield RULE
    for kind in POPULATIONS:
        kept = Kept.of([one for one in drawn if one.kind == kind], MAIN_RATE)
        yield row(labelled(kind), kept)
    yield ""


def labelled(kind: str) -> str:
    """The kind as tables name it."""
    return f"{kind}, outside the promise" if kind in OUTSIDE else kind


def rows(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, Kept]]:
    """The rows of the first table."""
    promised = [one for one in outcomes if one.kind not in OUTSIDE]
    for kind in WORLDS:
        mine = [one for one in outcomes if one.kind == kind]
        yield labelled(kind), Kept.of(mine, MAIN_RATE)
        if kind == "shifted":
            for shift in SHIFTS:
                some = [one for one in mine if one.shift == shift]
                yield f"shifted: {shift}", Kept.of(some, MAIN_RATE)
            yield "shifted, checks left out", Kept.of(mine, MAIN_RATE, checked=False)
        if kind == "lied-to":
            for liars in range(1, MOST_LIARS + 1):
                some = [one for one in mine if Trial(kind, one.number).liars == liars]
                yield f"lied-to: by {liars}", Kept.of(some, MAIN_RATE)
    yield "**all under the promise**", Kept.of(promised, MAIN_RATE)
    yield "the same, checks left out", Kept.of(promised, MAIN_RATE, checked=False)


def row(name: str, kept: Kept) -> str:
    """One line of the first table."""
    return (
        f"| {name} | {len(kept.shares)} | {kept.convictions} | {kept.innocent} "
        f"| {kept.mean_share:.2%} | {kept.any_innocent} | {kept.found} of {kept.campaigns} "
        f"| {kept.abstaining} | {kept.nearest:.1f} |"
    )


def account_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Precision at a real base rate, and whether these worlds can show it."""
    innocents = sum(one.accounts - one.guilty for one in outcomes)
    convicted = [convictions_of(one, MAIN_RATE).innocent_accounts for one in outcomes]
    rate = Rate.of(sum(convicted), innocents)
    worlds = Rate.of(sum(n > 0 for n in convicted), len(convicted))
    largest = max([*convicted, 1])
    # Accounts are convicted together: a world is one draw, and at worst costs what the worst did.
    together = worlds.high * largest / (innocents / max(len(outcomes), 1))
    yield (
        f"Innocent accounts convicted: {rate.count} of {rate.total}, "
        f"{rate.count / max(rate.total, 1):.4%} (at most {rate.high:.4%} if they were independent "
        f"of each other, {together:.4%} if not: they are convicted together, up to {largest} in "
        f"a world). 95 % precision at 24,000 guilty of 10 million needs {NEEDED_RATE:.4%}."
    )
    broken = sum(
        one.guilty > GUILTY_SHARE * one.accounts or one.guilty_new > GUILTY_NEW for one in outcomes
    )
    yield ""
    yield (
        f"{broken} of these worlds hold more guilty accounts than the promise allows "
        f"({GUILTY_SHARE:.0%}, {GUILTY_NEW:.0%} of new sign-ups); they are counted all the same."
    )


def shortfalls(outcomes: Sequence[Outcome], drawn: Sequence[Outcome], *, sure: bool) -> list[str]:
    """The targets that are missed.

    Args:
        outcomes: Worlds of all kinds.
        drawn: Populations.
        sure: There are enough worlds to ask for the exact upper end, not only for the lower.
    """

    def breaks(some: Sequence[Outcome], rate: float) -> bool:
        seen = Kept.of(some, rate).any_innocent
        return (seen.high if sure else seen.low) > rate

    promised = [one for one in outcomes if one.kind not in OUTSIDE]
    everything = [*promised, *(one for one in drawn if one.kind not in OUTSIDE)]
    kinds = sorted({one.kind for one in everything})
    names = [
        f"{kind} at {MAIN_RATE}"
        for kind in kinds
        if breaks([one for one in everything if one.kind == kind], MAIN_RATE)
    ]
    names += [f"all worlds at {rate}" for rate in RATES if breaks(promised, rate)]
    mixed = Kept.of([one for one in outcomes if one.kind == "mixed"], MAIN_RATE)
    if mixed.campaigns and not mixed.found:
        names.append("power: nothing is found")
    innocents = sum(one.accounts - one.guilty for one in promised)
    convicted = sum(convictions_of(one, MAIN_RATE).innocent_accounts for one in promised)
    if convicted > NEEDED_RATE * innocents:
        names.append("precision at a real base rate")
    return names


if __name__ == "__main__":
    main()
