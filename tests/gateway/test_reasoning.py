"""Reasoning blocks through the proxy and the middleware: bound on the way out, unbound on the way
in, by the official SDKs, before a server that takes back only what it issued.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest
from wire import ENFORCE, Gateway, free_port, toml_of

from guard_load.rig import wait_for
from revenuer.guard.reasoning import MARK, detach

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / "tools"
ASKED = [{"role": "user", "content": "2 + 2?"}]
REPLAYED = """
[replayed]
other_model = "tag"
other_account = "tag"
repeated = "throttle"
forged = "block"
foreign = "block"
expired = "challenge"
most_times = 5
hours = {hours}
[throttle]
requests_per_minute = 600
requests_burst = 600
"""


class Application:
    """uvicorn with the model server of `reasoning_app`."""

    def __init__(self, config: Path | None = None) -> None:
        self.port = free_port()
        environment = {"PYTHONPATH": f"{TOOLS}{os.pathsep}{HERE}"}
        environment["PYTHONPATH"] += os.pathsep + os.environ.get("PYTHONPATH", "")
        if config is not None:
            environment["MIDDLEWARE"] = "revenuer.gateway.asgi.GuardMiddleware"
            environment["REVENUER_GATEWAY_CONFIG"] = str(config)
        command = [sys.executable, "-m", "uvicorn", "reasoning_app:app", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--log-level", "critical"], env={**os.environ, **environment}
        )
        wait_for(self.port, process=self.process)
        self.base = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)


class Door:
    """The proxy or the middleware, before the model server."""

    def __init__(self, kind: str, folder: Path, *, bind: bool = True, hours: float = 1) -> None:
        self.kind = kind
        folder.mkdir(parents=True)
        policy = folder / "policy.toml"
        policy.write_text(ENFORCE + REPLAYED.format(hours=hours))
        self.keys = folder / "reasoning.keys"
        self.findings = folder / "findings"
        settings: dict[str, dict[str, Any]] = {
            "guard": {"policy": str(policy), "fingerprint_key": str(folder / "fingerprint.key")},
            "identity": {"account_header": "x-account", "organization_header": "x-organization"},
            "reasoning": {"bind": bind, "held_bytes": 4096},
            "log": {
                "folder": str(folder / "log"),
                "findings": str(self.findings),
                "sync_s": 0.05,
            },
        }
        self.gateway: Gateway | None = None
        if kind == "proxy":
            self.application = Application()
            self.gateway = Gateway(folder / "proxy", self.application.port, settings)
            self.base = self.gateway.base
        else:
            file = folder / "gateway.toml"
            file.write_text(toml_of(settings))
            self.application = Application(file)
            self.base = self.application.base

    def stop(self) -> None:
        if self.gateway is not None:
            self.gateway.stop()
        self.application.stop()

    def asked(self) -> list[dict[str, Any]]:
        """What the model server was asked since the last time."""
        seen: list[dict[str, Any]] = httpx.get(f"{self.application.base}/asked").json()
        return seen

    def anthropic(self, who: str, **headers: str) -> anthropic.Anthropic:
        return anthropic.Anthropic(
            base_url=self.base, api_key="k", max_retries=0, default_headers=_named(who, headers)
        )

    def openai(self, who: str, **headers: str) -> openai.OpenAI:
        return openai.OpenAI(
            base_url=f"{self.base}/v1",
            api_key="k",
            max_retries=0,
            default_headers=_named(who, headers),
        )


def _named(who: str, headers: dict[str, str]) -> dict[str, str]:
    """`account@organization` in the headers of a hop in front."""
    account, _, organization = who.partition("@")
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"x-account": account, "x-organization": organization, **said}


@pytest.fixture(scope="module", params=["proxy", "asgi"])
def door(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    one = Door(request.param, tmp_path_factory.mktemp("reasoning") / request.param)
    yield one
    one.stop()


# --- conversations, as the official SDKs hold them ---------------------------------------


def thought(
    client: anthropic.Anthropic,
    said: list[Any] | None = None,
    *,
    stream: bool = False,
    model: str = "m-1",
) -> list[Any]:
    """The content of the next answer of Anthropic's Messages."""
    asked: Any = {"model": model, "max_tokens": 99, "messages": said or ASKED}
    if not stream:
        return list(client.messages.create(**asked).content)
    with client.messages.stream(**asked) as told:
        return list(told.get_final_message().content)


