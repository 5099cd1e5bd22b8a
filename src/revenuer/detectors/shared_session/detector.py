"""Accounts that take part in the same session, task or conversation."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import crossing
from revenuer.features.expressions import SEPARATOR, known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="shared-session",
    title="A conversation that crosses accounts",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0040",
        "AML.T0024.002",
    ),
    source=(
        "Anthropic (2026-09-10), Detecting and countering misuse of AI: sessions stored"
        " by one pool and replayed by another; CISA, NSA and FBI (2026-09-08), joint "
        "advisory AA26-251A: automated failover between pathways."
    ),
    blind_spots=(
        "a fresh session for every request",
        "clients that send no session",
    ),
    innocent_causes=(
        "a person who changes to another account of theirs in mid-conversation",
        "a client with a constant session id, such as `default`",
        "a shared conversation that a colleague goes on with",
    ),
    runbook=(
        "Read the session in the order of time. One that hops between many accounts is "
        "a pool's; one hop is a person's."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.session_id",),
)


class SharedSession:
    """Accounts that take part in the same session, task or conversation."""

    card = CARD
    channel = Channel.STATE
    private = True
    declared = False
    phrase = "take part in the same session or task"

    def tokens(self, logs: LogTables) -> ir.Table:
        """Sessions, tasks and parent exchanges that cross an account's border."""
        exchanges = logs.exchanges
        named = {
            "session": exchanges.select("account_id", token=known(exchanges.session_id)),
            "task": exchanges.select("account_id", token=known(exchanges.task_id)),
            "turn": _turns(exchanges),
        }
        crossed = {kind: crossing(rows) for kind, rows in named.items()}
        return ibis.union(
            *(rows.mutate(token=kind + SEPARATOR + rows.token) for kind, rows in crossed.items())
        )


def _turns(exchanges: ir.Table) -> ir.Table:
    """Exchanges that others continue, held by whoever made or continued them."""
    # Few exchanges have a parent, or none: those are looked for, in what is read first.
    later = exchanges.filter(exchanges.parent_exchange_id.notnull())
    continued = later.select("account_id", token=known(later.parent_exchange_id))
    continued = continued.filter(continued.token.notnull())
    made = exchanges.select("account_id", token=exchanges.exchange_id)
    return ibis.union(continued, made.semi_join(continued, "token"))


DETECTOR = SharedSession()
