"""Token counts out of the ends of an answer, whole or streamed, in every protocol."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard_load.shapes import ANSWERS
from revenuer.gateway.tap import HEAD_BYTES, TAIL_BYTES, Tap
from revenuer.gateway.usage import read_usage


def ends_of(pieces: list[bytes]) -> tuple[bytes, bytes]:
    tap = Tap()
    for piece in pieces:
        tap.take(piece)
    return tap.head(), tap.tail()


@pytest.mark.parametrize("words", [1, 50, 3000])
@pytest.mark.parametrize("path", list(ANSWERS))
def test_whole_answers(path: str, words: int) -> None:
    used = read_usage(*ends_of([ANSWERS[path][0](words)]))
    assert (used.input_tokens, used.output_tokens, used.model) == (180, words, "replayed")
    assert used.stop_reason in ("stop", "completed", "end_turn")


@pytest.mark.parametrize("words", [1, 50, 3000])
@pytest.mark.parametrize("path", ["/v1/responses", "/v1/messages"])
def test_streams(path: str, words: int) -> None:
    events = [event + b"\n\n" for event in ANSWERS[path][1](words).split(b"\n\n") if event]
    used = read_usage(*ends_of(events))
    assert (used.input_tokens, used.output_tokens) == (180, words)


def test_a_chat_stream_says_its_usage_where_it_was_asked_to() -> None:
    stream = ANSWERS["/v1/chat/completions"][1]()
    assert read_usage(*ends_of([stream])).output_tokens is None
    usage = {"prompt_tokens": 7, "completion_tokens": 50, "total_tokens": 57}
    last = b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
    used = read_usage(*ends_of([stream, last, b"data: [DONE]\n\n"]))
    assert (used.input_tokens, used.output_tokens) == (7, 50)


def test_anthropics_cached_tokens_are_part_of_the_input() -> None:
    usage = {
        "input_tokens": 5,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 20,
        "output_tokens": 3,
    }
    used = read_usage(json.dumps({"usage": usage}).encode(), b"")
    assert used[:4] == (125, 3, None, 100)


def test_one_odd_count_does_not_take_the_others_with_it() -> None:
    details = {"cached_tokens": "many"}
    usage = {"prompt_tokens": 7, "completion_tokens": -2, "prompt_tokens_details": details}
    said = json.dumps({"id": "c1", "model": "m", "usage": usage}).encode()
    assert read_usage(said, b"") == (7, None, None, None, None, "m", "c1")


def test_what_a_model_says_is_not_taken_for_its_usage() -> None:
    quoted = '"usage": {"prompt_tokens": 999999}'
    said = {"choices": [{"message": {"content": quoted}}], "usage": {"prompt_tokens": 4}}
    body = json.dumps(said).encode()
    assert read_usage(body, b"").input_tokens == 4
    assert read_usage(b"data: " + body, b"").input_tokens == 4


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_the_ends_are_the_ends(pieces: list[bytes]) -> None:
    head, tail = ends_of(pieces)
    whole = b"".join(pieces)
    assert whole.startswith(head)
    assert whole.endswith(tail)
    assert len(head) + len(tail) >= min(len(whole), HEAD_BYTES + TAIL_BYTES)
    assert len(head) + len(tail) <= len(whole)


@given(st.binary(max_size=500), st.binary(max_size=500))
def test_anything_can_be_read(head: bytes, tail: bytes) -> None:
    used = read_usage(head, tail)
    assert used.tokens >= 0
    read_usage(b'{"usage": {' + head, b"}}" + tail)