def answered(content: list[Any]) -> list[Any]:
    """The next request of a conversation with Anthropic's Messages."""
    again = {"role": "user", "content": "And 3 + 3?"}
    return [*ASKED, {"role": "assistant", "content": content}, again]


def reasoned(
    client: openai.OpenAI, said: list[Any] | None = None, *, stream: bool = False
) -> list[Any]:
    """The output of the next answer of OpenAI's Responses."""
    asked: Any = {"model": "m-1", "input": said or ASKED, "store": False}
    asked["include"] = ["reasoning.encrypted_content"]
    if not stream:
        return list(client.responses.create(**asked).output)
    with client.responses.stream(**asked) as told:
        return list(told.get_final_response().output)


def blocks_of(content: list[Any]) -> list[str]:
    """What Anthropic's client holds of signed blocks."""
    found = [getattr(block, "signature", None) or getattr(block, "data", None) for block in content]
    return [block for block in found if block]


def bindings_of(content: list[Any]) -> list[str | None]:
    return [detach(block)[1] for block in blocks_of(content)]


@pytest.mark.parametrize("stream", [False, True])
def test_a_callers_own_blocks_come_back_as_the_provider_knows_them(
    door: Door, stream: bool
) -> None:
    with door.anthropic("a@o", x_pieces="7") as client:
        content = thought(client, stream=stream)
        assert len(bindings_of(content)) == 2
        assert all(bindings_of(content))
        assert content[-1].text == 'the "signature" is 4 \u00e9'
        door.asked()
        # The server refuses what it did not issue: an answer is the proof.
        assert thought(client, answered(content), stream=stream)
        (seen,) = door.asked()
    replay = seen["body"]["messages"][1]["content"]
    own = [detach(block)[0] for block in blocks_of(content)]
    assert [replay[0]["signature"], replay[1]["data"]] == own
    assert seen["evidence"] is None
    assert int(seen["length"]) == len(seen["raw"].encode())
    assert seen["accept-encoding"] == "identity"


@pytest.mark.parametrize("stream", [False, True])
def test_encrypted_reasoning_comes_back_as_the_provider_knows_it(door: Door, stream: bool) -> None:
    with door.openai("a@o", x_pieces="11") as client:
        output = reasoned(client, stream=stream)
        own, binding = detach(output[0].encrypted_content)
        assert binding
        door.asked()
        again = [*ASKED, *output, {"role": "user", "content": "And 3 + 3?"}]
        assert reasoned(client, again, stream=stream)
        (seen,) = door.asked()
    (block,) = [item for item in seen["body"]["input"] if item.get("type") == "reasoning"]
    assert block["encrypted_content"] == own
    assert seen["evidence"] is None


def test_another_organizations_block_is_refused_where_the_policy_says_so(door: Door) -> None:
    with door.anthropic("a@o") as mine, door.anthropic("b@p") as theirs:
        content = thought(mine)
        door.asked()
        with pytest.raises(anthropic.PermissionDeniedError) as refused:
            thought(theirs, answered(content))
    said: Any = refused.value.body
    assert said["error"]["evidence_id"] == "reasoning--foreign"
    assert door.asked() == []


def test_openais_client_reads_the_refusal_too(door: Door) -> None:
    with door.openai("a@o") as mine, door.openai("b@p") as theirs:
        output = reasoned(mine)
        with pytest.raises(openai.PermissionDeniedError) as refused:
            reasoned(theirs, [*ASKED, *output, ASKED[0]], stream=True)
    assert "reasoning--foreign" in refused.value.response.text


def test_a_colleagues_block_is_tagged_where_the_policy_says_so(door: Door) -> None:
    with door.anthropic("a@o") as mine, door.anthropic("c@o") as colleague:
        content = thought(mine)
        door.asked()
        assert thought(colleague, answered(content))
    (seen,) = door.asked()
    assert seen["evidence"] == "reasoning--other-account"


