"""Long answers to most requests, however few there are."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted
from revenuer.records import Axis

CARD = Card(
    id="long-answers",
    title="Long answers, however few",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: training "
        "data is what is asked for, and long reasoning above all; pools of thousands of "
        "accounts need a few requests of each. Own sweep (docs/adaptive.md): load per "
        "account is the cheapest thing to lower, the length of what is taken is not."
    ),
    blind_spots=(
        "harvests of labels, scores and short answers",
        "long answers diluted with many short ones",
        "logs without token counts",
    ),
    innocent_causes=(
        "people who write: reports, stories, translations",
        "coding assistants that return whole files",
        "evaluations of reasoning",
    ),
    runbook=(
        "Read a few answers. Essays and files have a reader; worked solutions to "
        "unrelated questions have a training set."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.output_tokens",),
)

NAME = "long_answers"
FEWEST = 5
"""Answers below which their typical length is chance. placeholder"""


class LongAnswers:
    """Long answers to most requests, however few there are."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """How many requests were answered, and the logs of the answers' lengths."""
        length = exchanges.output_tokens
        answered = length > 0
        # A log of zero is an error on some engines, even in rows that are left out.
        log_length = ibis.greatest(length, 1).cast("float64").ln()
        return {
            f"{NAME}_answers": exchanges.count(where=answered),
            f"{NAME}_mean_log": log_length.mean(where=answered),
        }

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Take the mean log length of an account's answers.

        The mean of logs, so that one long answer does not outweigh twenty short ones, and
        no part of it grows with the number of requests.

        Returns:
            Log tokens; NaN for accounts with few answers. Shape (n,).
        """
        known = numbers(accounts, f"{NAME}_answers") >= FEWEST
        return np.where(known, numbers(accounts, f"{NAME}_mean_log"), np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare typical lengths of answers."""
        typical = [np.exp(median(self.statistic(part, NO_CONTEXT))) for part in (members, others)]
        return (
            f"A typical answer to the median member has {quoted(typical[0])} tokens, one to "
            f"others {quoted(typical[1])}."
        )


NO_CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=1.0)

DETECTOR = LongAnswers()
