"""Accounts whose prompts are cut from one template, or that send one system prompt reworded."""

from __future__ import annotations

import polars as pl

from revenuer.detector import Card, Maturity
from revenuer.features.prompts import ReadPrompts
from revenuer.records import Axis, Channel

SKETCH_SIZE = 16
"""Shingles kept of each account: enough for two halves of one template to meet. placeholder"""
COMMONEST_SHARE = 0.25
"""A shingle that more of the accounts use says nothing about any of them. placeholder"""

CARD = Card(
    id="prompt-template",
    title="Prompts cut from one template",
    axis=Axis.COORDINATION,
    atlas=("AML.T0065", "AML.T0024.002"),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23, section on "
    "variations of one prompt arriving across hundreds of coordinated accounts; shared rare "
    "shingles measured against MinHash and drain3 (docs/decisions/0001).",
    blind_spots=(
        "prompts without a fixed part, such as bare questions from a data set",
        "a template rewritten for every account, so that no three words in a row survive",
        "logs with neither text nor sketches",
    ),
    innocent_causes=(
        "a popular client or agent framework that adds its own instructions",
        "a class that was given the same assignment",
        "colleagues who share a prompt library",
    ),
    runbook="Read the slots beside the fixed part. Ask who wrote the fixed part: a published "
    "client or framework explains it, and then its other users have it too. Look for a second "
    "channel (payment, network, timing) before believing it.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)


class PromptTemplate:
    card = CARD
    channel = Channel.TEXT
    private = False
    declared = False
    phrase = "build their prompts from the same template"

    def read(self, prompts: ReadPrompts) -> pl.DataFrame:
        """The rarest-by-hash shingles of each account's fixed part.

        Taking the lowest hashes keeps the same shingles of the same template for every
        account (a bottom-k sketch), whatever else the accounts say.
        """
        most = max(COMMONEST_SHARE * prompts.account_ids.size, RARELY_SHARED)
        kept = (
            prompts.recurrent.with_columns(holders=pl.len().over("shingle"))
            .filter((pl.col("holders") > 1) & (pl.col("holders") <= most))
            .sort("account", "shingle")
            .group_by("account", maintain_order=True)
            .head(SKETCH_SIZE)
        )
        return kept.select(
            account_id=pl.Series(
                prompts.account_ids[kept["account"].to_numpy()].tolist(), dtype=pl.String
            ),
            token=pl.col("shingle").cast(pl.String),
            exchanges=pl.col("prompts").cast(pl.Int64),
        )


RARELY_SHARED = 50
"""In a small log a quarter of the accounts is a handful: so many may always share. placeholder"""

DETECTOR = PromptTemplate()
