"""Accounts that were opened from the same address."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts
from revenuer.features.addresses import public_address
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="signup-address",
    title="One address that opened several accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A: similar registration"
        " details; Xiao, Freeman and Hwa (2015), Detecting clusters of fake accounts in"
        " online social networks, AISec: clusters by registration address and date."
    ),
    blind_spots=(
        "residential proxies, one address an account",
        "accounts opened by a cloud's marketplace",
    ),
    innocent_causes=(
        "an office, a campus or a carrier behind one translated address",
        "a workshop where everyone signs up",
    ),
    runbook=(
        "Look up what the address is: a campus or a carrier explains it. Then look at "
        "the times: a class signs up within an hour, a carrier's customers over months."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.signup_ip",),
)


class SignupAddress:
    """Accounts that were opened from the same address."""

    card = CARD
    channel = Channel.NETWORK
    private = False
    declared = False
    phrase = "were opened from the same address"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The public sign-up address of each account."""
        accounts = logs.accounts
        return from_accounts(accounts, public_address(accounts.signup_ip))


DETECTOR = SignupAddress()
