"""Prints StandardLoggingPayloads that LiteLLM itself makes; run in a process of its own.

LiteLLM keeps global state and warns a lot, so the tests start it apart from themselves.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
from litellm.integrations.custom_logger import CustomLogger

MESSAGES = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]
WHO = {
    "user_api_key_hash": "hash-of-key",
    "user_api_key_user_id": "user-7",
    "user_api_key_team_id": "team-3",
    "user_api_key_org_id": "org-1",
}
THOUGHT = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [
        {"type": "thinking", "thinking": "add them", "signature": "sig-issued"},
        {"type": "text", "text": "four"},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 10,
        "cache_read_input_tokens": 30,
        "cache_creation_input_tokens": 5,
        "output_tokens": 20,
    },
}
payloads: list[object] = []


class Keep(CustomLogger):
    async def async_log_success_event(self, kwargs, *_, **__):
        payloads.append(kwargs.get("standard_logging_object"))

    async def async_log_failure_event(self, kwargs, *_, **__):
        payloads.append(kwargs.get("standard_logging_object"))


class Upstream(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(THOUGHT).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


async def settled(count: int) -> None:
    for _ in range(200):
        if len(payloads) >= count:
            return
        await asyncio.sleep(0.05)


async def main(upstream: str) -> None:
    litellm.callbacks = [Keep()]
    common = {"model": "gpt-4o", "messages": MESSAGES, "mock_response": "hi there"}
    await litellm.acompletion(**common, metadata=WHO, temperature=0.2, max_tokens=90, user="eve")
    await settled(1)
    async for _ in await litellm.acompletion(**common, stream=True, metadata=WHO):
        pass
    await settled(2)
    failing = {**common, "mock_response": "litellm.RateLimitError"}
    try:
        await litellm.acompletion(**failing, metadata=WHO)
    except litellm.RateLimitError:
        await settled(3)
    await litellm.acompletion(
        model="anthropic/claude-sonnet-4-5",
        api_base=upstream,
        api_key="sk-test",
        messages=[{"role": "user", "content": "two and two?"}],
        thinking={"type": "enabled", "budget_tokens": 1024},
        max_tokens=2048,
        metadata=WHO,
    )
    await settled(4)


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asyncio.run(main(f"http://127.0.0.1:{server.server_port}"))
    for payload in payloads:
        sys.stdout.write(json.dumps(payload, default=str) + "\n")
