"""Worlds as files: `simulate` writes one, with its truth beside it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.errors import SourceError
from revenuer.worlds import Pools, World, WorldSpec, cast_world, generate, write_pools
from revenuer.worlds.columns import CAMPAIGN
from revenuer.worlds.draws import generator

Progress = Callable[[str, int, int], None]

HARVEST_SETS = {
    "reasoning": ("gsm8k",),
    "coding": ("gpteacher_codegen", "mbpp", "humaneval"),
    "tools": ("bfcl_v4", "gpteacher_toolformer"),
    "general": ("self_instruct_seed175", "gpteacher_toolformer"),
    "chinese": ("belle_eval_zh",),
    "elicitations": ("unmimic_cot_elicitation",),
}
INNOCENT_SETS = {
    "chat": ("hh_rlhf_harmless_test", "mt_bench", "self_instruct_user252", "awesome_chatgpt_prompts",
             "classic_agnews_test", "classic_hatespeech", "belle_zh_seed"),
    "passages": ("wikitext2_valid_test",),
    "show_work": ("unmimic_hard_negatives",),
}  # fmt: skip


@dataclass(frozen=True)
class WorldSummary:
    """What was written."""

    exchanges: int
    accounts: int
    campaigns: int
    own_exchanges: int


def simulate(
    spec: WorldSpec, out: Path, *, prompts: Path | None = None, progress: Progress | None = None
) -> WorldSummary:
    """Write a world to a folder: exchanges, accounts, permits, releases and the truth.

    Args:
        prompts: A folder of prompt sets, each `NAME/prompts.jsonl.gz` with `id` and `prompt`;
            without it the project's own generators write all text.
        progress: Called with a stage, how much is done, and how much there is.
    """
    world = cast_world(spec, read_pools(spec, prompts))
    for folder in ("exchanges", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for stale in (out / "exchanges").glob("part-*.parquet"):
        stale.unlink()
    rows, own = write_exchanges(world, out, progress)
    write_accounts(world, out)
    write_truth(world, out)
    campaigns = sum(cohort.campaign is not None for cohort in world.cohorts)
    people = sum(len(cohort.accounts) for cohort in world.cohorts)
    return WorldSummary(rows, people, campaigns, own)


def read_pools(spec: WorldSpec, prompts: Path | None) -> Pools:
    """Prompts to draw from: the project's own, and those of a folder where one is given."""
    rng = generator(spec.seed, "pools")
    own = write_pools(rng, size=int(np.clip(spec.exchanges // 8, 2000, 30_000)))
    if prompts is None:
        return own
    if not prompts.is_dir():
        raise SourceError(f"no folder of prompts at {prompts}", "Give a folder of prompt sets.")
    pools = {field: getattr(own, field) for field in own.__dataclass_fields__}
    for field, names in (HARVEST_SETS | INNOCENT_SETS).items():
        texts = [text for name in names for text in read_prompt_set(prompts / name)]
        if not texts:
            continue
        # A world sees most of each set, not all of it, so that no two worlds are alike.
        kept = rng.permutation(len(texts))[: max(50, len(texts) * 3 // 4)]
        chosen = pa.array([texts[place] for place in kept], pa.string())
        keep_own = field in ("chat",)
        pools[field] = pa.concat_arrays([chosen, own.chat]) if keep_own else chosen
    return Pools(**pools)


def read_prompt_set(folder: Path, *, longest: int = 4000) -> list[str]:
    """Prompts of one set; none where the folder lacks it."""
    path = folder / "prompts.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["prompt"][:longest] for line in lines]


def write_exchanges(world: World, out: Path, progress: Progress | None) -> tuple[int, int]:
    """Write the parts and, beside them, which exchanges are a campaign's own."""
    rows = own = 0
    truth_schema = pa.schema([("exchange_id", pa.string()), (CAMPAIGN, pa.string())])
    with pq.ParquetWriter(out / "truth" / "exchanges.parquet", truth_schema) as truth:
        for number, part in enumerate(generate(world, progress=progress)):
            path = out / "exchanges" / f"part-{number:05d}.parquet"
            pq.write_table(part.drop_columns([CAMPAIGN]), path, compression="zstd")
            guilty = part.select(["exchange_id", CAMPAIGN]).filter(part[CAMPAIGN].is_valid())
            truth.write_table(guilty)
            rows, own = rows + part.num_rows, own + guilty.num_rows
    return rows, own


def write_accounts(world: World, out: Path) -> None:
    """Write the accounts in an order that tells nothing, and the permits."""
    table = pa.concat_tables([cohort.accounts.table() for cohort in world.cohorts])
    pq.write_table(table.sort_by("account_id"), out / "accounts.parquet")
    time = pa.timestamp("us", tz="UTC")
    permit_schema = pa.schema(
        [("account_id", pa.string()), ("organization_id", pa.string()), ("purpose", pa.string()),
         ("valid_from", time), ("valid_until", time), ("max_exchanges", pa.int64()),
         ("max_tokens", pa.int64()), ("models", pa.list_(pa.string()))]
    )  # fmt: skip
    permits = [permit for cohort in world.cohorts for permit in cohort.permits]
    pq.write_table(pa.Table.from_pylist(permits, permit_schema), out / "permits.parquet")
    links = [link for cohort in world.cohorts for link in cohort.links]
    if links:
        link_schema = pa.schema(
            [("account_id", pa.string()), ("kind", pa.string()), ("value", pa.string()),
             ("first_seen", time), ("last_seen", time)]
        )  # fmt: skip
        pq.write_table(pa.Table.from_pylist(links, link_schema), out / "account_links.parquet")


def write_truth(world: World, out: Path) -> None:
    """Write who is guilty of what, the spec, and when models were released."""
    campaigns, rows = [], []
    for cohort in world.cohorts:
        truth = cohort.campaign
        guilty = truth is not None
        for account in cohort.accounts["account_id"]:
            rows.append((account, cohort.name, truth.id if truth else None, guilty))
        if truth is not None:
            campaigns.append(
                {
                    "id": truth.id,
                    "scenario": truth.scenario,
                    "decidable": truth.decidable,
                    "expected_verdict": truth.expected_verdict,
                    "account_ids": sorted(cohort.accounts["account_id"].tolist()),
                    "methods": list(truth.methods),
                    "ties": list(truth.ties),
                    "note": truth.note,
                }
            )
    text = json.dumps(campaigns, indent=1, ensure_ascii=False) + "\n"
    (out / "truth" / "campaigns.json").write_text(text, encoding="utf-8")
    names = ("account_id", "cohort", "campaign", "guilty")
    kinds = (pa.string(), pa.string(), pa.string(), pa.bool_())
    columns = [
        pa.array(list(c), k) for c, k in zip(zip(*sorted(rows), strict=True), kinds, strict=True)
    ]
    pq.write_table(pa.table(columns, names=list(names)), out / "truth" / "accounts.parquet")
    spec = asdict(world.stage.spec) | {"start": world.stage.spec.start.isoformat()}
    (out / "truth" / "spec.json").write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
    (out / "releases.toml").write_text(releases_toml(world), encoding="utf-8")


def releases_toml(world: World) -> str:
    """The provider's releases, as the settings file spells them."""
    blocks = []
    models = world.stage.models
    for name, released in zip(models.names, models.released_us, strict=True):
        moment = datetime.fromtimestamp(released / 1e6, UTC).isoformat().replace("+00:00", "Z")
        blocks.append(f'[[releases]]\nmodel = "{name}"\nat = {moment}\n')
    return "\n".join(blocks)
