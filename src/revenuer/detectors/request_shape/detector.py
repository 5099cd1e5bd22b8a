"""Accounts that set the same request parameters."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import counted, digest, from_counted, joined, known
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

PARAMETERS = (
    "temperature",
    "max_output_tokens",
    "n",
    "reasoning_effort",
    "response_format",
    "streamed",
    "logprobs",
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
        rows = counted(logs.exchanges, *PARAMETERS)
        return from_counted(rows, digest(_shape(rows)))


def _shape(rows: ir.Table) -> ir.StringValue:
    """The parameters in one text, NULL where none was set."""
    # Thousandths, because engines spell the same fraction differently.
    temperature = (rows.temperature * 1000).round().cast("int64")
    settings = [
        temperature.cast("string"),
        rows.max_output_tokens.cast("string"),
        rows.n.cast("string"),
        known(rows.reasoning_effort),
        known(rows.response_format),
        rows.streamed.cast("int64").cast("string"),
        rows.logprobs.cast("int64").cast("string"),
    ]
    any_set = ibis.or_(*(setting.notnull() for setting in settings))
    whole = joined(*(ibis.coalesce(setting, "-") for setting in settings))
    return any_set.ifelse(whole, ibis.null("string"))


DETECTOR = RequestShape()
