"""What was found of a request, as an OCSF Detection Finding for the operator's SIEM."""

from __future__ import annotations

from typing import Any

from revenuer.gateway.recorder.row import Entry
from revenuer.gateway.usage import read_usage
from revenuer.guard import Protocol
from revenuer.guard.ocsf import Seen, finding_of_decision


def finding_of(entry: Entry) -> dict[str, Any]:
    """The finding of an exchange whose decision was not plain; without prompt, address or key."""
    assert entry.decision is not None
    used = read_usage(entry.head, entry.tail)
    seen = Seen(
        uid=entry.exchange_id,
        at=entry.occurred_us / 1e6,
        account=entry.account_id,
        organization=entry.organization_id or "",
        protocol=Protocol(entry.protocol),
        model=entry.asked.model or "",
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
    )
    return finding_of_decision(entry.decision, seen)
