"""Measure how well a campaign's own exchanges are told from its customers'.

Labelling is measured by itself: the accounts of each campaign are taken from the truth, so
that a campaign which nobody convicts does not hide how well its exchanges are labelled.
`--scan` measures what a whole scan writes instead. Prints a row a kind of campaign and, as
the last line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import binomtest

from revenuer.app.label import label_exchanges
from revenuer.app.observe import observe
from revenuer.app.opening import open_with
from revenuer.app.policy import EVERYBODY, within_policy
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.sketch_keys import make_key
from revenuer.app.sketching import sketched_tables
from revenuer.app.truth import convicted_accounts
from revenuer.campaigns.cases import Case
from revenuer.campaigns.judge import Judged
from revenuer.campaigns.population import Population
from revenuer.detector import Context
from revenuer.features.keyed import KEY_BYTES, SketchKey
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Verdict
from revenuer.settings import DataPolicy, Settings
from revenuer.sources import Logs
from revenuer.sources.world_files import read_pools, simulate
from revenuer.worlds import World, WorldSpec, generate
from revenuer.worlds.cohort import Cohort, Stream
from revenuer.worlds.columns import CAMPAIGN
from revenuer.worlds.dispatch import Draw, work_alone
from revenuer.worlds.draws import share
from revenuer.worlds.harvest import choose_wordings, harvest, task_pools
from revenuer.worlds.language.grammar import by_kind, write_rows
from revenuer.worlds.language.methods import FAMILIES, FLOURISHES
from revenuer.worlds.operators import burst, make_pool
from revenuer.worlds.people import (
    everyday_texts,
    gradual_adoption,
    own_software,
    prompt_adoption,
)
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US, IS_EVENING
from revenuer.worlds.scenarios.cast import SCENARIOS
from revenuer.worlds.scenarios.s10_hydra import LABS, customers, replace_banned
from revenuer.worlds.software import Setup
from revenuer.worlds.stage import Stage, set_stage
from revenuer.worlds.texts import TextColumn, TextMaker, Texts, choose_among

PRECISION, RECALL = 0.95, 0.80
MODES = ("text", "sketch", "metadata")
BINS = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0001])
SCANNED = ("S10", "S5", "S6", "S8")
BACKGROUND = ("S1", "S3", "S9")
"""Campaigns that nobody has found, among those that the others are compared with."""


@dataclass(frozen=True)
class Kind:
    """A kind of campaign to measure.

    Attributes:
        name: In the table.
        build: Makes it from a stage, accounts and exchanges.
        target: Whether it must reach `PRECISION` and `RECALL`.
    """

    name: str
    build: Callable[[Stage, int, int], Cohort]
    target: bool = False


def hydra(
    stage: Stage,
    count: int,
    exchanges: int,
    *,
    mixed: float = 0.5,
    wordings: int | None = None,
    same_topic: bool = False,
    one_client: bool = False,
) -> Cohort:
    """A reseller's accounts, with harvesters and innocent customers in them.

    Args:
        mixed: Share of the exchanges that are of innocent customers.
        wordings: Templates of each harvester; None for one family, 0 for none: the bare
            questions of public benchmarks.
        same_topic: Half of what customers ask comes from the harvesters' own sets.
        one_client: Customers leave through the reseller's client, with its parameters.
    """
    rng = stage.random("hydra")
    created = burst(rng, count, stage.spec.start_us - 20 * DAY_US, days=30, clumps=8)
    pool = make_pool(rng, stage, count, ("payment", "e-mail"), created=created)
    replace_banned(rng, stage, pool.accounts)
    load = steady(rng, stage, int(exchanges * (1 - mixed)))
    parts = rng.dirichlet([4.0] * len(LABS))
    adoption = prompt_adoption(rng, count, hours=(8, 60), moved=0.7)
    targets = task_pools(stage, rng, 2)
    streams = []
    for (method, size), part in zip(LABS.items(), parts, strict=True):
        queue = shared_queue(
            stage, load * part, living(stage, pool.accounts), hand_over=0.03, mode="random"
        )
        templates = some_wordings(stage, method, wordings)
        say = harvest(targets, templates, size, salt="hydra" + method)
        streams.append(Stream(method, queue, say, pool.setup, pool.places, adoption, own=True))
    mine = own_software(stage, rng, count, apps=0.7, prompts=0.4)
    if one_client:
        mine = behind_one_client(mine, pool.setup)
    own_words = everyday_texts(stage, "hydra", rng.random(count) < 0.3)
    weights = rng.lognormal(0.0, 0.8, (count, stage.spec.days))
    expected = weights / weights.sum() * exchanges * mixed
    offset = rng.integers(-8, 10, count)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        profile = np.full(count, IS_EVENING)
        return work_alone(random, stage.day_start(day), expected[:, day], profile, offset)

    say = mixed_topics(own_words, targets) if same_topic else own_words
    moves = gradual_adoption(rng, count)
    streams.append(Stream("customers", dispatch, say, mine, pool.places, moves))
    cohort = SCENARIOS["S10"].build(stage, count, 10)
    return Cohort("S10", pool.accounts, tuple(streams), cohort.campaign)


def some_wordings(stage: Stage, method: str, count: int | None) -> tuple[str, ...]:
    """Templates of one method, as many as asked for, each with a sentence of its own."""
    if count is None:
        return choose_wordings(stage, method, "S10")
    if count == 0:
        return ("{body}",)
    rng = stage.random("some wordings", method)
    every = [template for family in FAMILIES[method] for template in family]
    seeds = rng.integers(0, 2**63, count).astype(np.uint64)
    ends = write_rows(seeds, "flourish", *FLOURISHES).to_pylist()
    order = rng.permutation(len(every))
    return tuple(f"{every[order[n % len(every)]]} {end}" for n, end in enumerate(ends))


def behind_one_client(customers_own: Setup, relay: Setup) -> Setup:
    """What a proxy makes of its customers' requests: their system prompts, its everything."""
    kept = {name: customers_own.columns[name] for name in ("system_prompt", "tool_count")}
    return Setup(customers_own.columns | relay.columns | kept)


