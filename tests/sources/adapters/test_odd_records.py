"""Adapters meet records that nobody wrote down: each is a row or a named refusal."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.errors import ConfigError
from revenuer.sources.adapters import ADAPTERS, Pseudonyms, adapter_named, sniff
from revenuer.sources.adapters.adapter import NotAnExchangeError
from revenuer.sources.columns import EXCHANGES

CHAT = [
    {"role": "system", "content": "s"},
    {"role": "user", "content": [{"type": "text", "text": "q"}]},
    {"role": "assistant", "content": "a", "thinking_blocks": [{"signature": "x"}]},
]
SAMPLES = {
    "litellm": {
        "id": "c1",
        "call_type": "acompletion",
        "startTime": 1.7e9,
        "endTime": 1.7e9,
        "status": "success",
        "hidden_params": {"additional_headers": {"x-litellm-attempted-retries": 1}},
        "metadata": {"user_api_key_user_id": "u", "usage_object": {"prompt_tokens_details": {}}},
        "messages": CHAT,
        "model_parameters": {"tools": [{}], "user": "p"},
        "response": {"choices": [{"message": {"content": "a"}}]},
        "error_information": {"error_code": "429"},
    },
    "otel": {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "tenant.id", "value": {"stringValue": "t"}}]},
                "scopeSpans": [
                    {
                        "spans": [
                            {
                                "traceId": "t",
                                "spanId": "s",
                                "startTimeUnixNano": "1771838400000000000",
                                "endTimeUnixNano": "1771838401000000000",
                                "attributes": [
                                    {
                                        "key": "gen_ai.operation.name",
                                        "value": {"stringValue": "chat"},
                                    },
                                    {
                                        "key": "gen_ai.input.messages",
                                        "value": {"stringValue": '[{"role":"user","parts":[]}]'},
                                    },
                                    {
                                        "key": "gen_ai.response.finish_reasons",
                                        "value": {
                                            "arrayValue": {"values": [{"stringValue": "stop"}]}
                                        },
                                    },
                                ],
                                "events": [{"name": "gen_ai.choice", "attributes": []}],
                                "status": {"code": 2},
                            }
                        ]
                    }
                ],
            }
        ]
    },
    "anthropic-messages": {
        "request": {"messages": CHAT, "system": "s", "thinking": {"budget_tokens": 5}},
        "response": {
            "id": "m",
            "type": "message",
            "content": [{"type": "thinking", "signature": "x"}, {"type": "text", "text": "a"}],
            "usage": {"input_tokens": 1, "cache_read_input_tokens": 2},
        },
        "headers": {"x-api-key": "k", "user-agent": "curl/8"},
    },
    "openai-responses": {
        "request": {"input": [{"type": "message", "role": "user", "content": "q"}]},
        "response": {
            "id": "r",
            "object": "response",
            "created_at": 1.7e9,
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "a"}]}],
            "usage": {"input_tokens": 1, "output_tokens_details": {}},
            "conversation": {"id": "c"},
        },
        "api_key": "k",
    },
    "openai-chat": {
        "request": {"messages": CHAT, "response_format": {"type": "json_object"}},
        "response": {
            "id": "c",
            "object": "chat.completion",
            "created": 1.7e9,
            "choices": [{"message": {"content": "a"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1},
        },
        "duration_ms": 5.5,
        "status_code": 200,
    },
    "envoy": {
        "response_code": 200,
        "response_flags": "UF,URX",
        "path": "/v1/messages",
        "request_id": "r",
        "start_time": "2026-02-23T00:00:00Z",
        "downstream_remote_address": "203.0.113.9:5",
        "duration": 7,
    },
    "nginx": {
        "time_iso8601": "2026-02-23T00:00:00Z",
        "msec": "1771838400.1",
        "request_uri": "/v1/messages",
        "request_id": "r",
        "status": "200",
        "request_time": "0.5",
        "upstream_addr": "10.0.0.1:1, 10.0.0.2:1",
    },
}
NAMES = Pseudonyms(b"key")
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        ["[{]", "[1]", '{"a": 1}', "chat", "-", "1e400", "9" * 30, [], {}, [[]], [None]]
    ),
)


def places(value: object, path: tuple = ()) -> list[tuple]:
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in parts if isinstance(value, dict | list) else ():
        found.append((*path, key))
        found += places(part, (*path, key)) if isinstance(part, dict | list) else []
    return found


def put(record: object, path: tuple, value: object) -> None:
    for step in path[:-1]:
        if not isinstance(record, dict | list):
            return
        try:
            record = record[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(record, dict) or (isinstance(record, list) and path[-1] in range(len(record))):
        record[path[-1]] = value


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)
def test_a_sample_is_claimed_by_its_adapter_alone(adapter):
    claims = {other.name for other in ADAPTERS if other.claims(SAMPLES[adapter.name])}
    assert claims == {adapter.name}
    assert sniff([SAMPLES[adapter.name]]) is adapter
    assert adapter_named(adapter.name) is adapter


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)
def test_a_row_has_only_the_contracts_columns(adapter):
    (found,) = adapter.read(SAMPLES[adapter.name], NAMES)
    assert set(found.row) <= set(EXCHANGES.types)
    assert found.row["exchange_id"]


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)
@settings(max_examples=200)
@given(data=st.data())
def test_an_odd_record_is_a_row_or_a_named_refusal(adapter, data):
    record = copy.deepcopy(SAMPLES[adapter.name])
    everywhere = places(record)
    for _ in range(data.draw(st.integers(1, 4))):
        put(record, data.draw(st.sampled_from(everywhere)), data.draw(ODD))
    for other in ADAPTERS:
        other.claims(record)
    try:
        for found in adapter.read(record, NAMES):
            assert set(found.row) <= set(EXCHANGES.types)
    except NotAnExchangeError:
        pass


def test_a_table_is_no_known_format():
    assert sniff([{"exchange_id": "e", "occurred_at": "t", "account_id": "a"}]) is None
    assert sniff([{"some": "table"}]) is None
    assert sniff([]) is None


def test_an_unknown_format_is_refused():
    with pytest.raises(ConfigError, match="csv"):
        adapter_named("csv")
