"""Real servers on loopback for the tests and the bench of live sources.

NATS is the server itself. Kafka is the mock cluster of its own client library: its protocol,
and no broker behind it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import confluent_kafka


def nats_binary() -> str | None:
    """Where the server is; Debian puts it where only an administrator looks."""
    return shutil.which("nats-server", path=os.environ.get("PATH", "") + ":/usr/sbin")


class NatsServer:
    """A real server on loopback with JetStream, which can be stopped and started again."""

    def __init__(self, binary: str, folder: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        store = str(folder / "store")
        self.command = [binary, "-js", "-sd", store, "-a", "127.0.0.1", "-p", str(self.port), *more]
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.05)
        raise AssertionError("nats-server did not start")

    def stop(self, *, hard: bool = False) -> None:
        """Stop it; `hard` gives it no time to write anything."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
            self.process.wait(15)
            self.process = None

    def place(self, stream: str = "LOGS", **options: str) -> str:
        """Return the place of a stream."""
        query = "&".join(f"{key}={value}" for key, value in options.items())
        return f"nats://127.0.0.1:{self.port}/{stream}" + (f"?{query}" if query else "")


class KafkaCluster:
    """Librdkafka's own mock cluster: its protocol on loopback, without a broker behind it."""

    def __init__(self, brokers: int = 2) -> None:
        folder = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
        self._lib = ctypes.CDLL(str(next(folder.glob("librdkafka-*"))))
        for name in ("conf_new", "new", "mock_cluster_new"):
            getattr(self._lib, f"rd_kafka_{name}").restype = ctypes.c_void_p
        self._lib.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        conf = ctypes.c_void_p(self._lib.rd_kafka_conf_new())
        said = ctypes.create_string_buffer(512)
        self._client = ctypes.c_void_p(self._lib.rd_kafka_new(0, conf, said, len(said)))
        assert self._client, said.value
        made = self._lib.rd_kafka_mock_cluster_new(self._client, brokers)
        self._cluster = ctypes.c_void_p(made)
        self.brokers = brokers
        self.servers = self._lib.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()

    def topic(self, name: str, partitions: int = 3) -> None:
        """Make a topic."""
        assert not self._lib.rd_kafka_mock_topic_create(
            self._cluster, name.encode(), partitions, self.brokers
        )

    def down(self) -> None:
        """Take all brokers away."""
        for broker in range(1, self.brokers + 1):
            self._lib.rd_kafka_mock_broker_set_down(self._cluster, broker)

    def up(self) -> None:
        """Bring them back."""
        for broker in range(1, self.brokers + 1):
            self._lib.rd_kafka_mock_broker_set_up(self._cluster, broker)

    def fail(self, request: int, *errors: int) -> None:
        """Answer the next requests of a kind with these errors."""
        self._lib.rd_kafka_mock_push_request_errors(
            self._cluster, ctypes.c_int16(request), ctypes.c_size_t(len(errors)), *errors
        )

    def place(self, topic: str = "logs", query: str = "") -> str:
        """Return the place of a topic."""
        return f"kafka://{self.servers}/{topic}{query}"

    def send(self, payloads: Iterable[bytes], topic: str = "logs", partition: int = -1) -> None:
        """Produce messages, and wait until they are there."""
        producer = confluent_kafka.Producer(
            {"bootstrap.servers": self.servers, "message.max.bytes": 20 << 20}
        )
        for payload in payloads:
            producer.produce(topic, payload, partition=partition)
            producer.poll(0)
        assert producer.flush(30) == 0

    def close(self) -> None:
        """End the cluster."""
        self._lib.rd_kafka_mock_cluster_destroy(self._cluster)
        self._lib.rd_kafka_destroy(self._client)
