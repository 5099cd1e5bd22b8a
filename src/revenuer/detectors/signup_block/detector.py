"""Accounts that were opened from the same address block."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts
from revenuer.features.addresses import address_block, public_address
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="signup-block",
    title="One address block that opened several accounts",
    axis=Axis.COORDINATION,
    atlas=(
        "AML.T0021",
        "AML.T0008",
    ),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A: similar registration"
        " details; pollinations issue 6215 (2025): a provider's wish to see sign-ups of"
        " one network."
    ),
    blind_spots=("residential proxies all over the world",),
    innocent_causes=(
        "customers of one carrier or one cloud",
        "an office, a campus, a conference",
    ),
    runbook=(
        "A block is a weak tie: read it together with the sign-up times and with what "
        "the accounts do."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.signup_ip",),
)


class SignupBlock:
    """Accounts that were opened from the same address block."""

    card = CARD
    channel = Channel.NETWORK
    private = False
    declared = False
    phrase = "were opened from the same address block"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The /24 or /48 around each account's public sign-up address."""
        accounts = logs.accounts
        # Named first: patterns are what costs, and a block is read off its address six times.
        rows = accounts.select("account_id", address=public_address(accounts.signup_ip))
        return from_accounts(rows, address_block(rows.address))


DETECTOR = SignupBlock()
