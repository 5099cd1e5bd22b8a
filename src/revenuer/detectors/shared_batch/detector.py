"""Accounts whose requests are of the same batch."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import crossing
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="shared-batch",
    title="A batch that crosses accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0040",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: load "
        "balancing over accounts to increase throughput."
    ),
    blind_spots=(
        "batches that are cut along the accounts",
        "single requests",
    ),
    innocent_causes=(
        "batch ids that a client counts from 1, so that strangers share them",
        "a gateway that packs many customers into a batch",
    ),
    runbook="Check who makes the batch ids. Ours are unique; a client's own may not be.",
    maturity=Maturity.INCUBATING,
    version=1,
    needs=("exchanges.batch_id",),
)


class SharedBatch:
    """Accounts whose requests are of the same batch."""

    card = CARD
    channel = Channel.STATE
    private = True
    declared = False
    phrase = "have requests in the same batch"

    def tokens(self, logs: LogTables) -> ir.Table:
        """Batch ids that cross an account's border."""
        rows = logs.exchanges
        return crossing(rows.select("account_id", token=known(rows.batch_id)))


DETECTOR = SharedBatch()
