"""Accounts that were opened in the same hour from one network or mail domain."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_accounts, merged
from revenuer.features.expressions import SEPARATOR, known
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="signup-burst",
    title="Sign-ups of one hour that share a network or a mail domain",
    axis=Axis.COORDINATION,
    atlas=("AML.T0021",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: a "
        "banned account is replaced by a new one; Xiao, Freeman and Hwa (2015), AISec: "
        "registration within a window as the cluster's key."
    ),
    blind_spots=(
        "sign-ups spread over weeks",
        "accounts bought from others, opened long ago",
        "tables without created_at",
    ),
    innocent_causes=(
        "a class or a workshop that signs up together",
        "a company's first day",
        "a press report that brings thousands, who then share big mail domains",
    ),
    runbook=(
        "Check whether an event explains the hour. Many accounts of one hour that then "
        "behave alike for weeks have no such event."
    ),
    maturity=Maturity.INCUBATING,
    version=1,
    needs=("accounts.created_at",),
)


HOUR_S = 3600


class SignupBurst:
    """Accounts that were opened in the same hour from one network or mail domain."""

    card = CARD
    channel = Channel.TIMING
    private = False
    declared = False
    phrase = "were opened in the same hour from one network or mail domain"

    def tokens(self, logs: LogTables) -> ir.Table:
        """The hour of sign-up, with the network and with the mail domain."""
        accounts = logs.accounts
        seconds = accounts.created_at.epoch_seconds().cast("int64")
        network = accounts.signup_asn.cast("string")
        domain = known(accounts.email_domain.lower())
        alone = ibis.ifelse(network.isnull() & domain.isnull(), "-", ibis.null("string"))
        parts = [
            from_accounts(accounts, _hour(seconds, shift) + SEPARATOR + beside)
            # Buckets shifted by half an hour catch a burst that straddles the full hour.
            for shift in (0, HOUR_S // 2)
            for beside in (network, domain, alone)
        ]
        return merged(*parts)


def _hour(seconds: ir.IntegerValue, shift: int) -> ir.StringValue:
    """The hour-long bucket of a moment, with buckets that begin `shift` seconds late."""
    started = ((seconds - shift) // HOUR_S * HOUR_S + shift).cast("int64")
    return started.cast("string")


DETECTOR = SignupBurst()
