"""The contract's tables as Ibis expressions, every column present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import ibis
import ibis.expr.types as ir

PEER_MATCHES = ibis.schema(
    dict.fromkeys(("account_id", "cluster", "source", "kind", "unit"), "string")
)
"""Columns of `LogTables.peer_matches`. What was asked for has a unit, and no cluster where the
peer does not have it; what a peer named has none."""


@cache
def no_matches() -> ir.Table:
    """An empty `LogTables.peer_matches`, the same one for all logs."""
    return ibis.memtable([], schema=PEER_MATCHES)


@dataclass(frozen=True, slots=True)
class LogTables:
    """What a scan reads.

    Every column of the contract is there with its type; what the logs lack is NULL.

    Attributes:
        exchanges: One row per request and its answer.
        accounts: One row per account; may be empty.
        account_links: account_id, kind, value, first_seen, last_seen; may be empty.
        permits: Declared legitimate use; may be empty.
        present: Columns with at least one value, as `exchanges.client_ip`.
        kept: What `features.shared` makes of the exchanges, as far as the engine keeps it.
        peer_matches: account_id, cluster, source, kind: what accounts have that a peer names
            as a campaign's. Not of the contract: `app.sharing.intel` makes it.
    """

    exchanges: ir.Table
    accounts: ir.Table
    account_links: ir.Table
    permits: ir.Table
    present: frozenset[str]
    kept: Mapping[str, ir.Table] = field(default_factory=dict)
    peer_matches: ir.Table = field(default_factory=no_matches)
