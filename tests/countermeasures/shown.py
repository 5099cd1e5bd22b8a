"""Answers of the three protocols that show reasoning, and what a client makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from revenuer.countermeasures.wire import Wire

WIRES = (Wire.CHAT, Wire.RESPONSES, Wire.MESSAGES)


@dataclass(frozen=True)
class Said:
    """What a model says."""

    reasoning: Sequence[str]
    answer: Sequence[str]
    signature: str = ""
    arguments: str = '{"x": 1e999, "y": 12345678901234567890123}'


@dataclass
class Read:
    """What a client has read: texts, and of the answer the very JSON that it came in."""

    reasoning: str = ""
    answer: list[str] = field(default_factory=list)
    signature: str = ""
    kinds: list[str] = field(default_factory=list)


def whole(wire: Wire, said: Said) -> bytes:
    thought, text = "".join(said.reasoning), "".join(said.answer)
    if wire is Wire.CHAT:
        message = {
            "role": "assistant", "content": text, "reasoning_content": thought,
            "tool_calls": [{"id": "t", "function": {"name": "f", "arguments": said.arguments}}],
        }  # fmt: skip
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return json.dumps({"id": "c", "choices": [choice], "usage": {"n": 1}}, indent=1).encode()
    if wire is Wire.RESPONSES:
        item = {
            "id": "rs", "type": "reasoning", "encrypted_content": said.signature,
            "summary": [{"type": "summary_text", "text": thought}] if thought else [],
        }  # fmt: skip
        part = {"type": "output_text", "text": text, "annotations": []}
        output = [item, {"id": "m", "type": "message", "content": [part]}]
        return json.dumps({"id": "r", "output": output}).encode()
    block = {"type": "thinking", "thinking": thought, "signature": said.signature}
    tool = '{"type": "tool_use", "id": "t", "input": ' + said.arguments + "}"
    content = [block, {"type": "text", "text": text}]
    return json.dumps({"type": "message", "content": content})[:-2].encode() + (
        f", {tool}]}}".encode()
    )


def streamed(wire: Wire, said: Said) -> bytes:
    if wire is Wire.CHAT:
        parts = [json.dumps(event) for event in _chat(said)]
        return "".join(f"data: {part}\n\n" for part in (*parts, "[DONE]")).encode()
    events = _responses(said) if wire is Wire.RESPONSES else _messages(said)
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events).encode()


def _chat(said: Said) -> Iterator[dict[str, Any]]:
    def event(finish: str | None = None, **delta: Any) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return {"id": "c", "object": "chat.completion.chunk", "choices": [choice]}

    yield event(role="assistant", content="")
    for piece in said.reasoning:
        yield event(reasoning_content=piece)
    for piece in said.answer:
        yield event(content=piece)
    yield event("stop")
    yield {"id": "c", "choices": [], "usage": {"reasoning_tokens": 3}}


def _responses(said: Said) -> Iterator[dict[str, Any]]:
    thought, text = "".join(said.reasoning), "".join(said.answer)
    body = json.loads(whole(Wire.RESPONSES, said))
    item, message = body["output"]
    yield {"type": "response.created", "response": {"output": [], "reasoning": {"effort": None}}}
    yield {"type": "response.output_item.added", "item": {**item, "summary": []}}
    at = {"item_id": "rs", "output_index": 0, "summary_index": 0}
    part = {"type": "summary_text", "text": ""}
    if thought:
        yield {"type": "response.reasoning_summary_part.added", **at, "part": part}
        for piece in said.reasoning:
            yield {"type": "response.reasoning_summary_text.delta", **at, "delta": piece}
        yield {"type": "response.reasoning_summary_text.done", **at, "text": thought}
        done = {**part, "text": thought}
        yield {"type": "response.reasoning_summary_part.done", **at, "part": done}
    yield {"type": "response.output_item.done", "item": item}
    at = {"item_id": "m", "output_index": 1, "content_index": 0}
    for piece in said.answer:
        yield {"type": "response.output_text.delta", **at, "delta": piece}
    yield {"type": "response.output_text.done", **at, "text": text}
    yield {"type": "response.output_item.done", "item": message}
    yield {"type": "response.completed", "response": body}


def _messages(said: Said) -> Iterator[dict[str, Any]]:
    def delta(place: int, **more: Any) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": place, "delta": more}

    yield {"type": "message_start", "message": {"content": []}}
    block = {"type": "thinking", "thinking": "", "signature": ""}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for piece in said.reasoning:
        yield delta(0, type="thinking_delta", thinking=piece)
    if said.signature:
        yield delta(0, type="signature_delta", signature=said.signature)
    yield {"type": "content_block_stop", "index": 0}
    text = {"type": "text", "text": ""}
    yield {"type": "content_block_start", "index": 1, "content_block": text}
    for piece in said.answer:
        yield delta(1, type="text_delta", text=piece)
    yield {"type": "content_block_stop", "index": 1}
    yield {"type": "message_stop"}


def read_whole(wire: Wire, body: bytes) -> Read:
    tree = json.loads(body, parse_float=str, parse_int=str)
    found = Read()
    if wire is Wire.CHAT:
        message = tree["choices"][0]["message"]
        found.reasoning = message.get("reasoning_content") or ""
        found.answer = [message["content"], json.dumps(message["tool_calls"])]
    elif wire is Wire.RESPONSES:
        item, message = tree["output"]
        found.reasoning = "".join(part["text"] for part in item["summary"])
        found.signature = item["encrypted_content"]
        found.answer = [message["content"][0]["text"]]
    else:
        block, text, tool = tree["content"]
        found.reasoning, found.signature = block["thinking"], block["signature"]
        found.answer = [text["text"], json.dumps(tool)]
    return found


def read_stream(wire: Wire, data: bytes) -> Read:
    found = Read()
    for block in data.split(b"\n\n"):
        lines = block.split(b"\n")
        texts = [line[6:] for line in lines if line.startswith(b"data: ")]
        if not texts:
            assert not block
            continue
        if texts == [b"[DONE]"]:
            found.kinds.append("[DONE]")
            continue
        event = json.loads(texts[0])
        kind = event.get("type", "")
        found.kinds.append(kind)
        if wire is not Wire.CHAT:
            assert lines[0] == b"event: " + kind.encode()
        _read_event(wire, kind, event, found)
    return found


def _read_event(wire: Wire, kind: str, event: dict[str, Any], found: Read) -> None:
    if wire is Wire.CHAT:
        for choice in event["choices"]:
            found.reasoning += choice["delta"].get("reasoning_content") or ""
            if choice["delta"].get("content"):
                found.answer.append(choice["delta"]["content"])
    elif kind == "response.reasoning_summary_text.delta":
        found.reasoning += event["delta"]
    elif kind == "response.output_text.delta":
        found.answer.append(event["delta"])
    elif kind == "response.completed":
        again = read_whole(wire, json.dumps(event["response"]).encode())
        assert again.reasoning == found.reasoning
        found.signature, found.answer = again.signature, [*found.answer, *again.answer]
    elif kind == "content_block_delta":
        delta = event["delta"]
        found.reasoning += delta.get("thinking", "")
        found.signature += delta.get("signature", "")
        if "text" in delta:
            found.answer.append(delta["text"])
