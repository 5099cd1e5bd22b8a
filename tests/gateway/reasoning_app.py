"""A model server with reasoning blocks, which takes back only those that it issued itself.

`uvicorn reasoning_app:app`; with `MIDDLEWARE` in the environment, behind the guard. A request can
ask for odd answers: `x-pieces` cuts a stream into pieces of so many bytes, `x-gzip` compresses in
spite of everything, `x-cut` breaks a stream off, `x-seed` makes signatures that can be told before.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from itertools import count
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from guard_load.apps import with_middleware

app = FastAPI()
serials = count()
issued: set[str] = set()
asked: list[dict[str, Any]] = []


def new_block(request: Request, name: str) -> str:
    seed = request.headers.get("x-seed") or str(next(serials))
    block = "Eq" + sha256(f"{seed} {name}".encode()).hexdigest() + "=="
    issued.add(block)
    return block


def replayed(tree: Any) -> Iterator[str]:
    """Every block in a request, wherever it stands."""
    if isinstance(tree, dict):
        field = {
            "thinking": "signature",
            "redacted_thinking": "data",
            "reasoning": "encrypted_content",
        }.get(str(tree.get("type")))
        if field and field in tree:
            yield tree[field]
        for value in tree.values():
            yield from replayed(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from replayed(value)


async def read(request: Request) -> tuple[dict[str, Any], Response | None]:
    """The request, and the refusal of a provider that does not know a block."""
    body = await request.body()
    tree = json.loads(body)
    asked.append(
        {
            "path": request.url.path,
            "body": tree,
            "raw": body.decode(),
            "length": request.headers.get("content-length"),
            "evidence": request.headers.get("x-revenuer-evidence"),
            "accept-encoding": request.headers.get("accept-encoding"),
        }
    )
    if any(block not in issued for block in replayed(tree)):
        error = {"type": "invalid_request_error", "message": "Invalid `signature` in a block"}
        return tree, JSONResponse({"type": "error", "error": error}, 400)
    return tree, None


def whole(request: Request, tree: dict[str, Any]) -> Response:
    body = json.dumps(tree, indent=1).encode()
    if "x-gzip" in request.headers:
        headers = {"content-encoding": "gzip"}
        return Response(gzip.compress(body), headers=headers, media_type="application/json")
    return Response(body, media_type="application/json")


def streamed(request: Request, events: list[dict[str, Any]]) -> Response:
    text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    data, size = text.encode(), int(request.headers.get("x-pieces", "1000000"))
    cut = int(request.headers.get("x-cut", len(data)))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, cut, size):
            yield data[start : min(start + size, cut)]
        if cut < len(data):
            raise RuntimeError("the model breaks off")

    return StreamingResponse(pieces(), media_type="text/event-stream")


@app.get("/asked")
async def what_was_asked() -> list[dict[str, Any]]:
    seen = list(asked)
    asked.clear()
    return seen


@app.post("/v1/messages/count_tokens")
async def count_tokens(request: Request) -> Response:
    _, wrong = await read(request)
    return wrong or JSONResponse({"input_tokens": 7})


@app.post("/v1/messages/batches")
async def batches(request: Request) -> Response:
    _, wrong = await read(request)
    return wrong or JSONResponse({"id": "msgbatch_1", "type": "message_batch"})


@app.post("/v1/messages")
async def messages(request: Request) -> Response:
    tree, wrong = await read(request)
    if wrong is not None:
        return wrong
    usage = {"input_tokens": 9, "output_tokens": 4}
    thinking = {"type": "thinking", "thinking": "so 2 + 2", "signature": new_block(request, "a")}
    redacted = {"type": "redacted_thinking", "data": new_block(request, "b")}
    text = {"type": "text", "text": 'the "signature" is 4 \u00e9'}
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": tree["model"],
        "content": [thinking, redacted, text], "stop_reason": "end_turn", "stop_sequence": None,
        "usage": usage,
    }  # fmt: skip
    if not tree.get("stream"):
        return whole(request, message)
    stopped = {"stop_reason": "end_turn", "stop_sequence": None}

    def delta(place: int, **more: Any) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": place, "delta": more}

    def begun(place: int, block: dict[str, Any]) -> dict[str, Any]:
        return {"type": "content_block_start", "index": place, "content_block": block}

    events = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
        begun(0, {"type": "thinking", "thinking": "", "signature": ""}),
        delta(0, type="thinking_delta", thinking=thinking["thinking"]),
        delta(0, type="signature_delta", signature=thinking["signature"]),
        {"type": "content_block_stop", "index": 0},
        begun(1, redacted),
        {"type": "content_block_stop", "index": 1},
        begun(2, {"type": "text", "text": ""}),
        delta(2, type="text_delta", text=text["text"]),
        {"type": "content_block_stop", "index": 2},
        {"type": "message_delta", "delta": stopped, "usage": usage},
        {"type": "message_stop"},
    ]
    return streamed(request, events)


@app.post("/v1/responses")
async def responses(request: Request) -> Response:
    tree, wrong = await read(request)
    if wrong is not None:
        return wrong
    text = {"type": "output_text", "text": "4", "annotations": [], "logprobs": []}
    said = {
        "id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
        "content": [text],
    }  # fmt: skip
    thought = {
        "id": "rs_1", "type": "reasoning", "summary": [],
        "encrypted_content": new_block(request, "c"),
    }  # fmt: skip
    usage = {
        "input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 4,
        "output_tokens_details": {"reasoning_tokens": 3}, "total_tokens": 13,
    }  # fmt: skip
    response = {
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed",
        "model": tree["model"], "output": [thought, said], "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [], "usage": usage,
    }  # fmt: skip
    if not tree.get("stream"):
        return whole(request, response)
    at = {"item_id": "msg_1", "output_index": 1, "content_index": 0}
    waiting = {**response, "status": "in_progress", "output": [], "usage": None}
    empty = {**thought, "encrypted_content": None}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": waiting},
        {"type": "response.output_item.added", "output_index": 0, "item": empty},
        {"type": "response.output_item.done", "output_index": 0, "item": thought},
        {
            "type": "response.output_item.added",
            "output_index": 1,
            "item": {**said, "status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **at, "part": {**text, "text": ""}},
        {"type": "response.output_text.delta", **at, "delta": "4", "logprobs": []},
        {"type": "response.output_text.done", **at, "text": "4", "logprobs": []},
        {"type": "response.content_part.done", **at, "part": text},
        {"type": "response.output_item.done", "output_index": 1, "item": said},
        {"type": "response.completed", "response": response},
    ]
    numbered = [{**event, "sequence_number": place} for place, event in enumerate(events)]
    return streamed(request, numbered)


if "MIDDLEWARE" in os.environ:
    app = with_middleware(app, os.environ["MIDDLEWARE"])
