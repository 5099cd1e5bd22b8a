"""Accounts that go on, time and again, where another one was refused."""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import merged
from revenuer.features.client_habits import HABITS
from revenuer.features.expressions import SEPARATOR, digest
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="handover",
    title="One account continues another's work after a refusal",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0040",
        "AML.T0008.005",
    ),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A: automated failover "
        "between pathways when blocked; Anthropic (2026-02-23), Detecting and "
        "preventing distillation attacks: load balancing to improve reliability; key-"
        "pool software documents the mechanics: cool down after a 429 and go on with "
        "the next key."
    ),
    blind_spots=(
        "pools that draw the next account at random out of thousands",
        "pools that stay below every limit",
        "logs that leave refused requests out",
        "a busy stream, where a stranger's request comes between",
    ),
    innocent_causes=(
        "a team that openly spreads its load over several keys",
        "a gateway's fallback, where the log does not say so",
        "a person with two accounts",
    ),
    runbook=(
        "Read one chain of refusals in the order of time. The same prompt going on "
        "under the next account is the sign; look at whether the accounts belong to one"
        " open customer."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.status",),
)

STREAM = ("key", "model")
"""What the requests of one pool have in common."""
REFUSED = (429, 403)
WITHIN_S = 60
FEWEST_REPEATS = 3
MOST_ACCOUNTS = 500
"""A stream of more accounts is a popular client's: the next one is anybody. placeholder"""
LOG_CHANCE = math.log(0.01)
"""Log of the chance that a stream of strangers shows any pair so often. placeholder"""


class Handover:
    """Accounts that go on, time and again, where another one was refused."""

    card = CARD
    channel = Channel.TIMING
    private = False
    declared = False
    phrase = "take over from one another right after a refusal"

    def tokens(self, logs: LogTables) -> ir.Table:
        """A token a pair of accounts that repeats, held by both."""
        pairs = ibis.union(*(_taking_over(logs, name) for name in HABITS))
        token = digest(pairs.account_id + SEPARATOR + pairs.next_account)
        first = pairs.select(account_id="account_id", token=token, exchanges="repeats")
        second = pairs.select(account_id="next_account", token=token, exchanges="repeats")
        return merged(first, second)


def _taking_over(logs: LogTables, name: str) -> ir.Table:
    """Pairs that hand over in streams of one habit, oftener than by chance."""
    exchanges = logs.exchanges
    # A gateway's own fallback is no hand-over: it is the operator's, and says so.
    ours = ibis.coalesce(exchanges.routed_by.lower(), "") == "gateway"
    rows = exchanges.filter(~ours)
    worn = shared(logs, name)
    refused = _rows(rows.filter(_refused(rows)), name)
    pairs = _handed(_within(rows, name, worn, _streams(refused, worn)))
    # Few streams have such a pair: only they are counted through.
    return _beyond_chance(pairs, _within(rows, name, worn, pairs.select(*STREAM).distinct()))


def _rows(exchanges: ir.Table, name: str) -> ir.Table:
    return exchanges.select(
        "account_id",
        "occurred_at",
        key=HABITS[name].key(exchanges),
        model=ibis.coalesce(exchanges.model, ""),
        refused=_refused(exchanges),
        at_s=exchanges.occurred_at.epoch_seconds().cast("int64"),
    )


def _refused(exchanges: ir.Table) -> ir.BooleanValue:
    return ibis.coalesce(exchanges.status, 200).isin(REFUSED)


def _streams(refused: ir.Table, worn: ir.Table) -> ir.Table:
    """Streams that can show a hand-over: few accounts, some refusals; most cannot."""
    several = worn.group_by(STREAM).aggregate(accounts=worn.account_id.nunique())
    several = several.filter((several.accounts > 1) & (several.accounts <= MOST_ACCOUNTS))
    rows = refused.semi_join(several, STREAM)
    streams = rows.group_by(STREAM).aggregate(refusals=rows.count())
    return streams.filter(streams.refusals >= FEWEST_REPEATS)


def _within(exchanges: ir.Table, name: str, worn: ir.Table, streams: ir.Table) -> ir.Table:
    """The exchanges of some streams."""
    # By account first: that costs less than naming the stream of every exchange.
    wearing = worn.semi_join(streams, STREAM).select("account_id").distinct()
    rows = exchanges.filter(exchanges.account_id.isin(wearing.account_id))
    return _rows(rows, name).semi_join(streams, STREAM)


def _handed(rows: ir.Table) -> ir.Table:
    """Pairs of accounts of which one is next, time and again, when the other is refused."""
    # What comes within a minute of a refusal is in its minute or the one after.
    rows = rows.mutate(minute=(rows.at_s // WITHIN_S).cast("int64"))
    refused = rows.filter(rows.refused).select(*STREAM, "minute")
    after = refused.mutate(minute=refused.minute + 1)
    near = rows.semi_join(ibis.union(refused, after, distinct=True), [*STREAM, "minute"])
    order = ibis.window(group_by=STREAM, order_by=["occurred_at", "account_id"])
    steps = near.select(
        *STREAM,
        "account_id",
        "at_s",
        "refused",
        next_account=near.account_id.lead().over(order),
        next_s=near.at_s.lead().over(order),
    )
    handed = steps.filter(
        steps.refused
        & steps.next_account.notnull()
        & (steps.next_account != steps.account_id)
        & (steps.next_s - steps.at_s <= WITHIN_S)
    )
    pairs = handed.group_by(*STREAM, "account_id", "next_account").aggregate(repeats=handed.count())
    return pairs.filter(pairs.repeats >= FEWEST_REPEATS)


def _beyond_chance(pairs: ir.Table, rows: ir.Table) -> ir.Table:
    """Pairs that follow one another oftener than accounts at random moments would.

    Args:
        pairs: From `_handed`.
        rows: All exchanges of their streams.
    """
    shares = _shares(rows)
    mine = shares.select(*STREAM, "account_id", "refusals", "accounts")
    theirs = shares.select(*STREAM, next_account="account_id", chance="chance")
    pairs = pairs.join(mine, [*STREAM, "account_id"]).join(theirs, [*STREAM, "next_account"])
    expected = pairs.refusals * pairs.chance
    # Chernoff's bound of the Poisson tail, times the pairs that a stream has (Bonferroni).
    log_tail = pairs.repeats - expected - pairs.repeats * (pairs.repeats / expected).ln()
    log_pairs = 2 * pairs.accounts.cast("float64").ln()
    return pairs.filter((pairs.repeats > expected) & (log_tail + log_pairs <= LOG_CHANCE))


def _shares(rows: ir.Table) -> ir.Table:
    """Each account's refusals in a stream, and its chance to come next within a minute.

    That chance is at most its share of the stream, and at most the exchanges it makes in
    a minute of it.
    """
    whole = rows.group_by(STREAM).aggregate(
        length=rows.count(),
        accounts=rows.account_id.nunique(),
        span_s=rows.at_s.max() - rows.at_s.min(),
    )
    each = rows.group_by(*STREAM, "account_id").aggregate(
        made=rows.count(), refusals=rows.refused.cast("int64").sum()
    )
    shares = each.join(whole, STREAM)
    minutes = ibis.greatest(shares.span_s, WITHIN_S) / WITHIN_S
    return shares.mutate(chance=ibis.least(shares.made / shares.length, shares.made / minutes))


DETECTOR = Handover()
