"""The application that the middleware's tests put it before."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from guard_load.apps import model_server, with_middleware
from guard_load.shapes import CHAT_EVENTS

app = model_server()


@app.post("/echo/v1/chat/completions")
async def echo(request: Request) -> dict[str, Any]:
    return {
        "body": await request.json(),
        "length": request.headers["content-length"],
        "action": request.headers.getlist("x-revenuer-action"),
    }


@app.post("/slow")
async def slow() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"data: x\n\n"
            await asyncio.sleep(0.2)

    return StreamingResponse(pieces(), media_type="text/event-stream")


@app.post("/forever/v1/chat/completions")
async def forever() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield CHAT_EVENTS[1]
            await asyncio.sleep(0.05)

    return StreamingResponse(pieces(), media_type="text/event-stream")


@app.post("/broken/v1/chat/completions")
async def broken() -> None:
    raise RuntimeError("the application fails")


app = with_middleware(app, os.environ["MIDDLEWARE"])
