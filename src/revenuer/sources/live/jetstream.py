"""NATS JetStream: exchanges from a stream, each once."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from nats.js import api

from revenuer.errors import SourceError
from revenuer.sources.live.jetstream_access import access
from revenuer.sources.live.jetstream_link import PROBLEMS, Arrival, Link
from revenuer.sources.live.payloads import LeftOutError, lines_of
from revenuer.sources.live.places import read_place
from revenuer.sources.live.segment import Segment
from revenuer.sources.live.source import Taken

PORT = 4222
OPTIONS = ("subject", "durable", "domain", "creds", "nkey", "ca", "cert", "key", "tls")
DURABLE = "revenuer"
PARTITION = "stream"
LINGER_S = 0.02
"""How long a take that has something waits for more: placeholder."""
RETRY_S = 0.5
"""Before trying again to reach a server; doubled each time up to ten seconds: placeholder."""
MOST_RETRY_S = 10.0
"""The longest such wait: placeholder."""

logger = logging.getLogger(__name__)


class JetStreamSource:
    """Messages of one stream in their order.

    Args:
        place: `nats://host:port/STREAM?subject=…&durable=…`.
        positions: Where it was left.
        until_end: Whether only what is there now counts.
        environment: Variables, for credentials.
    """

    def __init__(
        self,
        place: str,
        positions: Mapping[str, str],
        *,
        until_end: bool,
        environment: Mapping[str, str],
    ) -> None:
        found = read_place(place, OPTIONS, port=PORT)
        self.name = found.name
        self._stream = found.stream
        self._skipped: Counter[str] = Counter()
        self._link = Link(
            found, found.options.get("durable", DURABLE), access(found.options, environment)
        )
        self._last, self._created = _position(positions)
        self._expected = 1
        self._unacknowledged: list[tuple[int, str]] = []
        self._retry_s = RETRY_S
        self._next_try = 0.0
        self._queue = False
        self._end: int | None = None
        self._ended = False
        try:
            self._begin()
            if until_end:
                self._end = self._last_sequence
                self._ended = self._waiting == 0
        except PROBLEMS as problem:
            self._link.close()
            hint = "Check that the stream exists and that the user may make a consumer on it."
            reason = f"stream {self._stream} cannot be read: {type(problem).__name__}"
            raise SourceError(reason, hint) from None
        except BaseException:
            self._link.close()
            raise

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many messages were left out, by reason."""
        return dict(self._skipped)

    @property
    def ended(self) -> bool:
        """Whether all there was at the start has been taken."""
        return self._ended

    @property
    def closed(self) -> bool:
        """Whether nothing more will come; more may as long as it is not asked to end."""
        return self.ended

    def _begin(self) -> None:
        """Start, or start again, behind what was taken."""
        info = self._link.stream()
        retention = info.config.retention
        if retention == api.RetentionPolicy.INTEREST:
            hint = "Read a mirror of it with limits: `nats stream add --mirror`."
            reason = f"stream {self._stream} drops what nobody waits for, so it cannot be read"
            raise SourceError(f"{reason} again after a fault", hint)
        self._queue = retention == api.RetentionPolicy.WORK_QUEUE
        created = info.created.isoformat() if info.created else ""
        if self._created not in {"", created} or self._last > info.state.last_seq:
            logger.warning("stream %s was made anew and is read from its start", self._stream)
            self._last = 0
        if not self._queue and self._last + 1 < info.state.first_seq and self._last:
            lost = info.state.first_seq - self._last - 1
            logger.warning(
                "stream %s no longer has %d messages behind the last", self._stream, lost
            )
        self._created = created
        self._last_sequence = info.state.last_seq
        self._waiting = self._link.begin(after=self._last, retention=retention)
        self._expected = 1
        self._unacknowledged.clear()

    def take(self, into: Path, *, most_bytes: int, wait_s: float) -> Taken | None:
        """The messages that came, as lines; None if none did."""
        deadline = time.monotonic() + wait_s
        segment = Segment(into, most_bytes, self._skipped)
        before = self._last
        try:
            while not self._ended and (left := deadline - time.monotonic()) > 0:
                self._keep_up(most_bytes)
                arrival = self._next(LINGER_S if segment.size else min(left, 0.25))
                if arrival is None and segment.size:
                    break
                if arrival is not None and not self._add(arrival, segment):
                    break
        except BaseException:
            segment.discard()
            self._last, self._link.lost = before, True
            raise
        path = segment.close()
        if path is None:
            return None
        positions = {PARTITION: f"{self._last} {self._created}"}
        return Taken(path, own=False, size=segment.size, positions=positions)

    def _keep_up(self, most_bytes: int) -> None:
        """See to it that messages come."""
        if self._link.closed:
            hint = "The server refused us for good: check REVENUER_NATS_…"
            raise SourceError("the connection to NATS is closed", hint)
        if not self._link.connected:
            return
        try:
            if self._link.lost and time.monotonic() >= self._next_try:
                self._begin()
                self._retry_s = RETRY_S
                self._next_try = time.monotonic() + RETRY_S
            self._link.ask(most_bytes)
        except PROBLEMS as problem:
            logger.info("nats: trying again after %s", type(problem).__name__)
            self._link.lost = True
            self._next_try = time.monotonic() + self._retry_s
            self._retry_s = min(2 * self._retry_s, MOST_RETRY_S)

    def _next(self, wait_s: float) -> Arrival | None:
        with self._link.news:
            if not self._link.arrived:
                self._link.news.wait(wait_s)
            return self._link.arrived[0] if self._link.arrived else None

    def _add(self, arrival: Arrival, segment: Segment) -> bool:
        """Write one message; returns whether another may follow."""
        if arrival.delivery != self._expected:
            # Something sent to us never came: what waits behind it must not go first.
            self._link.drop()
            return segment.size == 0
        if self._end is not None and arrival.sequence > self._end:
            self._ended = True
            return False
        if arrival.sequence > self._last and not self._write(arrival, segment):
            return False
        self._link.arrived.popleft()
        self._expected += 1
        self._last = max(self._last, arrival.sequence)
        self._note(arrival)
        self._ended = self._end is not None and (
            arrival.sequence >= self._end or not arrival.behind
        )
        return True

    def _write(self, arrival: Arrival, segment: Segment) -> bool:
        try:
            lines = lines_of(arrival.payload, segment.most_bytes)
        except LeftOutError as reason:
            self._skipped[str(reason)] += 1
            return True
        if len(lines) > segment.room:
            return False
        segment.add(lines)
        return True

    def _note(self, arrival: Arrival) -> None:
        if not self._queue:
            self._unacknowledged.clear()
        self._unacknowledged.append((arrival.sequence, arrival.reply))

    def acknowledge(self) -> None:
        """What was taken is durable: the server need not keep it for us."""
        replies, self._unacknowledged = [reply for _, reply in self._unacknowledged], []
        if not replies or not self._link.connected:
            return
        try:
            self._link.acknowledge(replies)
        except PROBLEMS as problem:
            logger.info("nats: not acknowledged after %s", type(problem).__name__)

    def close(self) -> None:
        """End the connection."""
        self._link.close()


def _position(positions: Mapping[str, str]) -> tuple[int, str]:
    sequence, _, created = positions.get(PARTITION, "0 ").partition(" ")
    return int(sequence), created
