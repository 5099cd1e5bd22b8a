"""One worker process: `python -m revenuer.gateway.proxy.worker`, started by the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import mmap
import os
import signal
import socket
import ssl
import sys
import time

import msgspec
import uvloop

from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.proxy.client import Client
from revenuer.gateway.proxy.metrics import Board, samples_of
from revenuer.gateway.proxy.pool import Place, Pool
from revenuer.gateway.proxy.service import CHECK_S, Service
from revenuer.gateway.sockets import server_tls, upstream_place
from revenuer.gateway.start import (
    make_feed,
    make_gate,
    make_recorder,
)
from revenuer.guard import Policy

logger = logging.getLogger(__name__)
NUMBERS_S = 0.5
BACKLOG = 4096


class Assignment(msgspec.Struct, frozen=True):
    """What a worker is told when it starts.

    Attributes:
        config: The configuration.
        policy: The policy in force.
        secret: The secret of the fingerprints, in hex.
        slot: Which slot of the numbers is its own.
        board: File descriptor of the shared memory.
    """

    config: GatewayConfig
    policy: Policy
    secret: str
    slot: int
    board: int


def listener(host: str, port: int) -> socket.socket:
    """A socket that shares its port with those of other workers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((host, port))
    return listening


async def work(assignment: Assignment) -> None:
    """Serve until told to end; then finish what is under way."""
    config = assignment.config
    tls: ssl.SSLContext | None = server_tls(config.listen)
    # As the supervisor checked it: a worker that dies starts again whatever is in the file by then.
    policy, secret = assignment.policy, bytes.fromhex(assignment.secret)
    gate = make_gate(config, policy, secret, assignment.slot)
    feed = make_feed(config, gate, secret)
    pool = Pool(
        Place(*upstream_place(config.upstream)),
        most_idle=config.upstream.most_idle,
        idle_s=config.upstream.idle_s,
        connect_s=config.timeouts.connect_s,
    )
    recorder = make_recorder(config, policy)
    service = Service(config, gate, pool, recorder)
    board = Board(mmap.mmap(assignment.board, 0))
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    tasks = [
        asyncio.create_task(_deadlines(service)),
        asyncio.create_task(_numbers(service, board, assignment.slot)),
        asyncio.create_task(_parent_lives(os.getppid(), ending)),
    ]
    if feed is not None:
        tasks.append(asyncio.create_task(feed.run()))
    # What lives until the end is not worth looking at again and again.
    gc.collect()
    gc.freeze()
    # Exchanges hold no cycles once they are over; the collector looks for few, seldom.
    gc.set_threshold(20_000, 20, 50)
    listening = listener(config.listen.host, config.listen.port)
    server = await loop.create_server(
        lambda: Client(service), sock=listening, ssl=tls, backlog=BACKLOG
    )
    board.write(assignment.slot, samples_of(service, time.time()))
    await ending.wait()
    server.close()
    await _drain(service)
    await service.journal.close()
    board.write(assignment.slot, samples_of(service, time.time()))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _deadlines(service: Service) -> None:
    while True:
        await asyncio.sleep(CHECK_S)
        service.check()


async def _numbers(service: Service, board: Board, slot: int) -> None:
    while True:
        await asyncio.sleep(NUMBERS_S)
        board.write(slot, samples_of(service, time.time()))


async def _parent_lives(parent: int, ending: asyncio.Event) -> None:
    while os.getppid() == parent:
        await asyncio.sleep(1.0)
    ending.set()


async def _drain(service: Service) -> None:
    service.draining = True
    for client in tuple(service.clients):
        client.leave_when_idle()
    end = time.monotonic() + service.config.timeouts.drain_s
    while service.clients and time.monotonic() < end:
        await asyncio.sleep(0.05)
    for client in tuple(service.clients):
        client.transport.abort()
    service.pool.close()
    await asyncio.sleep(0)


def main() -> None:
    """Run a worker with the assignment that comes on stdin."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    assignment = msgspec.json.decode(sys.stdin.buffer.read(), type=Assignment)
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(work(assignment))


if __name__ == "__main__":
    main()
