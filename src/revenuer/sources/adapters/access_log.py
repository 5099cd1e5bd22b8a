"""What Envoy's and nginx's access logs share: a path says the operation, a status the end."""

from __future__ import annotations

import re

from revenuer.sources.adapters.adapter import Pseudonyms, Record, first, text
from revenuer.sources.columns import EXCHANGES

ENDPOINTS = (
    (re.compile(r"/batches\b|:batch"), "batch"),
    (
        re.compile(r"/chat/completions\b|/messages\b|/responses\b|/converse\b|:generateContent"),
        "chat",
    ),
    (re.compile(r":streamGenerateContent|/invoke\b|/invoke-with-response-stream\b"), "chat"),
    (re.compile(r"/embeddings\b|:embedContent"), "embeddings"),
    (re.compile(r"/completions\b|/complete\b"), "completion"),
    (re.compile(r"/images/"), "image"),
    (re.compile(r"/audio/"), "audio"),
)
ACCOUNTS = ("account_id", "x_account_id", "x-account-id", "http_x_account_id", "account")
KEYS = ("authorization", "http_authorization", "x_api_key", "x-api-key", "http_x_api_key")
HASHED_KEYS = ("api_key_id", "key_hash", "api_key_hash", "x_api_key_hash", "http_x_api_key_hash")
FINGERPRINTS = ("ja4", "tls_ja4", "ja4_fingerprint", "tls_ja4_fingerprint", "ssl_ja4", "http_x_ja4")
NOTHING = "-"


def cleaned(record: Record) -> dict[str, object]:
    """A record without the dashes that stand for nothing."""
    return {name: value for name, value in record.items() if value not in (NOTHING, "", None)}


def operation_of(path: object) -> str | None:
    """The operation that a path stands for; None if it calls no model."""
    words = text(path)
    if words is None:
        return None
    bare = words.split("?", 1)[0]
    return next((name for pattern, name in ENDPOINTS if pattern.search(bare)), None)


def who(record: Record, pseudonyms: Pseudonyms) -> dict[str, object]:
    """Account and key; without an account, the hashed key stands for it."""
    secret = text(first(record, *KEYS))
    hashed = pseudonyms.secret(secret) if secret is not None else None
    key = text(first(record, *HASHED_KEYS)) or hashed
    return {"account_id": first(record, *ACCOUNTS) or key, "api_key_id": key}


def named_as_contract(record: Record) -> dict[str, object]:
    """Fields that the operator already gave a contract column's name, but for raw numbers."""
    return {
        name: value
        for name, value in record.items()
        if name in EXCHANGES.types and name not in {"status", "user_agent"}
    }


def came_from(peer: object, forwarded: object) -> dict[str, object]:
    """The address that the proxy saw, or else the one that a header claims."""
    hops = text(forwarded)
    if hops is not None:
        return {"client_ip": hops.split(",")[0].strip(), "client_ip_source": "x-forwarded-for"}
    seen = text(peer)
    if seen is None:
        return {}
    return {"client_ip": without_port(seen), "client_ip_source": "peer"}


def without_port(address: str) -> str:
    """An address without its port.

    Examples:
        >>> without_port("203.0.113.7:51234"), without_port("[2001:db8::1]:443")
        ('203.0.113.7', '2001:db8::1')
    """
    if address.startswith("["):
        return address[1:].split("]", 1)[0]
    return address.rsplit(":", 1)[0] if address.count(":") == 1 else address


def outcome_of(status: int | None) -> str | None:
    """How a request ended, by its status; 499 is nginx's for a client that went away."""
    if status is None:
        return None
    if status in (0, 499):
        return "client_cancelled"
    return "upstream_error" if status >= 400 else "complete"