def mixed_topics(own_words: TextMaker, targets: Sequence[TextColumn]) -> TextMaker:
    """Customers half of whose questions are of the harvest's own sets."""

    def say(draw: Draw) -> Texts:
        kind = (share(draw.item, "same topic") < 0.5).astype(np.int64)
        prompt = by_kind(
            kind,
            lambda same, rows: (
                choose_among(targets, draw.item[rows], "customers")
                if same
                else own_words(draw.take(rows)).prompt
            ),
        )
        return Texts(prompt, "chat", history=True)

    return say


def with_customers(scenario: str, stage: Stage, count: int, exchanges: int) -> Cohort:
    """A relay with as many exchanges of innocent customers in the same accounts."""
    cohort = SCENARIOS[scenario].build(stage, count, exchanges // 2)
    others = customers(
        stage, stage.random("others"), count, exchanges // 2, cohort.streams[0].places
    )
    return replace(cohort, streams=(*cohort.streams, others))


KINDS = (
    *(Kind(name, SCENARIOS[name].build, target=True) for name in ("S10", "S5", "S6", "S8")),
    *(
        Kind(f"{name} and customers", partial(with_customers, name), target=True)
        for name in ("S5", "S6", "S8")
    ),
    *(Kind(f"hydra, {n} % customers", partial(hydra, mixed=n / 100)) for n in (20, 50, 80)),
    Kind("same topic", partial(hydra, same_topic=True)),
    Kind("12 wordings", partial(hydra, wordings=12)),
    Kind("48 wordings", partial(hydra, wordings=48)),
    Kind("no template", partial(hydra, wordings=0)),
    Kind("no template, same topic", partial(hydra, wordings=0, same_topic=True)),
    Kind("one client", partial(hydra, one_client=True)),
    Kind("one client, same topic", partial(hydra, one_client=True, same_topic=True)),
    Kind("one client, 48 wordings", partial(hydra, one_client=True, wordings=48)),
    Kind("one client, no template", partial(hydra, one_client=True, wordings=0)),
    *(Kind(name, SCENARIOS[name].build) for name in ("S1", "S2", "S3", "S4", "S7", "S9", "S12")),
)
QUICK = ("S10", "S5", "S6", "S8", "S6 and customers", "one client", "no template")


@dataclass(frozen=True)
class Sizes:
    """How large the worlds are."""

    accounts: int = 1500
    exchanges: int = 80_000
    campaign_accounts: int = 70
    campaign_exchanges: int = 5000


def write_world(
    out: Path, seed: int, kinds: Sequence[Kind], sizes: Sizes, prompts: Path | None
) -> None:
    """Write a world with one campaign of each kind, and the truth of each beside it."""
    spec = WorldSpec(
        scenarios=BACKGROUND,
        accounts=sizes.accounts,
        exchanges=sizes.exchanges,
        guilty_share=0.06,
        seed=seed,
    )
    simulate(spec, out, prompts=prompts)
    pools = read_pools(spec, prompts)
    stage = set_stage(spec, pools)
    people, truth = [], []
    for number, kind in enumerate(kinds):
        # The same networks, clients and models, and chances of its own.
        own_stage = replace(stage, spec=replace(spec, seed=1000 * (number + 1) + seed))
        cohort = kind.build(own_stage, sizes.campaign_accounts, sizes.campaign_exchanges)
        table = cohort.accounts.table()
        people.append(table)
        rows = pa.concat_tables(generate(World(own_stage, (cohort,))))
        pq.write_table(
            rows.drop_columns([CAMPAIGN]),
            out / "exchanges" / f"kind-{number:02d}.parquet",
            compression="zstd",
        )
        told = rows.select(["exchange_id", "account_id"]).append_column(
            "own", rows[CAMPAIGN].is_valid()
        )
        truth.append(pl.from_arrow(told).with_columns(kind=pl.lit(kind.name)))
    everyone = [pq.read_table(out / "accounts.parquet"), *people]
    pq.write_table(pa.concat_tables(everyone), out / "accounts.parquet")
    pl.concat(truth).write_parquet(out / "kinds.parquet")


def given_case(population: Population, accounts: pl.Series) -> Case:
    """The case that a perfect scan would make of some accounts."""
    rows = np.isin(population.account_ids, accounts.to_numpy().astype(str))
    members = np.unique(population.owner[rows])
    group = Judged(members, 1.0, {axis: {} for axis in Axis}, passes=True)
    return Case(group, Verdict.CONVICTED, ())


def label_world(world: Path, mode: str, kinds: Sequence[Kind], work: Path) -> pl.DataFrame:
    """Label the campaigns of a world in one mode, beside the truth.

    Returns:
        `kind`, `own` (the truth), `found` and `probability`, a row an exchange.
    """
    truth = pl.read_parquet(world / "kinds.parquet")
    with open_world(world, work) as logs:
        logs.tables = in_mode(logs, mode, work)
        context = Context(releases=(), plan_tokens_per_day={}, window_days=21.0)
        observation = observe(logs, (), context, Settings(), Silent())
        population = observation.population
        cases = [
            given_case(population, truth.filter(pl.col("kind") == kind.name)["account_id"].unique())
            for kind in kinds
        ]
        outside = np.ones(population.n_owners, dtype=bool)
        for case in cases:
            outside[case.group.members] = False
        start = time.perf_counter()
        labels = label_exchanges(
            logs, observation, cases, outside, Settings().sample, Silent(), work / "labels"
        )
        print(f"<!-- labelled in {time.perf_counter() - start:.1f} s -->")
    parts = [labels.all_of(n, ("exchange_id", "probability")) for n in range(len(cases))]
    return truth.join(pl.concat(parts).rename({"own": "found"}), on="exchange_id")


def open_world(world: Path, work: Path) -> Logs:
    """The logs of a world."""
    return open_with(
        [str(world / "exchanges")],
        accounts=str(world / "accounts.parquet"),
        permits=None,
        account_links=None,
        column_map=None,
        map_pairs=(),
        log_format=None,
        workdir=work,
        progress=Silent(),
    )


def in_mode(logs: Logs, mode: str, work: Path) -> LogTables:
    """The tables as a mode may look at them."""
    tables = logs.tables
    if mode == "sketch":
        key = SketchKey("measured", bytes(range(KEY_BYTES)))
        tables = sketched_tables(logs, work, key, Settings(), Silent())
    return within_policy(tables, logs.engine, {EVERYBODY: in_words(mode)}).tables


def in_words(mode: str) -> DataPolicy:
    """What a mode allows, as settings say it."""
    return DataPolicy("full" if mode == "text" else mode)


@dataclass(frozen=True)
class Score:
    """How well one kind of campaign was labelled, over several worlds."""

    kind: str
    own: int
    named: int
    right: int
    worst: tuple[float, float]

    @property
    def precision(self) -> float:
        """Share of the named exchanges that are the campaign's own."""
        return self.right / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        """Share of its own exchanges that are named."""
        return self.right / max(self.own, 1)


def score(kind: str, rows: pl.DataFrame) -> Score:
    """Count what was labelled of one kind; `seed`, `own` and `found`."""
    counts = rows.group_by("seed").agg(
        own=pl.col("own").sum(),
        named=pl.col("found").sum(),
        right=(pl.col("own") & pl.col("found")).sum(),
    )
    own, named, right = (int(counts[name].sum()) for name in ("own", "named", "right"))
    precisions = (counts["right"] / counts["named"].clip(1)).to_numpy()
    precisions = np.where(counts["named"].to_numpy() > 0, precisions, 1.0)
    recalls = (counts["right"] / counts["own"].clip(1)).to_numpy()
    return Score(kind, own, named, right, (float(precisions.min()), float(recalls.min())))


def interval(right: int, of: int) -> str:
    """A share with its exact (Clopper-Pearson) 95 % interval."""
    if not of:
        return "-"
    exact = binomtest(right, of).proportion_ci(0.95, method="exact")
    return f"{right / of:.3f} ({exact.low:.3f}-{exact.high:.3f})"


def row(mode: str, one: Score) -> str:
    """A line of the table."""
    return (
        f"| {mode} | {one.kind} | {one.own:,} | {interval(one.right, one.named)} "
        f"| {interval(one.right, one.own)} | {one.worst[0]:.3f} | {one.worst[1]:.3f} |"
    )


def reliability(probability: NDArray[np.float64], own: NDArray[np.bool_]) -> list[str]:
    """Lines of a table: what was said against what came out."""
    place = np.digitize(probability, BINS) - 1
    lines = []
    for number in range(BINS.size - 1):
        inside = place == number
        if inside.any():
            said, true = probability[inside].mean(), own[inside].mean()
            span = f"{BINS[number]:g} to {min(BINS[number + 1], 1):g}"
            lines.append(f"| {span} | {int(inside.sum()):,} | {said:.3f} | {true:.3f} |")
    return lines


def measure(
    seeds: Sequence[int],
    modes: Sequence[str],
    kinds: Sequence[Kind],
    sizes: Sizes,
    prompts: Path | None,
) -> dict[str, pl.DataFrame]:
    """Every exchange of every kind with its label, by mode."""
    parts: dict[str, list[pl.DataFrame]] = {mode: [] for mode in modes}
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="streams-") as folder:
            world = Path(folder) / "world"
            write_world(world, seed, kinds, sizes, prompts)
            for mode in modes:
                work = Path(folder) / mode
                work.mkdir()
                labelled = label_world(world, mode, kinds, work)
                parts[mode].append(labelled.with_columns(seed=pl.lit(seed)))
    return {mode: pl.concat(frames) for mode, frames in parts.items()}


