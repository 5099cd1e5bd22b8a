"""What every adapter does when an exchange is over: charge its tokens, hand its row over."""

from __future__ import annotations

from collections.abc import Mapping

from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.gate import Gate, Ruling
from revenuer.gateway.recorder.link import RecorderLink
from revenuer.gateway.recorder.row import packed, text_of
from revenuer.gateway.tap import Tap
from revenuer.gateway.usage import read_usage

NO_HOPS = (None, None, None)


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

    def record(
        self,
        ruling: Ruling,
        tap: Tap,
        fields: Mapping[bytes, bytes],
        *,
        arrived_s: float,
        took_s: float,
        status: int,
        outcome: str,
        peer: bytes,
        body: bytes | None,
    ) -> None:
        """Charge and log an exchange.

        Args:
            ruling: What was done with its request.
            tap: What was kept of its answer.
            fields: Headers of the request, names in lower case.
            arrived_s: When it came, seconds since the epoch.
            took_s: How long it took.
            status: Of the answer; 0 if there was none.
            outcome: As the contract spells it.
            peer: Address of the connection.
            body: What `kept` gave.
        """
        if ruling.decision.tokens_per_s:
            self._gate.finish(ruling, read_usage(tap.head(), tap.tail()).tokens)
        if self.recorder is None or not ruling.route.operation:
            return
        named = ruling.asked.end_user
        self.recorder.offer(
            packed(
                ruling,
                tap,
                fields,
                occurred_us=int(arrived_s * 1_000_000),
                latency_ms=int(took_s * 1000),
                status=status,
                outcome=outcome,
                address=self.address_of(fields, peer),
                hops=self._hops(fields) if self._told else NO_HOPS,
                end_user_id=self._gate.identities.end_user(named) if named else None,
                body=body,
            )
        )

    def _hops(self, fields: Mapping[bytes, bytes]) -> list[str | None]:
        """What the trusted hop says of where the client is."""
        hops: list[str | None] = [None, None, None]
        for header, place in self._told:
            hops[place] = text_of(fields.get(header))
        return hops
