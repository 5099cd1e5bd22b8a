"""ClickHouse in a process of its own, asked over its standard streams.

chDB knows one database a process, keeps the memory it once took, and loads an allocator of
its own; none of that concerns the process that scans. Run by `chdb.py` as a script, so that
it imports nothing of Revenuer.

A question is a line of JSON, `{"sql": …, "wanted": …}`, the latter false for a statement whose
answer nobody reads. The reply is frames: a byte for the kind, eight for the length, the bytes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import Any, BinaryIO

BATCH, END, ERROR = b"B", b"E", b"X"
HEAD = struct.Struct("<cQ")


def main(folder: str) -> None:
    """Answer until the standard input ends."""
    # What the engine prints must not get between the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    import chdb  # type: ignore[import-not-found, unused-ignore]

    with chdb.connect(folder) as connection:
        for line in sys.stdin.buffer:
            question = json.loads(line)
            try:
                answer(connection, question["sql"], question["wanted"], answers)
                frame(answers, END, b"")
            except Exception as problem:
                frame(answers, ERROR, str(problem).encode())
            answers.flush()


def answer(connection: Any, sql: str, wanted: bool, answers: BinaryIO) -> None:
    """Write the answer as Arrow files, each some rows of it; none where it is empty."""
    if not wanted:
        connection.query(sql)
        return
    result = connection.send_query(sql, "Arrow")
    try:
        while (chunk := result.fetch()) is not None:
            frame(answers, BATCH, chunk.bytes())
    finally:
        result.close()


def frame(answers: BinaryIO, kind: bytes, data: bytes) -> None:
    """Write one frame."""
    answers.write(HEAD.pack(kind, len(data)))
    answers.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
