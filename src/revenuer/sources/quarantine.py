"""Where bad rows are written down: file, line, reason, column, and never the row's text."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

DIGEST_CHARS = 16


class Quarantine:
    """An append-only JSON Lines file of the rows that were left out, and their number."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._encoder = msgspec.json.Encoder()
        self._file = path.open("wb")

    def add(
        self,
        file: str,
        line: int,
        reason: str,
        *,
        column: str | None = None,
        raw: bytes | None = None,
    ) -> None:
        """Write one bad row down.

        Args:
            file: Name of its file.
            line: Line, or row of a Parquet file; counted from 1.
            reason: What is wrong, without the value.
            column: The column at fault, if one is.
            raw: The row's bytes; only the start of their SHA-256 is kept, so that the
                row can be found again where it came from.
        """
        digest = hashlib.sha256(raw).hexdigest()[:DIGEST_CHARS] if raw is not None else None
        entry = {"file": file, "line": line, "reason": reason, "column": column, "sha256": digest}
        self._file.write(self._encoder.encode(entry) + b"\n")
        self.rows += 1

    def take_over(self, path: Path, file: str) -> None:
        """Write down once more what another quarantine says of one file.

        Args:
            path: Of the other one.
            file: Name of the file by now.
        """
        with path.open("rb") as lines:
            for line in lines:
                entry = msgspec.json.decode(line)
                self._file.write(self._encoder.encode(entry | {"file": file}) + b"\n")
                self.rows += 1

    def close(self) -> None:
        """Flush and close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
