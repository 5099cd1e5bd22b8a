"""Masses of answers to requests that stand for themselves."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, per_active_day, quoted
from revenuer.records import Axis

CARD = Card(
    id="output-mass",
    title="Output mass from single-turn requests",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: massive"
        " volume in a few areas, highly repetitive structures; detection research: "
        "training data is single-turn, self-contained and long in the answer."
    ),
    blind_spots=(
        "harvests of agent sessions with many turns",
        "relays of real users",
        "pools with a low load for each account",
    ),
    innocent_causes=(
        "synthetic data for one's own model under a permit",
        "evaluations and benchmarks",
        "batch jobs over documents: summaries, translations, labels",
    ),
    runbook=(
        "Look at what the answers are for. A batch job has a subject of its own and "
        "documents that go in; a harvest has questions that teach."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.output_tokens",),
)

NAME = "output_mass"
LONGEST_ALONE = 2
"""Messages of a request that stands for itself: the system prompt and one question."""
RATIO_WEIGHT = 0.5
"""Weight of an answer's shortness against its question, in logs. placeholder"""


class OutputMass:
    """Masses of answers to requests that stand for themselves."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Output of requests without a history, and how sessions and messages are filled."""
        alone = (exchanges.message_count <= LONGEST_ALONE) & (
            ibis.coalesce(exchanges.turn_kind, "user") != "tool"
        )
        return {
            f"{NAME}_counted": exchanges.message_count.count(),
            f"{NAME}_alone": exchanges.count(where=alone),
            f"{NAME}_in_session": exchanges.session_id.count(),
            f"{NAME}_sessions": exchanges.session_id.nunique(),
        }

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Weigh daily output by the share of requests that stand for themselves.

        Returns:
            Logs of tokens a day, lowered by up to a half where the answers are shorter than
            the questions; NaN where neither messages nor sessions are known. Shape (n,).
        """
        output, read = numbers(accounts, "output_tokens"), numbers(accounts, "input_tokens")
        # Only answers shorter than their questions count against: labels, not lessons.
        ratio = np.clip(np.log((output + 1) / (read + 1)), -1.0, 0.0)
        mass = per_active_day(accounts, output) * standing_alone(accounts)
        return np.log1p(mass) + RATIO_WEIGHT * np.where(np.isnan(ratio), 0.0, ratio)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare daily output and the share of single-turn requests."""
        daily = [
            median(per_active_day(part, numbers(part, "output_tokens")))
            for part in (members, others)
        ]
        alone = [median(standing_alone(part)) for part in (members, others)]
        return (
            f"The median member drew {quoted(daily[0])} output tokens on an active day, "
            f"{quoted(alone[0], '.0%')} of its requests standing alone; others drew "
            f"{quoted(daily[1])}, {quoted(alone[1], '.0%')} standing alone."
        )


def standing_alone(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Share of requests without history or follow-up: the smaller of two estimates.

    By messages, those with at most a system prompt and a question; by sessions, the
    sessions per request, 1 where no session has a second request.

    Returns:
        In [0, 1], NaN where neither is known. Shape (n,).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        by_messages = numbers(accounts, f"{NAME}_alone") / numbers(accounts, f"{NAME}_counted")
        by_sessions = numbers(accounts, f"{NAME}_sessions") / numbers(
            accounts, f"{NAME}_in_session"
        )
    return np.fmin(by_messages, by_sessions)


DETECTOR = OutputMass()
