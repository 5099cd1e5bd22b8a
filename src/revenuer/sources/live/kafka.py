"""Kafka: exchanges from a topic, its partitions assigned by hand at the stored offsets.

No consumer group decides who reads what, so nothing is ever rebalanced; where we stand is in
the state, and an offset committed to a group is only for those who watch the lag.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from revenuer.errors import SourceError
from revenuer.sources.live.kafka_access import configuration
from revenuer.sources.live.payloads import LeftOutError, lines_of
from revenuer.sources.live.places import read_place
from revenuer.sources.live.segment import Segment
from revenuer.sources.live.source import Taken

PORT = 9092
OPTIONS = ("group",)
OPEN_S = 20.0
"""How long the first answer of a broker may take: placeholder."""
PARTITIONS_S = 60.0
"""How often it is asked whether the topic has new partitions: placeholder."""
LINGER_S = 0.02
"""How long a take that has something waits for more: placeholder."""
MOST_MESSAGES = 2_000
"""Taken out of the client's queue at once: placeholder."""
TYPICAL_BYTES = 64 * 1024
"""What a message is thought to weigh before one was seen: placeholder."""
REFUSED = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError._AUTHENTICATION,
    KafkaError._FATAL,
}
"""Errors that trying again does not help."""

logger = logging.getLogger(__name__)


