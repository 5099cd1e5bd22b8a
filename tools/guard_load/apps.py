"""A model server in FastAPI, as vLLM's is one, with and without something in front of it.

`python -m uvicorn guard_load.apps:NAME`: `plain`, `guarded`, `wrapped`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from starlette.middleware.base import BaseHTTPMiddleware

from guard_load.shapes import ANSWERS, CHAT_EVENTS

ANSWER = ANSWERS["/v1/chat/completions"][0]()


def model_server() -> FastAPI:
    """Reads the body as a model server must, and answers with the recorded shape."""
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        asked = await request.json()
        if asked.get("stream"):
            return StreamingResponse(events(), media_type="text/event-stream")
        return Response(ANSWER, media_type="application/json")

    return app


async def events() -> AsyncIterator[bytes]:
    """The recorded events, one at a time."""
    for event in CHAT_EVENTS:
        yield event


def with_middleware(app: FastAPI, named: str) -> FastAPI:
    """Put a middleware on an app in vLLM's way: a class is added, a function is wrapped."""
    path, _, name = named.rpartition(".")
    found: Any = getattr(import_module(path), name)
    if inspect.isclass(found):
        app.add_middleware(found)
    elif inspect.iscoroutinefunction(found):
        app.middleware("http")(found)
    else:
        raise ValueError(f"{named} is neither a class nor a coroutine function")
    return app


class Wrapped(BaseHTTPMiddleware):
    """The guard in Starlette's own wrapper, as a middleware function would be."""

    def __init__(self, app: Any) -> None:
        from revenuer.gateway.asgi import GuardMiddleware

        super().__init__(app)
        self.gate = GuardMiddleware(app).gate

    async def dispatch(self, request: Request, call_next: Any) -> Response:
        """Decide, and let the application answer."""
        body = await request.body()
        fields = dict(request.scope["headers"])
        path = request.url.path.encode()
        self.gate.rule(request.method.encode(), path, fields, body, b"127.0.0.1")
        answer: Response = await call_next(request)
        return answer


def __getattr__(name: str) -> FastAPI:
    """The app of a name, made when the server asks for it."""
    if name == "plain":
        return model_server()
    if name == "guarded":
        return with_middleware(model_server(), "revenuer.gateway.asgi.GuardMiddleware")
    if name == "wrapped":
        return with_middleware(model_server(), f"{__name__}.Wrapped")
    if name == "named":
        return with_middleware(model_server(), os.environ["MIDDLEWARE"])
    raise AttributeError(name)
