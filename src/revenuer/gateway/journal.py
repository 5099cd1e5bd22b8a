"""What every adapter does when an exchange is over: charge its tokens, hand its row over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.gate import Gate
from revenuer.gateway.recorder.link import RecorderLink
from revenuer.gateway.recorder.row import Said, packed, packed_head
from revenuer.gateway.ruling import Ruling
from revenuer.gateway.tap import Tap
from revenuer.gateway.usage import read_usage

NO_HOPS = (None, None, None)
HEADS = 4096
"""First parts of rows that are kept: callers with their addresses and clients. placeholder"""
HEAD_BYTES = 1024
"""The longest of them: a client names itself, and must not fill the memory. placeholder"""

_Over = tuple[bytes, Ruling, Tap, float, float, int, str, bytes | None]


class Journal:
    """The end of every exchange.

    Args:
        config: Of which the names of headers and the longest body count.
        gate: Charged with tokens.
        recorder: Given the rows; None for no log.

    Attributes:
        recorder: The same.
    """

    def __init__(self, config: GatewayConfig, gate: Gate, recorder: RecorderLink | None) -> None:
        self.recorder = recorder
        self._gate = gate
        self._heads: dict[Said, bytes] = {}
        self._over: list[_Over] = []
        names = config.identity
        self._address = names.client_ip_header.lower().encode()
        self._longest = config.log.body_bytes if recorder and recorder.wants_bodies else -1
        told = (names.asn_header, names.country_header, names.tls_fingerprint_header)
        self._told = [(name.lower().encode(), place) for place, name in enumerate(told) if name]

    def address_of(self, fields: Mapping[bytes, bytes], peer: bytes) -> bytes:
        """Where a request came from, as the trusted hop says it if there is one."""
        if self._address:
            said = fields.get(self._address)
            if said:
                return said.rsplit(b",", 1)[-1].strip()
        return peer

    def kept(self, body: bytes | None) -> bytes | None:
        """The body, if the recorder is to read it."""
        return body if body is not None and len(body) <= self._longest else None

    def head_of(self, ruling: Ruling, fields: Mapping[bytes, bytes], peer: bytes) -> bytes:
        """What a row says that is the same for all requests with the same head and caller.

        Args:
            ruling: What was done with a request.
            fields: Headers of it, names in lower case.
            peer: Address of the connection.

        Returns:
            Nothing where nothing is logged.
        """
        if self.recorder is None or not ruling.route.operation:
            return b""
        hops = self._hops(fields) if self._told else NO_HOPS
        known, route = ruling.known, ruling.route
        said = (
            known.account_id,
            known.organization_id,
            known.api_key_id,
            route.operation,
            route.protocol,
            self.address_of(fields, peer),
            *hops,
            fields.get(b"user-agent"),
            fields.get(b"x-stainless-retry-count"),
        )
        head = self._heads.get(said)
        if head is None:
            head = packed_head(said)
            if len(self._heads) >= HEADS:
                self._heads.clear()
            if len(head) <= HEAD_BYTES:
                self._heads[said] = head
        return head

    def record(
        self,
        head: bytes,
        ruling: Ruling,
        tap: Tap,
        *,
        arrived_s: float,
        took_s: float,
        status: int,
        outcome: str,
        body: bytes | None,
    ) -> None:
        """Charge and log an exchange, once the event loop has nothing else to do with it.

        Args:
            head: What `head_of` gave.
            ruling: What was done with its request.
            tap: What was kept of its answer.
            arrived_s: When it came, seconds since the epoch.
            took_s: How long it took.
            status: Of the answer; 0 if there was none.
            outcome: As the contract spells it.
            body: What `kept` gave.
        """
        if not ruling.decision.tokens_per_s and (self.recorder is None or not head):
            return
        if not self._over:
            # A server's loop writes what it was given to write before it comes to this: nobody
            # waits for the log. And rows are made faster one after the other.
            asyncio.get_running_loop().call_soon(self.record_all)
        self._over.append((head, ruling, tap, arrived_s, took_s, status, outcome, body))

    def record_all(self) -> None:
        """Charge and log what is over by now."""
        over, self._over = self._over, []
        for head, ruling, tap, arrived_s, took_s, status, outcome, body in over:
            if ruling.decision.tokens_per_s:
                self._gate.finish(ruling, read_usage(tap.head(), tap.tail()).tokens)
            if self.recorder is None or not head:
                continue
            named = ruling.asked.end_user
            self.recorder.offer(
                packed(
                    head,
                    ruling,
                    tap,
                    occurred_us=int(arrived_s * 1_000_000),
                    latency_ms=int(took_s * 1000),
                    status=status,
                    outcome=outcome,
                    end_user_id=self._gate.identities.end_user(named) if named else None,
                    body=body,
                )
            )

    async def close(self) -> None:
        """Hand over what waits, and let the recorder end."""
        self.record_all()
        if self.recorder is not None:
            await self.recorder.close()

    def _hops(self, fields: Mapping[bytes, bytes]) -> list[bytes | None]:
        """What the trusted hop says of where the client is."""
        hops: list[bytes | None] = [None, None, None]
        for header, place in self._told:
            hops[place] = fields.get(header)
        return hops
