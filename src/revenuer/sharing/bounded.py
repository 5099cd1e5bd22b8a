"""What strangers send, unpacked and read within bounds: bytes, and depth of JSON.

Sans I/O: whoever reads a socket hands over each piece as it comes.
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

DEEPEST = 64
"""Nesting of JSON; STIX has less than ten levels. placeholder"""
PACKINGS = frozenset({"identity", "gzip"})
"""How what is sent may be packed."""


class TooLargeError(ValueError):
    """It has more bytes than it may."""


class UnreadableError(ValueError):
    """It is not what it says that it is; the text is a sentence without a subject."""


class Unpacking:
    """Gathers a body, and unpacks it where it is packed, up to a size.

    Args:
        packing: What Content-Encoding says; empty for nothing.
        most_bytes: Bytes at most, as they came and unpacked.

    Raises:
        UnreadableError: It is packed in a way that is not taken.
    """

    def __init__(self, packing: str, most_bytes: int) -> None:
        self.packing = packing.strip().lower() or "identity"
        if self.packing not in PACKINGS:
            raise UnreadableError(f"is packed as {self.packing[:32]!r}")
        self._gzip = zlib.decompressobj(wbits=31) if self.packing == "gzip" else None
        self._most = most_bytes
        self._came = 0
        self._taken = bytearray()

    def take(self, piece: bytes) -> None:
        """Take the next piece as it came.

        Raises:
            TooLargeError: It is more than it may be.
            UnreadableError: It is not gzip.
        """
        self._came += len(piece)
        if self._gzip is not None:
            try:
                # One byte more than may be: a bomb is seen when it begins to swell.
                piece = self._gzip.decompress(piece, self._most + 1 - len(self._taken))
            except zlib.error:
                raise UnreadableError("is not gzip") from None
        self._taken += piece
        if len(self._taken) > self._most or self._came > self._most:
            raise TooLargeError

    def whole(self) -> bytes:
        """All of it, once the last piece was taken.

        Raises:
            UnreadableError: It broke off, or something follows it.
        """
        if self._gzip is not None and (not self._gzip.eof or self._gzip.unused_data):
            raise UnreadableError("is not one whole piece of gzip")
        return bytes(self._taken)


def read_json(body: bytes, deepest: int = DEEPEST) -> Any:
    """What a body says as JSON.

    Raises:
        UnreadableError: It is none, or is nested too deep.

    Examples:
        >>> read_json(b'{"a": [1]}', deepest=2)
        {'a': [1]}
        >>> read_json(b'{"a": [1]}', deepest=1)
        Traceback (most recent call last):
          ...
        revenuer...UnreadableError: is nested more than 1 levels deep
    """
    deep = f"is nested more than {deepest} levels deep"
    try:
        value = msgspec.json.decode(body)
    except ValueError:
        # Of msgspec, of UTF-8, or Python's own of a number with thousands of digits.
        raise UnreadableError("is not JSON") from None
    except RecursionError:
        raise UnreadableError(deep) from None
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    for _ in range(deepest):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return value
    raise UnreadableError(deep)
