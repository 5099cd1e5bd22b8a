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


def exposition(samples: Iterable[Sample]) -> str:
    r"""Samples in the text format of Prometheus.

    Source:
        Prometheus, "Exposition formats", text-based format 0.0.4.

    Examples:
        >>> print(exposition([Sample("a_total", "counter", "What.", (("k", 'v"'),), 2)]), end="")
        # HELP a_total What.
        # TYPE a_total counter
        a_total{k="v\""} 2
    """
    lines: list[str] = []
    named = ""
    for sample in samples:
        if sample.name != named:
            named = sample.name
            lines += (f"# HELP {named} {sample.help}", f"# TYPE {named} {sample.kind}")
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels)
        number = f"{sample.value:.17g}"
        lines.append(f"{named}{{{labels}}} {number}" if labels else f"{named} {number}")
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def samples_of(service: Service, now: float) -> Iterator[Sample]:
    """Every number of a worker."""
    yield from service.gate.guard.refresh(now).samples()
    gate, counts, pool = service.gate.counts, service.counts, service.pool
    yield from _counters(
        requests=(counts.requests, "Requests that were decided on."),
        malformed=(counts.malformed, "Requests refused before that."),
        client_cancelled=(counts.cancelled, "Exchanges that the client broke off."),
        upstream_errors=(counts.upstream_errors, "Exchanges that the upstream did not finish."),
        refused_connections=(counts.refused_connections, "Connections without room."),
        answer_bytes=(counts.answer_bytes, "Bytes of answers."),
        failures=(gate.failures, "Requests that passed since deciding failed."),
        late_decisions=(gate.late, "Decisions over the deadline; they hold all the same."),
        rewritten=(gate.rewritten, "Bodies that were changed."),
        policies_adopted=(gate.adopted, "Changed policies that came into force."),
        refused_files=(gate.refused_files, "Changed files of settings that could not be used."),
        sequences_unkept=(gate.unkept, "Numbers of snapshots not kept for the next run."),
    )
    yield _gauge("connections", "Connections of clients.", len(service.clients))
    yield _gauge("upstream_connections", "Connections to the upstream.", pool.open)
    bindings = service.gate.bindings
    if bindings is not None:
        blocks = bindings.counts
        yield from _counters(
            blocks_bound=(blocks.bound, "Reasoning blocks of answers that were bound."),
            blocks_unbound=(blocks.taken_off, "Bindings taken off replayed blocks."),
            blocks_missed=(blocks.missed, "Answers that passed without being bound."),
        )
    log = service.journal.recorder
    if log is not None:
        yield from _counters(
            log_rows=(log.offered, "Rows offered to the log."),
            log_acknowledged=(log.acknowledged, "Rows that are on the disk."),
            log_dropped=(log.dropped, "Rows dropped: the queue was full or the recorder died."),
            log_failed=(log.failed, "Rows that could not be written."),
            log_unsketched=(log.unsketched, "Rows without the sketch they should have."),
        )


def _counters(**counted: tuple[int, str]) -> Iterator[Sample]:
    for name, (value, help_) in counted.items():
        yield Sample(f"revenuer_gateway_{name}_total", "counter", help_, (), value)


def _gauge(name: str, help_: str, value: float) -> Sample:
    return Sample(f"revenuer_gateway_{name}", "gauge", help_, (), value)
