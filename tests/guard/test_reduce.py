"""What a reduced request asks for, in each protocol, as the body that is sent on."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.guard import Change, Edit, Facts, Protocol, apply, changes_for
from revenuer.guard.policy import Reasoning, Reduce

CHAT, COMPLETIONS = Protocol.OPENAI_CHAT, Protocol.OPENAI_COMPLETIONS
RESPONSES, MESSAGES = Protocol.OPENAI_RESPONSES, Protocol.ANTHROPIC_MESSAGES
TO = Reduce(n=2, max_tokens=2000, reasoning=Reasoning.SUMMARISED)


def facts_of(protocol: Protocol, body: dict[str, Any]) -> Facts:
    """The facts of a body, as an adapter reads them."""
    caps = ("max_completion_tokens", "max_tokens", "max_output_tokens")
    found = [body[name] for name in caps if name in body]
    thinking = body.get("thinking", {})
    return Facts(
        n=max((body[name] for name in ("n", "best_of") if name in body), default=None),
        max_tokens=max(found, default=None),
        logprobs=any(name in body for name in ("logprobs", "top_logprobs", "logit_bias"))
        or "message.output_text.logprobs" in body.get("include", ()),
        reasoning="reasoning" in body or thinking.get("type") in {"enabled", "adaptive"},
        reasoning_tokens=thinking.get("budget_tokens"),
    )


def reduced(protocol: Protocol, body: dict[str, Any], to: Reduce = TO) -> dict[str, Any]:
    before = deepcopy(body)
    after = apply(body, changes_for(protocol, facts_of(protocol, body), to))
    assert body == before, "the body that was given is not touched"
    return after


@pytest.mark.parametrize(
    ("protocol", "asked", "sent"),
    [
        (CHAT, {"n": 8, "max_tokens": 9000}, {"n": 2, "max_tokens": 2000}),
        (CHAT, {"n": 1, "max_tokens": 50}, {"n": 1, "max_tokens": 50}),
        (CHAT, {"max_completion_tokens": 9000}, {"max_completion_tokens": 2000}),
        (CHAT, {}, {"max_completion_tokens": 2000}),
        (
            CHAT,
            {"max_tokens": 100, "max_completion_tokens": 9000},
            {"max_tokens": 100, "max_completion_tokens": 2000},
        ),
        (
            CHAT,
            {"logprobs": True, "top_logprobs": 5, "logit_bias": {"1": 9}, "max_tokens": 5},
            {"max_tokens": 5},
        ),
        (COMPLETIONS, {"n": 4, "best_of": 8}, {"n": 2, "best_of": 2, "max_tokens": 2000}),
        (COMPLETIONS, {"logprobs": 5, "max_tokens": 16}, {"max_tokens": 16}),
        (
            RESPONSES,
            {
                "max_output_tokens": 9000,
                "top_logprobs": 3,
                "include": ["message.output_text.logprobs", "reasoning.encrypted_content"],
            },
            {"max_output_tokens": 2000, "include": ["reasoning.encrypted_content"]},
        ),
        (
            RESPONSES,
            {"reasoning": {"effort": "high", "summary": "detailed"}, "max_output_tokens": 1},
            {"reasoning": {"effort": "high", "summary": "auto"}, "max_output_tokens": 1},
        ),
        (MESSAGES, {"max_tokens": 9000}, {"max_tokens": 2000}),
        (
            MESSAGES,
            {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 8000}},
            {
                "max_tokens": 2000,
                "thinking": {"type": "enabled", "budget_tokens": 1999, "display": "summarized"},
            },
        ),
        (
            MESSAGES,
            {"max_tokens": 500, "thinking": {"type": "adaptive"}},
            {"max_tokens": 500, "thinking": {"type": "adaptive", "display": "summarized"}},
        ),
    ],
)
def test_a_reduced_body(protocol: Protocol, asked: dict[str, Any], sent: dict[str, Any]) -> None:
    rest = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    assert reduced(protocol, rest | asked) == rest | sent


def test_reasoning_is_withheld_where_the_policy_says_so() -> None:
    to = Reduce(max_tokens=2000, reasoning=Reasoning.WITHHELD)
    thinking = {"max_tokens": 9, "thinking": {"type": "adaptive", "display": "summarized"}}
    assert reduced(MESSAGES, thinking, to)["thinking"]["display"] == "omitted"
    asked = {"max_output_tokens": 9, "reasoning": {"effort": "low", "summary": "auto"}}
    assert reduced(RESPONSES, asked, to)["reasoning"] == {"effort": "low"}


def test_reasoning_is_kept_where_the_policy_says_so() -> None:
    to = Reduce(max_tokens=2000, reasoning=Reasoning.KEPT)
    thinking = {"max_tokens": 9, "thinking": {"type": "adaptive"}}
    assert reduced(MESSAGES, thinking, to) == thinking


def test_thinking_that_does_not_fit_under_the_cap_is_turned_off() -> None:
    # Anthropic asks for a budget of 1,024 at least, which stays under max_tokens.
    to = Reduce(max_tokens=1024)
    asked = {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    assert reduced(MESSAGES, asked, to) == {"max_tokens": 1024, "thinking": {"type": "disabled"}}


def test_log_probabilities_stay_where_the_policy_says_so() -> None:
    body = {"logprobs": True, "max_tokens": 5}
    assert reduced(CHAT, body, Reduce(logprobs=True)) == body


def test_an_operator_names_the_cap_and_further_fields_of_its_servers() -> None:
    to = Reduce(
        max_tokens=7, chat_cap="max_tokens", also={"openai-chat": {"include_reasoning": False}}
    )
    assert reduced(CHAT, {}, to) == {"max_tokens": 7, "include_reasoning": False}
    assert "include_reasoning" not in reduced(COMPLETIONS, {}, to)


def test_a_protocol_that_the_guard_cannot_write_is_left_alone() -> None:
    assert changes_for(Protocol.OTHER, Facts(n=9, logprobs=True), TO) == ()


BODIES = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 200),
        "best_of": st.integers(1, 200),
        "max_tokens": st.integers(1, 10**6),
        "max_completion_tokens": st.integers(1, 10**6),
        "max_output_tokens": st.integers(1, 10**6),
        "logprobs": st.booleans(),
        "top_logprobs": st.integers(0, 20),
        "thinking": st.fixed_dictionaries(
            {"type": st.just("enabled"), "budget_tokens": st.integers(1024, 10**5)}
        ),
        "reasoning": st.fixed_dictionaries({"effort": st.just("high"), "summary": st.just("auto")}),
    },
)
LIMITS = st.builds(
    Reduce,
    n=st.integers(1, 10),
    max_tokens=st.integers(1, 10**5),
    reasoning=st.sampled_from(list(Reasoning)),
)


@given(body=BODIES, to=LIMITS, protocol=st.sampled_from(list(Protocol)))
def test_nothing_asks_for_more_than_it_may(
    body: dict[str, Any], to: Reduce, protocol: Protocol
) -> None:
    fields = {
        CHAT: {"n", "max_tokens", "max_completion_tokens", "logprobs", "top_logprobs"},
        COMPLETIONS: {"n", "best_of", "max_tokens", "logprobs"},
        RESPONSES: {"max_output_tokens", "top_logprobs", "reasoning"},
        MESSAGES: {"max_tokens", "thinking"},
    }.get(protocol, set())
    body = {name: value for name, value in body.items() if name in fields}
    sent = reduced(protocol, body, to)
    if protocol is Protocol.OTHER:
        assert sent == body
        return
    assert all(sent.get(name, 1) <= to.n for name in ("n", "best_of"))
    caps = [sent[name] for name in sent if name.startswith("max_")]
    assert caps
    assert max(caps) <= to.max_tokens
    assert not {"logprobs", "top_logprobs", "logit_bias"} & set(sent)
    if protocol is MESSAGES and sent.get("thinking", {}).get("type") == "enabled":
        assert 1024 <= sent["thinking"]["budget_tokens"] < sent["max_tokens"]
    # Nothing is raised above what was asked for, and once reduced it stays as it is.
    assert all(sent[name] <= body[name] for name in body if isinstance(sent.get(name), int))
    assert reduced(protocol, sent, to) == sent


@given(
    body=st.dictionaries(
        st.sampled_from("abc"),
        st.none() | st.integers() | st.text() | st.lists(st.integers(), max_size=3),
        max_size=3,
    ),
    changes=st.lists(
        st.builds(
            Change,
            st.sampled_from(list(Edit)),
            st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple),
            st.integers(),
        ),
        max_size=5,
    ).map(tuple),
)
def test_changes_of_odd_bodies_break_nothing(
    body: dict[str, Any], changes: tuple[Change, ...]
) -> None:
    before = deepcopy(body)
    apply(body, changes)
    assert body == before
