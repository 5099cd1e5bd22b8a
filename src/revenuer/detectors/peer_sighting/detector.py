"""Accounts that have what a peer names as one campaign's."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.features.expressions import joined, known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="peer-sighting",
    title="What another operator saw of the same campaign",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021", "AML.T0008.005"),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: intelligence "
        "shared with other labs and clouds; Tech Coalition, Lantern: signals are no proof, and "
        "who receives one verifies it on their own."
    ),
    blind_spots=(
        "campaigns that no peer has seen, or that have nothing in common from one operator to the "
        "next",
        "what a large part of ordinary customers has too, whoever names it",
    ),
    innocent_causes=(
        "an address, a client or a mail domain that a campaign uses beside honest people",
        "a peer that errs, or lies",
        "our own finding that a peer sends back as its own",
    ),
    runbook=(
        "Read who says it and of when it is. A peer's word counts only for a group that our own "
        "evidence suspects on every axis. Ask the peer for what it rests on before acting, and "
        "tell it whether you saw the same."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("peer_matches.cluster",),
)


class PeerSighting:
    """Accounts that have what a peer names as one campaign's."""

    card = CARD
    channel = Channel.PEER
    private = False
    declared = False
    phrase = "have what a peer names as one campaign's"

    def tokens(self, logs: LogTables) -> ir.Table:
        """Kind, cluster and source of each match: however many values of a kind are met."""
        matches = logs.peer_matches
        named = (known(matches.kind), known(matches.cluster), known(matches.source))
        rows = matches.select(account_id=matches.account_id, token=joined(*named)).distinct()
        return rows.filter(rows.token.notnull()).mutate(exchanges=ibis.literal(0, "int64"))


DETECTOR = PeerSighting()
