"""Worlds as files: `simulate` writes one with its truth, `plant` hides a campaign in logs."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from revenuer.errors import SourceError
from revenuer.sources.soil_files import log_files, read_soil
from revenuer.worlds import Pools, World, WorldSpec, cast_world, generate, write_pools
from revenuer.worlds.columns import CAMPAIGN
from revenuer.worlds.draws import generator
from revenuer.worlds.planting import Soil, fit_rows, plant_campaign, planted_accounts
from revenuer.worlds.truth import (
    ACCOUNT_LINKS,
    EXCHANGE_TRUTH,
    PERMITS,
    account_table,
    account_truth,
    campaign_records,
    own_exchanges,
    releases_toml,
    spec_record,
)

Progress = Callable[[str, int, int], None]

# Which prompt sets serve as what. Evaluators ask the same questions as harvesters do, so
# that no text is proof by itself.
PROMPT_SETS: dict[str, tuple[str, ...]] = {
    "reasoning": ("gsm8k",),
    "coding": ("gpteacher_codegen", "mbpp", "humaneval"),
    "tools": ("bfcl_v4", "gpteacher_toolformer"),
    "general": ("self_instruct_seed175", "gpteacher_toolformer"),
    "chinese": ("belle_eval_zh",),
    "elicitations": ("unmimic_cot_elicitation",),
    "chat": ("hh_rlhf_harmless_test", "mt_bench", "self_instruct_user252", "belle_zh_seed",
             "awesome_chatgpt_prompts", "classic_agnews_test", "classic_hatespeech"),
    "passages": ("wikitext2_valid_test",),
    "show_work": ("unmimic_hard_negatives",),
}  # fmt: skip
# Read beside the project's own, which add languages and everyday matters.
WITH_OWN = ("chat",)


@dataclass(frozen=True)
class WorldSummary:
    """What was written.

    Attributes:
        exchanges, accounts: Rows in all, the operator's own included.
        campaigns: How many campaigns are hidden in them.
        own_exchanges: Exchanges that belong to a campaign's own stream.
    """

    exchanges: int
    accounts: int
    campaigns: int
    own_exchanges: int


def simulate(
    spec: WorldSpec, out: Path, *, prompts: Path | None = None, progress: Progress | None = None
) -> WorldSummary:
    """Write a world to a folder: exchanges, accounts, permits, releases and the truth.

    Args:
        spec: What to build.
        out: Folder; what an earlier world left in it is replaced.
        prompts: A folder of prompt sets, each `NAME/prompts.jsonl.gz` with `id` and `prompt`;
            without it the project's own generators write all text.
        progress: Called with a stage, how much is done, and how much there is.
    """
    world = cast_world(spec, read_pools(spec, prompts))
    clear(out)
    rows = own = 0
    with pq.ParquetWriter(out / "truth" / "exchanges.parquet", EXCHANGE_TRUTH) as truth:
        for number, part in enumerate(generate(world, progress=progress)):
            path = out / "exchanges" / f"part-{number:05d}.parquet"
            pq.write_table(part.drop_columns([CAMPAIGN]), path, compression="zstd")
            guilty = own_exchanges(part)
            truth.write_table(guilty)
            rows, own = rows + part.num_rows, own + guilty.num_rows
    accounts = account_table(world.cohorts)
    pq.write_table(accounts, out / "accounts.parquet")
    write_extras(world, out)
    write_truth(world, out)
    campaigns = sum(cohort.campaign is not None for cohort in world.cohorts)
    return WorldSummary(rows, accounts.num_rows, campaigns, own)


def plant(
    logs: Path | Sequence[Path],
    out: Path,
    *,
    scenario: str,
    accounts: int,
    exchanges: int,
    seed: int,
    account_file: Path | None = None,
    prompts: Path | None = None,
    progress: Progress | None = None,
) -> WorldSummary:
    """Write an operator's logs with one campaign hidden in them, and the truth.

    The operator's files are copied byte for byte. The campaign stays inside their window,
    uses their models, and fills only columns that they fill.

    Args:
        logs: Canonical Parquet: a file, a folder, or several of them.
        out: Folder; what an earlier world left in it is replaced.
        scenario: Which campaign, such as `S1`.
        accounts: Its accounts.
        exchanges: Its exchanges, about.
        seed: Everything that is drawn follows from it.
        account_file: The operator's accounts as Parquet; planted ones are added.
        prompts: A folder of prompt sets, as for `simulate`.
        progress: As for `simulate`.
    """
    files = log_files([logs] if isinstance(logs, Path) else logs)
    soil = read_soil(files)
    pools = read_pools(WorldSpec(seed=seed, exchanges=max(exchanges, 1)), prompts)
    world = plant_campaign(
        soil, pools, scenario=scenario, accounts=accounts, exchanges=exchanges, seed=seed
    )
    clear(out)
    rows = copy_logs(files, out)
    planted, own = write_planted(world, soil, pq.read_schema(files[0]), out, progress)
    people = write_planted_accounts(world, account_file, out)
    write_truth(world, out)
    return WorldSummary(rows + planted, people, 1, own)


def clear(out: Path) -> None:
    """Make the folders of a world, without the files of an earlier one."""
    for folder in ("exchanges", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for stale in (out / "exchanges").glob("*.parquet"):
        stale.unlink()
    for name in ("permits.parquet", "account_links.parquet", "releases.toml"):
        (out / name).unlink(missing_ok=True)


def read_pools(spec: WorldSpec, prompts: Path | None) -> Pools:
    """Prompts to draw from: the project's own, and those of a folder where one is given."""
    rng = generator(spec.seed, "pools")
    own = write_pools(rng, size=pool_size(spec.exchanges))
    if prompts is None:
        return own
    if not prompts.is_dir():
        raise SourceError(f"no folder of prompts at {prompts}", "Give a folder of prompt sets.")
    pools = {field.name: getattr(own, field.name) for field in fields(own)}
    for name, sets in PROMPT_SETS.items():
        texts = [text for folder in sets for text in read_prompt_set(prompts / folder)]
        if texts:
            # A world sees three quarters of each set, so that no two worlds are alike.
            kept = rng.permutation(len(texts))[: max(50, len(texts) * 3 // 4)]
            chosen = pa.array([texts[place] for place in kept], pa.string())
            pools[name] = pa.concat_arrays([chosen, pools[name]]) if name in WITH_OWN else chosen
    return Pools(**pools)


def pool_size(exchanges: int) -> int:
    """Prompts in the largest pools: as many as a world asks for, within a few hundred megabytes.

    Examples:
        >>> [pool_size(count) for count in (1_000, 200_000, 1_000_000, 4_000_000, 64_000_000)]
        [2000, 25000, 30000, 100000, 300000]
    """
    return int(np.clip(exchanges // 8, 2000, np.clip(exchanges // 40, 30_000, 300_000)))


def read_prompt_set(folder: Path, *, longest: int = 4000) -> list[str]:
    """Prompts of one set, cut at `longest` characters; none where the folder lacks it."""
    path = folder / "prompts.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["prompt"][:longest] for line in lines]


def write_extras(world: World, out: Path) -> None:
    """Write permits, links that change over time, and releases."""
    permits = [permit for cohort in world.cohorts for permit in cohort.permits]
    pq.write_table(pa.Table.from_pylist(permits, PERMITS), out / "permits.parquet")
    links = [link for cohort in world.cohorts for link in cohort.links]
    pq.write_table(pa.Table.from_pylist(links, ACCOUNT_LINKS), out / "account_links.parquet")
    (out / "releases.toml").write_text(releases_toml(world.stage), encoding="utf-8")


def write_truth(world: World, out: Path) -> None:
    """Write who is guilty of what, and the spec it came from."""
    pq.write_table(account_truth(world.cohorts), out / "truth" / "accounts.parquet")
    for name, record in (
        ("campaigns.json", campaign_records(world.cohorts)),
        ("spec.json", spec_record(world.stage)),
    ):
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        (out / "truth" / name).write_text(text, encoding="utf-8")


def copy_logs(files: Sequence[Path], out: Path) -> int:
    """Copy the operator's files as they are; their rows."""
    for number, file in enumerate(files):
        shutil.copyfile(file, out / "exchanges" / f"logs-{number:05d}.parquet")
    return sum(pq.read_metadata(file).num_rows for file in files)


def write_planted(
    world: World, soil: Soil, schema: pa.Schema, out: Path, progress: Progress | None
) -> tuple[int, int]:
    """Write the planted rows; how many, and how many are the campaign's own."""
    rows = own = 0
    with pq.ParquetWriter(out / "truth" / "exchanges.parquet", EXCHANGE_TRUTH) as truth:
        for number, part in enumerate(generate(world, progress=progress)):
            kept = fit_rows(part, soil, schema)
            guilty = own_exchanges(part)
            guilty = guilty.filter(pc.is_in(guilty["exchange_id"], kept["exchange_id"]))
            pq.write_table(kept, out / "exchanges" / f"planted-{number:05d}.parquet")
            truth.write_table(guilty)
            rows, own = rows + kept.num_rows, own + guilty.num_rows
    return rows, own


def write_planted_accounts(world: World, account_file: Path | None, out: Path) -> int:
    """Write the operator's accounts and the planted ones; their number."""
    cohort = world.cohorts[0]
    if account_file is None:
        people = cohort.accounts.table()
    else:
        people = planted_accounts(cohort, pq.read_table(account_file))
    pq.write_table(people, out / "accounts.parquet")
    return int(people.num_rows)
