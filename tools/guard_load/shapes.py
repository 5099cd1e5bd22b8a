"""Answers in the shapes of the three protocols, and requests for them.

The keys and the order of events are those that the official SDKs read; the words are ours.
"""

from __future__ import annotations

import json
from typing import Any

WORDS = 50
"""Events with text in a stream."""
MODEL = "replayed"


def _data(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


def _named(event: dict[str, Any]) -> str:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"


def chat_answer(words: int = WORDS) -> bytes:
    """A whole answer of Chat Completions."""
    message = {"role": "assistant", "content": "word " * words, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 180, "completion_tokens": words, "total_tokens": 180 + words}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": MODEL,
            "choices": [choice],
            "usage": usage,
        }
    ).encode()


def chat_stream(words: int = WORDS) -> bytes:
    """The events of a streamed answer of Chat Completions: words, an end, and `[DONE]`."""

    def chunk(delta: dict[str, str], reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
        return _data({**head, "model": MODEL, "choices": [choice]})

    parts = [chunk({"role": "assistant", "content": "word"})]
    parts += [chunk({"content": " word"}) for _ in range(words - 1)]
    return "".join([*parts, chunk({}, "stop"), "data: [DONE]\n\n"]).encode()


def _response(status: str, words: int) -> dict[str, Any]:
    text = {"type": "output_text", "text": "word " * words, "annotations": [], "logprobs": []}
    item = {
        "id": "msg_1",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [text],
    }
    done = status == "completed"
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": MODEL,
        "output": [item] if done else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": {
            "input_tokens": 180,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": words,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 180 + words,
        }
        if done
        else None,
    }


def responses_answer(words: int = WORDS) -> bytes:
    """A whole answer of Responses."""
    return json.dumps(_response("completed", words)).encode()


def responses_stream(words: int = WORDS) -> bytes:
    """The events of a streamed answer of Responses."""
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    whole = _response("completed", words)
    item, text = whole["output"][0], whole["output"][0]["content"][0]
    begun = {**item, "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": _response("in_progress", words)},
        {"type": "response.output_item.added", "output_index": 0, "item": begun},
        {"type": "response.content_part.added", **at, "part": part},
        *(
            {"type": "response.output_text.delta", **at, "delta": "word ", "logprobs": []}
            for _ in range(words)
        ),
        {"type": "response.output_text.done", **at, "text": text["text"], "logprobs": []},
        {"type": "response.content_part.done", **at, "part": text},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]
    numbered = ({**event, "sequence_number": place} for place, event in enumerate(events))
    return "".join(_named(event) for event in numbered).encode()


def messages_answer(words: int = WORDS) -> bytes:
    """A whole answer of Anthropic's Messages."""
    return json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [{"type": "text", "text": "word " * words}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 180, "output_tokens": words},
        }
    ).encode()


def messages_stream(words: int = WORDS) -> bytes:
    """The events of a streamed answer of Messages."""
    started = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 180, "output_tokens": 1},
    }
    stopped = {"stop_reason": "end_turn", "stop_sequence": None}
    delta = {"type": "text_delta", "text": "word "}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": started},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for _ in range(words)),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": stopped, "usage": {"output_tokens": words}},
        {"type": "message_stop"},
    ]
    return "".join(_named(event) for event in events).encode()


ANSWERS = {
    "/v1/chat/completions": (chat_answer, chat_stream),
    "/v1/responses": (responses_answer, responses_stream),
    "/v1/messages": (messages_answer, messages_stream),
}
CHAT_EVENTS = tuple(event + b"\n\n" for event in chat_stream().split(b"\n\n") if event)


def body_of(path: str, *, stream: bool, size: int = 760, model: str = MODEL) -> bytes:
    """A request's body of about `size` characters of prompt."""
    prompt = "x" * size
    said: dict[str, Any] = {"model": model, "temperature": 0.7, "stream": stream}
    if path == "/v1/responses":
        said |= {"input": prompt, "max_output_tokens": 256}
    else:
        said |= {"messages": [{"role": "user", "content": prompt}], "max_tokens": 256}
    return json.dumps(said).encode()


def agentic_body(messages: int = 60, tools: int = 30) -> bytes:
    """A body of some 90 KB, as a coding agent sends it: a long conversation and many tools."""
    said = [
        {"role": ("user", "assistant")[place % 2], "content": "line of a file\n" * 75}
        for place in range(messages)
    ]
    properties = {f"argument_{n}": {"type": "string", "description": "d" * 30} for n in range(6)}
    offered = [
        {
            "type": "function",
            "function": {
                "name": f"tool_{n}",
                "description": "what the tool does " * 15,
                "parameters": {"type": "object", "properties": properties},
            },
        }
        for n in range(tools)
    ]
    return json.dumps(
        {"model": MODEL, "messages": said, "tools": offered, "max_tokens": 4096, "stream": True}
    ).encode()


def request_of(path: str, body: bytes, key: str = "sk-0123456789abcdef0123456789abcdef") -> bytes:
    """A whole request, with the headers that the official SDK sends."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        "Accept-Encoding: gzip, deflate",
        "Content-Type: application/json",
        "User-Agent: OpenAI/Python 2.54.0",
        "X-Stainless-Lang: python",
        "X-Stainless-Package-Version: 2.54.0",
        "X-Stainless-OS: Linux",
        "X-Stainless-Arch: x64",
        "X-Stainless-Runtime: CPython",
        "X-Stainless-Runtime-Version: 3.11.7",
        "X-Stainless-Async: false",
        "X-Stainless-Retry-Count: 0",
        f"Authorization: Bearer {key}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
