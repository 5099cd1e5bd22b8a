"""How many values two members have in common, and which ones after a person approved it.

Private set intersection by Diffie-Hellman: the asker sends its elements enciphered with a key of
its own, the holder adds its key, and both ciphers commute. Where only the count may be known, the
holder returns the elements sorted, so that the asker cannot tell which of its own matched. The
holder learns how many elements were asked for, no more.

Source:
    Meadows (1986), "A more efficient cryptographic matchmaking protocol for use in the absence
    of a continuously available third party", IEEE S&P; the package `openmined-psi` (elliptic
    curve P-256, the holder's set as a Golomb-compressed set).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from revenuer.errors import ConfigError, MatchError
from revenuer.matching.elements import Element
from revenuer.matching.messages import STEP
from revenuer.matching.randomness import Randomness

MOST_ASKED = 10_240
"""Elements of one intersection: some 0.7 s of work for either side. placeholder"""

FALSE_COUNTS = 1e-6
"""Chance that one intersection of `MOST_ASKED` elements counts one too many. placeholder"""

POINT_BYTES = 33
"""A compressed point of P-256."""

MOST_REQUEST_BYTES = MOST_ASKED * (POINT_BYTES + 2) + 16
MOST_SETUP_BYTES = 64 * 1024 * 1024
"""A setup of ten million elements has some 50 MB."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a holder answers from.

    Attributes:
        key: Secret, 32 bytes.
        setup: The holder's set, enciphered; what an asker reads first.
    """

    key: bytes
    setup: bytes

    def reply(self, request: bytes, *, elements: bool) -> tuple[bytes, int]:
        """Answer a request.

        Args:
            request: What came.
            elements: Whether a person approved that the asker learns which ones.

        Returns:
            What is sent back, and how many elements were asked for.

        Raises:
            MatchError: It is no request, or asks for what was not approved.
        """
        psi = _psi()
        asked = _parsed(psi.Request, request, MOST_REQUEST_BYTES, "request")
        points = list(asked.encrypted_elements)
        if asked.reveal_intersection != elements:
            raise MatchError("The request asks for elements where a count is answered, or reverse.")
        if not points or len(points) > MOST_ASKED or len(points) % STEP:
            raise MatchError(f"The request has not {STEP} to {MOST_ASKED} elements, a multiple.")
        # Twins would make a count tell which one matched.
        if len(set(points)) != len(points):
            raise MatchError("The request has an element twice.")
        server = psi.server.CreateFromKey(self.key, elements)
        try:
            return server.ProcessRequest(asked).SerializeToString(), len(points)
        except RuntimeError:
            raise MatchError("The request has something that is no element.") from None


def hold(elements: Sequence[Element]) -> Holding:
    """What a holder of elements answers from, under a new key."""
    psi = _psi()
    server = psi.server.CreateWithNewKey(False)
    inputs = sorted({element.digest.hex() for element in elements})
    setup = server.CreateSetupMessage(FALSE_COUNTS, MOST_ASKED, inputs, psi.DataStructure.GCS)
    return Holding(server.GetPrivateKeyBytes(), setup.SerializeToString())


class Intersecting:
    """Who asks, for one intersection.

    Args:
        elements: What it has, at most `MOST_ASKED`.
        reveal: Whether it asks which ones.
        rng: For decoys; from the operating system.
    """

    def __init__(self, elements: Sequence[Element], *, reveal: bool, rng: Randomness) -> None:
        self._reveal = reveal
        self._client = _psi().client.CreateWithNewKey(reveal)
        inputs = list(dict.fromkeys(element.digest.hex() for element in elements))
        count = max(STEP, -(-len(inputs) // STEP) * STEP)
        if count > MOST_ASKED:
            raise MatchError(f"One intersection has at most {MOST_ASKED} elements.")
        # What nobody has: the number of elements does not show, and the count stays.
        fillers = [rng.randbytes(32).hex() for _ in range(count - len(inputs))]
        self._inputs = [*inputs, *fillers]
        self.request: bytes = self._client.CreateRequest(self._inputs).SerializeToString()

    def count(self, setup: bytes, reply: bytes) -> int:
        """How many are in common.

        Raises:
            MatchError: The holder's messages are none.
        """
        size: int = self._result("GetIntersectionSize", setup, reply)
        return size

    def common(self, setup: bytes, reply: bytes) -> set[bytes]:
        """The digests that are in common; only where `reveal` was asked for.

        Raises:
            MatchError: The holder's messages are none.
        """
        places: list[int] = self._result("GetIntersection", setup, reply)
        return {bytes.fromhex(self._inputs[place]) for place in places}

    def _result(self, name: str, setup: bytes, reply: bytes) -> Any:
        psi = _psi()
        held = _parsed(psi.ServerSetup, setup, MOST_SETUP_BYTES, "setup")
        answered = _parsed(psi.Response, reply, MOST_REQUEST_BYTES, "reply")
        if len(answered.encrypted_elements) != len(self._inputs):
            raise MatchError("The reply has not one element for each that was asked.")
        try:
            return getattr(self._client, name)(held, answered)
        except RuntimeError:
            raise MatchError("The reply cannot be read.") from None


def _parsed(kind: Any, data: bytes, most_bytes: int, what: str) -> Any:
    from google.protobuf.message import DecodeError

    if len(data) > most_bytes:
        raise MatchError(f"The {what} is longer than {most_bytes} bytes.")
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise MatchError(f"The {what} is not what it should be.") from None
    return message


def _psi() -> Any:
    try:
        import private_set_intersection.python as psi
    except ImportError as problem:
        raise ConfigError(
            "Intersections need the package `openmined-psi`.", "Install `revenuer[match]`."
        ) from problem
    return psi
