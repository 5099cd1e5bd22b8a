"""LiteLLM's own payloads, made by LiteLLM in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("litellm", reason="litellm makes the payloads")
MAKER = Path(__file__).with_name("make_litellm.py")


@pytest.fixture(scope="module")
def payloads() -> list[dict]:
    command = [sys.executable, "-W", "ignore", str(MAKER)]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in made.stdout.splitlines()]


@pytest.fixture
def rows(payloads, write_lines, opened):
    found = opened(write_lines(*payloads))
    assert {file.format for file in found.intake.files} == {"litellm"}
    assert found.intake.kept == len(payloads) == 4
    return found.rows.sort("occurred_at").to_dicts()


def test_a_call_keeps_who_asked_what(rows):
    plain = rows[0]
    assert plain["account_id"] == "user-7"
    assert plain["organization_id"] == "org-1"
    assert plain["api_key_id"] == "hash-of-key"
    assert plain["system_prompt"] == "be brief"
    assert plain["prompt"] == "hello"
    assert plain["response"] == "hi there"
    assert (plain["message_count"], plain["turn_kind"]) == (1, "user")
    assert (plain["input_tokens"], plain["output_tokens"]) == (10, 20)
    assert (plain["temperature"], plain["max_output_tokens"]) == (0.2, 90)
    assert plain["operation"] == "chat"
    assert (plain["status"], plain["outcome"], plain["stop_reason"]) == (200, "complete", "stop")
    assert plain["streamed"] is False


def test_the_end_user_is_kept_only_as_a_keyed_hash(rows):
    assert rows[0]["end_user_source"] == "user"
    assert rows[0]["end_user_id"] not in (None, "eve")
    assert len(rows[0]["end_user_id"]) == 32


def test_a_stream_is_said_to_be_one(rows):
    assert rows[1]["streamed"] is True
    assert rows[1]["response"] == "hi there"


def test_a_failure_has_its_status_and_no_tokens(rows):
    failed = rows[2]
    assert (failed["status"], failed["outcome"]) == (429, "upstream_error")
    assert failed["output_tokens"] is None
    assert failed["response"] is None


def test_cached_and_reasoning_tokens_are_parts_of_the_totals(rows):
    thought = rows[3]
    assert thought["model"] == "claude-sonnet-4-5"
    assert thought["input_tokens"] == 10 + 30 + 5
    assert thought["cached_input_tokens"] == 30
    assert thought["output_tokens"] == 20
    assert 0 < thought["reasoning_tokens"] < 20
    assert thought["issued_reasoning_signature"] == "sig-issued"
    assert thought["reasoning_effort"] == "1024 tokens"


def test_a_cached_answer_is_an_exchange_of_its_own(payloads, write_lines, opened):
    # The real hit needs LiteLLM's proxy; this is a real payload with what a hit changes.
    first = payloads[0]
    again = {**first, "cache_hit": True, "startTime": first["startTime"] + 5}
    found = opened(write_lines(first, again)).rows.sort("occurred_at")
    assert found["response_cache_hit"].to_list() == [None, True]


def test_two_failed_attempts_of_one_call_are_both_kept(payloads, write_lines, opened):
    failed = payloads[2]
    again = {**failed, "startTime": failed["startTime"] + 1, "endTime": failed["endTime"] + 1}
    assert opened(write_lines(failed, again)).intake.kept == 2


def test_redacted_text_is_unknown(payloads, write_lines, opened):
    hidden = [{"role": "user", "content": "redacted-by-litellm"}]
    payload = {**payloads[0], "messages": hidden, "response": {"text": "redacted-by-litellm"}}
    row = opened(write_lines(payload)).rows.row(0, named=True)
    assert row["prompt"] is None
    assert row["response"] is None
    assert row["input_tokens"] == 10


def test_the_proxy_admin_is_not_an_account(payloads, write_lines, opened):
    who = {**payloads[0]["metadata"], "user_api_key_user_id": "default_user_id"}
    row = opened(write_lines({**payloads[0], "metadata": who})).rows.row(0, named=True)
    assert row["account_id"] == "team-3"


def test_the_routers_retries_are_ours(payloads, write_lines, opened):
    headers = {"x-litellm-attempted-retries": 2, "x-litellm-attempted-fallbacks": 1}
    hidden = {**payloads[0]["hidden_params"], "additional_headers": headers}
    row = opened(write_lines({**payloads[0], "hidden_params": hidden})).rows.row(0, named=True)
    assert (row["attempt"], row["routed_by"]) == (3, "gateway")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"error_information": {"error_code": "499"}}, "client_cancelled"),
        ({"status_fields": {"guardrail_status": "guardrail_intervened"}}, "guard_block"),
    ],
)
def test_a_failure_says_who_ended_it(payloads, write_lines, opened, change, outcome):
    rows = opened(write_lines({**payloads[2], **change})).rows
    assert rows["outcome"].to_list() == [outcome]


def test_a_text_prompt_is_a_users_turn(payloads, write_lines, opened):
    payload = {**payloads[0], "messages": "embed me", "call_type": "aembedding"}
    row = opened(write_lines(payload)).rows.row(0, named=True)
    assert (row["prompt"], row["operation"]) == ("embed me", "embeddings")
