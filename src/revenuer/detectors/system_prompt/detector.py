"""Accounts that send the same system prompt."""

from __future__ import annotations

import ibis.expr.types as ir

from revenuer.detector import Card, Maturity
from revenuer.detectors.incidences import from_shared
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables
from revenuer.records import Axis, Channel

CARD = Card(
    id="system-prompt",
    title="One system prompt across accounts",
    axis=Axis.COORDINATION,
    atlas=("AML.T0065",),
    source=(
        "Anthropic (2026-09-10), Detecting and countering misuse of AI: one fixed "
        "instruction in every request of a campaign; Anthropic (2026-02-23), Detecting "
        "and preventing distillation attacks: variations of one prompt over hundreds of"
        " accounts."
    ),
    blind_spots=(
        "a prompt worded anew for each account: see the template links",
        "metadata-only logs without sketches",
    ),
    innocent_causes=(
        "the default prompt of a popular framework or harness",
        "a prompt from a public collection",
        "an application that its users run under their own keys",
    ),
    runbook=(
        "Search the prompt on the public web and among unrelated accounts. A famous "
        "prompt ties nobody; a private one ties its operator's accounts."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.system_prompt",),
)


class SystemPrompt:
    """Accounts that send the same system prompt."""

    card = CARD
    channel = Channel.TEXT
    private = False
    declared = False
    phrase = "send the same system prompt"

    def tokens(self, logs: LogTables) -> ir.Table:
        """A digest of the whole system prompt, or its keyed sketch."""
        rows = shared(logs, "instructions")
        return from_shared(rows, rows.habit)


DETECTOR = SystemPrompt()
