"""unmimic's input guard, asked about a sample of every account's requests."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from peers.logs import Logs
from peers.vectors import PEERS_PYTHON, run_worker
from revenuer.sources.world_files import read_prompt_set

BENIGN_SETS = ("hh_rlhf_harmless_test", "mt_bench", "self_instruct_user252")
BENIGN_AT_MOST = 4000
REQUESTS = 4
"""Requests an account; the guard embeds each sentence, so all of them would take hours."""


def can_run(prompts: Path | None) -> str:
    """Why the guard cannot run here; empty where it can."""
    if not PEERS_PYTHON.exists():
        return "no .venv-peers: run `make peers-venv`"
    return "" if prompts else "its normal prompts come from PROMPTS=DIR"


def sampled_requests(logs: Logs, *, requests: int = REQUESTS) -> pl.DataFrame:
    """Some requests of every account: those with the lowest hash of their id."""
    return (
        logs.exchanges.with_columns(order=pl.col("exchange_id").hash(seed=1))
        .sort("order")
        .group_by("account_id", maintain_order=True)
        .head(requests)
        .sort("at_us", "exchange_id")
    )


def judge(
    logs: Logs, prompts: Path, folder: Path, *, requests: int = REQUESTS
) -> tuple[pl.DataFrame, float]:
    """The sampled requests with the guard's `action`, and the seconds that judging took."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = sampled_requests(logs, requests=requests)
    asked = sample.with_columns(prompt=logs.texts.gather(sample["text"]))
    texts = pl.DataFrame({"text": asked["prompt"].unique(maintain_order=True)})
    benign = [text for name in BENIGN_SETS for text in read_prompt_set(prompts / name)]
    texts.write_parquet(folder / "texts.parquet")
    pl.DataFrame({"text": benign[:BENIGN_AT_MOST]}).write_parquet(folder / "benign.parquet")
    out = folder / "verdicts.parquet"
    run_worker(
        [
            *("unmimic", "--texts", str(folder / "texts.parquet"), "--out", str(out)),
            *("--benign", str(folder / "benign.parquet")),
        ]
    )
    verdicts = pl.read_parquet(out).with_columns(prompt=texts["text"])
    seconds = float(pl.read_parquet_metadata(out)["seconds"])
    return asked.join(verdicts, on="prompt", maintain_order="left"), seconds
