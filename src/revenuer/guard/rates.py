"""What callers took of what they may have: requests and tokens together."""

from __future__ import annotations

from revenuer.guard.buckets import Buckets
from revenuer.guard.rules import Allowance


class Rates:
    """Two buckets for each caller, one of requests and one of tokens.

    Args:
        callers: Callers that are kept at most.
    """

    __slots__ = ("_requests", "_tokens")

    def __init__(self, callers: int) -> None:
        self._requests, self._tokens = Buckets(callers), Buckets(callers)

    def __len__(self) -> int:
        return max(len(self._requests), len(self._tokens))

    @property
    def forgotten(self) -> int:
        """Buckets given up while they were not full."""
        return self._requests.forgotten + self._tokens.forgotten

    def take(self, account: bytes, now: float, tokens: int, allowance: Allowance) -> float:
        """Take a request and its tokens out of a caller's buckets, both or neither.

        Returns:
            0 if they were taken, else how long until they can be, seconds.
        """
        by_request, by_token = allowance.requests_per_s, allowance.tokens_per_s
        wait = 0.0
        if by_request:
            burst = allowance.requests_burst
            wait = self._requests.wait(account, now, 1.0, rate_per_s=by_request, burst=burst)
        if by_token:
            burst = allowance.tokens_burst
            more = self._tokens.wait(account, now, tokens, rate_per_s=by_token, burst=burst)
            wait = max(wait, more)
        if wait:
            return wait
        if by_request:
            self._requests.charge(account, now, 1.0, rate_per_s=by_request)
        if by_token:
            self._tokens.charge(account, now, tokens, rate_per_s=by_token)
        return 0.0

    def charge(self, account: bytes, now: float, tokens: int, tokens_per_s: float) -> None:
        """Take tokens that are out already."""
        self._tokens.charge(account, now, tokens, rate_per_s=tokens_per_s)

    def clear(self) -> None:
        """Fill every bucket."""
        self._requests.clear()
        self._tokens.clear()
