"""Requests to another operator's server: nothing that it does can hang, fill or mislead us.

One origin alone is called, over TLS unless it is this machine; redirects and proxies of the
environment are not followed, for the token would go along.
"""

from __future__ import annotations

import ipaddress
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from revenuer import __version__
from revenuer.errors import ConfigError, PeerError
from revenuer.sharing.bounded import TooLargeError, Unpacking, UnreadableError, read_json

TIMEOUT_S = 60.0
"""An answer is there, whole, within so many seconds. placeholder"""
MOST_BYTES = 64 * 2**20
"""Bytes of one answer. placeholder"""
MOST_TRIES = 5
"""Tries of one request. placeholder"""
FIRST_WAIT_S = 0.5
"""Before the second try; doubled before each further one. placeholder"""
LONGEST_WAIT_S = 60.0
"""No wait is longer, whatever Retry-After says. placeholder"""
AGAIN = frozenset({429, 502, 503, 504})
"""Statuses after which a request is tried again."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another operator's server, and how we show who we are.

    Attributes:
        url: Of the server; only its origin is called.
        token: As Bearer; with `user` as the password of Basic. Empty for none.
        user: For servers that know Basic alone; empty for none.
        ca_file: PEM file of the authorities to trust; empty for the usual ones.
        certificate: PEM file of our certificate and its key; empty for none.
    """

    url: str
    token: str = field(default="", repr=False)
    user: str = ""
    ca_file: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: Of HTTP.
        headers: Names in small letters.
        value: The body as JSON; None where there is none.
    """

    status: int
    headers: Mapping[str, str]
    value: Any


class HttpClient:
    """Calls one server.

    Args:
        peer: Which.
        sleep: Waits some seconds.
        most_bytes: Bytes of an answer.
        timeout_s: An answer takes no longer.

    Raises:
        ConfigError: The URL is none, tokens would cross the network in the clear, or a
            certificate cannot be read.
    """

    def __init__(
        self,
        peer: Peer,
        *,
        sleep: Callable[[float], None] = time.sleep,
        most_bytes: int = MOST_BYTES,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.origin = origin_of(peer.url)
        self._sleep = sleep
        self._most = most_bytes
        self._timeout_s = timeout_s
        self._draw = random.Random()
        self._client = httpx.Client(
            verify=context_of(peer),
            auth=httpx.BasicAuth(peer.user, peer.token) if peer.user else None,
            headers={
                "user-agent": f"revenuer/{__version__}",
                "accept-encoding": "gzip",
                **(
                    {"authorization": f"Bearer {peer.token}"}
                    if peer.token and not peer.user
                    else {}
                ),
            },
            follow_redirects=False,
            trust_env=False,
            timeout=timeout_s,
        )

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *told: object) -> None:
        self._client.close()

    def within(self, base: str, path: str) -> str:
        """The URL of a path, or of a URL that the server gave.

        Raises:
            PeerError: It leads to another server.
        """
        url = urljoin(base, path)
        if origin_of(url) != self.origin:
            raise PeerError(
                f"{self.origin} points to {printable(url, 100)}, which is another server.",
                "Name that one, with a token for it, if it is to be called.",
            )
        return url

    def wait(self, seconds: float) -> None:
        """Wait until the server may have more to say."""
        self._sleep(seconds)

    def get(
        self, url: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for something.

        Raises:
            PeerError: It is refused, or what comes cannot be used.
        """
        return self._tried("GET", url, headers, dict(query or {}), None)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send something; it may arrive more than once.

        Raises:
            PeerError: It is refused, or what comes back cannot be used.
        """
        return self._tried("POST", url, headers, {}, body)

    def _tried(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        self.within(self.origin, url)
        for tried in range(1, MOST_TRIES + 1):
            try:
                found = self._once(method, url, headers, query, body)
            except (httpx.HTTPError, httpx.InvalidURL) as problem:
                if tried == MOST_TRIES:
                    raise PeerError(
                        f"{self.origin} cannot be reached: {type(problem).__name__}.",
                        "Look at its address and certificate, and try again.",
                    ) from problem
                asked = 0.0
            else:
                if found.status not in AGAIN or tried == MOST_TRIES:
                    return self._checked(found)
                asked = _asked(found.headers.get("retry-after", ""), time.time())
            own = FIRST_WAIT_S * 2 ** (tried - 1) * self._draw.uniform(0.5, 1.0)
            self._sleep(min(max(own, asked), LONGEST_WAIT_S))
        raise AssertionError("the last try returns or raises")

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        ends = time.monotonic() + self._timeout_s
        with self._client.stream(
            method, url, headers=dict(headers), params=dict(query), content=body
        ) as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            try:
                unpacking = Unpacking(told.get("content-encoding", ""), self._most)
                for piece in answer.iter_raw():
                    unpacking.take(piece)
                    if time.monotonic() > ends:
                        # Each piece came in time, but they do not end.
                        raise PeerError(f"{self.origin} did not answer in {self._timeout_s:g} s.")
                whole = unpacking.whole()
                value = read_json(whole) if whole and answer.status_code < 500 else None
            except TooLargeError:
                raise PeerError(
                    f"{self.origin} sent more than {self._most} bytes.", "Ask for smaller pages."
                ) from None
            except UnreadableError as problem:
                raise PeerError(f"What {self.origin} sent {problem}.") from None
            return Answer(answer.status_code, told, value)

    def _checked(self, found: Answer) -> Answer:
        if 200 <= found.status < 300:
            return found
        title = found.value.get("title") if isinstance(found.value, dict) else None
        said = f": {printable(title, 200)}" if isinstance(title, str) else ""
        hints = {
            401: "The token is missing, wrong, expired or revoked.",
            403: "The token is not for this; ask the server's operator.",
            404: "Look at the URL and the collection.",
        }
        raise RefusedByPeerError(found, f"{self.origin} says {found.status}{said}", hints)


class RefusedByPeerError(PeerError):
    """A server answered with a status that is no success."""

    def __init__(self, found: Answer, said: str, hints: Mapping[int, str]) -> None:
        super().__init__(said if said.endswith(".") else f"{said}.", hints.get(found.status, ""))
        self.status = found.status


def printable(text: str, most: int) -> str:
    r"""A stranger's words without what a terminal would obey, and cut short.

    Examples:
        >>> printable("no\x1b[2J way", 6)
        'no [2J'
    """
    return _UNPRINTABLE.sub(" ", text)[:most].strip()


def origin_of(url: str) -> str:
    """Scheme, host and port of a server's URL; ConfigError where a token may not go there."""
    parts = urlsplit(url)
    hint = "It is written https://HOST/taxii2/."
    try:
        port = parts.port
    except ValueError:
        raise ConfigError(f"{printable(url, 100)} is no URL.", hint) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ConfigError(f"{printable(url, 100)} is no URL of a server.", hint)
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise ConfigError(f"A token would go to {parts.hostname} in the clear.", hint)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or (443 if parts.scheme == 'https' else 80)}"


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def context_of(peer: Peer) -> ssl.SSLContext:
    """What checks a server's certificate and shows ours."""
    try:
        context = ssl.create_default_context(cafile=peer.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if peer.certificate:
            context.load_cert_chain(peer.certificate)
    except OSError as problem:
        raise ConfigError(
            f"A certificate cannot be read: {problem.strerror or problem}.",
            "Look at --ca and --certificate.",
        ) from problem
    return context


def _asked(retry_after: str, now: float) -> float:
    """RFC 9110, section 10.2.3: seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return max(parsedate_to_datetime(retry_after).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0
