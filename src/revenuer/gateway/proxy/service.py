"""What all connections of a worker share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.gate import MARKS, Gate
from revenuer.gateway.journal import Journal
from revenuer.gateway.proxy.deadlines import check
from revenuer.gateway.proxy.heads import Head, Refused, forwarded_head
from revenuer.gateway.proxy.pool import Pool
from revenuer.gateway.recorder.link import RecorderLink
from revenuer.gateway.refusals import error_body
from revenuer.gateway.routes import route_of
from revenuer.gateway.ruling import Asking, Ruling
from revenuer.guard import Protocol

if TYPE_CHECKING:
    from revenuer.gateway.proxy.client import Client
    from revenuer.gateway.proxy.exchange import Exchange

CHECK_S = 0.25
"""How often deadlines are looked at: cheaper by far than a timer for each exchange."""


class Counts:
    """What the proxy counts.

    Attributes:
        requests: Requests that were decided on.
        malformed: Requests that were refused before.
        cancelled: Exchanges that the client broke off.
        upstream_errors: Exchanges that the upstream did not finish.
        refused_connections: Connections for which there was no room.
        answer_bytes: Bytes of answers' bodies.
    """

    __slots__ = (
        "answer_bytes",
        "cancelled",
        "malformed",
        "refused_connections",
        "requests",
        "upstream_errors",
    )

    def __init__(self) -> None:
        self.requests = self.malformed = self.cancelled = 0
        self.upstream_errors = self.refused_connections = self.answer_bytes = 0


class Service:
    """Gate, pool, log and counts of one worker.

    Attributes:
        draining: Whether the worker is about to end.
        clients: Connections of clients.
    """

    def __init__(
        self, config: GatewayConfig, gate: Gate, pool: Pool, recorder: RecorderLink | None
    ) -> None:
        self.config = config
        self.gate = gate
        self.pool = pool
        self.journal = Journal(config, gate, recorder)
        self.loop = asyncio.get_running_loop()
        self.counts = Counts()
        self.draining = False
        self.clients: set[Client] = set()

    def admit(self, client: Client) -> bool:
        """Count a new connection in, if there is room."""
        if self.draining or len(self.clients) >= self.config.limits.connections:
            self.counts.refused_connections += 1
            return False
        limit = self.config.limits.buffered_bytes
        client.transport.set_write_buffer_limits(high=limit)
        self.clients.add(client)
        return True

    def leave(self, client: Client) -> None:
        """A connection ended."""
        self.clients.discard(client)

    def forwarded(self, head: Head, peer: bytes) -> bytes:
        """What goes to the upstream of a head."""
        place = self.pool.place
        return forwarded_head(
            head, host=place.authority, prefix=place.prefix, client=peer, dropped=MARKS
        )

    def rule(self, exchange: Exchange, peer: bytes) -> Ruling | None:
        """Decide on a request; None if its body must be whole first."""
        head = exchange.head
        body: bytes | None = None
        if exchange.whole:
            body = exchange.taken_body()
            exchange.body.append(body)
        elif self._needs_whole(head, peer):
            return None
        self.counts.requests += 1
        ruling = self.gate.rule_on(head.asking or self._asking(head, peer), body)
        exchange.logged = self.journal.kept(body)
        if ruling.body is not None:
            exchange.body[:] = [ruling.body]
        return ruling

    def _needs_whole(self, head: Head, peer: bytes) -> bool:
        address = self.journal.address_of(head.fields, peer)
        return self.gate.needs_whole(head.method, head.path, head.fields, address)

    def _asking(self, head: Head, peer: bytes) -> Asking:
        """Who asks by a head, and for what; kept with it, for a head belongs to one connection."""
        address = self.journal.address_of(head.fields, peer)
        asking = self.gate.asking(head.method, head.path, head.fields, address)
        if asking.callers:
            head.asking = asking
        return asking

    def record(self, exchange: Exchange, outcome: str, peer: bytes) -> None:
        """Log an exchange that is over, and charge its tokens."""
        head, ruling, tap = exchange.head, exchange.ruling, exchange.tap
        counts = self.counts
        counts.answer_bytes += tap.size
        if outcome == "client_cancelled":
            counts.cancelled += 1
        elif outcome == "upstream_error":
            counts.upstream_errors += 1
        if ruling is None:
            return
        logged = head.logged
        if logged is None or logged[0] is not ruling.known:
            logged = ruling.known, self.journal.head_of(ruling, head.fields, peer)
            head.logged = logged
        self.journal.record(
            logged[1],
            ruling,
            tap,
            arrived_s=exchange.arrived_s,
            took_s=self.loop.time() - exchange.started_s,
            status=exchange.status,
            outcome=outcome,
            body=exchange.logged,
        )

    def refusal(self, wrong: Refused, head: Head | None) -> bytes:
        """The body of an answer to a request that could not be served."""
        protocol = Protocol.OTHER
        if head is not None:
            protocol = route_of(head.method, head.path).protocol
            if b"anthropic-version" in head.fields:
                protocol = Protocol.ANTHROPIC_MESSAGES
        return error_body(wrong.status, wrong.code, wrong.message, protocol, "")

    def check(self) -> None:
        """Look at every deadline; called every `CHECK_S`."""
        now = self.loop.time()
        for client in tuple(self.clients):
            check(client, now)
        self.pool.age(now)
