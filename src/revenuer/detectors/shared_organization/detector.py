"""Accounts of the same organization, openly."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts, from_exchanges, merged
from revenuer.features.expressions import known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="shared-organization",
    title="Accounts of one declared organization",
    axis=Axis.COORDINATION,
    atlas=("AML.T0012",),
    source=(
        "Frontier Model Forum (2026-02-23), issue brief Adversarial Distillation: "
        "adversarial means covert; an organization that says who it is, is not hiding."
    ),
    blind_spots=("an operator's accounts that name no organization, or each another one",),
    innocent_causes=("every company, school and laboratory",),
    runbook=(
        "This tie is declared and hides nothing. It is read first of all as an innocent"
        " explanation: one open organization."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("accounts.organization_id",),
)


class SharedOrganization:
    """Accounts of the same organization, openly."""

    card = CARD
    channel = Channel.IDENTITY
    private = False
    declared = True
    phrase = "belong to the same organization"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The organization of each account, from either table."""
        accounts, exchanges = logs.accounts, logs.exchanges
        # The accounts table may be missing where the requests still name the organization.
        return merged(
            from_accounts(accounts, known(accounts.organization_id)),
            from_exchanges(exchanges, known(exchanges.organization_id)),
        )


DETECTOR = SharedOrganization()