class KafkaSource:
    """Messages of one topic; those of a partition in their order.

    Args:
        place: `kafka://host:port,host:port/topic?group=…`.
        positions: The next offset by partition.
        until_end: Whether only what is there now counts.
        environment: Variables; `REVENUER_KAFKA_CONFIG` names a file of client properties.
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
        self._topic = found.stream
        self._group = found.options.get("group")
        self._skipped: Counter[str] = Counter()
        self._next: dict[int, int] = {int(key): int(value) for key, value in positions.items()}
        self._ends: dict[int, int] = {}
        self._until_end = until_end
        self._held: deque[Message] = deque()
        self._typical = TYPICAL_BYTES
        self._look_at = 0.0
        self._assigned: set[int] = set()
        self._consumer = Consumer(configuration(found, environment), logger=logger)
        try:
            self._assign_new(self._partitions(OPEN_S))
            if until_end:
                self._find_ends()
        except KafkaException as problem:
            self._consumer.close()
            raise self._unusable(problem.args[0]) from None
        except BaseException:
            self._consumer.close()
            raise

    def _unusable(self, error: KafkaError) -> SourceError:
        hint = "Check the address, the topic and REVENUER_KAFKA_CONFIG; docs/streams.md has them."
        return SourceError(f"topic {self._topic} cannot be read: {error.name()}", hint)

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many messages were left out, by reason."""
        return dict(self._skipped)

    @property
    def ended(self) -> bool:
        """Whether all there was at the start has been taken."""
        return self._until_end and not self._ends

    @property
    def closed(self) -> bool:
        """Whether nothing more will come; more may as long as it is not asked to end."""
        return self.ended

    def _partitions(self, timeout_s: float) -> set[int]:
        found = self._consumer.list_topics(self._topic, timeout=timeout_s).topics[self._topic]
        if found.error is not None:
            raise KafkaException(found.error)
        self._look_at = time.monotonic() + PARTITIONS_S
        return set(found.partitions)

    def _assign_new(self, partitions: set[int]) -> None:
        """Read partitions from where they were left, or from their start."""
        fresh = sorted(partitions - self._assigned)
        for partition in fresh:
            low, high = self._range(partition)
            start = self._next.get(partition, low)
            if not low <= start <= high:
                what = "were deleted before they were read" if start < low else "are not there"
                logger.warning(
                    "topic %s, partition %d: messages from %d on %s; going on at %d",
                    self._topic,
                    partition,
                    start,
                    what,
                    low,
                )
                start = low
            self._next[partition] = start
        if fresh:
            self._assigned |= set(fresh)
            self._consumer.incremental_assign(
                [TopicPartition(self._topic, each, self._next[each]) for each in fresh]
            )

    def _range(self, partition: int) -> tuple[int, int]:
        place = TopicPartition(self._topic, partition)
        low, high = self._consumer.get_watermark_offsets(place, timeout=OPEN_S)
        return low, high

    def _find_ends(self) -> None:
        for partition in self._assigned:
            _, high = self._range(partition)
            if high > self._next[partition]:
                self._ends[partition] = high

    def take(self, into: Path, *, most_bytes: int, wait_s: float) -> Taken | None:
        """The messages that came, as lines; None if none did."""
        deadline = time.monotonic() + wait_s
        segment = Segment(into, most_bytes, self._skipped)
        before, ends = dict(self._next), dict(self._ends)
        try:
            while not self.ended and (left := deadline - time.monotonic()) > 0:
                lost = self._look_at == 0
                if lost or (time.monotonic() >= self._look_at and not self._until_end):
                    self._look_for_partitions()
                if not self._fetch(segment, min(left, 0.25)):
                    if segment.size:
                        break
                elif not self._drain(segment):
                    break
        except BaseException:
            segment.discard()
            self._go_back(before, ends)
            raise
        path = segment.close()
        if path is None:
            return None
        moved = {str(key): str(at) for key, at in self._next.items() if before.get(key) != at}
        return Taken(path, own=False, size=segment.size, positions=moved)

    def _look_for_partitions(self) -> None:
        self._look_at = time.monotonic() + PARTITIONS_S
        try:
            self._assign_new(self._partitions(5.0))
        except KafkaException as problem:
            logger.info("kafka: partitions not asked for: %s", problem.args[0].name())

    def _fetch(self, segment: Segment, wait_s: float) -> bool:
        """Have messages at hand; returns whether there are any."""
        if self._held:
            return True
        # Never more than about what fits, so that memory stays bounded by the segment.
        most = max(1, min(MOST_MESSAGES, segment.room // self._typical))
        wait_s = LINGER_S if segment.size else wait_s
        first = self._consumer.consume(1, wait_s)
        more = self._consumer.consume(most - 1, 0) if first and most > 1 else []
        for message in (*first, *more):
            error = message.error()
            # The end of a partition keeps its place behind the messages before it.
            if error is None or error.code() == KafkaError._PARTITION_EOF:
                self._held.append(message)
            else:
                self._note_error(message, error)
        if self._held:
            weights = [len(message.value() or b"") for message in self._held]
            self._typical = max(1, max(weights), self._typical * 7 // 8)
        return bool(self._held)

    def _note_error(self, message: Message, error: KafkaError) -> None:
        code = error.code()
        if code == KafkaError._AUTO_OFFSET_RESET:
            partition = message.partition() or 0
            logger.warning("topic %s, partition %d: where we stood is gone", self._topic, partition)
            self._assigned.discard(partition)
            self._consumer.incremental_unassign([TopicPartition(self._topic, partition)])
            self._look_at = 0.0
        elif code in REFUSED:
            raise self._unusable(error)
        else:
            # A broker that is away; the client goes on trying.
            logger.info("kafka: %s", error.name())

    def _note_end(self, partition: int, offset: int) -> None:
        """A partition has nothing from this offset on, whatever markers are before it."""
        if offset >= self._ends.get(partition, offset + 1):
            del self._ends[partition]

    def _drain(self, segment: Segment) -> bool:
        """Write what is at hand; returns whether there is room for more."""
        while self._held:
            message = self._held[0]
            partition, offset = message.partition() or 0, message.offset() or 0
            if message.error() is not None:
                self._held.popleft()
                self._note_end(partition, offset)
                continue
            if offset < self._next.get(partition, 0) or self._is_late(partition, offset):
                self._held.popleft()
                continue
            if not self._write(message.value() or b"", segment):
                return False
            self._held.popleft()
            self._next[partition] = offset + 1
            self._note_end(partition, offset + 1)
        return True

    def _is_late(self, partition: int, offset: int) -> bool:
        """Whether a message came after the end that counts."""
        if not self._until_end:
            return False
        if partition in self._ends and offset >= self._ends[partition]:
            del self._ends[partition]
        return partition not in self._ends

    def _write(self, payload: bytes, segment: Segment) -> bool:
        try:
            lines = lines_of(payload, segment.most_bytes)
        except LeftOutError as reason:
            self._skipped[str(reason)] += 1
            return True
        if len(lines) > segment.room:
            return False
        segment.add(lines)
        return True

    def _go_back(self, before: dict[int, int], ends: dict[int, int]) -> None:
        """Stand where we stood before a take that failed."""
        self._next, self._ends = before, ends
        self._held.clear()
        for partition in self._assigned:
            place = TopicPartition(self._topic, partition, self._next[partition])
            try:
                self._consumer.seek(place)
            except KafkaException as problem:
                logger.warning("kafka: cannot go back: %s", problem.args[0].name())

    def acknowledge(self) -> None:
        """Tell the group how far we are, if one was named; nothing depends on it."""
        if self._group is None:
            return
        places = [TopicPartition(self._topic, key, at) for key, at in self._next.items()]
        try:
            self._consumer.commit(offsets=places, asynchronous=True)
        except KafkaException as problem:
            logger.info("kafka: not committed: %s", problem.args[0].name())

    def close(self) -> None:
        """Let go of the brokers."""
        self._consumer.close()
