"""LiteLLM's `StandardLoggingPayload`, as its loggers and callbacks write it."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.sources.adapters.adapter import (
    Found,
    Pseudonyms,
    Record,
    Row,
    epoch,
    first,
    items,
    mapping,
    real,
    text,
    whole,
)
from revenuer.sources.adapters.anthropic_messages import answer_columns as message_columns
from revenuer.sources.adapters.anthropic_messages import effort_of
from revenuer.sources.adapters.envelope import end_user, identify
from revenuer.sources.adapters.harness import harness_of
from revenuer.sources.adapters.openai_chat import answer_columns, read_messages, request_columns
from revenuer.sources.adapters.openai_responses import answer_columns as response_columns
from revenuer.sources.adapters.openai_responses import read_input

OPERATIONS = {
    "completion": "chat",
    "responses": "chat",
    "anthropic_messages": "chat",
    "generate_content": "chat",
    "text_completion": "completion",
    "embedding": "embeddings",
    "image_generation": "image",
    "transcription": "transcription",
    "speech": "speech",
    "rerank": "rerank",
    "moderation": "moderation",
    "create_batch": "batch",
    "retrieve_batch": "batch",
}
PROXY_ADMIN = "default_user_id"
REDACTED = "redacted-by-litellm"


class LiteLLMPayload:
    """One `StandardLoggingPayload` a line, or under `standard_logging_object`."""

    name = "litellm"
    title = "LiteLLM StandardLoggingPayload"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        payload = _payload(record)
        return {"call_type", "startTime", "hidden_params"} <= payload.keys()

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchange in a record."""
        payload = _payload(record)
        who = mapping(payload.get("metadata"))
        row: Row = {}
        identify(row, _exchange_id(payload))
        row.update(_text_columns(payload))
        row.update(_account_columns(who))
        row.update(_call_columns(payload, who))
        row.update(_token_columns(payload))
        parameters = mapping(payload.get("model_parameters"))
        end_user(row, payload.get("end_user"), "user", pseudonyms)
        end_user(row, parameters.get("safety_identifier"), "safety_identifier", pseudonyms)
        end_user(row, parameters.get("user"), "user", pseudonyms)
        yield Found(row, payload)


def _payload(record: Record) -> Record:
    return mapping(record.get("standard_logging_object")) or record


def _exchange_id(payload: Record) -> str | None:
    """An id of this attempt: a cached answer and a failed attempt share their ids with others."""
    own = text(payload.get("id")) or text(payload.get("litellm_call_id"))
    alone = payload.get("status") == "success" and payload.get("cache_hit") is not True
    if own is None or alone:
        return own
    return f"{own}@{payload.get('startTime')}"


def _account_columns(who: Record) -> Row:
    user = text(who.get("user_api_key_user_id"))
    user = None if user == PROXY_ADMIN else user
    team, key = text(who.get("user_api_key_team_id")), text(who.get("user_api_key_hash"))
    return {
        "account_id": user or team or key,
        "organization_id": text(who.get("user_api_key_org_id")) or team,
        "project_id": text(who.get("user_api_key_project_id")),
        "api_key_id": key,
    }


def _call_columns(payload: Record, who: Record) -> Row:
    agent = first(payload, "user_agent") or who.get("user_agent")
    kind = str(payload.get("call_type", "")).removeprefix("a")
    provider = text(payload.get("custom_llm_provider"))
    return {
        "occurred_at": epoch(payload.get("startTime")),
        "latency_ms": _latency(payload),
        "operation": OPERATIONS.get(str(payload.get("call_type"))) or OPERATIONS.get(kind),
        "channel": f"cloud:{provider}" if provider in {"azure", "bedrock", "vertex_ai"} else None,
        "requested_model": text(payload.get("model_group")) or text(payload.get("model")),
        "request_id": text(payload.get("trace_id")),
        "session_id": text(payload.get("session_id")),
        "client_ip": first(payload, "requester_ip_address") or who.get("requester_ip_address"),
        "user_agent": agent,
        "harness": harness_of(agent),
        "streamed": payload.get("stream") is True,
        "response_cache_hit": payload.get("cache_hit"),
        **_retries(payload),
        **_ending(payload),
    }


def _latency(payload: Record) -> int | None:
    started, ended = real(payload.get("startTime")), real(payload.get("endTime"))
    if started is None or ended is None or ended < started:
        return None
    return round((ended - started) * 1000)


def _retries(payload: Record) -> Row:
    headers = mapping(mapping(payload.get("hidden_params")).get("additional_headers"))
    retries = whole(first(headers, "x-litellm-attempted-retries", "x_litellm_attempted_retries"))
    fallbacks = whole(
        first(headers, "x-litellm-attempted-fallbacks", "x_litellm_attempted_fallbacks")
    )
    moved = bool(retries or fallbacks)
    attempt = None if retries is None else retries + 1
    return {"attempt": attempt, "routed_by": "gateway" if moved else None}


def _ending(payload: Record) -> Row:
    wrong = mapping(payload.get("error_information"))
    if payload.get("status") == "success":
        return {"status": 200, "outcome": "complete"}
    guard = mapping(payload.get("status_fields")).get("guardrail_status")
    status = whole(wrong.get("error_code"))
    if guard == "guardrail_intervened":
        return {"status": status, "outcome": "guard_block"}
    gone = status == 499 or wrong.get("error_class") == "CancelledError"
    return {"status": status, "outcome": "client_cancelled" if gone else "upstream_error"}


def _text_columns(payload: Record) -> Row:
    """Parameters, messages and answer; what LiteLLM redacted is unknown."""
    parameters = mapping(payload.get("model_parameters"))
    row = request_columns(parameters)
    row["reasoning_effort"] = row["reasoning_effort"] or effort_of(parameters)
    messages = payload.get("messages")
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    if items(messages) and all(part.get("type") is None for part in items(messages)):
        row |= read_messages(messages).columns()
    elif items(messages):
        row |= read_input({"input": messages}).columns()
    answer = mapping(payload.get("response"))
    row |= _answer(answer)
    row["model"] = row.get("model") or text(payload.get("model"))
    for column in ("prompt", "response", "system_prompt"):
        if REDACTED in str(row.get(column)):
            row[column] = None
    return row


def _answer(answer: Record) -> Row:
    if answer.get("object") == "response":
        return response_columns(answer)
    return message_columns(answer) if answer.get("type") == "message" else answer_columns(answer)


def _token_columns(payload: Record) -> Row:
    """Totals as LiteLLM normalised them, details as the provider gave them."""
    usage = mapping(mapping(payload.get("metadata")).get("usage_object"))
    asked = mapping(usage.get("prompt_tokens_details"))
    said = mapping(usage.get("completion_tokens_details"))
    ok = payload.get("status") == "success"
    return {
        "input_tokens": whole(payload.get("prompt_tokens")) if ok else None,
        "output_tokens": whole(payload.get("completion_tokens")) if ok else None,
        "cached_input_tokens": whole(
            first(asked, "cached_tokens") or usage.get("cache_read_input_tokens")
        ),
        "reasoning_tokens": whole(said.get("reasoning_tokens")),
    }
