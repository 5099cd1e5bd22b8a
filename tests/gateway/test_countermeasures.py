"""From a decision to an answer: countermeasures of one account, through the proxy as it runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from wire import ENFORCE, STREAM, Asked, Gateway, Step, Upstream, chunk, whole

sys.path.insert(0, str(Path(__file__).parents[1] / "app"))
sys.path.insert(0, str(Path(__file__).parents[1] / "countermeasures"))

import shown
from deciding import KEYS, PATHS, account_of, answered, started, until
from docket_builders import CAMPAIGN, Place
from shown import WIRES, Said, read_stream, read_whole

from revenuer.app.enforce import undo
from revenuer.app.guard_policy import load_policy
from revenuer.countermeasures.wire import Wire
from revenuer.guard import Action

POLICY = (
    ENFORCE
    + '[[ladder]]\naction = "tag"\n[countermeasures]\n'
    + 'allowed = ["reasoning-withheld", "logprobs-capped"]\n'
)
SAID = Said(("First, ", "two and two. "), ("It is ", "4."), "EqoB")


def reasoning_server(asked: Asked) -> Sequence[Step]:
    wire = {path: wire for wire, path in PATHS.items()}[asked.line.split(" ")[1]]
    if json.loads(asked.body).get("stream"):
        data = shown.streamed(wire, SAID)
        # In pieces that end anywhere.
        pieces = [data[at : at + 61] for at in range(0, len(data), 61)]
        return [STREAM, *map(chunk, pieces), b"0\r\n\r\n"]
    return [whole(shown.whole(wire, SAID))]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    place = Place(tmp_path, load_policy(policy))
    accounts = tuple(account_of(key) for key in KEYS[:2])
    place.scanned(replace(CAMPAIGN, account_ids=accounts)).published(datetime.now(UTC))
    return place


def reasoning_of(gateway: Gateway, wire: Wire, key: str) -> str:
    return read_whole(wire, answered(gateway, wire, key)).reasoning


def test_reasoning_is_withheld_from_whom_it_was_decided_for_until_it_is_undone(
    gateway: Callable[..., Gateway], upstream: Upstream, place: Place
) -> None:
    upstream.answer = reasoning_server
    running = started(gateway, place)
    thought = "".join(SAID.reasoning)
    assert reasoning_of(running, Wire.CHAT, KEYS[0]) == thought

    given = ("reasoning-withheld", "logprobs-capped")
    done = place.decided(Action.TAG, now=datetime.now(UTC), countermeasures=given)
    assert until(lambda: not reasoning_of(running, Wire.CHAT, KEYS[0]))
    for wire in WIRES:
        bare = read_whole(wire, shown.whole(wire, replace(SAID, reasoning=())))
        assert read_whole(wire, answered(running, wire, KEYS[1])) == bare
        stream = read_stream(wire, answered(running, wire, KEYS[1], stream=True))
        plain = read_stream(wire, shown.streamed(wire, SAID))
        assert (stream.answer, stream.signature) == (plain.answer, plain.signature)
        assert (stream.reasoning, plain.reasoning) == ("", thought)
        # Whom nobody decided about gets the very bytes of the server.
        assert answered(running, wire, KEYS[2]) == shown.whole(wire, SAID)
        assert answered(running, wire, KEYS[2], stream=True) == shown.streamed(wire, SAID)

    undo(place.desk, done.decision, by="c", why="x", now=datetime.now(UTC), policy=place.policy)
    assert until(lambda: reasoning_of(running, Wire.CHAT, KEYS[0]) == thought)


def test_parameters_change_before_the_server_sees_them_and_the_log_says_what_acted(
    gateway: Callable[..., Gateway], upstream: Upstream, place: Place
) -> None:
    upstream.answer = reasoning_server
    running = started(gateway, place, log={"findings": str(place.folder / "found")})
    given = ("reasoning-withheld", "logprobs-capped")
    place.decided(Action.TAG, now=datetime.now(UTC), countermeasures=given)
    asked = {"logprobs": True, "top_logprobs": 5, "logit_bias": {"7": 9}, "n": 2}

    def sent() -> Any:
        upstream.asked.clear()
        answered(running, Wire.CHAT, KEYS[0], **asked)
        return json.loads(upstream.asked[0].body)

    assert until(lambda: "logprobs" not in sent())
    assert sent().keys() == {"model", "messages", "input", "max_tokens", "n"}
    upstream.asked.clear()
    answered(running, Wire.CHAT, KEYS[2], **asked)
    assert json.loads(upstream.asked[0].body)["logit_bias"] == {"7": 9}
    answered(running, Wire.MESSAGES, KEYS[0], thinking={"type": "enabled", "budget_tokens": 2048})
    assert json.loads(upstream.asked[-1].body)["thinking"]["display"] == "omitted"

    # Nobody knows how many requests went while the decision was awaited: wait for what rows say.
    def acted() -> set[str | None]:
        return {row.get("countermeasures") for row in running.rows()}

    said = {"logprobs-capped reasoning-withheld", "reasoning-withheld", None}
    assert until(lambda: acted() >= said)

    def findings() -> list[dict[str, Any]]:
        files = (place.folder / "found").glob("*.jsonl")
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def told() -> list[list[str] | None]:
        return [one["unmapped"].get("countermeasures") for one in findings()]

    assert until(lambda: ["logprobs-capped", "reasoning-withheld"] in told())
    assert "two and two" not in json.dumps([running.rows(), findings()])
    name = 'revenuer_gateway_countermeasures_total{id="logprobs-capped"}'
    assert running.number_reaches(name, 1) >= 1
