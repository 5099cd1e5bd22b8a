"""Accounts that were opened on the same device."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="shared-device",
    title="One device that opened several accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A: similar registration"
        " details; Didit (2026), on hydra accounts: link accounts over face, device, "
        "address and document."
    ),
    blind_spots=(
        "browsers made to show a fresh device each time",
        "accounts opened over an interface for resellers",
    ),
    innocent_causes=(
        "a computer in a library, a school or a shop",
        "identical office computers with a coarse fingerprint",
        "a family's tablet",
    ),
    runbook=(
        "Ask how fine the fingerprint is. A coarse one that thousands share is no tie; "
        "a fine one on accounts of strangers is."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.device_fingerprint",),
)


class SharedDevice:
    """Accounts that were opened on the same device."""

    card = CARD
    channel = Channel.IDENTITY
    private = True
    declared = False
    phrase = "were opened on the same device"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The device fingerprint of each account."""
        accounts = logs.accounts
        return from_accounts(accounts, known(accounts.device_fingerprint))


DETECTOR = SharedDevice()
