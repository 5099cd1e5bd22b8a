"""One attempt to send one webhook, signed, and what its outcome means.

Source:
    Standard Webhooks 1.0.0, "Signature scheme" and "Operational considerations".
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from revenuer import __version__
from revenuer.enforcement.addresses import Resolve, vetted
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.guard.webhook import Webhook

TIMEOUT_S = 15.0
"""An attempt takes no longer, from the lookup of the name to the status; Standard Webhooks asks
for 15 to 30 seconds."""
FIRST_WAIT_S = 5.0
"""Before the second attempt; as in Standard Webhooks' example."""
GROWTH = 4.0
"""How much longer each wait is than the one before. placeholder"""
LONGEST_WAIT_S = 86_400.0
"""No wait is longer; as in Standard Webhooks' example."""
MOST_ATTEMPTS = 10
"""A message is dead after so many, some two and a half days; as in Standard Webhooks' example."""
PREFIX = "whsec_"
SECRET_BYTES = (24, 64)
"""Standard Webhooks: 192 to 512 bits."""

REFUSED = frozenset({400, 413, 415, 422})
"""The receiver read this message and will never take it; other messages may be fine."""
GONE = 410


class Outcome(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    AGAIN = "again"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt.

    Attributes:
        outcome: What follows.
        problem: Why it did not arrive, a few words; empty if it did.
        wait_s: How long the receiver asked to be left alone; 0 if it did not ask.
    """

    outcome: Outcome
    problem: str = ""
    wait_s: float = 0.0


def read_secrets(path: Path) -> tuple[bytes, ...]:
    """The secrets in a file, one `whsec_` a line; the newest first.

    Raises:
        ConfigError: It cannot be read, is open to others, or holds something else.
    """
    hint = "A secret is `whsec_` and 24 to 64 random bytes in base64, one a line."
    try:
        lines = path.read_text("ascii").split()
        others = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"The webhook's secrets {path} cannot be read.", hint) from problem
    if others:
        raise ConfigError(
            f"The webhook's secrets {path} can be read by others than their owner.",
            f"Run `chmod 600 {path}`; if others may have read it, make a new secret.",
        )
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            secret = base64.b64decode(line.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            secret = b""
        if not line.startswith(PREFIX) or not SECRET_BYTES[0] <= len(secret) <= SECRET_BYTES[1]:
            raise ConfigError(f"Secret {number} in {path} is none.", hint)
        found.append(secret)
    if not found:
        raise ConfigError(f"{path} holds no secret.", hint)
    return tuple(found)


def signature_of(message_id: str, timestamp: int, payload: bytes, secrets: Sequence[bytes]) -> str:
    """The header that says who sent a webhook, with a signature for each secret.

    Source:
        Standard Webhooks 1.0.0, "Signature scheme": HMAC-SHA256 over id, time and payload.
    """
    data = b"%b.%d.%b" % (message_id.encode(), timestamp, payload)
    macs = (hmac.digest(secret, data, "sha256") for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)


def wait_before(attempt: int, share: float) -> float:
    """How long to wait after an attempt that failed, seconds.

    Args:
        attempt: 1 for the first.
        share: Between 0 and 1, drawn anew each time: receivers that went down together are
            not all tried again at once.

    Examples:
        >>> [wait_before(attempt, 1.0) for attempt in (1, 2, 3, 9)]
        [5.0, 20.0, 80.0, 86400.0]
        >>> wait_before(2, 0.0)
        10.0
    """
    longest = min(FIRST_WAIT_S * GROWTH ** (attempt - 1), LONGEST_WAIT_S)
    return longest * (1.0 + share) / 2.0


class Sender:
    """Sends webhooks to one endpoint.

    Args:
        hook: The endpoint.
        secrets: The newest first.
        timeout_s: An attempt takes no longer.
        resolve: Looks names up; the system's resolver without it.
    """

    def __init__(
        self,
        hook: Webhook,
        secrets: Sequence[bytes],
        *,
        timeout_s: float = TIMEOUT_S,
        resolve: Resolve | None = None,
    ) -> None:
        self._hook = hook
        self._secrets = tuple(secrets)
        self._timeout_s = timeout_s
        self._resolve = resolve
        self._tls = ssl.create_default_context(cafile=hook.ca_file or None)

    async def send(self, message_id: str, payload: bytes, now: float) -> Attempt:
        """Try once.

        Args:
            message_id: The same for each attempt.
            payload: What is sent, and signed, byte for byte.
            now: Seconds since the epoch.
        """
        httpx = _httpx()
        try:
            async with asyncio.timeout(self._timeout_s):
                address, port = await asyncio.to_thread(
                    vetted, self._hook.url, self._hook.private_networks, self._resolve
                )
                return await self._post(address, port, message_id, payload, now)
        except NotAllowedError as problem:
            return Attempt(Outcome.AGAIN, f"{problem.message} {problem.hint}".strip())
        except TimeoutError:
            return Attempt(Outcome.AGAIN, f"no answer within {self._timeout_s:g} seconds")
        except (OSError, httpx.HTTPError, httpx.InvalidURL) as problem:
            return Attempt(Outcome.AGAIN, _told(problem))

    async def _post(
        self, address: str, port: int, message_id: str, payload: bytes, now: float
    ) -> Attempt:
        httpx = _httpx()
        parts = urlsplit(self._hook.url)
        host = parts.hostname or ""
        # To the address that was judged; the name stays in Host and in the certificate's check.
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        url = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
        headers = {
            "host": parts.netloc,
            "content-type": "application/json",
            "user-agent": f"revenuer/{__version__}",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now)),
            "webhook-signature": signature_of(message_id, int(now), payload, self._secrets),
        }
        # No proxy of the environment's, no redirect, no connection kept: one attempt is one.
        transport = httpx.AsyncHTTPTransport(verify=self._tls, retries=0)
        async with httpx.AsyncClient(
            transport=transport, trust_env=False, follow_redirects=False, timeout=self._timeout_s
        ) as client:
            request = client.build_request(
                "POST",
                url,
                content=payload,
                headers=headers,
                extensions={"sni_hostname": host} if parts.scheme == "https" else {},
            )
            answer = await client.send(request, stream=True)
            try:
                # What it says beside its status is not read: it may never end.
                return judged(answer.status_code, answer.headers.get("retry-after", ""), now)
            finally:
                await answer.aclose()


def judged(status: int, retry_after: str, now: float) -> Attempt:
    """What a receiver's answer means.

    Examples:
        >>> judged(204, "", 0.0).outcome.value, judged(410, "", 0.0).outcome.value
        ('delivered', 'gone')
        >>> judged(429, "30", 0.0)
        Attempt(outcome=<Outcome.AGAIN: 'again'>, problem='status 429', wait_s=30.0)
    """
    if 200 <= status < 300:
        return Attempt(Outcome.DELIVERED)
    problem = f"status {status}"
    if status == GONE:
        return Attempt(Outcome.GONE, problem)
    if status in REFUSED:
        return Attempt(Outcome.REFUSED, problem)
    if 300 <= status < 400:
        problem += ", which is not followed: correct the webhook's url"
    return Attempt(Outcome.AGAIN, problem, _asked(retry_after, now))


def _asked(retry_after: str, now: float) -> float:
    """RFC 9110, section 10.2.3: seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT_S)
    try:
        wanted = parsedate_to_datetime(retry_after).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(wanted, 0.0), LONGEST_WAIT_S)


def _told(problem: Exception) -> str:
    text = str(problem).strip()
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _httpx() -> Any:
    """The client, which only those who send webhooks need."""
    try:
        import httpx
    except ImportError as problem:
        raise ConfigError(
            "Webhooks are sent with httpx, which is not installed.",
            "Install the extra: `pip install 'revenuer[webhooks]'`.",
        ) from problem
    return httpx
