"""NATS JetStream, against a real server on loopback."""

from __future__ import annotations

import asyncio
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import nats
import nkeys
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from nats.js import api
from taking import each_once, record, records

from conftest import MakeTaker, StartTaking
from live_servers import NatsServer
from revenuer.errors import ConfigError, SourceError
from revenuer.sources.live import jetstream_link, open_live
from revenuer.sources.live.jetstream import JetStreamSource


def within(server: NatsServer, work: Callable[[Any], Any]) -> Any:
    """Do something with a connection of one's own."""

    async def run() -> Any:
        client = await nats.connect(f"nats://127.0.0.1:{server.port}")
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


def make(server: NatsServer, **more: Any) -> None:
    within(server, lambda js: js.add_stream(name="LOGS", subjects=["logs.>"], **more))


def publish(server: NatsServer, payloads: Iterable[bytes], subject: str = "logs.a") -> None:
    async def send(js: Any) -> None:
        for payload in payloads:
            await js.publish_async(subject, payload)
        await js.publish_async_completed()

    within(server, send)


def lines(start: int, stop: int) -> list[bytes]:
    return records(start, stop).splitlines()


def info(server: NatsServer) -> Any:
    return within(server, lambda js: js.consumer_info("LOGS", "revenuer"))


def test_messages_come_once_and_in_order(nats_server: NatsServer, taker: MakeTaker) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 500))
    watched = taker(nats_server.place())
    assert watched.until(500) == [f"e{n}" for n in range(500)]
    publish(nats_server, lines(500, 600))
    each_once(watched.until(600), range(600))
    assert info(nats_server).ack_floor.stream_seq == 600


def test_what_was_stored_is_not_given_again(nats_server: NatsServer, taker: MakeTaker) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 300))
    first = taker(nats_server.place())
    first.once(most_bytes=3_000)
    # Taken, and neither stored nor acknowledged.
    assert first.source.take(first.into, most_bytes=3_000, wait_s=1) is not None
    first.close()
    again = taker(nats_server.place())
    each_once(again.until(300), range(300))


def test_what_was_acknowledged_and_not_stored_is_given_again(
    nats_server: NatsServer, taker: MakeTaker
) -> None:
    """The state is the truth: it may have been put back from a copy."""
    make(nats_server)
    publish(nats_server, lines(0, 100))
    taker(nats_server.place()).until(100)
    each_once(taker(nats_server.place(), state="other").until(100), range(100))


def test_until_end_is_the_end_as_it_was(nats_server: NatsServer, taker: MakeTaker) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 50))
    watched = taker(nats_server.place(), until_end=True)
    publish(nats_server, lines(50, 90))
    each_once(watched.to_end(), range(50))
    each_once(taker(nats_server.place(), until_end=True).to_end(), range(90))
    assert taker(nats_server.place(), until_end=True).source.ended


def test_a_subject_chooses(nats_server: NatsServer, taker: MakeTaker) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 10), "logs.a")
    publish(nats_server, lines(10, 20), "logs.b")
    publish(nats_server, lines(20, 30), "logs.a")
    watched = taker(nats_server.place(subject="logs.b"), until_end=True)
    each_once(watched.to_end(), range(10, 20))


def test_a_work_queue_is_emptied_once_it_was_stored(
    nats_server: NatsServer, taker: MakeTaker
) -> None:
    make(nats_server, retention=api.RetentionPolicy.WORK_QUEUE)
    publish(nats_server, lines(0, 200))
    first = taker(nats_server.place())
    first.once(most_bytes=2_000)
    first.source.take(first.into, most_bytes=2_000, wait_s=1)
    first.close()
    again = taker(nats_server.place())
    each_once(again.until(200), range(200))
    assert within(nats_server, lambda js: js.stream_info("LOGS")).state.messages == 0


def test_interest_is_refused(nats_server: NatsServer) -> None:
    make(nats_server, retention=api.RetentionPolicy.INTEREST)
    with pytest.raises(SourceError, match="drops what nobody waits for"):
        JetStreamSource(nats_server.place(), {}, until_end=False, environment={})


def test_a_stream_that_was_made_anew_is_read_from_its_start(
    nats_server: NatsServer, taker: MakeTaker
) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 20))
    first = taker(nats_server.place())
    first.until(20)
    first.close()
    within(nats_server, lambda js: js.delete_stream("LOGS"))
    make(nats_server)
    publish(nats_server, lines(20, 60))
    each_once(taker(nats_server.place()).until(60), range(60))


def test_poison_is_counted_and_holds_up_nothing(nats_server: NatsServer, taker: MakeTaker) -> None:
    make(nats_server)
    pretty = record(5).replace(b",", b",\n ")
    poison = [b"", b" \n", b"\x00\xff\x13", b"[1]", b'{"a":\n1 2}', record(9, 900_000), pretty]
    publish(nats_server, [*lines(0, 3), *poison, records(6, 9), *lines(3, 5)])
    watched = taker(nats_server.place(), until_end=True)
    each_once(watched.to_end(most_bytes=100_000), range(9))
    assert watched.source.skipped == {
        "empty": 2,
        "not-an-object": 2,
        "not-one-record": 1,
        "too-long": 1,
    }


def test_memory_is_bounded_by_what_was_asked_for(nats_server: NatsServer, taker: MakeTaker) -> None:
    make(nats_server)
    publish(nats_server, (record(n, 50_000) for n in range(200)))
    watched = taker(nats_server.place())
    most = 0
    while len(watched.rows()) < 200:
        watched.once(most_bytes=200_000)
        held = watched.source._link.arrived  # type: ignore[attr-defined]
        most = max(most, sum(len(each.payload) for each in held))
    # One request of the client is bounded by the greatest message, which is 1 MiB here.
    assert most <= (1 << 20) + jetstream_link.REQUEST_SPARE_BYTES
    each_once(watched.rows(), range(200))


