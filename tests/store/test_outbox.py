"""Messages that wait: none is lost, none is there twice, and each stream keeps its order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.errors import SourceError
from revenuer.store.outbox import Message, Outbox


def message(id_: str, stream: str = "d1", endpoint: str = "own") -> Message:
    return Message(id_, endpoint, "enforcement.applied", stream, id_.encode(), 0.0)


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite")


def ids(messages: list[Message]) -> list[str]:
    return [one.id for one in messages]


def test_what_is_put_in_twice_is_there_once(outbox: Outbox) -> None:
    assert outbox.add([message("1"), message("1", endpoint="other")]) == 2
    assert outbox.add([message("1")]) == 0
    outbox.delivered(outbox.due(0.0)[0])
    assert outbox.add([message("1")]) == 0
    assert [one.endpoint for one in outbox.due(0.0)] == ["other"]
    assert outbox.path.stat().st_mode & 0o077 == 0


def test_one_that_waits_holds_up_those_after_it_in_its_stream_alone(outbox: Outbox) -> None:
    outbox.add([message("1"), message("2"), message("3", "d2"), message("4", endpoint="other")])
    assert ids(outbox.due(0.0)) == ["1", "3", "4"]
    outbox.failed(outbox.due(0.0)[0], "status 500", next_at=60.0)
    assert ids(outbox.due(59.0)) == ["3", "4"]
    assert ids(outbox.due(60.0)) == ["1", "3", "4"]
    outbox.delivered(outbox.due(60.0)[0])
    assert ids(outbox.due(60.0)) == ["2", "3", "4"]


def test_one_that_is_dead_holds_up_nobody_and_can_be_tried_again(outbox: Outbox) -> None:
    outbox.add([message("1"), message("2")])
    outbox.dead(outbox.due(0.0)[0], "status 400")
    outbox.close_endpoint("own", 5.0)
    assert ids(outbox.due(0.0)) == ["2"]
    (dead,) = outbox.listed("dead")
    assert (dead.attempts, dead.problem, dead.payload) == (1, "status 400", b"1")
    assert outbox.revive("none") == 0
    assert outbox.closed() == {"own": 5.0}
    assert outbox.revive("1") == 1
    assert (ids(outbox.due(0.0)), outbox.closed()) == (["1"], {})


def test_what_was_delivered_is_forgotten(outbox: Outbox) -> None:
    outbox.add([replace(message("1"), payload=b"secret-payload")])
    outbox.delivered(outbox.due(0.0)[0])
    (done,) = outbox.listed("delivered")
    assert done.payload is None
    assert b"secret-payload" not in outbox.path.read_bytes()


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=8))
def test_each_stream_arrives_in_order_whatever_fails(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[str, bool]]
) -> None:
    outbox = Outbox(tmp_path_factory.mktemp("outbox") / "o")
    outbox.add(message(str(number), stream) for number, (stream, _) in enumerate(plan))
    fails = {str(number) for number, (_, fails) in enumerate(plan) if fails}
    arrived: list[Message] = []
    now = 0.0
    while due := outbox.due(now):
        for one in due:
            if one.id in fails:
                fails.remove(one.id)
                outbox.failed(one, "x", now + 1.0)
            else:
                outbox.delivered(one)
                arrived.append(one)
        now += 1.0
    for stream in "ab":
        numbers = [int(one.id) for one in arrived if one.stream == stream]
        assert numbers == sorted(numbers)
    assert len(arrived) == len(plan)


def test_an_outbox_that_is_broken_is_told(outbox: Outbox) -> None:
    outbox.path.write_bytes(b"no database" * 1000)
    with pytest.raises(SourceError, match="cannot be used"):
        outbox.due(0.0)
