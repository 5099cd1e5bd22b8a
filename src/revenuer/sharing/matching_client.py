"""Asks a peer's matching service; what it answers is bounded, and looked at before it is used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any

import msgspec

from revenuer.errors import ConfigError, MatchError
from revenuer.matching.asking import Asked
from revenuer.matching.canonical import MatchKind
from revenuer.matching.intersection import MOST_REQUEST_BYTES, MOST_SETUP_BYTES
from revenuer.matching.messages import MOST_ANSWER_BYTES, Card, read_card, written

PREFIX = "/matching/v1"
CONNECT_S, READ_S = 10.0, 120.0
"""An intersection of the largest size takes a holder some seconds. placeholder"""
MOST_CARD_BYTES = 64 * 1024
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class PeerError(MatchError):
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

    Args:
        url: Of its server, without the path.
        token: What lets us in.
        authority: PEM file of the authority of its certificate; None for the system's.
        certificate: PEM file of our own, with its key, where the peer asks for one.

    Raises:
        ConfigError: The URL is none, or a token would cross the network in the clear.
    """

    def __init__(
        self, url: str, token: str, *, authority: str | None = None, certificate: str | None = None
    ) -> None:
        httpx = _httpx()
        try:
            place = httpx.URL(url)
        except httpx.InvalidURL as problem:
            raise ConfigError(f"{url!r} is no URL.") from problem
        if place.scheme not in {"http", "https"} or not place.host:
            raise ConfigError(f"{url!r} is no URL of a server.", "It reads https://HOST.")
        if place.scheme == "http" and place.host not in LOOPBACK:
            raise ConfigError(
                f"The token would cross the network in the clear to {place.host}.", "Use https."
            )
        self.url = str(place).rstrip("/")
        self._client = httpx.Client(
            headers={"authorization": f"Bearer {token}", "accept-encoding": "identity"},
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            # A redirect could carry the token elsewhere.
            follow_redirects=False,
            verify=_context(authority, certificate),
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
        httpx = _httpx()
        try:
            with self._client.stream(method, self.url + PREFIX + path, **told) as response:
                whole = response.status_code == 200
                body = _bounded(response, most_bytes if whole else MOST_CARD_BYTES)
        except httpx.HTTPError as problem:
            raise MatchError(
                f"{self.url} cannot be reached: {problem or type(problem).__name__}.",
                "Look at the URL and at the certificates.",
            ) from problem
        if not whole:
            raise _refusal(response, body)
        return body


def _bounded(response: Any, most_bytes: int) -> bytes:
    """A body of at most so many bytes, as it came: nothing is unpacked."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise MatchError("The peer's answer is packed, which nobody asked for.")
    taken = bytearray()
    for piece in response.iter_raw():
        taken += piece
        if len(taken) > most_bytes:
            raise MatchError(f"The peer's answer is longer than {most_bytes} bytes.")
    return bytes(taken)


class _Refusal(msgspec.Struct):
    title: str = ""
    description: str = ""


def _refusal(response: Any, body: bytes) -> PeerError:
    try:
        said = msgspec.json.decode(body, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = _Refusal()
    after = response.headers.get("retry-after", "")
    # A peer's words go to a terminal: no escapes, and not without end.
    title, hint = (
        "".join(letter if letter.isprintable() else " " for letter in text)[:300]
        for text in (said.title, said.description)
    )
    message = f"The peer refused ({response.status_code}): {title or 'it did not say why.'}"
    return PeerError(message, hint, response.status_code, int(after) if after.isdigit() else None)


def _context(authority: str | None, certificate: str | None) -> Any:
    import ssl

    try:
        context = ssl.create_default_context(cafile=authority)
        if certificate is not None:
            context.load_cert_chain(certificate)
    except OSError as problem:
        raise ConfigError(f"A certificate cannot be used: {problem}.") from problem
    return context


def _httpx() -> Any:
    try:
        import httpx
    except ImportError as problem:
        raise ConfigError(
            "Asking a peer needs the package `httpx`.", "Install `revenuer[share]`."
        ) from problem
    return httpx
