"""Envoy itself, with the guard as its external processor; `make test-gateway`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from hashlib import sha256

import anthropic
import httpx
import openai
import pytest
from envoy_run import Running
from wire import Upstream, read_rows

from guard_load.shapes import body_of
from revenuer.guard import Action

pytestmark = [pytest.mark.gateway, pytest.mark.timeout(300)]
CHAT = "/v1/chat/completions"
GUILTY, INNOCENT, REDUCED = "sk-guilty", "sk-innocent", "sk-reduced"
HELLO = [{"role": "user", "content": "Say hello."}]


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, server: Upstream) -> Iterator[Running]:
    listed = {account_of(GUILTY): Action.BLOCK, account_of(REDUCED): Action.REDUCE}
    one = Running(tmp_path_factory.mktemp("envoy"), server.port, listed)
    yield one
    one.stop()


def client_of(running: Running, key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{running.base}/v1", api_key=key, max_retries=0, timeout=20)


def test_answers_and_streams_pass_untouched(running: Running, upstream: Upstream) -> None:
    with client_of(running, INNOCENT) as client:
        assert client.chat.completions.create(model="m", messages=HELLO).choices
        parts = list(client.chat.completions.create(model="m", messages=HELLO, stream=True))
        assert len(parts) == 51
    assert json.loads(upstream.asked[0].body)["messages"] == HELLO


def test_a_blocked_caller_is_refused_by_envoy(running: Running, upstream: Upstream) -> None:
    with client_of(running, GUILTY) as client, pytest.raises(openai.PermissionDeniedError) as no:
        client.chat.completions.create(model="m", messages=HELLO)
    assert no.value.body["evidence_id"] == "campaign--1"
    other = anthropic.Anthropic(base_url=running.base, api_key=GUILTY, max_retries=0)
    with other, pytest.raises(anthropic.PermissionDeniedError):
        other.messages.create(model="m", messages=HELLO, max_tokens=9)
    answer = httpx.get(f"{running.base}/v1/models", headers={"authorization": f"Bearer {GUILTY}"})
    assert answer.status_code == 403
    assert upstream.asked == []


def test_a_reduced_body_is_changed(running: Running, upstream: Upstream) -> None:
    said = json.loads(body_of(CHAT, stream=False)) | {"logprobs": True, "max_tokens": 9_000}
    answer = httpx.post(
        f"{running.base}{CHAT}",
        headers={"authorization": f"Bearer {REDUCED}", "x-revenuer-action": "allow"},
        json=said,
    )
    assert answer.status_code == 200
    asked = json.loads(upstream.asked[0].body)
    assert "logprobs" not in asked
    assert asked["max_tokens"] == 1024
    assert upstream.asked[0].headers["x-revenuer-action"] == "reduce"


def test_clients_cannot_set_the_guards_marks(running: Running, upstream: Upstream) -> None:
    httpx.post(
        f"{running.base}{CHAT}",
        headers={"authorization": f"Bearer {INNOCENT}", "x-revenuer-action": "block"},
        content=body_of(CHAT, stream=False),
    )
    assert "x-revenuer-action" not in upstream.asked[0].headers


def test_the_processors_numbers_are_shown(running: Running) -> None:
    def blocked() -> float:
        lines = httpx.get(running.numbers).text.splitlines()
        (line,) = [
            li for li in lines if li.startswith('revenuer_guard_decisions_total{action="block"}')
        ]
        return float(line.rpartition(" ")[2])

    before = blocked()
    httpx.get(f"{running.base}/v1/models", headers={"authorization": f"Bearer {GUILTY}"})
    assert blocked() == before + 1


def test_the_clients_address_is_not_what_it_says_itself(running: Running) -> None:
    model = f"m-{time.monotonic_ns()}"
    httpx.post(
        f"{running.base}{CHAT}",
        headers={"authorization": f"Bearer {INNOCENT}", "x-forwarded-for": "203.0.113.7"},
        content=body_of(CHAT, stream=False, model=model),
    )
    end = time.monotonic() + 8
    addresses: list[object] = []
    while not addresses and time.monotonic() < end:
        time.sleep(0.05)
        rows = read_rows(running.log)
        addresses = [row.get("client_ip") for row in rows if row["requested_model"] == model]
    assert addresses == ["127.0.0.1"]


def test_requests_are_logged_without_what_only_the_answer_says(running: Running) -> None:
    with client_of(running, INNOCENT) as client:
        client.chat.completions.create(model="m", messages=HELLO, max_tokens=7)
    end = time.monotonic() + 8
    found: list[dict[str, object]] = []
    while not found and time.monotonic() < end:
        time.sleep(0.05)
        found = [row for row in read_rows(running.log) if row.get("max_output_tokens") == 7]
    (row,) = found
    assert row["account_id"] == account_of(INNOCENT)
    assert not {"outcome", "status", "latency_ms", "output_tokens"} & set(row)
