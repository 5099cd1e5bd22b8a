"""One connection to NATS in a thread of its own, and one pull consumer over it.

The consumer is made anew behind what was taken whenever messages may have been lost on their
way: its own sequence counts every delivery, so a gap is seen.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import threading
import time
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import api
from nats.js.errors import NotFoundError

from revenuer.errors import SourceError
from revenuer.sources.live.places import StreamPlace

T = TypeVar("T")
CONNECT_S = 10.0
"""How long the first connection may take: placeholder."""
CALL_S = 10.0
"""How long a request to the server may take: placeholder."""
ACK_WAIT_S = 3600.0
"""Before a server sends again what was not acknowledged, which is never needed: placeholder."""
EXPIRES_S = 30.0
"""How long one request for messages stands: placeholder."""
HEARTBEAT_S = 5.0
"""How often a server says that a request still stands: placeholder."""
BATCH = 10_000
"""Messages asked for at once: placeholder."""
REQUEST_SPARE_BYTES = 64 * 1024
"""What subject and headers may add to a payload of the greatest size: placeholder."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message of the stream.

    Attributes:
        payload: What was sent.
        reply: Where to acknowledge.
        sequence: Its place in the stream, from 1.
        delivery: Which delivery of the consumer it is, from 1.
        behind: How many messages were behind it at that moment.
    """

    payload: bytes
    reply: str
    sequence: int
    delivery: int
    behind: int


def arrival_of(message: Msg) -> Arrival:
    """A message with what its acknowledgement subject says of it."""
    parts = message.reply.split(".")
    # Newer servers put a domain and an account before the stream's name.
    base = 2 if len(parts) == 9 else 4
    sequence, delivery, behind = (int(parts[base + n]) for n in (3, 4, 6))
    return Arrival(message.data, message.reply, sequence, delivery, behind)


class Link:
    """The connection.

    Args:
        place: The stream.
        durable: The consumer's name.
        access: Credentials and TLS, as `nats.connect` takes them.
    """

    def __init__(self, place: StreamPlace, durable: str, access: dict[str, Any]) -> None:
        self._place = place
        self._durable = durable
        self._access = access
        domain = place.options.get("domain")
        self._prefix = f"$JS.{domain}.API" if domain else "$JS.API"
        self.arrived: deque[Arrival] = deque()
        self.news = threading.Condition()
        self.lost = True
        self._heard = 0.0
        self._standing = False
        self._most_bytes = 0
        self._came = 0
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._refused: asyncio.Future[Exception] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        self._client = Client()
        try:
            self._call(self._connect(), CONNECT_S)
        except BaseException as problem:
            self.close()
            if isinstance(problem, Exception):
                raise self._unreachable(problem) from None
            raise
        self._js = self._client.jetstream(domain=domain, timeout=CALL_S)

    def _unreachable(self, problem: Exception) -> SourceError:
        where = ", ".join(self._place.servers)
        hint = "Check the address, REVENUER_NATS_… and TLS; docs/streams.md has them."
        return SourceError(f"NATS at {where} cannot be used: {type(problem).__name__}", hint)

    def _call(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Run in the connection's thread, and wait for it."""
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, timeout_s), self._loop)
        return future.result(timeout_s + 5)

    async def _connect(self) -> None:
        connecting = asyncio.ensure_future(self._client.connect(**self._how()))
        self._refused = asyncio.get_running_loop().create_future()
        waiting = {connecting, self._refused}
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if connecting not in done:
                raise self._refused.result()
            connecting.result()
        finally:
            connecting.cancel()
            await asyncio.wait({connecting})

    def _how(self) -> dict[str, Any]:
        return dict(
            servers=[f"nats://{server}" for server in self._place.servers],
            name="revenuer watch",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            error_cb=self._note_error,
            disconnected_cb=self._note_loss,
            reconnected_cb=self._note_loss,
            closed_cb=self._note_loss,
            **self._access,
        )

    async def _note_error(self, problem: Exception) -> None:
        # The text of an error may hold an address with what was typed before it.
        logger.info("nats: %s", type(problem).__name__)
        refused = isinstance(problem, ssl.SSLCertVerificationError)
        refused |= "authorization" in f"{type(problem).__name__} {problem}".lower()
        if refused and self._refused is not None and not self._refused.done():
            self._refused.set_result(problem)

    async def _note_loss(self) -> None:
        with self.news:
            self.lost = True
            self.news.notify()

    @property
    def connected(self) -> bool:
        """Whether a server is there."""
        return bool(self._client.is_connected)

    @property
    def closed(self) -> bool:
        """Whether the connection ended for good."""
        return bool(self._client.is_closed)

    def drop(self) -> None:
        """Throw away what came and was not taken; the consumer is made anew."""
        with self.news:
            self.arrived.clear()
            self.lost = True

    def stream(self) -> api.StreamInfo:
        """What the server says of the stream."""
        return self._call(self._js.stream_info(self._place.stream), CALL_S)

    def begin(self, *, after: int, retention: str | None) -> int:
        """Make the consumer anew, behind a sequence; returns how many messages wait.

        Args:
            after: The last sequence that was taken.
            retention: The stream's.
        """
        waiting = self._call(self._begin(after, retention), CALL_S)
        self.lost = False
        return waiting

    async def _begin(self, after: int, retention: str | None) -> int:
        queue = retention == api.RetentionPolicy.WORK_QUEUE
        if self._subscription is not None and not self._client.is_closed:
            await self._subscription.unsubscribe()
        with suppress(NotFoundError):
            await self._js.delete_consumer(self._place.stream, self._durable)
        config = api.ConsumerConfig(
            durable_name=self._durable,
            description="revenuer watch",
            deliver_policy=(
                api.DeliverPolicy.ALL if queue else api.DeliverPolicy.BY_START_SEQUENCE
            ),
            opt_start_seq=None if queue else after + 1,
            # One acknowledgement for all up to it; a work queue wants each of its own.
            ack_policy=api.AckPolicy.EXPLICIT if queue else api.AckPolicy.ALL,
            ack_wait=ACK_WAIT_S,
            max_ack_pending=-1,
            filter_subject=self._place.options.get("subject"),
        )
        made = await self._js.add_consumer(self._place.stream, config)
        self._inbox = self._client.new_inbox()
        with self.news:
            self.arrived.clear()
            self._standing = False
        inbox = self._inbox

        async def hear(message: Msg) -> None:
            if inbox == self._inbox:
                self._hear(message)

        self._subscription = await self._client.subscribe(inbox, cb=hear)
        return made.num_pending or 0

    def _hear(self, message: Msg) -> None:
        with self.news:
            self._heard = time.monotonic()
            # What is no message of the stream has nowhere to be acknowledged.
            status = None if message.reply else (message.headers or {}).get("Status")
            if message.reply:
                self._came += 1
                # A request that was met in full ends without a word.
                self._standing = self._standing and self._came < BATCH
                self.arrived.append(arrival_of(message))
            elif status != "100":
                self._standing = False
                said = str((message.headers or {}).get("Description", "")).lower()
                if "message size" in said and self._came == 0:
                    # One message alone is larger than what was asked for.
                    self._most_bytes *= 2
                ended = "message size" in said or "batch completed" in said
                self.lost |= not (ended or status in {"404", "408"})
            self.news.notify()

    def ask(self, most_bytes: int) -> None:
        """Ask for more messages, unless that was done and still stands."""
        now = time.monotonic()
        if self._standing and now - self._heard > 3 * HEARTBEAT_S:
            self.lost = True
        if self._standing or self.lost or self.arrived:
            return
        least = self._client.max_payload + REQUEST_SPARE_BYTES
        self._most_bytes = max(self._most_bytes, most_bytes, least)
        request = {
            "batch": BATCH,
            "max_bytes": self._most_bytes,
            "expires": int(EXPIRES_S * 1e9),
            "idle_heartbeat": int(HEARTBEAT_S * 1e9),
        }
        self._standing, self._heard, self._came = True, now, 0
        subject = f"{self._prefix}.CONSUMER.MSG.NEXT.{self._place.stream}.{self._durable}"
        body = json.dumps(request).encode()
        self._call(self._client.publish(subject, body, reply=self._inbox), CALL_S)

    def acknowledge(self, replies: list[str]) -> None:
        """Tell the server that messages are durable; it does not matter if that is lost."""
        self._call(self._acknowledge(replies), CALL_S + len(replies) / 1000)

    async def _acknowledge(self, replies: list[str]) -> None:
        for reply in replies:
            await self._client.publish(reply, b"+ACK")
        await self._client.flush()

    def close(self) -> None:
        """End the connection and its thread."""
        if self._loop.is_closed():
            return
        try:
            self._call(self._client.close(), CALL_S)
        except Exception as problem:
            logger.info("nats did not close: %s", type(problem).__name__)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_S)
        self._loop.close()


PROBLEMS: tuple[type[BaseException], ...] = (nats.errors.Error, OSError, TimeoutError)
"""What a connection may throw while a server is away; trying again helps."""
