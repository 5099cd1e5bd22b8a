"""Numbers of one process, and a page that shows them to Prometheus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator

from revenuer.gateway.gate import Gate
from revenuer.gateway.recorder.link import RecorderLink
from revenuer.guard import Sample

logger = logging.getLogger(__name__)


class NumbersPage:
    """`/metrics` and `/healthz`.

    Args:
        samples: The numbers as they are when it is asked.
        healthy: Whether what they are about does its work.
    """

    def __init__(
        self, samples: Callable[[], Iterable[Sample]], healthy: Callable[[], bool]
    ) -> None:
        self._samples, self._healthy = samples, healthy

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Show them at an address.

        Raises:
            OSError: It cannot be listened on.
        """
        return await asyncio.start_server(self._answer, host, port, limit=8192)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                line = await reader.readline()
                while (await reader.readline()).strip():
                    pass
                status, kind, text = self._page(line.split(b" ")[1:2])
                body = text.encode()
                head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n"
                writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (OSError, ValueError):
            pass
        finally:
            writer.close()

    def _page(self, target: list[bytes]) -> tuple[str, str, str]:
        if target == [b"/metrics"]:
            return "200 OK", "text/plain; version=0.0.4", exposition(self._samples())
        if target == [b"/healthz"]:
            healthy = self._healthy()
            return (
                ("200 OK" if healthy else "503 Service Unavailable"),
                "text/plain",
                ("ok\n" if healthy else "a worker is stuck or gone\n"),
            )
        return "404 Not Found", "text/plain", "/metrics and /healthz are here.\n"


def gate_samples(gate: Gate, log: RecorderLink | None, now: float) -> Iterator[Sample]:
    """The numbers that every adapter has: of the guard, of deciding, of the log."""
    yield from gate.guard.refresh(now).samples()
    counts = gate.counts
    yield from counters(
        failures=(counts.failures, "Requests that passed since deciding failed."),
        late_decisions=(counts.late, "Decisions over the deadline; they hold all the same."),
        rewritten=(counts.rewritten, "Bodies that were changed."),
        policies_adopted=(counts.adopted, "Changed policies that came into force."),
        refused_files=(counts.refused_files, "Changed files of settings that could not be used."),
        sequences_unkept=(counts.unkept, "Numbers of snapshots not kept for the next run."),
    )
    countering = gate.countering
    yield from counters(
        countermeasures_missed=(countering.missed, "Answers that passed unchanged all the same."),
        countermeasures_unknown=(countering.unknown, "Requests given one that is unknown here."),
        countermeasures_unmet=(countering.unmet, "Answers that this adapter does not see."),
        countermeasures_cut=(countering.cut, "Answers with more reasoning than is held."),
    )
    for name, count in sorted(countering.acted.items()):
        help_ = "Exchanges that a countermeasure changed."
        sample = "revenuer_gateway_countermeasures_total"
        yield Sample(sample, "counter", help_, (("id", name),), count)
    for outcome, count in sorted(countering.asked.items()):
        help_ = "Texts of reasoning that a second model was asked to word anew."
        sample = "revenuer_gateway_rewriter_total"
        yield Sample(sample, "counter", help_, (("outcome", outcome.value),), count)
    if gate.bindings is not None:
        blocks = gate.bindings.counts
        yield from counters(
            blocks_bound=(blocks.bound, "Reasoning blocks of answers that were bound."),
            blocks_unbound=(blocks.taken_off, "Bindings taken off replayed blocks."),
            blocks_missed=(blocks.missed, "Answers that passed without being bound."),
        )
    if log is not None:
        yield from counters(
            log_rows=(log.offered, "Rows offered to the log."),
            log_acknowledged=(log.acknowledged, "Rows that are on the disk."),
            log_dropped=(log.dropped, "Rows dropped: the queue was full or the recorder died."),
            log_failed=(log.failed, "Rows that could not be written."),
            log_unsketched=(log.unsketched, "Rows without the sketch they should have."),
        )


def counters(**counted: tuple[int, str]) -> Iterator[Sample]:
    """Counters of the gateway, each with its number and its meaning."""
    for name, (value, help_) in counted.items():
        yield Sample(f"revenuer_gateway_{name}_total", "counter", help_, (), value)


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
