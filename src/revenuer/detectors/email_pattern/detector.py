"""Accounts whose addresses are of the same mail domain."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="email-pattern",
    title="One mail domain behind several accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "Anthropic (2026-09-10), Detecting and countering misuse of AI: disposable "
        "e-mail in the largest campaign; CISA, NSA and FBI (2026-09-08), joint advisory"
        " AA26-251A: similar registration details."
    ),
    blind_spots=(
        "addresses of the big mail houses, which nearly everyone has",
        "a domain an account",
        "patterns before the @, which the contract does not carry",
    ),
    innocent_causes=(
        "every company and university",
        "every big mail house",
    ),
    runbook=(
        "Look the domain up: a company's own domain is the opposite of hiding. A young "
        "catch-all domain without a site is worth a question."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.email_domain",),
)


class EmailPattern:
    """Accounts whose addresses are of the same mail domain."""

    card = CARD
    channel = Channel.IDENTITY
    private = False
    declared = False
    phrase = "have addresses of the same mail domain"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The mail domain of each account; how common it is, is weighed later."""
        accounts = logs.accounts
        return from_accounts(accounts, known(accounts.email_domain.lower()))


DETECTOR = EmailPattern()
