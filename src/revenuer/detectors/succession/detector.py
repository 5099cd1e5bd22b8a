"""Accounts that begin where a suspended one stopped, with its habits."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.features.client_habits import HABITS
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="succession",
    title="A new account with the habits of one just suspended",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0021",
        "AML.T0008.005",
    ),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: when "
        "one account is banned, a new one takes its place; Anthropic (2026-09-10), "
        "Detecting and countering misuse of AI: failover from a pool of nearly 5,000 "
        "accounts to a second one."
    ),
    blind_spots=(
        "successors with new software and a new prompt",
        "pools that wait longer than three days",
        "accounts tables without suspensions",
        "habits so common that they are left out",
    ),
    innocent_causes=(
        "a customer suspended by mistake who opens a new account",
        "new customers of a popular client who sign up in those days",
        "a company that replaces a leaked key's account",
    ),
    runbook=(
        "Compare the prompts before and after. Ask whether the new account was opened "
        "by someone who says who they are; then the suspension may have been the "
        "mistake."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.suspended_at",),
)

LONGEST_WAIT_S = 72 * 3600
NEW_FOR_S = 14 * 86_400
MOST_HOLDERS = 1_000
"""Habits of more accounts than this are a popular client's, and whom more newcomers than this
resemble in one habit or another, has no successor that could be told. placeholder"""


class Succession:
    """Accounts that begin where a suspended one stopped, with its habits."""

    card = CARD
    channel = Channel.TIMING
    private = False
    declared = False
    phrase = "began with a suspended account's habits soon after it was suspended"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The predecessor's id, held by itself and by its successors."""
        habits = _habits(logs)
        old = _suspended(logs.accounts).join(habits, "account_id")
        new = _newcomers(logs.exchanges, logs.accounts).join(habits, "account_id")
        pairs = old.join(new, [old.token == new.token, old.account_id != new.account_id])
        waited = pairs.first_s - pairs.stopped_s
        pairs = pairs.filter((waited >= 0) & (waited <= LONGEST_WAIT_S))
        heirs = pairs.select(account_id=pairs.account_id_right, token=pairs.account_id).distinct()
        counted = heirs.group_by("token").aggregate(heirs=heirs.count())
        heirs = heirs.semi_join(counted.filter(counted.heirs <= MOST_HOLDERS), "token")
        rows = ibis.union(heirs, heirs.select(account_id="token", token="token")).distinct()
        return rows.mutate(exchanges=ibis.literal(0, "int64"))


def _habits(logs: LogTables) -> ir.Table:
    """Marks of each account that few others have: software, prompts, shapes, blocks."""
    worn = [shared(logs, name) for name in HABITS]
    places = shared(logs, "places")
    rows = ibis.union(
        *(habits.select("account_id", token=habits.habit) for habits in worn),
        places.select("account_id", token=places.block),
    )
    marks = rows.filter(rows.token.notnull()).distinct()
    holders = marks.group_by("token").aggregate(holders=marks.count())
    return marks.semi_join(holders.filter(holders.holders <= MOST_HOLDERS), "token")


def _suspended(accounts: ir.Table) -> ir.Table:
    """Suspended accounts with the second of their suspension."""
    closed = (accounts.status == "suspended").ifelse(
        accounts.closed_at, ibis.null(accounts.closed_at.type())
    )
    stopped = ibis.coalesce(accounts.suspended_at, closed)
    rows = accounts.select(
        account_id=accounts.account_id, stopped_s=stopped.epoch_seconds().cast("int64")
    )
    return rows.filter(rows.stopped_s.notnull())


def _newcomers(exchanges: ir.Table, accounts: ir.Table) -> ir.Table:
    """Accounts with the second of their first exchange, long-standing ones left out."""
    first = exchanges.group_by("account_id").aggregate(
        first_s=exchanges.occurred_at.epoch_seconds().cast("int64").min()
    )
    opened = accounts.select(
        opened_account=accounts.account_id,
        opened_s=accounts.created_at.epoch_seconds().cast("int64"),
    )
    rows = first.left_join(opened, first.account_id == opened.opened_account)
    recent = ibis.coalesce(rows.first_s - rows.opened_s, 0) <= NEW_FOR_S
    return rows.filter(recent).select("account_id", "first_s")


DETECTOR = Succession()
