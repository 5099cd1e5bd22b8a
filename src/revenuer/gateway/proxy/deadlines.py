"""What ends because it takes too long; looked at a few times a second for every connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revenuer.gateway.proxy import answers

if TYPE_CHECKING:
    from revenuer.gateway.proxy.client import Client
    from revenuer.gateway.proxy.exchange import Exchange

LINGER_S = 2.0
"""How long a client that was refused may go on sending into nothing. placeholder"""


def check(client: Client, now: float) -> None:
    """End what takes too long; called every quarter of a second."""
    times = client.service.config.timeouts
    exchange = client.active
    if client.lingering_s:
        if now - client.lingering_s > LINGER_S:
            client.transport.abort()
    elif exchange is not None:
        _check_exchange(client, exchange, now)
    elif client.in_head:
        if now - client.since_s > times.head_s:
            client.refuse(answers.BODY_SLOW)
    elif client.incoming is not None:
        if now - client.incoming.last_s > times.body_s:
            client.refuse(answers.BODY_SLOW)
    elif now - client.since_s > times.keep_alive_s or client.service.draining:
        client.transport.close()


def _check_exchange(client: Client, exchange: Exchange, now: float) -> None:
    times = client.service.config.timeouts
    if client.stalled_s and now - client.stalled_s > times.stall_s:
        client.transport.abort()
    elif now - exchange.started_s > times.total_s:
        _too_slow(client, exchange)
    elif not exchange.whole:
        if now - exchange.last_s > times.body_s:
            client.refuse(answers.BODY_SLOW)
    elif exchange.upstream is not None and exchange.upstream.settling is not None:
        # It waits for something that has an end of its own, and not for the upstream.
        pass
    elif not client.stalled_s and now - exchange.last_s > (
        times.idle_s if exchange.status else times.first_byte_s
    ):
        _too_slow(client, exchange)


def _too_slow(client: Client, exchange: Exchange) -> None:
    if exchange.upstream is not None:
        exchange.upstream.drop()
    if client.connecting is not None:
        client.connecting.cancel()
    client.broken(exchange, answers.UPSTREAM_SLOW)