def test_a_block_of_another_model_is_tagged(door: Door) -> None:
    with door.anthropic("a@o") as client:
        content = thought(client, model="m-1")
        door.asked()
        assert thought(client, answered(content), model="m-2", stream=True)
    (seen,) = door.asked()
    assert seen["evidence"] == "reasoning--other-model"


def test_a_forged_binding_is_refused(door: Door) -> None:
    with door.anthropic("a@o") as client:
        content = thought(client)
        block = content[0].to_dict()
        own, binding = detach(block["signature"])
        assert binding
        swapped = ("A" if binding[20] != "A" else "B").join((binding[:20], binding[21:]))
        block["signature"] = f"{own}{MARK}{swapped}"
        with pytest.raises(anthropic.PermissionDeniedError) as refused:
            thought(client, answered([block, *content[1:]]))
    assert "reasoning--forged" in refused.value.response.text


def test_a_block_whose_binding_was_taken_off_is_unbound_and_passes(door: Door) -> None:
    with door.anthropic("a@o") as client:
        content = thought(client)
        block = {**content[0].to_dict(), "signature": detach(content[0].signature)[0]}
        door.asked()
        assert thought(client, answered([block]))
    (seen,) = door.asked()
    assert seen["evidence"] is None


def test_a_block_that_comes_back_too_often_is_held_to_a_rate(door: Door) -> None:
    with door.anthropic("a@o") as client:
        said = answered(thought(client))
        door.asked()
        for _ in range(6):
            thought(client, said)
    evidence = [seen["evidence"] for seen in door.asked()]
    assert evidence == [None] * 5 + ["reasoning--repeated"]


@pytest.mark.parametrize("kind", ["proxy", "asgi"])
def test_a_block_after_its_time_is_what_the_policy_says(kind: str, tmp_path: Path) -> None:
    short = Door(kind, tmp_path / kind, hours=0)
    try:
        with short.anthropic("a@o") as client:
            content = thought(client)
            with pytest.raises(anthropic.PermissionDeniedError) as refused:
                thought(client, answered(content))
        assert "reasoning--expired" in refused.value.response.text
    finally:
        short.stop()


def test_counting_tokens_and_batches_take_bound_blocks_too(door: Door) -> None:
    with door.anthropic("a@o") as mine, door.anthropic("b@p") as theirs:
        said: Any = answered(thought(mine))
        assert mine.messages.count_tokens(model="m-1", messages=said).input_tokens == 7
        params: Any = {"model": "m-1", "max_tokens": 9, "messages": said}
        listed: Any = [{"custom_id": "1", "params": params}]
        assert mine.messages.batches.create(requests=listed).id == "msgbatch_1"
        assert [seen["evidence"] for seen in door.asked()[-2:]] == [None, None]
        with pytest.raises(anthropic.PermissionDeniedError):
            theirs.messages.batches.create(requests=listed)


def test_a_body_over_the_cap_is_unbound_all_the_same(door: Door) -> None:
    with door.anthropic("a@o") as client:
        said = answered(thought(client))
        long = {"role": "user", "content": "x" * 1_500_000}
        assert thought(client, [long, {"role": "assistant", "content": "y"}, *said], stream=True)


def test_two_credentials_do_not_replay_what_one_of_them_was_given(door: Door) -> None:
    # Without the headers of a hop in front, keys are accounts.
    headers = {"x-account": "", "x-organization": ""}
    url = f"{door.base}/v1/messages"
    asked: Any = {"model": "m-1", "max_tokens": 9, "messages": ASKED}
    one, other = {"x-api-key": "k1"}, {"authorization": "Bearer k2"}
    both = {**headers, **one, **other}
    for shown in (one, other):
        asked["messages"] = ASKED
        first = httpx.post(url, headers={**headers, **shown}, json=asked).json()
        asked["messages"] = answered(first["content"])
        assert httpx.post(url, headers=both, json=asked).status_code == 403
    asked["messages"] = ASKED
    shared = httpx.post(url, headers=both, json=asked).json()
    asked["messages"] = answered(shared["content"])
    assert httpx.post(url, headers=both, json=asked).status_code == 200


# --- answers that are not as usual --------------------------------------------------------