def scan_world(world: Path, mode: str, work: Path) -> pl.DataFrame:
    """Scan a world of all scenarios, and hold its exchanges against the truth.

    Returns:
        `kind`, `own` and `found`, a row an exchange of a convicted account of `SCANNED`.
    """
    key = None
    if mode == "sketch":
        key = work / "key"
        make_key(key)
    settings = replace(Settings(), data_policy={EVERYBODY: in_words(mode)})
    outcome = scan(
        [str(world / "exchanges")],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        out=work / "out",
        settings=settings,
        sketch_key=key,
        progress=Silent(),
    )
    convicted = convicted_accounts(outcome.findings.campaigns)
    people = pl.read_parquet(world / "truth" / "accounts.parquet")
    truth = pl.read_parquet(world / "truth" / "exchanges.parquet").select("exchange_id", own=True)
    named = pl.read_parquet(work / "out" / "exchanges.parquet").select("exchange_id", found=True)
    rows = pl.read_parquet(world / "exchanges" / "*.parquet", columns=["exchange_id", "account_id"])
    return (
        rows.join(people.select("account_id", kind="cohort"), on="account_id")
        .filter(pl.col("account_id").is_in(convicted) & pl.col("kind").is_in(SCANNED))
        .join(truth, on="exchange_id", how="left")
        .join(named, on="exchange_id", how="left")
        .with_columns(pl.col("own", "found").fill_null(value=False))
    )


