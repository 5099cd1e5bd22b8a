"""The recorder process: `python -m revenuer.gateway.recorder FD`, started by a worker."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence

import msgspec

from revenuer.gateway.recorder.columns import as_mapping, columns_of
from revenuer.gateway.recorder.files import LogFile
from revenuer.gateway.recorder.finding import finding_of
from revenuer.gateway.recorder.link import SIZE, TOLD, Order
from revenuer.gateway.recorder.row import Entry, unpack_entries

READ_BYTES = 1_048_576
BATCH_ROWS = 4096
TURN_ROWS = 16
"""Rows that are made without giving way: a tenth of a millisecond. placeholder"""
KEEPING_UP_ROWS = 256
"""Rows of a batch from which the recorder is behind: a busy worker sends some two hundred at a
time, and more only if they had to wait. placeholder"""
KINDER = 5
"""How much the recorder gives way to the worker: on one busy core a quarter is left for the log,
whose row takes a fifth of what its request takes. placeholder"""

_encode_lines = msgspec.json.Encoder().encode_lines


class Recorder:
    """Takes rows from a socket, and writes, syncs and acknowledges them in batches."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._buffer = bytearray()
        self._entries: list[Entry] = []
        self._acknowledged = self._failed = self._unsketched = 0
        self._synced_s = time.monotonic()

    def run(self) -> None:
        """Work until the worker is gone and everything it gave is written."""
        order = self._first_order()
        if order is None:
            return
        self._sync_s = order.sync_s
        self._file = LogFile(order.folder, "exchanges", order.file_bytes)
        self._findings: LogFile | None = None
        if order.findings:
            self._findings = LogFile(order.findings, "findings", order.file_bytes)
        self._reader = None
        if order.text or order.sketch_key:
            # Heavy: the readers of prompts, with NumPy and Polars. Only where text is read.
            from revenuer.gateway.recorder.texts import TextReader

            self._reader = TextReader(order.text, order.sketch_key)
        while self._receive():
            self._take_frames()
            due = time.monotonic() - self._synced_s >= self._sync_s
            if self._entries and (due or len(self._entries) >= BATCH_ROWS):
                self._flush()
        self._take_frames()
        self._flush()
        self._file.close()
        if self._findings is not None:
            self._findings.close()

    def _first_order(self) -> Order | None:
        while True:
            if len(self._buffer) >= SIZE.size:
                (size,) = SIZE.unpack_from(self._buffer)
                if len(self._buffer) >= SIZE.size + size:
                    order = bytes(self._buffer[SIZE.size : SIZE.size + size])
                    del self._buffer[: SIZE.size + size]
                    return msgspec.msgpack.decode(order, type=Order)
            if not self._receive(wait=True):
                return None

    def _receive(self, *, wait: bool = False) -> bool:
        """Read what came; False once the worker is gone."""
        ready, _, _ = select.select([self._link], [], [], None if wait else self._sync_s)
        if ready:
            data = self._link.recv(READ_BYTES)
            if not data:
                return False
            self._buffer += data
        return True

    def _take_frames(self) -> None:
        buffer, start = self._buffer, 0
        while len(buffer) - start >= SIZE.size:
            (size,) = SIZE.unpack_from(buffer, start)
            end = start + SIZE.size + size
            if len(buffer) < end:
                break
            self._entries += unpack_entries(bytes(buffer[start + SIZE.size : end]))
            start = end
        del buffer[:start]

    def _flush(self) -> None:
        entries, self._entries = self._entries, []
        self._synced_s = time.monotonic()
        if not entries:
            return
        lines = self._lines(entries)
        if self._findings is not None:
            found = [finding_of(entry) for entry in entries if entry.decision is not None]
            if found:
                self._findings.write(_encode_lines(found))
        if self._file.write(lines):
            self._acknowledged += len(entries)
        else:
            self._failed += len(entries)
        try:
            self._link.sendall(TOLD.pack(self._acknowledged, self._failed, self._unsketched))
        except OSError:
            return  # the worker is gone; what it gave is written all the same

    def _lines(self, entries: Sequence[Entry]) -> bytes | bytearray:
        """The rows as they are written."""
        if self._reader is not None:
            read = [as_mapping(columns_of(entry)) for entry in entries]
            self._unsketched += self._reader.add(entries, read)
            return _encode_lines(read)
        lines = bytearray()
        for start in range(0, len(entries), TURN_ROWS):
            turn = entries[start : start + TURN_ROWS]
            lines += _encode_lines([columns_of(entry) for entry in turn])
            # Who waits for an answer goes first: the worker may have the same core. But who
            # falls behind drops rows.
            if len(entries) <= KEEPING_UP_ROWS:
                os.sched_yield()
        return lines


def main() -> None:
    """Run the recorder on the socket whose number is the argument."""
    # The worker ends it by closing the socket, after its own graceful end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(KINDER)
    # Rows hold no cycles: the collector would look at thousands of them to find none.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    Recorder(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
