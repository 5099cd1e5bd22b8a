"""One request and one account, as the contract's columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.random import Generator

from harvests.clock import at
from harvests.places import Home

Row = dict[str, Any]
RELEASE_S = 6 * 86_400.0
OLD_MODEL, SMALL_MODEL, NEW_MODEL = "atlas-4", "atlas-4-mini", "atlas-5"


@dataclass
class Caller:
    """An account and how it calls.

    Attributes:
        own: Whose harvest it carries: a campaign's name, or "" for nobody's.
    """

    account_id: str
    home: Home
    user_agent: str
    tls: str
    channel: str = "api"
    model: str = OLD_MODEL
    switches_s: float = 9e9
    key: str = ""
    organization: str | None = None
    params: Row = field(default_factory=dict)
    own: str = ""

    def row(self, rng: Generator, moment_s: float, prompt: str, **more: Any) -> Row:
        """One exchange; `more` overrides any column."""
        model = NEW_MODEL if moment_s > max(self.switches_s, RELEASE_S) else self.model
        length = len(prompt) / (1.6 if not prompt.isascii() else 4.1)
        out = max(1, int(rng.lognormal(5.4, 0.9)))
        row: Row = {
            "occurred_at": at(moment_s), "account_id": self.account_id, "channel": self.channel,
            "organization_id": self.organization, "api_key_id": self.key or None,
            "operation": "chat", "model": model, "requested_model": model,
            "client_ip": self.home.ip(rng), "asn": self.home.asn, "country": self.home.country,
            "tls_fingerprint": self.tls, "user_agent": self.user_agent,
            "input_tokens": int(length) + 20, "output_tokens": out, "reasoning_tokens": None,
            "temperature": None, "max_output_tokens": None, "n": 1, "logprobs": False,
            "streamed": self.channel == "app", "message_count": 1, "tool_count": 0,
            "task_id": None, "turn_kind": "user", "session_id": None, "status": 200,
            "outcome": "complete", "stop_reason": "end_turn", "latency_ms": 300 + out * 14,
            "system_prompt": None, "prompt": prompt, "own": "",
        }  # fmt: skip
        row.update(self.params)
        row.update(more)
        if rng.random() < 0.006:
            row.update(status=529, outcome="upstream_error", output_tokens=0)
        return row


def account_row(account_id: str, caller: Caller, **more: Any) -> Row:
    """One line of the accounts table; `more` overrides any column."""
    row: Row = {
        "account_id": account_id, "organization_id": caller.organization, "created_at": None,
        "plan": "pro", "country": caller.home.country, "email_domain": None,
        "payment_fingerprint": None, "phone_fingerprint": None, "device_fingerprint": None,
        "signup_ip": None, "signup_asn": caller.home.asn, "verification": "card",
        "status": "active", "suspended_at": None, "payment_kind": "card",
    }  # fmt: skip
    row.update(more)
    return row