@pytest.mark.parametrize("hard", [False, True])
def test_a_server_that_restarts_is_survived(
    nats_server: NatsServer, taker: MakeTaker, hard: bool
) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 1000))
    watched = taker(nats_server.place())
    watched.once(most_bytes=10_000)
    nats_server.stop(hard=hard)
    for _ in range(3):
        watched.once(wait_s=0.3)
    nats_server.start()
    publish(nats_server, lines(1000, 1200))
    each_once(watched.until(1200, within_s=40), range(1200))


def test_messages_lost_on_their_way_are_asked_for_again(
    nats_server: NatsServer, taker: MakeTaker
) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 100))
    watched = taker(nats_server.place())
    watched.once(most_bytes=1_000)
    link = watched.source._link  # type: ignore[attr-defined]
    with link.news:
        assert len(link.arrived) > 20
        for _ in range(10):
            link.arrived.popleft()
    each_once(watched.until(100), range(100))


def test_a_consumer_that_somebody_deleted_is_made_anew(
    nats_server: NatsServer, taker: MakeTaker
) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 100))
    watched = taker(nats_server.place())
    watched.until(100)
    within(nats_server, lambda js: js.delete_consumer("LOGS", "revenuer"))
    publish(nats_server, lines(100, 150))
    each_once(watched.until(150, within_s=30), range(150))


def test_waiting_for_a_server_costs_no_processor_time(
    nats_server: NatsServer, taker: MakeTaker
) -> None:
    make(nats_server)
    publish(nats_server, lines(0, 300))
    watched = taker(nats_server.place())
    watched.once(most_bytes=1_000)
    link = watched.source._link  # type: ignore[attr-defined]
    with link.news:
        link.arrived.popleft()
    nats_server.stop()
    before = time.process_time()
    for _ in range(4):
        watched.once(wait_s=0.5)
    assert time.process_time() - before < 1
    nats_server.start()
    each_once(watched.until(300, within_s=30), range(300))


@pytest.mark.parametrize("kills", [1, pytest.param(15, marks=pytest.mark.slow)])
def test_a_killed_taker_loses_nothing(
    nats_server: NatsServer, taker: MakeTaker, taking: StartTaking, tmp_path: Any, kills: int
) -> None:
    make(nats_server)
    stop, written = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            publish(nats_server, lines(written[0], written[0] + 200))
            written[0] += 200
            time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    whim = random.Random(4)
    for _ in range(kills):
        process: subprocess.Popen[bytes] = taking(
            nats_server.place(), tmp_path / "state", most_bytes=10_000
        )
        time.sleep(whim.uniform(0.3, 0.9))
        process.kill()
        process.wait()
    stop.set()
    writer.join()
    watched = taker(nats_server.place(), until_end=True)
    assert watched.rows()
    each_once(watched.to_end(), range(written[0]))


def test_a_password_is_taken_from_the_environment_and_never_said(
    nats_binary: str, tmp_path: Any, taker: MakeTaker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server = NatsServer(nats_binary, tmp_path, "--user", "we", "--pass", "s3cret-pass")
    try:
        with pytest.raises(SourceError, match="cannot be used"):
            open_live(server.place(), {}, until_end=True, spool=tmp_path, environment={})
        environment = {"REVENUER_NATS_USER": "we", "REVENUER_NATS_PASSWORD": "s3cret-pass"}
        with pytest.raises(SourceError, match="NotFoundError"):
            open_live(server.place(), {}, until_end=True, spool=tmp_path, environment=environment)
    finally:
        server.stop()
    assert "s3cret" not in caplog.text


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


def test_tls_is_spoken_and_a_server_that_nobody_vouches_for_is_refused(
    nats_binary: str, tmp_path: Path
) -> None:
    certificate, private = own_certificate(tmp_path)
    more = ("--tls", "--tlscert", str(certificate), "--tlskey", str(private))
    server = NatsServer(nats_binary, tmp_path, *more)
    try:
        with pytest.raises(SourceError, match="NotFoundError"):
            open_live(
                server.place(ca=str(certificate)),
                {},
                until_end=True,
                spool=tmp_path,
                environment={},
            )
        with pytest.raises(SourceError, match="cannot be used"):
            open_live(server.place(tls="1"), {}, until_end=True, spool=tmp_path, environment={})
    finally:
        server.stop()


def test_an_nkey_is_taken_from_its_file(nats_binary: str, tmp_path: Path) -> None:
    seed = nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER)
    public = nkeys.from_seed(bytearray(seed)).public_key.decode()
    settings = tmp_path / "server.conf"
    settings.write_text(f'authorization {{ users = [ {{ nkey: "{public}" }} ] }}')
    key = tmp_path / "user.nk"
    key.write_bytes(seed)
    server = NatsServer(nats_binary, tmp_path, "-c", str(settings))
    try:
        environment = {"REVENUER_NATS_NKEY": str(key)}
        with pytest.raises(SourceError, match="NotFoundError"):
            open_live(server.place(), {}, until_end=True, spool=tmp_path, environment=environment)
        with pytest.raises(SourceError, match="cannot be used"):
            open_live(server.place(), {}, until_end=True, spool=tmp_path, environment={})
    finally:
        server.stop()


def test_a_password_in_a_place_is_refused_and_not_repeated(tmp_path: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        open_live(
            "nats://me:s3cret@host/LOGS?subjekt=a",
            {},
            until_end=True,
            spool=tmp_path,
            environment={},
        )
    assert "s3cret" not in caught.value.message
    assert "did you mean subject?" in caught.value.message
