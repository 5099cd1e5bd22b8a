"""Who calls, and how much they may: every face asks here before it does anything.

Counts are kept in memory: whoever starts the server anew starts them anew.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from revenuer.api.connection import CERTIFICATE
from revenuer.api.problems import ProblemError
from revenuer.app.access import NotAdmittedError, Shown
from revenuer.guard.buckets import Buckets
from revenuer.servers import ServerSettings

MOST_REMEMBERED = 10_000
"""Tokens and addresses that are counted at once. placeholder"""
FAILURES_PER_MINUTE = 20.0
"""Wrong tokens from one address. placeholder"""
DAY_S = 86_400.0


class Counted(Protocol):
    """Somebody who was let in."""

    @property
    def token(self) -> str:
        """Id of what let them in; what they take is counted under it."""


C = TypeVar("C", bound=Counted)


@dataclass(frozen=True, slots=True)
class Gate(Generic[C]):
    """Lets callers in and counts what they take.

    Attributes:
        admits: Who shows something; raises NotAdmittedError for nobody.
        settings: How much a token may.
        wrong_per_minute: Wrong tokens from one address before it must wait.
        clock: Seconds that only ever grow.
    """

    admits: Callable[[Shown], C]
    settings: ServerSettings
    wrong_per_minute: float = FAILURES_PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    _requests: Buckets = field(default_factory=lambda: Buckets(MOST_REMEMBERED))
    _bytes: Buckets = field(default_factory=lambda: Buckets(MOST_REMEMBERED))
    _failures: Buckets = field(default_factory=lambda: Buckets(MOST_REMEMBERED))

    async def enter(self, request: Request) -> C:
        """Find out who calls, and count the call.

        Raises:
            NotAdmittedError: Nobody is let in with what was shown.
            ProblemError: They have called too often, or taken too much.
        """
        refuse_two_lengths(request)
        address = address_of(request)
        rate = self.wrong_per_minute / 60
        wait = self._failures.wait(
            address, self.clock(), 1.0, rate_per_s=rate, burst=self.wrong_per_minute
        )
        if wait:
            raise _too_much("Too many wrong tokens came from this address.", wait)
        try:
            caller = await run_in_threadpool(self.admits, shown_in(request))
        except NotAdmittedError:
            self._failures.charge(address, self.clock(), 1.0, rate_per_s=rate)
            raise
        self._count(caller)
        return caller

    def pass_by(self, request: Request) -> None:
        """Count a call of a stranger, by address, as much as a token may.

        Raises:
            ProblemError: Their address has called too often.
        """
        refuse_two_lengths(request)
        self._take(f"address {address_of(request)}")

    def charge(self, caller: C, size: int) -> None:
        """Count bytes that came from a caller or went to them."""
        self._bytes.charge(caller.token, self.clock(), size, rate_per_s=self._bytes_per_s)

    def _take(self, who: str) -> None:
        per_minute = float(self.settings.requests_per_minute)
        wait = self._requests.take(
            who, self.clock(), 1.0, rate_per_s=per_minute / 60, burst=per_minute
        )
        if wait:
            raise _too_much("Too many requests came with this token, or from this address.", wait)

    def _count(self, caller: C) -> None:
        self._take(caller.token)
        now = self.clock()
        day = self._bytes_per_s * DAY_S
        # One byte must be left: what an answer takes is only known when it is there.
        wait = self._bytes.wait(caller.token, now, 1.0, rate_per_s=self._bytes_per_s, burst=day)
        if wait:
            raise _too_much("This token has sent and taken all that it may in a day.", wait)

    @property
    def _bytes_per_s(self) -> float:
        return self.settings.mb_per_day * 1_000_000 / DAY_S


def address_of(request: Request) -> str:
    """Where a request comes from; empty where that is not known."""
    return request.client.host if request.client else ""


def shown_in(request: Request) -> Shown:
    """What a request shows to be let in.

    Source:
        RFC 6750, section 2.1 (Bearer); RFC 7617, section 2 (Basic: name and password).
    """
    certificate = str(request.scope.get(CERTIFICATE, ""))
    kind, _, rest = request.headers.get("authorization", "").strip().partition(" ")
    if kind.lower() == "bearer":
        return Shown(rest.strip() or "none", certificate=certificate)
    if kind.lower() == "basic":
        try:
            text = base64.b64decode(rest.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            text = ""
        partner, _, token = text.partition(":")
        return Shown(token or "none", partner, certificate)
    return Shown("none" if kind else "", certificate=certificate)


def refuse_two_lengths(request: Request) -> None:
    """RFC 9112, section 6.3: who sends two lengths may be smuggling; the connection ends."""
    if "content-length" in request.headers and "transfer-encoding" in request.headers:
        raise ProblemError(
            400, "The request says its length in two ways.", headers={"connection": "close"}
        )


def _too_much(title: str, wait_s: float) -> ProblemError:
    after = {"retry-after": str(int(wait_s) + 1)}
    return ProblemError(429, title, "Wait as long as Retry-After says.", after)
