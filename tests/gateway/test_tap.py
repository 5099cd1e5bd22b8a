"""What is kept of answers that pass, and whether a stream came to its end."""

from __future__ import annotations

import pytest
from wire import events_of

from guard_load.shapes import ANSWERS
from revenuer.gateway.tap import Tap


def tapped(events: list[bytes]) -> Tap:
    tap = Tap()
    for event in events:
        tap.take(event)
    return tap


@pytest.mark.parametrize("path", list(ANSWERS))
def test_a_stream_has_ended_with_its_last_event_and_not_before(path: str) -> None:
    events = events_of(path)
    assert [tapped(events[:many]).has_ended() for many in range(len(events) + 1)] == [
        *[False] * len(events),
        True,
    ]
    assert not tapped([*events[:-1], events[-1][:-1]]).has_ended()


@pytest.mark.parametrize("path", list(ANSWERS))
def test_an_answer_in_one_piece_is_no_stream(path: str) -> None:
    assert not tapped([ANSWERS[path][0]()]).has_ended()


def test_an_answer_that_quotes_the_end_has_not_ended() -> None:
    quoted = rb'data: {"type":"content_block_delta","delta":{"text":"{\"type\":\"message_stop\"}"}}'
    assert not tapped([quoted, b"\n\n"]).has_ended()
    assert not tapped(
        [b'data: {"choices":[{"delta":{"content":"\\n\\ndata: [DONE]"}}]}\n\n']
    ).has_ended()
