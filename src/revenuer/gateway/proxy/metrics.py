"""Numbers of all workers in one place: each writes its own into shared memory, the parent adds.

A slot holds `sequence, length, JSON`; the sequence is odd while it is being written, so that a
reader never takes half of one.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from revenuer.gateway.numbers import counters, gate_samples
from revenuer.guard import Sample

if TYPE_CHECKING:
    from revenuer.gateway.proxy.service import Service

SLOT_BYTES = 65_536
_HEAD = struct.Struct("<QQ")
_decode = msgspec.json.Decoder(list[Sample]).decode

Labels = tuple[tuple[str, str], ...]


class Board:
    """Shared memory with a slot for each worker."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    def write(self, slot: int, samples: Iterable[Sample]) -> None:
        """Put a worker's numbers into its slot; too many are cut off."""
        data = msgspec.json.encode(list(samples))
        if len(data) > SLOT_BYTES - _HEAD.size:
            return
        at = slot * SLOT_BYTES
        sequence, _ = _HEAD.unpack_from(self._memory, at)
        _HEAD.pack_into(self._memory, at, sequence + 1, len(data))
        self._memory[at + _HEAD.size : at + _HEAD.size + len(data)] = data
        _HEAD.pack_into(self._memory, at, sequence + 2, len(data))

    def sequence(self, slot: int) -> int:
        """Grows with each writing; 0 before the first."""
        return int(_HEAD.unpack_from(self._memory, slot * SLOT_BYTES)[0])

    def read(self, slot: int) -> list[Sample]:
        """A worker's numbers; none if it never wrote, or writes without end."""
        at = slot * SLOT_BYTES
        for _ in range(100):
            sequence, size = _HEAD.unpack_from(self._memory, at)
            if sequence == 0:
                return []
            data = bytes(self._memory[at + _HEAD.size : at + _HEAD.size + size])
            if sequence % 2 == 0 and self.sequence(slot) == sequence:
                return _decode(data)
        return []


def added(groups: Iterable[Iterable[Sample]]) -> list[Sample]:
    """One sample a name and labels: counters added, of gauges the largest, sums of plain ones."""
    found: dict[tuple[str, Labels], Sample] = {}
    for group in groups:
        for sample in group:
            key = (sample.name, sample.labels)
            before = found.get(key)
            if before is not None:
                largest = sample.name.startswith("revenuer_guard_")
                value = (
                    max(before.value, sample.value)
                    if sample.kind == "gauge" and largest
                    else before.value + sample.value
                )
                sample = sample._replace(value=value)
            found[key] = sample
    return sorted(found.values(), key=lambda sample: (sample.name, sample.labels))


def samples_of(service: Service, now: float) -> Iterator[Sample]:
    """Every number of a worker."""
    yield from gate_samples(service.gate, service.journal.recorder, now)
    counts, pool = service.counts, service.pool
    yield from counters(
        requests=(counts.requests, "Requests that were decided on."),
        malformed=(counts.malformed, "Requests refused before that."),
        client_cancelled=(counts.cancelled, "Exchanges that the client broke off."),
        upstream_errors=(counts.upstream_errors, "Exchanges that the upstream did not finish."),
        refused_connections=(counts.refused_connections, "Connections without room."),
        answer_bytes=(counts.answer_bytes, "Bytes of answers."),
    )
    yield _gauge("connections", "Connections of clients.", len(service.clients))
    yield _gauge("upstream_connections", "Connections to the upstream.", pool.open)


def _gauge(name: str, help_: str, value: float) -> Sample:
    return Sample(f"revenuer_gateway_{name}", "gauge", help_, (), value)
