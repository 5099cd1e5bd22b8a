"""Responses logs as a middleware writes them: real client, real types, loopback."""

from __future__ import annotations

import json

import openai
import pytest
from openai.types.responses import Response

ANSWER = {
    "id": "resp_2",
    "object": "response",
    "created_at": 1771838400.0,
    "status": "completed",
    "model": "gpt-5-2026-01-01",
    "previous_response_id": "resp_1",
    "conversation": {"id": "conv_1"},
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "reasoning": {"effort": "high"},
    "text": {"format": {"type": "json_schema", "name": "x", "schema": {}}},
    "temperature": 1.0,
    "output": [
        {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "ISSUED"},
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "four", "annotations": []}],
        },
    ],
    "usage": {
        "input_tokens": 50,
        "input_tokens_details": {"cached_tokens": 20},
        "output_tokens": 30,
        "output_tokens_details": {"reasoning_tokens": 25},
        "total_tokens": 80,
    },
}


@pytest.fixture
def exchange(loopback):
    """Makes one call and gives the record of it."""

    def call(answer=None, **request):
        loopback.will_answer(json.dumps({**ANSWER, **(answer or {})}))
        client = openai.OpenAI(api_key="sk-secret", base_url=loopback.url, max_retries=0)
        with client:
            said = client.responses.create(model="gpt-5", **request)
        assert isinstance(said, Response)
        return {
            "account_id": "a1",
            "timestamp": "2026-02-23T09:30:00Z",
            "request": loopback.asked[-1][1],
            "response": said.model_dump(mode="json", warnings=False),
        }

    return call


def test_a_question_and_its_answer_become_one_row(exchange, write_lines, opened):
    record = exchange(
        input="two and two?", instructions="be brief", max_output_tokens=64, user="person-9"
    )
    found = opened(write_lines(record))
    assert found.intake.files[0].format == "openai-responses"
    row = found.rows.row(0, named=True)
    expected = {
        "exchange_id": "resp_2",
        "parent_exchange_id": "resp_1",
        "session_id": "conv_1",
        "system_prompt": "be brief",
        "prompt": "two and two?",
        "response": "four",
        "turn_kind": "user",
        "model": "gpt-5-2026-01-01",
        "requested_model": "gpt-5",
        "max_output_tokens": 64,
        "reasoning_effort": "high",
        "response_format": "json_schema",
        "input_tokens": 50,
        "cached_input_tokens": 20,
        "output_tokens": 30,
        "reasoning_tokens": 25,
        "outcome": "complete",
        "end_user_source": "user",
    }
    assert {name: row[name] for name in expected} == expected


def test_issued_and_replayed_reasoning_compare_equal(exchange, write_lines, opened):
    first = exchange(answer={"id": "resp_a"}, input="two and two?")
    second = exchange(
        answer={"id": "resp_b", "output": []},
        input=[
            {"type": "message", "role": "user", "content": "two and two?"},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "ISSUED"},
            {"type": "function_call", "call_id": "c", "name": "add", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "4"},
        ],
    )
    rows = opened(write_lines(first, second)).rows.to_dicts()
    assert rows[0]["reasoning_signature"] is None
    assert rows[1]["reasoning_signature"] == rows[0]["issued_reasoning_signature"]
    assert rows[1]["reasoning_signature"].startswith("sha256:")
    assert rows[1]["turn_kind"] == "tool"
    assert rows[1]["prompt"] == "two and two?"


@pytest.mark.parametrize(
    ("status", "outcome"), [("cancelled", "client_cancelled"), ("failed", "upstream_error")]
)
def test_the_answers_status_says_how_it_ended(exchange, write_lines, opened, status, outcome):
    record = exchange(answer={"status": status}, input="hi")
    assert opened(write_lines(record)).rows["outcome"].to_list() == [outcome]


def test_a_background_response_is_no_burst(exchange, write_lines, opened):
    record = exchange(input="hi", background=True)
    assert opened(write_lines(record)).rows["operation"].to_list() == ["batch"]


def test_an_answer_cut_short_says_why(exchange, write_lines, opened):
    cut = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    row = opened(write_lines(exchange(answer=cut, input="hi"))).rows.row(0, named=True)
    assert row["stop_reason"] == "max_output_tokens"
