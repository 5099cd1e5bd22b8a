"""Messages logs as a middleware writes them: real client, real types, loopback."""

from __future__ import annotations

import anthropic
import pytest
from anthropic.types import Message, TextBlock, ThinkingBlock, ToolUseBlock, Usage
from anthropic.types.output_tokens_details import OutputTokensDetails

USAGE = Usage(
    input_tokens=10,
    cache_read_input_tokens=30,
    cache_creation_input_tokens=5,
    output_tokens=40,
    output_tokens_details=OutputTokensDetails(thinking_tokens=33),
)
ANSWER = Message(
    id="msg_1",
    type="message",
    role="assistant",
    model="claude-opus-4-8",
    content=[
        ThinkingBlock(type="thinking", thinking="add them", signature="sig-new"),
        TextBlock(type="text", text="four"),
        ToolUseBlock(type="tool_use", id="t1", name="add", input={}),
    ],
    stop_reason="tool_use",
    usage=USAGE,
)
TOOL = {"name": "add", "input_schema": {"type": "object"}}


@pytest.fixture
def exchange(loopback):
    """Makes one call and gives the record of it."""

    def call(**request):
        loopback.will_answer(ANSWER.model_dump_json(warnings=False))
        client = anthropic.Anthropic(api_key="sk-ant-1", base_url=loopback.url, max_retries=0)
        with client:
            answer = client.messages.create(model="claude-opus-4-8", max_tokens=2048, **request)
        headers, body = loopback.asked[-1]
        return {
            "timestamp": "2026-02-23T09:30:00Z",
            "request": body,
            "response": answer.model_dump(mode="json", warnings=False),
            "headers": headers,
        }

    return call


def test_a_question_and_its_answer_become_one_row(exchange, write_lines, opened):
    record = exchange(
        system=[{"type": "text", "text": "be brief"}],
        messages=[{"role": "user", "content": "two and two?"}],
        thinking={"type": "enabled", "budget_tokens": 1024},
        tools=[TOOL],
        metadata={"user_id": "person-9"},
    )
    found = opened(write_lines(record))
    assert found.intake.files[0].format == "anthropic-messages"
    row = found.rows.row(0, named=True)
    expected = {
        "exchange_id": "msg_1",
        "system_prompt": "be brief",
        "prompt": "two and two?",
        "response": "four",
        "turn_kind": "user",
        "tool_count": 1,
        "max_output_tokens": 2048,
        "reasoning_effort": "1024 tokens",
        "reasoning_signature": None,
        "issued_reasoning_signature": "sig-new",
        "input_tokens": 45,
        "cached_input_tokens": 30,
        "output_tokens": 40,
        "reasoning_tokens": 33,
        "stop_reason": "tool_use",
        "end_user_source": "metadata.user_id",
        "harness": "anthropic-python",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["account_id"].startswith("key-")
    assert "sk-ant-1" not in str(row)


def test_a_tool_loop_replays_the_newest_signature(exchange, write_lines, opened):
    old = {"type": "thinking", "thinking": "hm", "signature": "sig-old"}
    new = {"type": "thinking", "thinking": "add", "signature": "sig-new"}
    use = {"type": "tool_use", "id": "t1", "name": "add", "input": {}}
    record = exchange(
        messages=[
            {"role": "user", "content": "one and one?"},
            {"role": "assistant", "content": [old, {"type": "text", "text": "two"}]},
            {"role": "user", "content": "two and two?"},
            {"role": "assistant", "content": [new, use]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "4"}],
            },
        ],
        tools=[TOOL],
    )
    row = opened(write_lines(record)).rows.row(0, named=True)
    assert row["reasoning_signature"] == "sig-new"
    assert row["turn_kind"] == "tool"
    assert row["prompt"] == "two and two?"
    assert row["message_count"] == 5


def test_redacted_thinking_has_a_short_stand_in(exchange, write_lines, opened):
    block = {"type": "redacted_thinking", "data": "E" * 5000}
    record = exchange(
        messages=[
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [block, {"type": "text", "text": "ho"}]},
            {"role": "user", "content": "and?"},
        ]
    )
    signature = opened(write_lines(record)).rows["reasoning_signature"].item()
    assert signature.startswith("sha256:")
    assert len(signature) < 100


def test_a_picture_inside_a_tool_result_is_a_modality(exchange, write_lines, opened):
    source = {"type": "base64", "media_type": "image/png", "data": "AA=="}
    result = {
        "type": "tool_result",
        "tool_use_id": "t1",
        "content": [{"type": "image", "source": source}],
    }
    record = exchange(messages=[{"role": "user", "content": [result]}])
    assert opened(write_lines(record)).rows["modalities"].to_list() == [["image"]]
