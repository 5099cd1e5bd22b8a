"""GenAI spans, made by OpenTelemetry's SDK and instrumentation in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from revenuer.sources import load_column_map

pytest.importorskip("opentelemetry.sdk", reason="OpenTelemetry makes the spans")
pytest.importorskip("opentelemetry.exporter.otlp.proto.common", reason="it encodes them")
MAKER = Path(__file__).with_name("make_otel.py")
INSTRUMENTED, OF_1_27, OF_1_36, OF_NOW = range(4)


@pytest.fixture(scope="module")
def exports() -> list[dict]:
    command = [sys.executable, "-W", "ignore", str(MAKER)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert made.returncode == 0, made.stderr
    return [json.loads(line) for line in made.stdout.splitlines()]


@pytest.fixture
def rows(exports, write_lines, opened):
    found = opened(write_lines(*exports))
    assert found.intake.files[0].format == "otel"
    return found.rows.sort("occurred_at").to_dicts()


def test_a_span_that_calls_no_model_is_passed_over(exports, write_lines, opened):
    found = opened(write_lines(*exports))
    assert found.intake.kept == 4
    assert found.intake.files[0].passed_over == 1
    assert found.intake.quarantined == 0


def test_the_instrumentations_span_becomes_a_row(rows):
    row = rows[INSTRUMENTED]
    expected = {
        "account_id": "tenant-4",
        "request_id": "chatcmpl-1",
        "model": "gpt-5-2026-01-01",
        "requested_model": "gpt-5",
        "temperature": 0.25,
        "max_output_tokens": 64,
        "input_tokens": 50,
        "output_tokens": 30,
        "stop_reason": "stop",
        "system_prompt": "be brief",
        "prompt": "two and two?",
        "response": "four",
        "operation": "chat",
        "outcome": "complete",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["latency_ms"] >= 0


@pytest.mark.parametrize(
    ("place", "channel", "tokens"),
    [(OF_1_27, "cloud:bedrock", (11, 7)), (OF_1_36, "cloud:vertex", (12, 8))],
)
def test_older_names_say_the_same(rows, place, channel, tokens):
    row = rows[place]
    assert row["channel"] == channel
    assert (row["input_tokens"], row["output_tokens"]) == tokens
    assert row["system_prompt"] == "be brief"
    assert row["prompt"] == "two and two?"
    assert row["response"] == "four"


def test_current_names_are_all_read(rows):
    row = rows[OF_NOW]
    expected = {
        "session_id": "conversation-1",
        "system_prompt": "be brief",
        "prompt": "what is it?",
        "turn_kind": "tool",
        "modalities": ["text", "image"],
        "message_count": 3,
        "tool_count": 1,
        "n": 2,
        "streamed": True,
        "input_tokens": 90,
        "cached_input_tokens": 60,
        "output_tokens": 40,
        "reasoning_tokens": 30,
        "status": 429,
        "outcome": "upstream_error",
        "client_ip": "203.0.113.9",
        "harness": "openai-python",
        "end_user_source": "enduser.id",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["end_user_id"] != "person-9"


def test_the_exchange_id_is_trace_and_span(rows, exports):
    span = exports[INSTRUMENTED]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert rows[INSTRUMENTED]["exchange_id"] == f"{span['traceId']}:{span['spanId']}"
    assert rows[INSTRUMENTED]["task_id"] == span["traceId"]


def test_a_map_takes_the_account_from_any_attribute(exports, write_lines, opened):
    chosen = load_column_map(None, ["account_id=service.name"])
    rows = opened(write_lines(exports[INSTRUMENTED]), column_map=chosen).rows
    assert rows["account_id"].to_list() == ["shop"]
