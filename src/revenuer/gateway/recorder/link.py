"""The worker's end of the log: a bounded queue, and the socket to the recorder.

Nothing here waits. What the recorder does not take in time is held up to a bound of bytes, then
the oldest goes, and is counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import msgspec

from revenuer.gateway.config import LogFiles
from revenuer.gateway.recorder.row import batch_head
from revenuer.guard import Policy

logger = logging.getLogger(__name__)

SIZE = struct.Struct("<I")
TOLD = struct.Struct("<QQQ")
SEND_EVERY_S = 0.02
"""Rows of so long go in one system call. placeholder"""
SEND_BYTES = 262_144
LONGEST_PAUSE_S = 30.0
"""Between two attempts to start a recorder that dies. placeholder"""


class Order(msgspec.Struct, frozen=True):
    """What a recorder is told when it starts.

    Attributes:
        folder: Where to write.
        findings: Where to write OCSF findings; empty for nowhere.
        text: Whether prompts and answers are written.
        sketch_key: Key file for sketches; empty for none.
        file_bytes: Size from which a new file is begun.
        sync_s: How often to sync.
    """

    folder: str
    findings: str
    text: bool
    sketch_key: str
    file_bytes: int
    sync_s: float


class RecorderLink:
    """Hands rows to a recorder process, which it starts and, if it dies, starts again.

    Attributes:
        offered: Rows that were offered.
        acknowledged: Rows that are on the disk.
        dropped: Rows that were dropped, for the queue was full or the recorder died with them.
        failed: Rows that the recorder could not write.
        unsketched: Rows that were written without the sketch they should have had.
        wants_bodies: Whether the recorder reads requests' bodies.
    """

    def __init__(self, files: LogFiles, policy: Policy) -> None:
        sketches = policy.log.sketches and bool(files.sketch_key)
        self._order = Order(
            str(Path(files.folder).absolute()),
            str(Path(files.findings).absolute()) if files.findings else "",
            policy.log.text,
            files.sketch_key if sketches else "",
            files.file_bytes,
            files.sync_s,
        )
        self.wants_bodies = policy.log.text or sketches
        self.offered = self.acknowledged = self.dropped = self.failed = self.unsketched = 0
        self._most = files.queued_bytes
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._sending = b""
        self._sending_rows = 0
        self._unanswered = 0
        self._told = (0, 0, 0)
        self._heard = b""
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._scheduled = False
        self._blocked = False
        self._pause_s = 0.0
        self._not_before = 0.0

    # --- what the worker calls ----------------------------------------------------

    def offer(self, row: bytes) -> None:
        """Queue a row; never waits and never fails."""
        self.offered += 1
        queue = self._queue
        queue.append(row)
        self._queued += len(row)
        while self._queued > self._most and queue:
            self._queued -= len(queue.popleft())
            self.dropped += 1
        if not self._scheduled and not self._blocked:
            self._scheduled = True
            loop = self._loop or asyncio.get_running_loop()
            self._loop = loop
            loop.call_later(SEND_EVERY_S, self._send)

    @property
    def waiting(self) -> int:
        """Rows that are neither acknowledged nor given up."""
        return self.offered - self.acknowledged - self.dropped - self.failed

    async def close(self, most_s: float = 10.0) -> None:
        """Hand over what waits, and let the recorder end."""
        if not self.offered:
            self._part()
            return
        self._loop = asyncio.get_running_loop()
        end = time.monotonic() + most_s
        while self.waiting > 0 and time.monotonic() < end:
            if not self._blocked:
                self._send()
            await asyncio.sleep(0.02)
        process = self._process
        self._part()
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(process.wait, max(0.1, end - time.monotonic()))

    # --- sending ------------------------------------------------------------------

    def _send(self) -> None:
        self._scheduled = False
        link = self._socket or self._start()
        if link is None:
            self._later(0.25)
            return
        while self._sending or self._queue:
            if not self._sending:
                self._fill()
            try:
                sent = link.send(self._sending)
            except BlockingIOError:
                self._wait_for_room(link)
                return
            except OSError:
                self._died()
                return
            self._sending = self._sending[sent:]
            if not self._sending:
                self._unanswered += self._sending_rows
                self._sending_rows = 0

    def _fill(self) -> None:
        queue = self._queue
        if self._queued <= SEND_BYTES:
            rows, size = list(queue), self._queued
            queue.clear()
        else:
            rows, size = [], 0
            while queue and size < SEND_BYTES:
                row = queue.popleft()
                rows.append(row)
                size += len(row)
        self._queued -= size
        head = batch_head(len(rows))
        self._sending = b"".join((SIZE.pack(len(head) + size), head, *rows))
        self._sending_rows = len(rows)

    def _wait_for_room(self, link: socket.socket) -> None:
        assert self._loop is not None
        if not self._blocked:
            self._blocked = True
            self._loop.add_writer(link, self._has_room)

    def _has_room(self) -> None:
        self._unblock()
        self._send()

    def _unblock(self) -> None:
        if self._blocked and self._socket is not None and self._loop is not None:
            self._loop.remove_writer(self._socket)
        self._blocked = False

    def _later(self, delay: float) -> None:
        if not self._scheduled and self._loop is not None:
            self._scheduled = True
            self._loop.call_later(delay, self._send)

    # --- the process --------------------------------------------------------------

    def _start(self) -> socket.socket | None:
        now = time.monotonic()
        if now < self._not_before:
            return None
        self._pause_s = min(LONGEST_PAUSE_S, max(0.5, self._pause_s * 2))
        self._not_before = now + self._pause_s
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_048_576)
        command = [sys.executable, "-m", "revenuer.gateway.recorder", str(theirs.fileno())]
        try:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        except OSError:
            logger.exception("The recorder cannot be started.")
            ours.close()
            return None
        finally:
            theirs.close()
        order = msgspec.msgpack.encode(self._order)
        ours.send(SIZE.pack(len(order)) + order)
        self._told = (0, 0, 0)
        self._heard = b""
        self._socket = ours
        assert self._loop is not None
        self._loop.add_reader(ours, self._hear)
        return ours

    def _hear(self) -> None:
        assert self._socket is not None
        try:
            heard = self._socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        if not heard:
            self._died()
            return
        self._heard += heard
        while len(self._heard) >= TOLD.size:
            told = TOLD.unpack_from(self._heard)
            self._heard = self._heard[TOLD.size :]
            written, failed, unsketched = (
                new - old for new, old in zip(told, self._told, strict=True)
            )
            self.acknowledged += written
            self.failed += failed
            self.unsketched += unsketched
            self._unanswered -= written + failed
            self._told = told
            self._pause_s = 0.0

    def _died(self) -> None:
        logger.error("The recorder ended; it is started again, and rows wait.")
        # A row that was cut in two cannot be sent on to another recorder: it goes with those
        # that had been handed over and were not acknowledged.
        self.dropped += self._unanswered + self._sending_rows
        self._part()
        self._later(0.25)

    def _part(self) -> None:
        self._unanswered = self._sending_rows = 0
        self._sending = b""
        if self._socket is not None:
            if self._loop is not None and not self._loop.is_closed():
                self._unblock()
                self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        if self._process is not None and self._process.poll() is not None:
            self._process = None
