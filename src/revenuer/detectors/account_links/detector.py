"""Accounts that share a value of the operator's own links table."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.features.expressions import SEPARATOR, digest, known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="account-links",
    title="A link that the operator's own records show",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: "
        "corroboration from partners and account metadata; any attribute that changes "
        "over time."
    ),
    blind_spots=("whatever the operator does not record",),
    innocent_causes=(
        "attributes that many share, such as a browser language",
        "values that pass from one owner to the next",
    ),
    runbook=(
        "Read the kind first: its meaning is the operator's. Compare first_seen and "
        "last_seen before calling two accounts one."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("account_links.value",),
)


class AccountLinks:
    """Accounts that share a value of the operator's own links table."""

    card = CARD
    channel = Channel.IDENTITY
    private = False
    declared = False
    phrase = "share an attribute in the operator's records"

    def tokens(self, logs: LogTables) -> ir.Table:
        """A digest of kind and value of each link."""
        links = logs.account_links
        token = digest(known(links.kind) + SEPARATOR + known(links.value))
        rows = links.select(account_id=links.account_id, token=token).distinct()
        return rows.filter(rows.token.notnull()).mutate(exchanges=ibis.literal(0, "int64"))


DETECTOR = AccountLinks()
