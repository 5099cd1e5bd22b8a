"""Accounts that send the same long prompt, to the letter."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import digest
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

SHORTEST_CHARS = 40
"""Shorter prompts are greetings and stock phrases that anybody sends. placeholder"""

KEPT = 64
"""Prompts of each account that are kept. placeholder"""

CARD = Card(
    id="same-prompt",
    title="The same prompt through several accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0024.002",),
    source="Anthropic (September 2026), threat report, GTG-16008: stored sessions replayed "
    "through more than 1,500 accounts; reinforcement learning asks each task several times.",
    blind_spots=(
        "pools in which no two accounts are given the same prompt",
        "prompts that carry a counter, a date or a random salt",
        "logs without text",
    ),
    innocent_causes=(
        "a class with one assignment",
        "public benchmarks, which every evaluator asks",
        "a client's own canned prompts",
    ),
    runbook="Look at how rare the prompts are outside the group, and whether the copies come "
    "within hours of each other from accounts that have nothing else in common.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)


class SamePrompt:
    card = CARD
    channel = Channel.TEXT
    private = False
    declared = False
    phrase = "send the same long prompts, to the letter"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The lowest digests of each account's long prompts.

        The lowest, so that two accounts that were given the same prompts keep the same
        ones (a bottom-k sketch).
        """
        sent = logs.exchanges.filter(logs.exchanges.prompt.length() >= SHORTEST_CHARS)
        held = (
            sent.select("account_id", token=digest(sent.prompt))
            .group_by("account_id", "token")
            .aggregate(exchanges=lambda row: row.count())
        )
        lowest = ibis.window(group_by=held.account_id, order_by=held.token)
        return (
            held.mutate(place=ibis.row_number().over(lowest))
            .filter(lambda row: row.place < KEPT)
            .drop("place")
        )


DETECTOR = SamePrompt()
