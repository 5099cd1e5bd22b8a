"""A world written as the files that `revenuer scan` reads, and the truth beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from harvests.catalogue import Case
from harvests.operators import put
from harvests.people import World, fill
from harvests.words import read_texts


def write_world(case: Case, seed: int, folder: Path, prompts: Path | None) -> World:
    """Make a case's world and write exchanges, accounts and truth into `folder`."""
    rng = np.random.default_rng([seed, *case.campaign.name.encode()])
    texts = read_texts(prompts, rng)
    world = World(case.days, case.activity)
    put(world, case.campaign, texts, rng)
    fill(world, case.people, texts, rng)
    frame = pl.DataFrame(world.exchanges, infer_schema_length=None).sort("occurred_at")
    frame = frame.with_columns(pl.format("x{}", pl.int_range(pl.len())).alias("exchange_id"))
    folder.mkdir(parents=True, exist_ok=True)
    truth = {
        "guilty": world.guilty,
        "own": frame.filter(pl.col("own") != "")["exchange_id"].to_list(),
    }
    (folder / "truth.json").write_text(json.dumps(truth))
    frame.drop("own", *case.without).write_parquet(folder / "exchanges.parquet")
    if not case.bare:
        accounts = pl.DataFrame(world.accounts, infer_schema_length=None)
        accounts.write_parquet(folder / "accounts.parquet")
    return world
