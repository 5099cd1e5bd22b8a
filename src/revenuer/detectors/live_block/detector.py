"""Accounts that send requests from the same address block."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_shared
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="live-block",
    title="One address block that several accounts send from",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0008.005",
        "AML.T0040",
    ),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "infrastructure indicators and IP address correlation."
    ),
    blind_spots=(
        "residential proxies all over the world",
        "logs that only see a CDN or gateway",
    ),
    innocent_causes=(
        "customers of one cloud region",
        "a campus or a carrier",
    ),
    runbook=(
        "A block is a weak tie. Read it with the software and the prompts; a cloud "
        "region alone explains it."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.client_ip",),
)


class LiveBlock:
    """Accounts that send requests from the same address block."""

    card = CARD
    channel = Channel.NETWORK
    private = False
    declared = False
    phrase = "send requests from the same address block"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The /24 or /48 around the client's public address."""
        rows = shared(logs, "places")
        return from_shared(rows, rows.block)


DETECTOR = LiveBlock()
