"""Accounts whose client shows the same TLS fingerprint and user agent."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_shared
from revenuer.features.expressions import digest
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="client-fingerprint",
    title="One client software across accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0040",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "behavioural fingerprints and request metadata; FoxIO, JA4: a fingerprint of "
        "the TLS client hello."
    ),
    blind_spots=(
        "clients that imitate a popular browser or SDK to the byte",
        "TLS that ends before us",
    ),
    innocent_causes=("everyone with the same release of a popular SDK or application",),
    runbook=(
        "Look at how many unrelated accounts show the same pair. Only an unusual one ties anything."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=(
        "exchanges.tls_fingerprint",
        "exchanges.user_agent",
    ),
)


class ClientFingerprint:
    """Accounts whose client shows the same TLS fingerprint and user agent."""

    card = CARD
    channel = Channel.SOFTWARE
    private = False
    declared = False
    phrase = "use the same client software"

    def tokens(self, logs: LogTables) -> ir.Table:
        """A digest of TLS fingerprint with user agent; both must be known."""
        rows = shared(logs, "softwares")
        return from_shared(rows, digest(rows.habit))


DETECTOR = ClientFingerprint()
