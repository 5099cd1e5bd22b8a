"""Accounts that were verified with the same telephone number."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="shared-phone",
    title="One telephone number behind several accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A: similar registration"
        " details; Anthropic (2026-09-10), Detecting and countering misuse of AI: "
        "identities are manufactured first."
    ),
    blind_spots=(
        "rented numbers, one an account",
        "accounts verified otherwise",
    ),
    innocent_causes=(
        "a household or a small office with one telephone",
        "a person with a private and a work account",
        "a number that was given to a new owner",
    ),
    runbook=(
        "Look at when the number was used for each account: years apart speaks for a "
        "new owner, minutes apart for one person."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.phone_fingerprint",),
)


class SharedPhone:
    """Accounts that were verified with the same telephone number."""

    card = CARD
    channel = Channel.IDENTITY
    private = True
    declared = False
    phrase = "were verified with the same telephone number"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The telephone fingerprint of each account."""
        accounts = logs.accounts
        return from_accounts(accounts, known(accounts.phone_fingerprint))


DETECTOR = SharedPhone()
