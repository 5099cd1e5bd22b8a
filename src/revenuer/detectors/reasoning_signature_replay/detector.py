"""Accounts that replay a reasoning block which another account was given."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import crossing
from revenuer.features.expressions import digest, known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="reasoning-signature-replay",
    title="Signed reasoning that crosses accounts",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0024.002",
        "AML.T0040",
    ),
    source=(
        "Anthropic (2026-09-10), Detecting and countering misuse of AI: replay of "
        "thinking signatures across sessions in two campaigns; arXiv 2608.09867: "
        "encrypted blocks are interchangeable across users."
    ),
    blind_spots=(
        "providers that bind a block to its account",
        "campaigns that read answers only",
        "logs without signatures",
    ),
    innocent_causes=(
        "a person who goes on with a conversation under a second key",
        "a gateway that spreads one customer's turns over its accounts",
    ),
    runbook=(
        "List who was issued the block and who replayed it. Blocks that pass between "
        "accounts of strangers have no ordinary reason."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.reasoning_signature",),
)


class ReasoningSignatureReplay:
    """Accounts that replay a reasoning block which another account was given."""

    card = CARD
    channel = Channel.STATE
    private = True
    declared = False
    phrase = "replay reasoning blocks that were issued to one another"

    def tokens(self, logs: LogTables) -> ir.Table:
        """Signatures replayed by an account other than the one that was given them."""
        exchanges = logs.exchanges
        replayed = exchanges.select("account_id", token=known(exchanges.reasoning_signature))
        issued = exchanges.select("account_id", token=known(exchanges.issued_reasoning_signature))
        # A block that was only issued links nobody, so most of them never come back.
        rows = crossing(ibis.union(replayed, issued.semi_join(replayed, "token")))
        return rows.mutate(token=digest(rows.token))


DETECTOR = ReasoningSignatureReplay()
