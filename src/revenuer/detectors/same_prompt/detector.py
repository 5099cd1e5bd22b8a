"""Accounts that send the same long prompt, to the letter."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.features.digests import LONG_PROMPT
from revenuer.features.expressions import of_key, spelled, spelled_text
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

SHORT_SIZES = ("00", "01")
"""The sizes, in a sketch, of prompts that are too short (`features.digests.SHORTEST_CHARS`); see
`features.sketches.SIZE_BOUNDS`."""

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
        "logs with neither text nor sketches",
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
        rows = logs.exchanges
        # Spelled out at last, for those that are kept: spelled digests are twice as long.
        digest = LONG_PROMPT.raw(rows)
        sketched = digest.isnull().ifelse(_fingerprint(rows), ibis.null("string"))
        sent = rows.select("account_id", digest=digest, fingerprint=sketched)
        held = (
            sent.filter(sent.digest.notnull() | sent.fingerprint.notnull())
            .group_by("account_id", "digest", "fingerprint")
            .aggregate(exchanges=lambda row: row.count())
        )
        order = [held.digest.asc(nulls_first=False), held.fingerprint.asc(nulls_first=False)]
        lowest = ibis.window(group_by=held.account_id, order_by=order)
        kept = held.mutate(place=ibis.row_number().over(lowest))
        kept = kept.filter(kept.place < KEPT)
        token = ibis.coalesce(spelled_text(kept.digest), kept.fingerprint)
        return kept.select("account_id", "exchanges", token=token)


def long_prompt(rows: ir.Table) -> ir.StringValue:
    """A name for each long prompt, the same for the same text; NULL for others."""
    return ibis.coalesce(LONG_PROMPT.name(rows), _fingerprint(rows))


def _fingerprint(rows: ir.Table) -> ir.StringValue:
    """The part of a long prompt's sketch that is the same for the same text, else NULL."""
    sketch = spelled(rows.prompt_sketch)
    # Two digits a byte: the version, the size, and eight bytes of fingerprint.
    long = sketch.substr(2, 2).isin(SHORT_SIZES)
    return of_key(rows, long.ifelse(ibis.null("string"), sketch.substr(0, 20)))


DETECTOR = SamePrompt()
