"""Refusals in the words of the protocol that a client speaks, so that its SDK understands them.

Each names what was found, its evidence id, when it ends, and where to object.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from revenuer.guard import Action, Decision, Protocol

STATUS = {Action.THROTTLE: 429, Action.CHALLENGE: 403, Action.BLOCK: 403, Action.REDUCE: 429}
CODES = {
    Action.THROTTLE: "account_throttled",
    Action.REDUCE: "account_throttled",
    Action.CHALLENGE: "verification_required",
    Action.BLOCK: "account_blocked",
}
MESSAGES = {
    Action.THROTTLE: "This account is over the rate that it may use at present.",
    Action.REDUCE: "This account is over the rate that it may use at present.",
    Action.CHALLENGE: "This account has to verify who it is before it can go on.",
    Action.BLOCK: "This account may not use the service at present.",
}
OPENAI_TYPES = {400: "invalid_request_error", 403: "permission_error", 429: "rate_limit_error"}
ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    403: "permission_error",
    405: "invalid_request_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    501: "invalid_request_error",
    503: "overloaded_error",
    504: "timeout_error",
}


def refusal_of(decision: Decision, protocol: Protocol, exchange_id: str) -> tuple[int, bytes]:
    """Status and body of the answer to a request that does not go on."""
    status = STATUS[decision.action]
    said: dict[str, Any] = {
        "reason": str(decision.reason),
        "evidence_id": decision.evidence_id or None,
        "expires_at": _moment(decision.expires_at),
        "appeal": decision.appeal or None,
    }
    if decision.verify:
        said["verify"] = decision.verify
    if decision.retry_after_s:
        said["retry_after_s"] = round(decision.retry_after_s, 3)
    message = MESSAGES[decision.action]
    if decision.verify:
        message = f"{message} {decision.verify}"
    if decision.appeal:
        message = f"{message} {decision.appeal}"
    return status, error_body(status, CODES[decision.action], message, protocol, exchange_id, said)


def error_body(
    status: int,
    code: str,
    message: str,
    protocol: Protocol,
    exchange_id: str,
    said: dict[str, Any] | None = None,
) -> bytes:
    """An error as OpenAI's or Anthropic's servers would write it.

    Args:
        status: HTTP status.
        code: A short name, for programs.
        message: For a person.
        protocol: What the client speaks.
        exchange_id: What the log calls the exchange.
        said: Further keys beside the message.
    """
    if protocol is Protocol.ANTHROPIC_MESSAGES:
        kind = ANTHROPIC_TYPES.get(status, "api_error")
        error = {"type": kind, "message": message, "code": code, **(said or {})}
        return msgspec.json.encode(
            {"type": "error", "error": error, "request_id": exchange_id or None}
        )
    kind = OPENAI_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    return msgspec.json.encode(
        {
            "error": {
                "message": message,
                "type": kind,
                "param": None,
                "code": code,
                **(said or {}),
                "exchange_id": exchange_id or None,
            }
        }
    )


TWO_CALLERS = error_body(
    400, "two_callers", "A header that says who asks is there twice.", Protocol.OTHER, ""
)
"""For whom no path tells which protocol the client speaks."""


def _moment(at: float | None) -> str | None:
    if at is None or at == float("inf"):
        return None
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
