"""Accounts that set the same request parameters."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_shared
from revenuer.features.expressions import digest
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="request-shape",
    title="One setting of request parameters across accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0040",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "identical patterns across accounts; Anthropic (2026-09-10), Detecting and "
        "countering misuse of AI: metadata signals."
    ),
    blind_spots=(
        "parameters drawn at random for each request",
        "logs that do not keep parameters",
    ),
    innocent_causes=(
        "everyone who keeps a popular framework's defaults",
        "readers of one tutorial",
    ),
    runbook=(
        "Look at the tuple itself: a default of a popular framework ties nobody, an odd"
        " limit such as 7,777 tokens does."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.max_output_tokens",),
)


class RequestShape:
    """Accounts that set the same request parameters."""

    card = CARD
    channel = Channel.SOFTWARE
    private = False
    declared = False
    phrase = "set the same request parameters"

    def tokens(self, logs: LogTables) -> ir.Table:
        """A digest of the parameters, where any of them was set."""
        rows = shared(logs, "request_shapes")
        return from_shared(rows, digest(rows.habit))


DETECTOR = RequestShape()
