"""A gateway before a model that reasons, and accounts that something is decided about."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from wire import ENFORCE, Gateway, talk, toml_of

sys.path.insert(0, str(Path(__file__).parents[1] / "app"))

from docket_builders import CAMPAIGN, Place

from guard_load.shapes import request_of
from revenuer.app.guard_policy import load_policy
from revenuer.countermeasures.wire import Wire
from revenuer.guard import Action

PATHS = {
    Wire.CHAT: "/v1/chat/completions",
    Wire.RESPONSES: "/v1/responses",
    Wire.MESSAGES: "/v1/messages",
}
KEYS = tuple(f"sk-test-{number}" for number in range(3))
DECIDED = KEYS[0]


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


def body_of(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"chunked" not in head:
        assert int(re.findall(rb"content-length: (\d+)", head)[0]) == len(body)
        return body
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        out, body = out + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return out


def answered(gateway: Gateway, wire: Wire, key: str, **asked: Any) -> bytes:
    body = json.dumps({"model": "m", "messages": [], "input": "x", "max_tokens": 9} | asked)
    request = request_of(PATHS[wire], body.encode(), key)
    closing = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    return body_of(talk(gateway.port, closing))


def until(met: Callable[[], bool], within_s: float = 20.0) -> bool:
    end = time.monotonic() + within_s
    while not met():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def started(gateway: Callable[..., Gateway], place: Place, **more: Any) -> Gateway:
    told = {"policy": str(place.folder / "policy.toml"), "snapshot": str(place.desk.snapshot)}
    return gateway(guard=told, **more)


def rewriting_place(folder: Path, rewriter: dict[str, Any]) -> Place:
    """Where one account was given `trace-rewritten`, under a policy with a second model."""
    policy = folder / "policy.toml"
    policy.write_text(
        f'{ENFORCE}[[ladder]]\naction = "tag"\n'
        + toml_of({"countermeasures": {"allowed": ["trace-rewritten"]}})
        + toml_of({"countermeasures.rewriter": rewriter})
    )
    place = Place(folder, load_policy(policy))
    place.scanned(replace(CAMPAIGN, account_ids=(account_of(DECIDED),)))
    now = datetime.now(UTC)
    place.published(now)
    place.decided(Action.TAG, now=now, countermeasures=("trace-rewritten",))
    return place
