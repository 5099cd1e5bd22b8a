"""Accounts that come through the same reseller, openly."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_exchanges
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="reseller",
    title="Accounts behind one reseller",
    axis=Axis.COORDINATION,
    atlas=("AML.T0008.005",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "commercial proxy services that resell access at scale; CISA, NSA and FBI "
        "(2026-09-08), joint advisory AA26-251A: transfer stations and aggregators."
    ),
    blind_spots=(
        "resellers that do not say they resell",
        "a shell company whose traffic is its customers'",
    ),
    innocent_causes=("every customer of an honest reseller or cloud marketplace",),
    runbook=(
        "A reseller ties its innocent customers too. Ask the reseller who stands behind"
        " the accounts that other ties single out."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.reseller_id",),
)


class Reseller:
    """Accounts that come through the same reseller, openly."""

    card = CARD
    channel = Channel.IDENTITY
    private = False
    declared = True
    phrase = "come through the same reseller"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The reseller named with each exchange."""
        exchanges = logs.exchanges
        return from_exchanges(exchanges, known(exchanges.reseller_id))


DETECTOR = Reseller()
