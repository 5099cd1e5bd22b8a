"""Accounts that work in the same rare minutes with the same habits."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import merged
from revenuer.features.client_habits import HABITS, Habit
from revenuer.features.expressions import SEPARATOR, digest
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="synchronised-burst",
    title="Accounts that act in the same unusual minutes",
    axis=Axis.COORDINATION,
    atlas=("AML.T0040",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "synchronized traffic across accounts, coordinated timing; Cao et al. (2014), "
        "SynchroTrap, CCS: loosely synchronised actions over sustained time."
    ),
    blind_spots=(
        "pools that take turns or add random delays",
        "bursts at round minutes, which are left out",
        "a pool that is always busy, so that no minute stands out",
        "metadata without TLS fingerprint, user agent or system prompt",
    ),
    innocent_causes=(
        "schedules: everyone's nightly job",
        "a class told to begin",
        "retries of many clients after an outage of ours",
        "a batch that is released at once",
    ),
    runbook=(
        "Timing corroborates and never founds. Look for an outage or a release at that "
        "minute before reading anything into it."
    ),
    maturity=Maturity.INCUBATING,
    version=1,
    needs=("exchanges.user_agent",),
)

FEWEST_ACCOUNTS = 5
TIMES_USUAL = 5
"""How many times its usual accounts a minute must see. placeholder"""
ROUND_MINUTES = 5
"""Schedules start at round minutes, so those tie nobody."""


class SynchronisedBurst:
    """Accounts that work in the same rare minutes with the same habits."""

    card = CARD
    channel = Channel.TIMING
    private = False
    declared = False
    phrase = "act in the same unusual minutes"

    def tokens(self, logs: LogTables) -> ir.Table:
        """Minutes in which many accounts of one habit act, and usually do not."""
        rows = ibis.union(*(_unusual(logs, name) for name in HABITS))
        token = digest(rows.habit + SEPARATOR + rows.minute.cast("string"))
        return merged(rows.select("account_id", "exchanges", token=token))


def _unusual(logs: LogTables, name: str) -> ir.Table:
    """Who acts in the unusual minutes of one kind of habit."""
    acts = _acts(logs.exchanges, HABITS[name])
    # Nearly all minutes are usual: only in the others exchanges are counted.
    rows = acts.semi_join(_unusual_minutes(acts.distinct()), ["key", "minute"])
    rows = rows.group_by("account_id", "key", "minute").aggregate(exchanges=rows.count())
    worn = shared(logs, name)
    names = worn.group_by("key").aggregate(habit=worn.habit.max())
    return rows.join(names, "key").select("account_id", "habit", "minute", "exchanges")


def _acts(exchanges: ir.Table, habit: Habit) -> ir.Table:
    """The account, habit and minute of each exchange, batches left out."""
    rows = exchanges.select(
        account_id=exchanges.account_id,
        key=habit.key(exchanges),
        given=habit.given(exchanges),
        minute=(exchanges.occurred_at.epoch_seconds() // 60).cast("int64"),
        batch_id=exchanges.batch_id,
    )
    # A batch runs when the provider chooses: it is no burst of the customer's.
    return rows.filter(rows.given & rows.batch_id.isnull()).select("account_id", "key", "minute")


def _unusual_minutes(crowd: ir.Table) -> ir.Table:
    """Minutes that see far more accounts of a habit than its other minutes do.

    Args:
        crowd: Who acts with a habit in a minute, a row for each.
    """
    minutes = crowd.group_by("key", "minute").aggregate(present=crowd.count())
    usual = minutes.group_by("key").aggregate(
        minutes=minutes.count(), presences=minutes.present.sum()
    )
    rows = minutes.join(usual, "key")
    # The minute itself is left out of what is usual; a habit's only minute has no usual.
    others = (rows.presences - rows.present) / (rows.minutes - 1).nullif(0)
    return rows.filter(
        (rows.present >= FEWEST_ACCOUNTS)
        & (rows.present >= TIMES_USUAL * others)
        & (rows.minute % ROUND_MINUTES != 0)
    ).select("key", "minute")


DETECTOR = SynchronisedBurst()
