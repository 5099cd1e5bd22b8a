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
        pairs = _beyond_chance(ibis.union(*(_streams_of(logs, name) for name in HABITS)))
        token = digest(pairs.both)
        first = pairs.select(account_id="account_id", token=token, exchanges="repeats")
        second = pairs.select(account_id="next_account", token=token, exchanges="repeats")
        return merged(first, second)


def _streams_of(logs: LogTables, name: str) -> ir.Table:
    """Each exchange of the streams that can show a hand-over: same habit, same model."""
    exchanges = logs.exchanges
    # A gateway's own fallback is no hand-over: it is the operator's, and says so.
    ours = ibis.coalesce(exchanges.routed_by.lower(), "") == "gateway"
    streams = _streams(exchanges.filter(~ours & _refused(exchanges)), name, shared(logs, name))
    return _in_streams(exchanges.filter(~ours), name).semi_join(streams, STREAM)


def _in_streams(exchanges: ir.Table, name: str) -> ir.Table:
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


def _streams(refused: ir.Table, name: str, worn: ir.Table) -> ir.Table:
    """Streams that can show a hand-over: few accounts, some refusals; most cannot."""
    several = worn.group_by(STREAM).aggregate(accounts=worn.account_id.nunique())
    several = several.filter((several.accounts > 1) & (several.accounts <= MOST_ACCOUNTS))
    rows = _in_streams(refused, name).semi_join(several, STREAM)
    streams = rows.group_by(STREAM).aggregate(refusals=rows.count())
    return streams.filter(streams.refusals >= FEWEST_REPEATS)


def _steps(rows: ir.Table) -> ir.Table:
    """Each exchange that comes soon after a refusal or is one, with the next of its stream.

    What follows a refusal within `WITHIN_S` lies in the same part of the time or in the one
    behind it. All else need not be sorted.
    """
    rows = rows.mutate(part=rows.at_s // WITHIN_S)
    refused = rows.filter(rows.refused).select(*STREAM, "part").distinct()
    soon = ibis.union(refused, refused.mutate(part=refused.part + 1), distinct=True)
    near = rows.semi_join(soon, [*STREAM, "part"])
    order = ibis.window(group_by=STREAM, order_by=["occurred_at", "account_id"])
    return near.select(
        *STREAM,
        "account_id",
        "at_s",
        "refused",
        next_account=near.account_id.lead().over(order),
        next_s=near.at_s.lead().over(order),
    )


def _beyond_chance(rows: ir.Table) -> ir.Table:
    """Pairs that follow one another oftener than accounts at random moments would."""
    steps = _steps(rows)
    handed = steps.filter(
        steps.refused
        & steps.next_account.notnull()
        & (steps.next_account != steps.account_id)
        & (steps.next_s - steps.at_s <= WITHIN_S)
    )
    pairs = handed.group_by(*STREAM, "account_id", "next_account").aggregate(
        repeats=handed.count(),
        # Of what is grouped by, an engine would make tokens for all exchanges first.
        both=(handed.account_id + SEPARATOR + handed.next_account).max(),
    )
    pairs = pairs.filter(pairs.repeats >= FEWEST_REPEATS)
    shares = _shares(rows)
    mine = shares.select(*STREAM, "account_id", "refusals", "accounts")
    theirs = shares.select(*STREAM, next_account="account_id", chance="chance")
    # Distinct anyway; said here so that no engine joins all of a stream's accounts with each
    # other first, half a million pairs of which a few hundred are asked for.
    pairs = pairs.join(mine, [*STREAM, "account_id"]).distinct()
    pairs = pairs.join(theirs, [*STREAM, "next_account"])
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
    each = rows.group_by(*STREAM, "account_id").aggregate(
        made=rows.count(),
        refusals=rows.refused.cast("int64").sum(),
        first_s=rows.at_s.min(),
        last_s=rows.at_s.max(),
    )
    whole = each.group_by(STREAM).aggregate(
        length=each.made.sum(),
        accounts=each.count(),
        span_s=each.last_s.max() - each.first_s.min(),
    )
    shares = each.join(whole, STREAM)
    minutes = ibis.greatest(shares.span_s, WITHIN_S) / WITHIN_S
    return shares.mutate(chance=ibis.least(shares.made / shares.length, shares.made / minutes))


DETECTOR = Handover()
