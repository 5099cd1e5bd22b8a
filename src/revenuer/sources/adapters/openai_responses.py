"""OpenAI Responses: requests and their answers."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.sources.adapters.adapter import (
    Found,
    Pseudonyms,
    Record,
    Row,
    epoch,
    items,
    mapping,
    text,
    whole,
)
from revenuer.sources.adapters.conversation import Conversation, joined
from revenuer.sources.adapters.envelope import (
    end_user,
    envelope,
    identify,
    request_of,
    response_of,
)

OUTCOMES = {
    "completed": "complete",
    "incomplete": "complete",
    "cancelled": "client_cancelled",
    "failed": "upstream_error",
}


class OpenAIResponses:
    """`{"request": {...}, "response": {...}}` of `/v1/responses`, one a line."""

    name = "openai-responses"
    title = "OpenAI Responses requests and answers"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        return response_of(record).get("object") == "response"

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchange in a record."""
        asked, answer = request_of(record), response_of(record)
        row = envelope(record, pseudonyms)
        identify(row, answer.get("id"))
        row.setdefault("occurred_at", epoch(answer.get("created_at")))
        row.setdefault("operation", "batch" if asked.get("background") is True else "chat")
        row.update(request_columns(asked, answer))
        row.update(answer_columns(answer))
        status = OUTCOMES.get(str(answer.get("status")))
        if row.get("outcome") in (None, "complete") and status is not None:
            row["outcome"] = status
        for column in ("safety_identifier", "user"):
            end_user(row, asked.get(column) or answer.get(column), column, pseudonyms)
        yield Found(row, record)


def request_columns(asked: Record, answer: Record) -> Row:
    """Columns of a request's body; the answer repeats most of what the request leaves out."""
    merged = {**answer, **{name: value for name, value in asked.items() if value is not None}}
    conversation = mapping(merged.get("conversation")).get("id") or merged.get("conversation")
    form = mapping(mapping(merged.get("text")).get("format")).get("type")
    row: Row = {
        **read_input(asked).columns(),
        "requested_model": text(asked.get("model")),
        "parent_exchange_id": text(merged.get("previous_response_id")),
        "temperature": merged.get("temperature"),
        "max_output_tokens": merged.get("max_output_tokens"),
        "logprobs": bool(merged.get("top_logprobs")) if "top_logprobs" in merged else None,
        "reasoning_effort": text(mapping(merged.get("reasoning")).get("effort")),
        "response_format": text(form),
        "streamed": bool(asked.get("stream")) if asked else None,
        "tool_count": len(items(merged.get("tools"))),
    }
    if text(conversation):
        row["session_id"] = conversation
    return row


def read_input(asked: Record) -> Conversation:
    """The conversation in a request's `instructions` and `input`."""
    talk = Conversation()
    talk.instruct(asked.get("instructions"))
    given = asked.get("input")
    if isinstance(given, str):
        talk.add("user", given)
    for item in items(given):
        kind = str(item.get("type", "message"))
        if kind == "message":
            talk.add(str(item.get("role", "user")), item.get("content"))
        elif kind.endswith("call_output"):
            talk.add("tool", item.get("output"))
        elif kind == "reasoning":
            if (block := text(item.get("encrypted_content"))) is not None:
                talk.replay(Pseudonyms.block(block))
        elif kind.endswith("_call"):
            talk.add("assistant", None)
    return talk


def answer_columns(answer: Record) -> Row:
    """Columns of an answer's body."""
    said, issued = [], None
    for item in items(answer.get("output")):
        if item.get("type") == "message":
            said.append(joined(item.get("content")))
        elif item.get("type") == "reasoning":
            block = text(item.get("encrypted_content"))
            issued = Pseudonyms.block(block) if block is not None else issued
    cut = mapping(answer.get("incomplete_details")).get("reason")
    return {
        "model": text(answer.get("model")),
        "response": "\n\n".join(filter(None, said)) or None,
        "stop_reason": text(cut) or text(answer.get("status")),
        "issued_reasoning_signature": issued,
        **usage_columns(mapping(answer.get("usage"))),
    }


def usage_columns(usage: Record) -> Row:
    """Token counts: cached tokens are part of the input, reasoning of the output."""
    return {
        "input_tokens": whole(usage.get("input_tokens")),
        "cached_input_tokens": whole(
            mapping(usage.get("input_tokens_details")).get("cached_tokens")
        ),
        "output_tokens": whole(usage.get("output_tokens")),
        "reasoning_tokens": whole(
            mapping(usage.get("output_tokens_details")).get("reasoning_tokens")
        ),
    }
