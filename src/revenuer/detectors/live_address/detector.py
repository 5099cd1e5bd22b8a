"""Accounts that send requests from the same address."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_shared
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="live-address",
    title="One address that several accounts send from",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0008.005",
        "AML.T0040",
    ),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: IP "
        "address correlation; Stringhini et al. (2015), EvilCohort, USENIX Security: "
        "accounts tied over shared addresses."
    ),
    blind_spots=(
        "residential proxies that change with every request",
        "logs that only see a CDN or gateway",
    ),
    innocent_causes=(
        "an office, a campus or a carrier behind one translated address",
        "a commercial VPN",
        "a shared build machine or function host",
    ),
    runbook=(
        "Look up what the address is and how many other accounts use it. A class behind"
        " one address has its own rhythms and topics; one operator's accounts do not."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.client_ip",),
)


class LiveAddress:
    """Accounts that send requests from the same address."""

    card = CARD
    channel = Channel.NETWORK
    private = False
    declared = False
    phrase = "send requests from the same address"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The client's public address; our own CDN and gateways link nobody."""
        rows = shared(logs, "places")
        return from_shared(rows, rows.address)


DETECTOR = LiveAddress()