def test_an_answer_too_long_to_be_held_passes_unbound(door: Door) -> None:
    body = {"model": "m" * 5000, "max_tokens": 9, "messages": ASKED}
    headers = {**_named("a@o", {}), "x-seed": "1"}
    through = httpx.post(f"{door.base}/v1/messages", headers=headers, json=body)
    direct = Application()
    try:
        plain = httpx.post(f"{direct.base}/v1/messages", headers=headers, json=body)
    finally:
        direct.stop()
    assert through.content == plain.content
    assert through.headers["content-length"] == plain.headers["content-length"]


def test_an_answer_that_is_compressed_all_the_same_passes_unbound(door: Door) -> None:
    body = {"model": "m", "max_tokens": 9, "messages": ASKED}
    headers = {**_named("a@o", {}), "x-gzip": "1", "x-seed": "1"}
    answer = httpx.post(f"{door.base}/v1/messages", headers=headers, json=body)
    assert answer.headers["content-encoding"] == "gzip"
    assert MARK not in answer.text
    assert len(answer.json()["content"]) == 3


def test_a_stream_that_breaks_off_is_seen_to(door: Door) -> None:
    body = {"model": "m", "max_tokens": 9, "messages": ASKED, "stream": True}
    headers = {**_named("a@o", {}), "x-cut": "500", "x-pieces": "100"}
    got: list[bytes] = []
    with (
        httpx.stream("POST", f"{door.base}/v1/messages", headers=headers, json=body) as answer,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        got.extend(answer.iter_raw())
    # Whole lines only: the one that broke off stayed behind.
    told = b"".join(got)
    assert told.endswith(b"\n")
    assert told.startswith(b"event: message_start\n")


def test_an_error_of_the_upstream_passes_as_it_came(door: Door) -> None:
    strange = {"type": "thinking", "thinking": "", "signature": "Eqstrange"}
    with door.anthropic("a@o") as client, pytest.raises(anthropic.BadRequestError) as wrong:
        thought(client, answered([strange]))
    assert "Invalid `signature`" in wrong.value.message


# --- switched off -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["proxy", "asgi"])
def test_switched_off_nothing_of_it_is_touched(kind: str, tmp_path: Path) -> None:
    off, direct = Door(kind, tmp_path / kind, bind=False), Application()
    try:
        for stream in (False, True):
            block = {"type": "thinking", "thinking": "", "signature": f"Eq{MARK}abc"}
            asked = {"model": "m", "max_tokens": 9, "messages": ASKED, "stream": stream}
            replay = {**asked, "messages": answered([block])}
            headers = {**_named("a@o", {}), "x-seed": "1"}
            got, known = (
                httpx.post(f"{base}/v1/messages", headers=headers, json=asked)
                for base in (off.base, direct.base)
            )
            assert got.content == known.content
            off.asked()
            # Its spaces would not survive being read and written again.
            odd = json.dumps(replay, indent=3).encode()
            answer = httpx.post(f"{off.base}/v1/messages", headers=headers, content=odd)
            assert answer.status_code == 400
            (seen,) = off.asked()
            assert seen["raw"].encode() == odd
        assert not off.keys.exists()
    finally:
        off.stop()
        direct.stop()


# --- what is kept of it -------------------------------------------------------------------


def test_the_evidence_is_in_the_findings_and_the_numbers(door: Door) -> None:
    with door.anthropic("a@o") as mine, door.anthropic("b@p") as theirs:
        content = thought(mine)
        with pytest.raises(anthropic.PermissionDeniedError):
            thought(theirs, answered(content))
    if door.gateway is not None:
        name = 'revenuer_guard_reasoning_total{sign="foreign"}'
        assert door.gateway.number_reaches(name, 1) >= 1
        assert door.gateway.number_reaches("revenuer_gateway_blocks_bound_total", 2) >= 2
        assert door.gateway.number_reaches("revenuer_gateway_blocks_missed_total", 2) >= 2
    door.stop()
    found = [
        json.loads(line)
        for file in sorted(door.findings.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    assert "reasoning--foreign" in {one["policy"]["uid"] for one in found}
    assert not any(block in json.dumps(found) for block in blocks_of(content))
    assert door.keys.stat().st_mode & 0o077 == 0
