"""The workers' parent: starts them, starts them again, ends them, and shows their numbers."""

from __future__ import annotations

import asyncio
import logging
import mmap
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import msgspec

from revenuer.gateway.config import GatewayConfig
from revenuer.gateway.following import Feed
from revenuer.gateway.numbers import NumbersPage
from revenuer.gateway.proxy.metrics import SLOT_BYTES, Board, added
from revenuer.gateway.proxy.worker import Assignment, listener
from revenuer.gateway.start import policy_source
from revenuer.guard import Policy, Sample

logger = logging.getLogger(__name__)

PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
"""Between two attempts to start a worker that dies. placeholder"""
FRESH_S = 5.0
"""How old a worker's numbers may be until it counts as stuck. placeholder"""


class Supervisor:
    """Runs the workers of a configuration.

    Args:
        config: The configuration, checked.
        policy: Its policy, checked.
        secret: The secret of the fingerprints.
        ready: Told the port once every worker takes connections.
    """

    def __init__(
        self, config: GatewayConfig, policy: Policy, secret: bytes, ready: Callable[[int], None]
    ) -> None:
        self._config = config
        self._policy = policy
        self._secret = secret
        self._ready = ready
        workers = config.listen.workers
        self._memory = os.memfd_create("revenuer-gateway")
        os.ftruncate(self._memory, workers * SLOT_BYTES)
        self._board = Board(mmap.mmap(self._memory, workers * SLOT_BYTES))
        self._before: list[Sample] = []
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._ending = asyncio.Event()
        self._restarts = 0
        self._fresh = [(0, 0.0)] * workers

    async def run(self) -> int:
        """Run until told to end.

        Returns:
            0, or 1 if the workers could not be started.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        listen = self._config.listen
        # Bound but not listening: it holds the port, and gets no connection.
        reserved = listener(listen.host, listen.port)
        port = int(reserved.getsockname()[1])
        self._config = replace(self._config, listen=replace(listen, port=port))
        numbers = await self._show_numbers()
        workers = range(listen.workers)
        keepers = [asyncio.create_task(self._keep(slot)) for slot in workers]
        following = asyncio.create_task(self._follow_policy())
        started = await self._all_started()
        if started:
            self._ready(port)
            await self._ending.wait()
        self._ending.set()
        following.cancel()
        for process in self._processes.values():
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*keepers)
        if numbers is not None:
            numbers.close()
        reserved.close()
        return 0 if started else 1

    async def _all_started(self) -> bool:
        end = time.monotonic() + 30
        while time.monotonic() < end and not self._ending.is_set():
            if all(self._board.sequence(slot) for slot in range(len(self._fresh))):
                return True
            if self._restarts > 2 * len(self._fresh):
                return False
            await asyncio.sleep(0.02)
        return False

    async def _follow_policy(self) -> None:
        """Know the newest policy that can be used, for workers that are started again."""
        if self._config.guard.policy:
            await Feed([policy_source(self._config, self._adopt, lambda: None)]).run()

    def _adopt(self, policy: Policy) -> None:
        # As in the workers, which say so: what is logged changes with a restart only.
        if policy.log == self._policy.log:
            self._policy = policy

    async def _keep(self, slot: int) -> None:
        pause = PAUSE_S
        while not self._ending.is_set():
            begun = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "revenuer.gateway.proxy.worker",
                stdin=asyncio.subprocess.PIPE,
                pass_fds=[self._memory],
                start_new_session=True,
            )
            self._processes[slot] = process
            assignment = Assignment(
                self._config, self._policy, self._secret.hex(), slot, self._memory
            )
            await process.communicate(msgspec.json.encode(assignment))
            if self._ending.is_set():
                return
            self._restarts += 1
            logger.error("Worker %d ended with %s; it is started again.", slot, process.returncode)
            # What it counted stays counted, though its slot begins again at nothing.
            counted = [s for s in self._board.read(slot) if s.kind == "counter"]
            self._before = added([self._before, counted])
            self._board.write(slot, [])
            pause = PAUSE_S if time.monotonic() - begun > 60 else min(LONGEST_PAUSE_S, pause * 2)
            await asyncio.sleep(pause)

    # --- numbers ------------------------------------------------------------------

    def samples(self) -> list[Sample]:
        """The numbers of all workers, those that ended included."""
        slots = range(len(self._fresh))
        found = added([self._before, *(self._board.read(slot) for slot in slots)])
        help_ = "Workers that ended and were started again."
        restarts = Sample("revenuer_gateway_restarts_total", "counter", help_, (), self._restarts)
        return [*found, restarts]

    def healthy(self) -> bool:
        """Whether every worker wrote its numbers a moment ago."""
        now = time.monotonic()
        for slot, (sequence, _) in enumerate(self._fresh):
            newest = self._board.sequence(slot)
            if newest != sequence:
                self._fresh[slot] = (newest, now)
        return all(now - at < FRESH_S for _, at in self._fresh)

    async def _show_numbers(self) -> asyncio.Server | None:
        metrics = self._config.metrics
        if not metrics.port:
            return None
        return await NumbersPage(self.samples, self.healthy).serve(metrics.host, metrics.port)


def supervise(
    config: GatewayConfig, policy: Policy, secret: bytes, ready: Callable[[int], None]
) -> int:
    """Run the workers of a configuration until told to end; the exit code."""

    async def run() -> int:
        return await Supervisor(config, policy, secret, ready).run()

    return asyncio.run(run())
