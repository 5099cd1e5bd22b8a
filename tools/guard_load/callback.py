"""What LiteLLM's callback takes of the processor: `python -m guard_load.callback FILE`.

Both of its turns, before the call and after it, with nothing of LiteLLM between them.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from types import SimpleNamespace
from typing import Any

from guard_load.shapes import body_of

ROUNDS, CALLS = 60, 50


async def measure(file: str) -> float:
    """Microseconds of processor for a call, the median of the rounds."""
    from revenuer.gateway.litellm import RevenuerGuard

    guard = RevenuerGuard(file)
    key = SimpleNamespace(user_id="user", team_id=None, org_id=None, api_key="k" * 64)
    body = json.loads(body_of("/v1/chat/completions", stream=False))
    headers = {f"x-stainless-{number}": "v" for number in range(10)}
    request = {"headers": headers, "body": body, "url": "u", "method": "POST"}
    payload = {"id": "1", "model": "m", "prompt_tokens": 1, "completion_tokens": 2, "metadata": {}}
    found = []
    for turn in range(ROUNDS):
        begun = time.thread_time()
        for number in range(CALLS):
            name = f"{turn}-{number}"
            data: dict[str, Any] = {**body, "litellm_call_id": name}
            data |= {"proxy_server_request": request, "metadata": {}}
            await guard.async_pre_call_hook(key, None, data, "completion")
            told = {"litellm_call_id": name, "standard_logging_object": payload}
            await guard.async_log_success_event(told, None, None, None)
        found.append((time.thread_time() - begun) / CALLS * 1e6)
    return statistics.median(found)


if __name__ == "__main__":
    print(asyncio.run(measure(sys.argv[1])))
