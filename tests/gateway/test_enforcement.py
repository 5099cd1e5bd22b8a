"""A decision and its undoing, through the proxy as it runs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from wire import ENFORCE, Gateway, Upstream, talk

sys.path.insert(0, str(Path(__file__).parents[1] / "app"))

from docket_builders import CAMPAIGN, Place

from guard_load.shapes import body_of, request_of
from revenuer.app.enforce import undo
from revenuer.app.guard_policy import load_policy
from revenuer.guard import Action

CHAT = "/v1/chat/completions"
KEYS = tuple(f"sk-test-{number}" for number in range(3))


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


def status(gateway: Gateway, key: str) -> tuple[int, bytes]:
    request = request_of(CHAT, body_of(CHAT, stream=False), key)
    answer = talk(gateway.port, request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
    return int(answer.split(b" ", 2)[1]), answer


def seconds_until(gateway: Gateway, wanted: int) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 6:
        if all(status(gateway, key)[0] == wanted for key in KEYS[:2]):
            return time.monotonic() - began
        time.sleep(0.05)
    return float("inf")


def test_a_campaign_is_refused_as_one_and_let_through_within_two_seconds(
    gateway: Callable[..., Gateway], upstream: Upstream, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(ENFORCE + '[[ladder]]\naction = "tag"\n')
    place = Place(tmp_path, load_policy(policy))
    accounts = tuple(account_of(key) for key in KEYS[:2])
    place.scanned(replace(CAMPAIGN, account_ids=accounts)).published(datetime.now(UTC))
    running = gateway(guard={"policy": str(policy), "snapshot": str(place.desk.snapshot)})
    assert [status(running, key)[0] for key in KEYS] == [200, 200, 200]

    done = place.decided(Action.BLOCK, now=datetime.now(UTC))
    assert seconds_until(running, 403) < 2.5
    refusal = json.loads(status(running, KEYS[0])[1].split(b"\r\n\r\n", 1)[1])
    assert refusal["error"]["evidence_id"] == CAMPAIGN.id
    assert refusal["error"]["appeal"].startswith("https://example.org/appeal")
    assert status(running, KEYS[2])[0] == 200

    undo(place.desk, done.decision, by="c", why="x", now=datetime.now(UTC), policy=place.policy)
    assert seconds_until(running, 200) < 2.5
