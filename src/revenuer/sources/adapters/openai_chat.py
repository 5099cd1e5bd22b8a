"""OpenAI Chat Completions: requests and their answers."""

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


class OpenAIChat:
    """`{"request": {...}, "response": {...}}` of `/v1/chat/completions`, one a line."""

    name = "openai-chat"
    title = "OpenAI Chat Completions requests and answers"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        answer = response_of(record)
        asked = request_of(record)
        if answer.get("object") == "chat.completion":
            return True
        return "messages" in asked and "choices" in answer

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchange in a record."""
        asked, answer = request_of(record), response_of(record)
        row = envelope(record, pseudonyms)
        identify(row, answer.get("id"))
        row.setdefault("occurred_at", epoch(answer.get("created")))
        row.setdefault("operation", "chat")
        row.update(request_columns(asked))
        row.update(answer_columns(answer))
        end_user(row, asked.get("safety_identifier"), "safety_identifier", pseudonyms)
        end_user(row, asked.get("user"), "user", pseudonyms)
        yield Found(row, record)


def request_columns(asked: Record) -> Row:
    """Columns of a request's body."""
    reply_format = mapping(asked.get("response_format")).get("type")
    return {
        **read_messages(asked.get("messages")).columns(),
        "requested_model": text(asked.get("model")),
        "temperature": asked.get("temperature"),
        "max_output_tokens": first(asked, "max_completion_tokens", "max_tokens"),
        "n": asked.get("n"),
        "logprobs": asked.get("logprobs"),
        "reasoning_effort": text(asked.get("reasoning_effort")),
        "response_format": text(reply_format),
        "streamed": bool(asked.get("stream")) if asked else None,
        "tool_count": len(items(asked.get("tools")) or items(asked.get("functions")))
        if asked
        else None,
    }


def read_messages(messages: object) -> Conversation:
    """The conversation in a list of chat messages."""
    talk = Conversation()
    for message in items(messages):
        talk.add(str(message.get("role")), message.get("content"))
        for block in items(message.get("thinking_blocks")):
            talk.replay(block.get("signature"))
    return talk


def answer_columns(answer: Record) -> Row:
    """Columns of an answer's body."""
    choices = items(answer.get("choices"))
    said = [joined(mapping(choice.get("message")).get("content")) for choice in choices]
    reasons = [text(choice.get("finish_reason")) for choice in choices]
    return {
        "model": text(answer.get("model")),
        "response": "\n\n".join(filter(None, said)) or None,
        "stop_reason": next(filter(None, reasons), None),
        "issued_reasoning_signature": _issued(choices),
        **usage_columns(mapping(answer.get("usage"))),
    }


def _issued(choices: Iterable[Record]) -> str | None:
    newest = None
    for choice in choices:
        for block in items(mapping(choice.get("message")).get("thinking_blocks")):
            newest = text(block.get("signature")) or newest
    return newest


def usage_columns(usage: Record) -> Row:
    """Token counts: OpenAI counts cached tokens into the input and reasoning into the output."""
    asked = mapping(usage.get("prompt_tokens_details"))
    said = mapping(usage.get("completion_tokens_details"))
    return {
        "input_tokens": whole(usage.get("prompt_tokens")),
        "cached_input_tokens": whole(asked.get("cached_tokens")),
        "output_tokens": whole(usage.get("completion_tokens")),
        "reasoning_tokens": whole(said.get("reasoning_tokens")),
    }
