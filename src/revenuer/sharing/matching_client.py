"""Asks a peer's matching service; what it answers is bounded, and looked at before it is used."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx
import msgspec

from revenuer import __version__
from revenuer.errors import PeerError
from revenuer.matching.asking import Asked
from revenuer.matching.canonical import MatchKind
from revenuer.matching.intersection import MOST_REQUEST_BYTES, MOST_SETUP_BYTES
from revenuer.matching.messages import MOST_ANSWER_BYTES, Card, read_card, written
from revenuer.sharing.bounded import TooLargeError, Unpacking, UnreadableError
from revenuer.sharing.http_client import Peer, context_of, origin_of, printable

PREFIX = "/matching/v1"
CONNECT_S, READ_S = 10.0, 120.0
"""An intersection of the largest size takes a holder some seconds. placeholder"""
MOST_CARD_BYTES = 64 * 1024


class MatchRefusedError(PeerError):
    """A peer refused a question.

    Attributes:
        status: Of HTTP.
        retry_after: Seconds to wait, where the peer said so.
    """

    def __init__(self, message: str, hint: str, status: int, retry_after: int | None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.retry_after = retry_after


class MatchingPeer:
    """A peer's matching service.

    A question is sent once: it would be refused a second time, and its buckets were told.

    Args:
        peer: Its server, of which only the origin is called.

    Raises:
        ConfigError: The URL is none, or a token would cross the network in the clear.
    """

    def __init__(self, peer: Peer) -> None:
        self.url = origin_of(peer.url)
        basic = httpx.BasicAuth(peer.user, peer.token) if peer.user else None
        self._client = httpx.Client(
            auth=basic or _Bearer(peer.token),
            headers={"user-agent": f"revenuer/{__version__}", "accept-encoding": "identity"},
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            # A redirect could carry the token elsewhere.
            follow_redirects=False,
            verify=context_of(peer),
            trust_env=False,
        )

    def __enter__(self) -> MatchingPeer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def card(self, verifies: Callable[[bytes, bytes], bool], now: datetime) -> Card:
        """The peer's card.

        Args:
            verifies: Checks a signature with the key that is pinned for the peer.
            now: The time.

        Raises:
            MatchError: It is not genuine, or the peer refused.
        """
        return read_card(self._get("/card", MOST_CARD_BYTES), verifies, now)

    def ask(self, asked: Asked) -> bytes:
        """The answer to a question, as it came."""
        return self._post("/ask", written(asked.question), "application/json", MOST_ANSWER_BYTES)

    def setup(self, kind: MatchKind) -> bytes:
        """The peer's set of a kind, enciphered."""
        return self._get(f"/psi/{kind}", MOST_SETUP_BYTES)

    def intersect(self, kind: MatchKind, request: bytes, *, elements: bool) -> bytes:
        """The reply to an intersection."""
        path = f"/psi/{kind}/{'elements' if elements else 'count'}"
        return self._post(path, request, "application/octet-stream", MOST_REQUEST_BYTES)

    def _get(self, path: str, most_bytes: int) -> bytes:
        return self._send("GET", path, most_bytes)

    def _post(self, path: str, body: bytes, media: str, most_bytes: int) -> bytes:
        return self._send("POST", path, most_bytes, content=body, headers={"content-type": media})

    def _send(self, method: str, path: str, most_bytes: int, **told: Any) -> bytes:
        ends = time.monotonic() + READ_S
        try:
            with self._client.stream(method, self.url + PREFIX + path, **told) as response:
                whole = response.status_code == 200
                body = _bounded(response, most_bytes if whole else MOST_CARD_BYTES, ends)
        except httpx.HTTPError as problem:
            raise PeerError(
                f"{self.url} cannot be reached: {type(problem).__name__}.",
                "Look at its address and certificate, and try again.",
            ) from problem
        if not whole:
            raise _refusal(self.url, response, body)
        return body


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._token:
            request.headers["authorization"] = f"Bearer {self._token}"
        yield request


def _bounded(response: httpx.Response, most_bytes: int, ends: float) -> bytes:
    """A body of at most so many bytes, there in time."""
    unpacking = Unpacking(response.headers.get("content-encoding", ""), most_bytes)
    try:
        for piece in response.iter_raw():
            unpacking.take(piece)
            if time.monotonic() > ends:
                # Each piece came in time, but they do not end.
                raise PeerError(f"The peer did not answer within {READ_S:g} s.")
        return unpacking.whole()
    except TooLargeError:
        raise PeerError(f"The peer's answer is longer than {most_bytes} bytes.") from None
    except UnreadableError as problem:
        raise PeerError(f"The peer's answer {problem}.") from None


class _Refusal(msgspec.Struct):
    title: str = ""
    description: str = ""


def _refusal(url: str, response: httpx.Response, body: bytes) -> MatchRefusedError:
    try:
        said = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = _Refusal()
    after = response.headers.get("retry-after", "")[:9]
    title = printable(said.title, 300) or "it does not say why."
    return MatchRefusedError(
        f"{url} refuses ({response.status_code}): {title}",
        printable(said.description, 300),
        response.status_code,
        int(after) if after.isascii() and after.isdigit() else None,
    )
