"""A FastAPI server with the guard before it: `uvicorn app:app`, with the file beside it."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from revenuer.gateway.asgi import GuardMiddleware

app = FastAPI()
app.add_middleware(GuardMiddleware, config=Path(__file__).with_name("gateway.toml"))


@app.post("/v1/chat/completions")
async def chat() -> dict[str, object]:
    """Answer as a model would."""
    message = {"role": "assistant", "content": "Hello."}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    return {"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}
