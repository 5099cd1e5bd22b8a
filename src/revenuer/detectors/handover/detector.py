"""Accounts that go on, time and again, where another one was refused."""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import merged
from revenuer.features.client_habits import HABITS, Habit
from revenuer.features.expressions import SEPARATOR, digest
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

STREAM = ("habit", "model")
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
        steps = ibis.union(*(_steps(logs.exchanges, habit) for habit in HABITS.values()))
        pairs = _beyond_chance(steps)
        token = digest(pairs.account_id + SEPARATOR + pairs.next_account)
        first = pairs.select(account_id="account_id", token=token, exchanges="repeats")
        second = pairs.select(account_id="next_account", token=token, exchanges="repeats")
        return merged(first, second)


def _steps(exchanges: ir.Table, habit: Habit) -> ir.Table:
    """Each exchange with the next one of its stream: same habit, same model."""
    # A gateway's own fallback is no hand-over: it is the operator's, and says so.
    ours = ibis.coalesce(exchanges.routed_by.lower(), "") == "gateway"
    kept = exchanges.filter(~ours)
    rows = kept.select(
        "account_id",
        "occurred_at",
        habit=habit.key(kept),
        model=ibis.coalesce(kept.model, ""),
        refused=ibis.coalesce(kept.status, 200).isin(REFUSED),
        at_s=kept.occurred_at.epoch_seconds().cast("int64"),
    )
    rows = rows.semi_join(_streams(rows), STREAM)
    order = ibis.window(group_by=STREAM, order_by=["occurred_at", "account_id"])
    return rows.select(
        *STREAM,
        "account_id",
        "at_s",
        "refused",
        next_account=rows.account_id.lead().over(order),
        next_s=rows.at_s.lead().over(order),
    )


def _streams(rows: ir.Table) -> ir.Table:
    """Streams that can show a hand-over: few accounts, some refusals; most cannot."""
    refused = rows.filter(rows.refused & rows.habit.notnull())
    refusals = refused.group_by(STREAM).aggregate(refusals=refused.count())
    some = rows.semi_join(refusals.filter(refusals.refusals >= FEWEST_REPEATS), STREAM)
    streams = some.group_by(STREAM).aggregate(accounts=some.account_id.nunique())
    return streams.filter((streams.accounts > 1) & (streams.accounts <= MOST_ACCOUNTS))


def _beyond_chance(steps: ir.Table) -> ir.Table:
    """Pairs that follow one another oftener than accounts at random moments would."""
    handed = steps.filter(
        steps.refused
        & steps.next_account.notnull()
        & (steps.next_account != steps.account_id)
        & (steps.next_s - steps.at_s <= WITHIN_S)
    )
    pairs = handed.group_by(*STREAM, "account_id", "next_account").aggregate(repeats=handed.count())
    pairs = pairs.filter(pairs.repeats >= FEWEST_REPEATS)
    shares = _shares(steps)
    mine = shares.select(*STREAM, "account_id", "refusals", "accounts")
    theirs = shares.select(*STREAM, next_account="account_id", chance="chance")
    pairs = pairs.join(mine, [*STREAM, "account_id"]).join(theirs, [*STREAM, "next_account"])
    expected = pairs.refusals * pairs.chance
    # Chernoff's bound of the Poisson tail, times the pairs that a stream has (Bonferroni).
    log_tail = pairs.repeats - expected - pairs.repeats * (pairs.repeats / expected).ln()
    log_pairs = 2 * pairs.accounts.cast("float64").ln()
    return pairs.filter((pairs.repeats > expected) & (log_tail + log_pairs <= LOG_CHANCE))


def _shares(steps: ir.Table) -> ir.Table:
    """Each account's refusals in a stream, and its chance to come next within a minute.

    That chance is at most its share of the stream, and at most the exchanges it makes in
    a minute of it.
    """
    whole = steps.group_by(STREAM).aggregate(
        length=steps.count(),
        accounts=steps.account_id.nunique(),
        span_s=steps.at_s.max() - steps.at_s.min(),
    )
    each = steps.group_by(*STREAM, "account_id").aggregate(
        made=steps.count(), refusals=steps.refused.cast("int64").sum()
    )
    rows = each.join(whole, STREAM)
    minutes = ibis.greatest(rows.span_s, WITHIN_S) / WITHIN_S
    return rows.mutate(chance=ibis.least(rows.made / rows.length, rows.made / minutes))


DETECTOR = Handover()