def measure_scans(
    seeds: Sequence[int], modes: Sequence[str], prompts: Path | None
) -> dict[str, pl.DataFrame]:
    """What whole scans name of the scenarios' own exchanges, by mode."""
    parts: dict[str, list[pl.DataFrame]] = {mode: [] for mode in modes}
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="streams-") as folder:
            world = Path(folder) / "world"
            simulate(WorldSpec(seed=seed), world, prompts=prompts)
            for mode in modes:
                work = Path(folder) / mode
                work.mkdir()
                parts[mode].append(scan_world(world, mode, work).with_columns(seed=pl.lit(seed)))
    return {mode: pl.concat(frames) for mode, frames in parts.items()}


def shortfalls(scores: dict[str, list[Score]], kinds: Sequence[Kind]) -> list[str]:
    """Targets that text or sketches miss; metadata alone has none."""
    wanted = {kind.name for kind in kinds if kind.target}
    return [
        f"{mode} {one.kind}"
        for mode, some in scores.items()
        if mode != "metadata"
        for one in some
        if one.kind in wanted and (one.precision < PRECISION or one.recall < RECALL)
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--kinds", nargs="+", help="names of some kinds")
    parser.add_argument("--quick", action="store_true", help="a small world of one seed")
    parser.add_argument("--scan", action="store_true", help="what whole scans name instead")
    arguments = parser.parse_args()
    seeds = arguments.seeds[:1] if arguments.quick else arguments.seeds
    if arguments.scan:
        kinds = [kind for kind in KINDS if kind.name in SCANNED]
        labelled = measure_scans(seeds, arguments.modes, arguments.prompts)
    else:
        names = arguments.kinds or (QUICK if arguments.quick else [kind.name for kind in KINDS])
        kinds = [kind for kind in KINDS if kind.name in names]
        sizes = Sizes(500, 20_000, 40, 1500) if arguments.quick else Sizes()
        labelled = measure(seeds, arguments.modes, kinds, sizes, arguments.prompts)
    print("| mode | campaign | own | precision | recall | worst precision | worst recall |")
    print("|---|---|---|---|---|---|---|")
    scores = {
        mode: [score(kind.name, rows.filter(pl.col("kind") == kind.name)) for kind in kinds]
        for mode, rows in labelled.items()
    }
    for mode, some in scores.items():
        for one in some:
            print(row(mode, one))
    for mode, rows in labelled.items():
        if arguments.scan:
            break
        print(f"\n{mode}: probability said and share that was the campaign's own\n")
        print("| probability | exchanges | said | true |\n|---|---|---|---|")
        print("\n".join(reliability(rows["probability"].to_numpy(), rows["own"].to_numpy())))
    missed = shortfalls(scores, kinds)
    print(f"\nfalls short: {', '.join(missed)}" if missed else "\nall targets hold")


if __name__ == "__main__":
    main()
