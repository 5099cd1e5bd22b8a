"""The content of a file that may be compressed, read at an offset."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path

import zstandard

from revenuer.sources.live.marks import TAIL_BYTES

GZIP, ZSTD, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
UNPACK_BYTES = 1 << 20
ZSTD_BYTES = 8 * 1024
"""Compressed bytes that are unpacked at once, as what comes of them is in memory: placeholder."""


class BrokenContentError(Exception):
    """A file that cannot be read on: compression that is damaged, or a disk that is."""


class Plain:
    """A file as it is, held open so that a renamed or deleted one can be read to its end.

    Args:
        path: The file.
        end: Nothing behind this offset is seen; None for no such bound.
    """

    def __init__(self, path: Path, end: int | None = None) -> None:
        self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.end = end

    def read_at(self, offset: int, most: int) -> bytes:
        """Bytes at an offset; fewer than `most` only at the end."""
        if self.end is not None:
            most = min(most, self.end - offset)
        found = b""
        while len(found) < most:
            try:
                more = os.pread(self._handle, most - len(found), offset + len(found))
            except OSError as problem:
                raise BrokenContentError(str(problem)) from problem
            if not more:
                break
            found = found + more if found else more
        return found

    def status(self) -> os.stat_result:
        """What the file system says of it."""
        return os.fstat(self._handle)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)


class Zstd:
    """A zstd file, of which it is known whether its last frame is whole.

    The library's own reader ends in silence where a file that is still written does.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._rest = b""
        self._frame: zstandard.ZstdDecompressionObj | None = None

    def read1(self, _size: int) -> bytes:
        """Some bytes; none at the end.

        Raises:
            EOFError: The file ends inside a frame.
            ZstdError: It is damaged.
        """
        while True:
            packed = self._rest or self._file.read(ZSTD_BYTES)
            if not packed and self._frame is None:
                return b""
            if not packed:
                raise EOFError("a frame is not finished")
            frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            found = frame.decompress(packed)
            self._frame = None if frame.eof else frame
            self._rest = frame.unused_data if frame.eof else b""
            if found:
                return found

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Unpacked:
    """A compressed file's content, read forward; going back starts it again.

    Memory holds what was asked for last and the few bytes before it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: gzip.GzipFile | Zstd | None = None
        self._base = 0
        self._window = bytearray()

    def read_at(self, offset: int, most: int) -> bytes:
        """Bytes at an offset; fewer than `most` only at the end.

        Raises:
            BrokenContentError: The file is damaged before the end of what was asked for.
        """
        if self._stream is None or offset < self._base:
            self._restart()
        self._forget_before(offset - TAIL_BYTES)
        while self._base + len(self._window) < offset + most and self._more():
            self._forget_before(offset - TAIL_BYTES)
        start = offset - self._base
        return bytes(self._window[start : start + most]) if start >= 0 else b""

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _restart(self) -> None:
        self.close()
        self._base = 0
        self._window.clear()
        with self._path.open("rb") as raw:
            zipped = raw.read(2) == GZIP
        if zipped:
            self._stream = gzip.GzipFile(self._path, "rb")
        else:
            self._stream = Zstd(self._path)

    def _more(self) -> bool:
        assert self._stream is not None
        try:
            # `read` would lose what it got before a damaged place; `read1` gives it first.
            block = self._stream.read1(UNPACK_BYTES)
        except (OSError, EOFError, zlib.error, zstandard.ZstdError) as problem:
            self.close()
            raise BrokenContentError(str(problem)) from problem
        self._window += block
        return bool(block)

    def _forget_before(self, offset: int) -> None:
        behind = min(offset - self._base, len(self._window))
        if behind > 0:
            del self._window[:behind]
            self._base += behind


def is_packed(head: bytes) -> bool:
    """Whether a file's first bytes are those of a compression that is read."""
    return head.startswith((GZIP, ZSTD))


def is_whole_parquet(path: Path, size: int) -> bool:
    """Whether a Parquet file has its footer, which writers write last."""
    if size < 12:
        return False
    with path.open("rb") as file:
        file.seek(size - 8)
        end = file.read(8)
    length = int.from_bytes(end[:4], "little")
    return end[4:] == PARQUET and 0 < length <= size - 12
