"""Which accounts have what peers name: accepted indicators joined with what the logs show."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.features.addresses import client_address
from revenuer.features.expressions import known
from revenuer.features.tables import PEER_MATCHES, LogTables

INDICATORS = ibis.schema(
    dict.fromkeys(("kind", "value", "cluster", "source"), "string")
    | dict.fromkeys(("since", "until"), "timestamp('UTC', 6)")
)
"""Columns of the indicators: what a peer names, and of when its word is; NULL is open."""
OF_EXCHANGES = ("asn", "address", "tls-fingerprint", "user-agent")
"""Kinds that are looked for in exchanges, each by its own column."""


def peer_matches(tables: LogTables, indicators: ir.Table, found: ir.Table) -> ir.Table:
    """The rows of `LogTables.peer_matches`.

    Args:
        tables: What is read.
        indicators: `INDICATORS`.
        found: What was asked for otherwise, as by private matching, and what of it was met.
    """
    rows = tables.exchanges
    values = {
        "asn": rows.asn.cast("string"),
        "address": client_address(rows),
        "tls-fingerprint": known(rows.tls_fingerprint),
        "user-agent": known(rows.user_agent),
    }
    parts = [
        _met(rows.select("account_id", "occurred_at", value=values[kind]), indicators, kind)
        for kind in OF_EXCHANGES
    ]
    domain = known(tables.accounts.email_domain.lower())
    accounts = tables.accounts.select("account_id", value=domain)
    domains = indicators.filter(indicators.kind == "email-domain")
    parts.append(_named(accounts.join(domains, "value")))
    parts.append(found.select(*PEER_MATCHES.names))
    return ibis.union(*parts).distinct()


def _met(rows: ir.Table, indicators: ir.Table, kind: str) -> ir.Table:
    """Accounts that had a thing while the peer's word was of that time."""
    mine = indicators.filter(indicators.kind == kind)
    met = rows.join(mine, "value")
    begun = met.since.isnull() | (met.occurred_at >= met.since)
    lasts = met.until.isnull() | (met.occurred_at <= met.until)
    return _named(met.filter(begun & lasts))


def _named(met: ir.Table) -> ir.Table:
    return met.mutate(unit=ibis.null("string")).select(*PEER_MATCHES.names)
