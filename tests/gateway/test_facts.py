"""What is read of a body: as much as a full parse would say, and never less than is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard_load.shapes import agentic_body
from revenuer.gateway.facts import NOTHING_ASKED, read_facts
from revenuer.guard import Facts, Protocol, apply, changes_for
from revenuer.guard.policy import Reduce

CHAT, RESPONSES = Protocol.OPENAI_CHAT, Protocol.OPENAI_RESPONSES
MESSAGES, COMPLETIONS = Protocol.ANTHROPIC_MESSAGES, Protocol.OPENAI_COMPLETIONS


def facts_of(protocol: Protocol, said: dict[str, Any]) -> Facts:
    facts, _ = read_facts(protocol, json.dumps(said).encode())
    assert facts is not None
    return facts


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (CHAT, {"logprobs": True}),
        (CHAT, {"top_logprobs": 3}),
        (CHAT, {"logit_bias": {"50": 5}}),
        (CHAT, {"prompt_logprobs": 1}),
        (COMPLETIONS, {"logprobs": 5}),
        (RESPONSES, {"top_logprobs": 2}),
        (RESPONSES, {"include": ["message.output_text.logprobs"]}),
    ],
)
def test_log_probabilities_are_seen_however_asked_for(
    protocol: Protocol, said: dict[str, Any]
) -> None:
    assert facts_of(protocol, said).logprobs


@pytest.mark.parametrize(
    "said", [{}, {"logit_bias": {}}, {"logit_bias": None}, {"logprobs": False}]
)
def test_no_log_probabilities_are_none(said: dict[str, Any]) -> None:
    assert not facts_of(CHAT, said).logprobs


def test_the_larger_of_two_caps_counts() -> None:
    assert facts_of(CHAT, {"max_tokens": 9_000, "max_completion_tokens": 5}).max_tokens == 9_000


def test_thinking_is_seen() -> None:
    said = {"thinking": {"type": "enabled", "budget_tokens": 4000}, "max_tokens": 9000}
    facts = facts_of(MESSAGES, said)
    assert (facts.reasoning, facts.reasoning_tokens, facts.max_tokens) == (True, 4000, 9000)
    assert facts_of(RESPONSES, {"reasoning": {"effort": "high"}}).reasoning
    assert not facts_of(CHAT, {"reasoning_effort": "none"}).reasoning


def test_an_agents_body_is_counted() -> None:
    _, asked = read_facts(CHAT, agentic_body())
    assert (asked.message_count, asked.tool_count, asked.streamed) == (60, 30, True)
    said = {"input": [{"role": "user", "content": "a"}] * 3, "model": "m"}
    _, asked = read_facts(RESPONSES, json.dumps(said).encode())
    assert (asked.model, asked.message_count) == ("m", 3)
    assert read_facts(RESPONSES, b'{"input": "one"}')[1].message_count == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_has_no_facts(body: bytes) -> None:
    assert read_facts(CHAT, body) == (None, NOTHING_ASKED)


@given(
    st.dictionaries(
        st.sampled_from(["n", "max_tokens", "logprobs", "top_logprobs", "logit_bias", "best_of"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-5, 10_000),
            st.text(max_size=5),
            st.lists(st.integers(), max_size=2),
            st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
        ),
    )
)
def test_an_odd_body_is_no_way_around_a_reduction(said: dict[str, Any]) -> None:
    to = Reduce()
    facts = facts_of(CHAT, said)
    reduced = apply(said, changes_for(CHAT, facts, to))
    assert not reduced.get("logprobs")
    assert not reduced.get("top_logprobs")
    n, most = reduced.get("n"), reduced.get("max_tokens")
    assert not (isinstance(n, int) and not isinstance(n, bool) and n > to.n)
    assert not (isinstance(most, int) and not isinstance(most, bool) and most > to.max_tokens)
