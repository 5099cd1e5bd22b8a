"""Accounts below the same parent account, openly."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts, merged
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="parent-account",
    title="Accounts below one parent account",
    axis=Axis.COORDINATION,
    atlas=("AML.T0012",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "campaigns over multiple access pathways and account types."
    ),
    blind_spots=(
        "parents that are not recorded",
        "accounts that hide whose they are",
    ),
    innocent_causes=(
        "every company with sub-accounts",
        "a platform that opens one account a customer",
    ),
    runbook=(
        "This tie is declared and hides nothing. Use it to read a group as one "
        "customer, and ask that customer first."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.parent_account_id",),
)


class ParentAccount:
    """Accounts below the same parent account, openly."""

    card = CARD
    channel = Channel.IDENTITY
    private = False
    declared = True
    phrase = "stand below the same parent account"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The parent account of each account, and each parent itself."""
        accounts = logs.accounts
        parent = known(accounts.parent_account_id)
        children = from_accounts(accounts, parent)
        parents = children.select("token").distinct()
        # A parent is tied to its children: it holds its own id as a token.
        own = from_accounts(accounts, accounts.account_id).semi_join(parents, "token")
        return merged(children, own)


DETECTOR = ParentAccount()
