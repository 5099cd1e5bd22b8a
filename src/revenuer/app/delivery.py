"""Send the webhooks that wait: at least once each, in the order of each decision."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from revenuer.app.desk import Desk
from revenuer.casework.decisions import Step
from revenuer.enforcement.addresses import Resolve
from revenuer.enforcement.webhooks import (
    MOST_ATTEMPTS,
    TIMEOUT_S,
    Attempt,
    Outcome,
    Sender,
    read_secrets,
    wait_before,
)
from revenuer.errors import ConfigError
from revenuer.guard.policy import Policy
from revenuer.store.outbox import Message

AT_ONCE = 8
"""Attempts under way at the same time. placeholder"""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the webhooks that were due.

    Attributes:
        delivered: Messages that arrived.
        failed: Attempts that did not, and are made again.
        dead: Messages that are given up.
        waiting: Messages that still wait.
        busy: Whether another process is sending already; nothing was done then.
        problems: What went wrong, once each.
    """

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    waiting: int = 0
    busy: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """How messages are sent; the defaults are those of every day.

    Attributes:
        clock: Seconds since the epoch.
        draw: A number between 0 and 1, for how long waits are.
        timeout_s: An attempt takes no longer.
        resolve: Looks names up; the system's resolver without it.
    """

    clock: Callable[[], float] = time.time
    draw: Callable[[], float] = random.random
    timeout_s: float = TIMEOUT_S
    resolve: Resolve | None = None


def deliver(desk: Desk, policy: Policy, line: Line | None = None) -> Delivered:
    """Send what is due, once each; what fails waits for the next call after its time.

    A message counts as delivered once the audit log says so: a crash in between sends it again,
    under the same id. It runs an event loop of its own: within one, call it in a thread.

    Args:
        desk: Where the messages wait.
        policy: Names the webhooks.
        line: How they are sent.
    """
    if not desk.outbox.path.exists():
        return Delivered()
    with desk.docket.locked(wait=False, name="outbox.lock") as mine:
        if not mine:
            return Delivered(waiting=len(desk.outbox.listed("waiting")), busy=True)
        return _Delivery(desk, policy, line or Line()).run()


class _Delivery:
    """One run over the outbox."""

    def __init__(self, desk: Desk, policy: Policy, line: Line) -> None:
        self._desk, self._line = desk, line
        self._outbox = desk.outbox
        self._closed = set(self._outbox.closed())
        self._senders: dict[str, Sender | str] = {}
        for hook in policy.webhooks:
            try:
                secrets = read_secrets(Path(hook.secrets))
                self._senders[hook.name] = Sender(
                    hook, secrets, timeout_s=line.timeout_s, resolve=line.resolve
                )
            except ConfigError as problem:
                self._senders[hook.name] = problem.message
            except OSError as problem:
                self._senders[hook.name] = f"{hook.ca_file}: {problem}"
        self._counts = dict.fromkeys(Outcome, 0)
        self._problems: dict[str, None] = {}

    def run(self) -> Delivered:
        """Send round by round: what one message held up comes in the next."""
        while due := self._outbox.due(self._line.clock()):
            for message, attempt in zip(due, asyncio.run(self._all(due)), strict=True):
                self._settle(message, attempt)
        count = self._counts
        return Delivered(
            delivered=count[Outcome.DELIVERED],
            failed=count[Outcome.AGAIN],
            dead=count[Outcome.REFUSED] + count[Outcome.GONE],
            waiting=len(self._outbox.listed("waiting")),
            problems=tuple(self._problems),
        )

    async def _all(self, due: list[Message]) -> list[Attempt]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(message: Message) -> Attempt:
            async with gate:
                return await self._try(message)

        return await asyncio.gather(*map(one, due))

    async def _try(self, message: Message) -> Attempt:
        if message.endpoint in self._closed:
            return Attempt(Outcome.GONE, "the endpoint said that it is gone (status 410)")
        sender = self._senders.get(message.endpoint)
        if sender is None:
            return Attempt(Outcome.AGAIN, "the policy names no such webhook")
        if isinstance(sender, str):
            return Attempt(Outcome.AGAIN, sender)
        return await sender.send(message.id, message.payload or b"", self._line.clock())

    def _settle(self, message: Message, attempt: Attempt) -> None:
        number, outcome = message.attempts + 1, attempt.outcome
        if outcome is Outcome.AGAIN and number >= MOST_ATTEMPTS:
            outcome = Outcome.REFUSED
        self._counts[outcome] += 1
        if attempt.problem:
            self._problems[f"{message.endpoint}: {attempt.problem}"] = None
        now = self._line.clock()
        if outcome is Outcome.AGAIN:
            wait = max(wait_before(number, self._line.draw()), attempt.wait_s)
            self._outbox.failed(message, attempt.problem, now + wait)
            return
        said = {
            "message": message.id,
            "endpoint": message.endpoint,
            "event": message.event,
            "decision": message.stream,
            "attempts": number,
        }
        at = datetime.fromtimestamp(now, UTC)
        if outcome is Outcome.DELIVERED:
            self._desk.record([(Step.DELIVERED, said)], at)
            self._outbox.delivered(message)
            return
        if outcome is Outcome.GONE and message.endpoint not in self._closed:
            self._closed.add(message.endpoint)
            self._outbox.close_endpoint(message.endpoint, now)
        self._desk.record([(Step.UNDELIVERED, said | {"problem": attempt.problem})], at)
        self._outbox.dead(message, attempt.problem)
