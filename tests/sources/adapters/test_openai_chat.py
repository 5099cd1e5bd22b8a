"""Chat Completions logs as a middleware writes them: real client, real types, loopback."""

from __future__ import annotations

import openai
import pytest
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from openai.types.completion_usage import CompletionTokensDetails, PromptTokensDetails

ANSWER = ChatCompletion(
    id="chatcmpl-1",
    object="chat.completion",
    created=1771838400,
    model="gpt-5-2026-01-01",
    choices=[
        Choice(
            index=0,
            finish_reason="stop",
            message=ChatCompletionMessage(role="assistant", content="four"),
        )
    ],
    usage=CompletionUsage(
        prompt_tokens=50,
        completion_tokens=30,
        total_tokens=80,
        prompt_tokens_details=PromptTokensDetails(cached_tokens=20),
        completion_tokens_details=CompletionTokensDetails(reasoning_tokens=25),
    ),
)
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}


@pytest.fixture
def exchange(loopback):
    """Makes one call and gives the record of it."""

    def call(**request):
        loopback.will_answer(ANSWER.model_dump_json())
        client = openai.OpenAI(api_key="sk-secret", base_url=loopback.url, max_retries=0)
        with client:
            answer = client.chat.completions.create(model="gpt-5", **request)
        headers, body = loopback.asked[-1]
        return {
            "timestamp": "2026-02-23T09:30:00.5+01:00",
            "request": body,
            "response": answer.model_dump(mode="json"),
            "headers": headers,
            "status": 200,
        }

    return call


def test_a_question_and_its_answer_become_one_row(exchange, write_lines, opened):
    record = exchange(
        messages=[
            {"role": "developer", "content": "be brief"},
            {"role": "user", "content": "one and one?"},
            {"role": "assistant", "content": "two"},
            {"role": "user", "content": [{"type": "text", "text": "two and two?"}]},
        ],
        temperature=0.1,
        max_completion_tokens=64,
        n=1,
        logprobs=True,
        reasoning_effort="low",
        response_format={"type": "json_object"},
        tools=[TOOL],
        safety_identifier="person-9",
    )
    found = opened(write_lines(record))
    assert found.intake.files[0].format == "openai-chat"
    row = found.rows.row(0, named=True)
    expected = {
        "exchange_id": "chatcmpl-1",
        "system_prompt": "be brief",
        "prompt": "two and two?",
        "response": "four",
        "message_count": 3,
        "turn_kind": "user",
        "modalities": ["text"],
        "tool_count": 1,
        "requested_model": "gpt-5",
        "model": "gpt-5-2026-01-01",
        "temperature": 0.1,
        "max_output_tokens": 64,
        "logprobs": True,
        "reasoning_effort": "low",
        "response_format": "json_object",
        "streamed": False,
        "input_tokens": 50,
        "cached_input_tokens": 20,
        "output_tokens": 30,
        "reasoning_tokens": 25,
        "stop_reason": "stop",
        "outcome": "complete",
        "operation": "chat",
        "harness": "openai-python",
        "end_user_source": "safety_identifier",
        "attempt": 1,
    }
    assert {name: row[name] for name in expected} == expected
    assert row["occurred_at"].isoformat() == "2026-02-23T08:30:00.500000+00:00"


def test_an_api_key_is_never_kept_and_stands_for_the_account(exchange, write_lines, opened):
    record = exchange(messages=[{"role": "user", "content": "hi"}])
    assert "sk-secret" in record["headers"]["Authorization"]
    row = opened(write_lines(record)).rows.row(0, named=True)
    assert row["account_id"].startswith("key-")
    assert row["api_key_id"] == row["account_id"]
    assert not any("sk-secret" in str(value) for value in row.values())


def test_a_tool_result_is_a_tool_turn_of_the_same_question(exchange, write_lines, opened):
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    record = exchange(
        messages=[
            {"role": "user", "content": "two and two?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "4"},
        ],
        tools=[TOOL],
    )
    row = opened(write_lines(record)).rows.row(0, named=True)
    assert row["turn_kind"] == "tool"
    assert row["prompt"] == "two and two?"


def test_a_picture_is_a_modality(exchange, write_lines, opened):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    content = [{"type": "text", "text": "what is it?"}, picture]
    record = exchange(messages=[{"role": "user", "content": content}])
    row = opened(write_lines(record)).rows.row(0, named=True)
    assert row["modalities"] == ["text", "image"]
    assert row["prompt"] == "what is it?"


def test_a_client_that_went_away_and_a_refusal_end_differently(exchange, write_lines, opened):
    gone = {**exchange(messages=[]), "aborted": True, "delivered_output_tokens": 3}
    refused = {**exchange(messages=[]), "exchange_id": "r", "status": 429}
    rows = opened(write_lines(gone, refused)).rows
    assert rows["outcome"].to_list() == ["client_cancelled", "upstream_error"]
    assert rows["delivered_output_tokens"].to_list() == [3, None]


def test_without_a_timestamp_the_answer_says_when(exchange, write_lines, opened):
    record = exchange(messages=[])
    del record["timestamp"]
    row = opened(write_lines(record)).rows.row(0, named=True)
    assert row["occurred_at"].isoformat() == "2026-02-23T09:20:00+00:00"


def test_an_envelope_names_contract_columns_itself(exchange, write_lines, opened):
    record = {**exchange(messages=[]), "account_id": "a1", "asn": 64500, "tls_fingerprint": "t13d"}
    row = opened(write_lines(record)).rows.row(0, named=True)
    assert (row["account_id"], row["asn"], row["tls_fingerprint"]) == ("a1", 64500, "t13d")


def test_a_record_without_any_id_is_quarantined(exchange, write_lines, opened):
    good, bad = exchange(messages=[]), exchange(messages=[])
    bad["response"]["id"] = None
    found = opened(write_lines(good, bad))
    assert found.intake.kept == 1
    assert found.quarantined()[0]["line"] == 2
    assert "no id" in found.quarantined()[0]["reason"]
