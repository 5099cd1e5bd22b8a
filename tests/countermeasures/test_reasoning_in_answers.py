"""Reasoning is rewritten, and the answer beside it never changes by a byte."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from shown import WIRES, Said, read_stream, read_whole, streamed, whole

from revenuer.countermeasures import chat_reasoning, reasoning_stream
from revenuer.countermeasures.reasoning_stream import EDITORS, ReasoningStream
from revenuer.countermeasures.rewriting import Rewrite, one_after_the_other, withheld
from revenuer.countermeasures.wire import Wire, fields_of, text_of, written


def shouted(reasoning: str) -> str:
    return reasoning.upper() + "!"


def nothing_left(reasoning: str) -> str:
    return ""


def as_it_is(reasoning: str) -> str:
    return reasoning


REWRITES: tuple[Rewrite, ...] = (withheld, shouted, nothing_left, as_it_is)
PIECES = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6)
SAID = st.builds(
    Said,
    st.lists(st.text(min_size=1, max_size=12), max_size=6),
    PIECES,
    st.sampled_from(["", "EqoB"]),
)
CUTS = st.lists(st.integers(0, 10**4), max_size=8)


def passed(wire: Wire, rewrite: Rewrite, data: bytes, cuts: list[int]) -> bytes:
    stream = ReasoningStream(EDITORS[wire](rewrite))
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return b"".join(stream.feed(data[a:b]) for a, b in pairwise(places)) + stream.close()


def expected(wire: Wire, rewrite: Rewrite, said: Said) -> str:
    text = "".join(said.reasoning)
    shown = rewrite(text) if text else ""
    # No changed text is shown under a signature.
    return "" if wire is Wire.MESSAGES and said.signature and shown != text else shown


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=40)
@given(said=SAID, cuts=CUTS)
def test_a_streams_answer_stays_byte_for_byte(
    wire: Wire, rewrite: Rewrite, said: Said, cuts: list[int]
) -> None:
    sent = streamed(wire, said)
    before, after = read_stream(wire, sent), read_stream(wire, passed(wire, rewrite, sent, cuts))
    assert (after.answer, after.signature) == (before.answer, before.signature)
    assert after.reasoning == expected(wire, rewrite, said)
    assert after.kinds[-1] == before.kinds[-1]
    # Every event that is the answer's is the very bytes that came.
    marks = (b"output_text.delta", b"text_delta")
    told = {line for line in sent.split(b"\n") if any(mark in line for mark in marks)}
    assert told <= set(passed(wire, rewrite, sent, cuts).split(b"\n"))


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=40)
@given(said=SAID)
def test_a_whole_answer_stays_byte_for_byte(wire: Wire, rewrite: Rewrite, said: Said) -> None:
    body = whole(wire, said)
    changed = EDITORS[wire](rewrite).answer(body)
    if not said.reasoning:
        assert changed is None
        return
    assert changed is not None
    before, after = read_whole(wire, body), read_whole(wire, changed)
    assert (after.answer, after.signature) == (before.answer, before.signature)
    assert after.reasoning == expected(wire, rewrite, said)
    for part in before.answer[:1]:
        assert json.dumps(part).encode() in changed


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_without_reasoning_passes_as_the_bytes_it_came_in(wire: Wire) -> None:
    sent = streamed(wire, Said((), ("reasoning", " about thinking")))
    assert passed(wire, shouted, sent, [7, 90]) == sent


def test_reasoning_is_told_before_the_answer_begins() -> None:
    said = Said(("so ", "it is"), ("4", "."))
    stream = ReasoningStream(EDITORS[Wire.CHAT](shouted))
    events = [event + b"\n\n" for event in streamed(Wire.CHAT, said).split(b"\n\n")[:-1]]
    out = [stream.feed(event) for event in events]
    assert out[1] == out[2] == b""
    assert b"SO IT IS!" in out[3]
    assert out[3].endswith(events[3])


def test_tokens_of_the_reasoning_are_not_told_one_by_one() -> None:
    event = {
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "reasoning": "zq", "reasoning_details": ["zq"]},
                "logprobs": {"content": [{"token": "zq"}]},
                "token_ids": [7],
                "finish_reason": None,
            }
        ]
    }
    (out,) = EDITORS[Wire.CHAT](withheld).event(json.dumps(event).encode()) or []
    assert b"zq" not in out.replace(b"assistant", b"")
    assert b"token_ids" not in out
    extras = {"reasoning_content": "zq", "citations": ["a"]}
    message = {"content": "4", "reasoning_content": "zq", "provider_specific_fields": extras}
    body = {"choices": [{"message": message, "logprobs": {"content": [{"token": "zq"}]}}]}
    changed = EDITORS[Wire.CHAT](withheld).answer(json.dumps(body).encode())
    assert changed is not None
    assert b'"zq"' not in changed
    assert b'"citations"' in changed


def test_several_choices_are_told_apart() -> None:
    def event(index: int, **delta: str) -> bytes:
        return json.dumps({"choices": [{"index": index, "delta": delta}]}).encode()

    editor = EDITORS[Wire.CHAT](shouted)
    for piece in (event(0, reasoning="a"), event(1, reasoning="b"), event(0, reasoning="c")):
        assert editor.event(piece) == []
    told = editor.event(event(1, content="x")) or []
    assert [b'"B!"' in one for one in told] == [True, False]
    told = editor.event(b"[DONE]") or []
    assert b'"AC!"' in told[0]
    assert told[1] == b"[DONE]"


def test_more_reasoning_than_is_held_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_reasoning, "MOST_CHARACTERS", 5)
    editor = EDITORS[Wire.CHAT](shouted)
    said = Said(("abcd", "efgh", "ijkl"), ("4",))
    stream = ReasoningStream(editor)
    read = read_stream(Wire.CHAT, stream.feed(streamed(Wire.CHAT, said)))
    assert read.reasoning == "ABCDE!"
    assert read.answer == ["4"]
    assert editor.cut


def test_an_event_that_is_too_long_passes_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reasoning_stream, "MOST_EVENT_BYTES", 300)
    long = b'data: {"reasoning_content": "' + b"x" * 500 + b'"}\n\n'
    after = b'data: {"choices": [{"index": 0, "delta": {"reasoning_content": "so"}}]}\n\n'
    for size in (1, 7, 100, 10_000):
        stream = ReasoningStream(EDITORS[Wire.CHAT](withheld))
        data = long + after
        out = b"".join(stream.feed(data[at : at + size]) for at in range(0, len(data), size))
        # A piece that has the end of the event in it is read as a whole, however long.
        assert out + stream.close() == long
        assert stream.missed == (size <= 300)


def test_lines_that_end_as_on_another_system_are_events_too() -> None:
    sent = streamed(Wire.MESSAGES, Said(("so",), ("4",))).replace(b"\n", b"\r\n")
    out = passed(Wire.MESSAGES, withheld, sent, [50, 100, 101, 102])
    assert b"so" not in out.replace(b"message", b"")
    assert b"text_delta" in out


def test_a_text_cut_inside_a_character_is_read() -> None:
    half = b'{"a": "\\ud83d"}'
    text = text_of((fields_of(half) or {})["a"])
    assert text == "\ud83d"
    assert written({"a": text}) == b'{"a":"\\ud83d"}'


def test_what_is_withheld_stays_so_whatever_else_is_asked_for() -> None:
    assert one_after_the_other((shouted, withheld)) is withheld
    assert one_after_the_other((shouted, shouted))("a") == "A!!"
