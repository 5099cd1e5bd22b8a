"""Kafka, on the mock cluster of its own client library: no broker was run."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from taking import each_once, record, records

from conftest import MakeTaker, StartTaking
from live_servers import KafkaCluster
from revenuer.errors import ConfigError, SourceError
from revenuer.sources.live import kafka as source_module
from revenuer.sources.live import open_live

FETCH = 1
NOT_LEADER, TIMED_OUT = 6, 7


def lines(start: int, stop: int) -> list[bytes]:
    return records(start, stop).splitlines()


def test_messages_of_all_partitions_come_once(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    kafka.send(lines(0, 500))
    watched = taker(kafka.place())
    each_once(watched.until(500), range(500))
    kafka.send(lines(500, 600))
    each_once(watched.until(600), range(600))


def test_a_partition_keeps_its_order(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs", 1)
    kafka.send(lines(0, 2000))
    assert taker(kafka.place()).until(2000, most_bytes=9_000) == [f"e{n}" for n in range(2000)]


def test_what_was_stored_is_not_given_again(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    kafka.send(lines(0, 300))
    first = taker(kafka.place())
    first.once(most_bytes=3_000, wait_s=3)
    assert first.source.take(first.into, most_bytes=3_000, wait_s=3) is not None
    assert 0 < len(first.rows()) < 300
    first.close()
    each_once(taker(kafka.place()).until(300), range(300))


def test_until_end_is_the_end_as_it_was(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    kafka.send(lines(0, 50))
    watched = taker(kafka.place(), until_end=True)
    kafka.send(lines(50, 90))
    each_once(watched.to_end(), range(50))
    watched.close()
    each_once(taker(kafka.place(), until_end=True).to_end(), range(90))
    assert taker(kafka.place(), until_end=True).source.ended


def test_an_empty_topic_has_ended(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    assert taker(kafka.place(), until_end=True).source.ended


def test_poison_is_counted_and_holds_up_nothing(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs", 1)
    pretty = record(5).replace(b",", b",\n ")
    poison = [b"", b"\x00\xff\x13", b"[1]", b'{"a":\n1 2}', record(9, 2 << 20), pretty]
    kafka.send([*lines(0, 3), *poison, records(6, 9), *lines(3, 5)])
    watched = taker(kafka.place(), until_end=True)
    each_once(watched.to_end(most_bytes=1 << 20), range(9))
    assert watched.source.skipped == {
        "empty": 1,
        "not-an-object": 2,
        "not-one-record": 1,
        "too-long": 1,
    }


def test_brokers_that_go_and_come_are_survived(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    kafka.send(lines(0, 1000))
    watched = taker(kafka.place())
    watched.once(most_bytes=5_000, wait_s=3)
    kafka.down()
    for _ in range(3):
        watched.once(wait_s=0.3)
    kafka.up()
    kafka.send(lines(1000, 1100))
    each_once(watched.until(1100, within_s=40), range(1100))


def test_errors_of_a_broker_are_tried_again(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    kafka.send(lines(0, 200))
    watched = taker(kafka.place())
    kafka.fail(FETCH, NOT_LEADER, TIMED_OUT, NOT_LEADER)
    each_once(watched.until(200), range(200))


def test_a_stored_offset_that_is_not_there_is_said_and_passed(
    kafka: KafkaCluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kafka.topic("logs", 1)
    kafka.send(lines(0, 10))
    source = open_live(kafka.place(), {"0": "500"}, until_end=True, spool=tmp_path, environment={})
    taken = source.take(tmp_path, most_bytes=10_000, wait_s=5)
    assert taken is not None
    assert len(taken.path.read_bytes().splitlines()) == 10
    assert "are not there" in caplog.text
    source.close()


def test_a_full_disk_loses_nothing(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs")
    kafka.send(lines(0, 300))
    watched = taker(kafka.place())
    watched.once(most_bytes=2_000, wait_s=3)
    with pytest.raises(OSError, match="gone"):
        watched.source.take(tmp_gone(watched.into), most_bytes=2_000, wait_s=5)
    each_once(watched.until(300), range(300))


def tmp_gone(into: Path) -> Path:
    return into / "gone"


def test_a_group_is_told_how_far_we_are(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs", 1)
    kafka.send(lines(0, 40))
    watched = taker(kafka.place(query="?group=watchers"))
    watched.until(40)
    watched.close()
    asking = Consumer({"bootstrap.servers": kafka.servers, "group.id": "watchers"})
    told = asking.committed([TopicPartition("logs", 0)], timeout=10)
    asking.close()
    assert told[0].offset == 40


def test_new_partitions_are_found(
    kafka: KafkaCluster, taker: MakeTaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "PARTITIONS_S", 0.2)
    kafka.topic("logs", 3)
    kafka.send(lines(0, 30))
    watched = taker(kafka.place())
    # The mock cannot widen a topic, so we begin with less than it has.
    watched.source._assigned.discard(2)  # type: ignore[attr-defined]
    watched.source._consumer.incremental_unassign([TopicPartition("logs", 2)])  # type: ignore[attr-defined]
    each_once(watched.until(30), range(30))


def test_memory_is_bounded(kafka: KafkaCluster, taker: MakeTaker) -> None:
    kafka.topic("logs", 1)
    kafka.send(record(n, 50_000) for n in range(80))
    watched = taker(kafka.place())
    most = 0
    while len(watched.rows()) < 80:
        watched.once(most_bytes=200_000)
        held = watched.source._held  # type: ignore[attr-defined]
        most = max(most, sum(len(each.value()) for each in held))
    assert most <= 2 * 200_000
    each_once(watched.rows(), range(80))


@pytest.mark.parametrize("kills", [1, pytest.param(15, marks=pytest.mark.slow)])
def test_a_killed_taker_loses_nothing(
    kafka: KafkaCluster, taker: MakeTaker, taking: StartTaking, tmp_path: Path, kills: int
) -> None:
    kafka.topic("logs")
    stop, written = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            # The mock keeps 5 MB a partition, message sets and all, and drops what is older.
            kafka.send(lines(written[0], written[0] + 100))
            written[0] += 100
            time.sleep(0.2)

    writer = threading.Thread(target=write)
    writer.start()
    whim = random.Random(5)
    for _ in range(kills):
        process = taking(kafka.place(), tmp_path / "state", most_bytes=10_000)
        time.sleep(whim.uniform(0.5, 1.1))
        process.kill()
        process.wait()
    stop.set()
    writer.join()
    watched = taker(kafka.place(), until_end=True)
    assert watched.rows()
    each_once(watched.to_end(), range(written[0]))


def test_an_unknown_topic_and_an_unreachable_broker_are_said(
    kafka: KafkaCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "OPEN_S", 2.0)
    for place in ("kafka://127.0.0.1:1/logs",):
        with pytest.raises(SourceError, match="cannot be read"):
            open_live(place, {}, until_end=False, spool=tmp_path, environment={})


def test_properties_come_from_a_file_and_cannot_undo_what_we_need(
    kafka: KafkaCluster, tmp_path: Path
) -> None:
    kafka.topic("logs", 1)
    kafka.send(lines(0, 5))
    properties = tmp_path / "client.properties"
    properties.write_text("# ours\nclient.id = watcher\nenable.auto.commit=true\n")
    environment = {"REVENUER_KAFKA_CONFIG": str(properties)}
    source = open_live(kafka.place(), {}, until_end=True, spool=tmp_path, environment=environment)
    assert source.take(tmp_path, most_bytes=10_000, wait_s=5) is not None
    source.close()
    properties.write_text("sasl.password s3cret\n")
    with pytest.raises(ConfigError) as caught:
        open_live(kafka.place(), {}, until_end=True, spool=tmp_path, environment=environment)
    assert "line 1" in caught.value.message
    assert "s3cret" not in caught.value.message
