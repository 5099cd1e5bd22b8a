"""Accounts that pay with the same card or wallet."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="shared-payment",
    title="One payment instrument behind several accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: shared "
        "payment methods among load-balanced accounts; CISA, NSA and FBI (2026-09-08), "
        "joint advisory AA26-251A: shared or similar payment data."
    ),
    blind_spots=(
        "a card for each account, as issuers of virtual cards sell them",
        "payment by a cloud marketplace or a reseller",
        "accounts that never paid",
    ),
    innocent_causes=(
        "a company that pays for its employees' seats",
        "a family or a tutor with one card",
        "an agency that pays for its clients",
    ),
    runbook=(
        "Ask billing who holds the instrument and whether the accounts name one "
        "organization. One organization that says so openly is ordinary; look on only "
        "where the accounts pretend to be strangers."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.payment_fingerprint",),
)


class SharedPayment:
    """Accounts that pay with the same card or wallet."""

    card = CARD
    channel = Channel.IDENTITY
    private = True
    declared = False
    phrase = "pay with the same card or wallet"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The payment fingerprint of each account."""
        accounts = logs.accounts
        return from_accounts(accounts, known(accounts.payment_fingerprint))


DETECTOR = SharedPayment()
