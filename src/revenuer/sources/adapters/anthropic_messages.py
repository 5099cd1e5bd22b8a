"""Anthropic Messages: requests and their answers, with thinking blocks and tool use."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.sources.adapters.adapter import (
    Found,
    Pseudonyms,
    Record,
    Row,
    items,
    mapping,
    text,
    total,
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


class AnthropicMessages:
    """`{"request": {...}, "response": {...}}` of `/v1/messages`, one a line."""

    name = "anthropic-messages"
    title = "Anthropic Messages requests and answers"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        answer = response_of(record)
        return answer.get("type") == "message" and isinstance(answer.get("content"), list)

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchange in a record."""
        asked, answer = request_of(record), response_of(record)
        row = envelope(record, pseudonyms)
        identify(row, answer.get("id"))
        usage = mapping(answer.get("usage"))
        row.setdefault("operation", "batch" if usage.get("service_tier") == "batch" else "chat")
        row.update(request_columns(asked))
        row.update(answer_columns(answer))
        name = mapping(asked.get("metadata")).get("user_id")
        end_user(row, name, "metadata.user_id", pseudonyms)
        yield Found(row, record)


def request_columns(asked: Record) -> Row:
    """Columns of a request's body."""
    output = mapping(asked.get("output_config"))
    form = mapping(output.get("format")).get("type")
    return {
        **read_conversation(asked).columns(),
        "requested_model": text(asked.get("model")),
        "temperature": asked.get("temperature"),
        "max_output_tokens": asked.get("max_tokens"),
        "reasoning_effort": effort_of(asked),
        "response_format": text(form),
        "streamed": bool(asked.get("stream")) if asked else None,
        "tool_count": len(items(asked.get("tools"))) if asked else None,
    }


def effort_of(asked: Record) -> str | None:
    """The effort that a request names, or its thinking budget."""
    stated = text(mapping(asked.get("output_config")).get("effort"))
    thinking = mapping(asked.get("thinking"))
    budget = whole(thinking.get("budget_tokens"))
    if stated or budget is None:
        return stated or text(thinking.get("type"))
    return f"{budget} tokens"


def read_conversation(asked: Record) -> Conversation:
    """The conversation in a request's `system` and `messages`."""
    talk = Conversation()
    talk.instruct(asked.get("system"))
    for message in items(asked.get("messages")):
        talk.add(str(message.get("role")), message.get("content"))
        talk.replay(newest_signature(message.get("content")))
    return talk


def newest_signature(content: object) -> str | None:
    """The signature of the last reasoning block; of a redacted one, its stand-in."""
    newest = None
    for block in items(content):
        if block.get("type") == "thinking":
            newest = text(block.get("signature")) or newest
        elif block.get("type") == "redacted_thinking":
            data = text(block.get("data"))
            newest = Pseudonyms.block(data) if data is not None else newest
    return newest


def answer_columns(answer: Record) -> Row:
    """Columns of an answer's body."""
    content = answer.get("content")
    return {
        "model": text(answer.get("model")),
        "response": joined(content),
        "stop_reason": text(answer.get("stop_reason")),
        "issued_reasoning_signature": newest_signature(content),
        **usage_columns(mapping(answer.get("usage"))),
    }


def usage_columns(usage: Record) -> Row:
    """Token counts: Anthropic counts cache reads and writes beside the input, so they are added."""
    read = whole(usage.get("cache_read_input_tokens"))
    written = whole(usage.get("cache_creation_input_tokens"))
    details = mapping(usage.get("output_tokens_details"))
    return {
        "input_tokens": total(whole(usage.get("input_tokens")), read, written),
        "cached_input_tokens": read,
        "output_tokens": whole(usage.get("output_tokens")),
        "reasoning_tokens": whole(
            details.get("thinking_tokens") or details.get("reasoning_tokens")
        ),
    }
