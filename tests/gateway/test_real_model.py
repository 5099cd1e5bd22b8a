"""Official SDKs, a real small model, and every adapter between them; `make test-gateway`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from envoy_run import Running
from wire import ENFORCE, Gateway, Publisher, enforcing, free_port, read_rows, toml_of

from guard_load.rig import wait_for, wait_until_serving
from revenuer.guard import Action

pytestmark = [pytest.mark.gateway, pytest.mark.timeout(600)]
HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / "tools"
PATHS = f"{TOOLS}{os.pathsep}{HERE}"
HELLO = [{"role": "user", "content": "Say hello in one word."}]
INNOCENT, GUILTY = "sk-innocent", "sk-guilty"
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


@dataclass
class Way:
    """One adapter before the model; `sees_answers` unless it is asked about requests alone."""

    name: str
    base: str
    log: Path
    keys: dict[str, str]
    claude: str
    sees_answers: bool = True

    def openai(self, who: str = INNOCENT) -> openai.OpenAI:
        url = f"{self.base}/v1"
        return openai.OpenAI(base_url=url, api_key=self.keys[who], max_retries=0, timeout=120)

    def anthropic(self, who: str = INNOCENT) -> anthropic.Anthropic:
        return anthropic.Anthropic(
            base_url=self.base, api_key=self.keys[who], max_retries=0, timeout=120
        )


@contextlib.contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[None]:
    paths = {"PYTHONPATH": PATHS, **environment}
    process = subprocess.Popen([sys.executable, *command], env={**os.environ, **paths})
    try:
        wait_for(port, within_s=120, process=process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def model() -> Iterator[int]:
    port = free_port()
    with running([str(HERE / "model_server.py"), str(port), str(free_port())], port):
        yield port


def guard_file(folder: Path, listed: dict[str, Action]) -> tuple[Path, Path]:
    publisher = Publisher(folder / "verdicts")
    publisher.publish(listed)
    file, log = folder / "gateway.toml", folder / "log"
    settings = {
        "guard": enforcing(folder, publisher, ENFORCE),
        "log": {"folder": str(log), "sync_s": 0.05},
    }
    file.write_text(toml_of(settings))
    return file, log


@pytest.fixture(scope="module", params=["proxy", "middleware", "litellm", "envoy"])
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    folder = tmp_path_factory.mktemp(request.param)
    keys = {INNOCENT: INNOCENT, GUILTY: GUILTY}
    blocked = {account_of(GUILTY): Action.BLOCK}
    if request.param == "proxy":
        model: int = request.getfixturevalue("model")
        publisher = Publisher(folder / "verdicts")
        publisher.publish(blocked)
        one = Gateway(folder / "run", model, {"guard": enforcing(folder, publisher)})
        yield Way("proxy", one.base, one.log, keys, "m")
        one.stop()
    elif request.param == "middleware":
        file, log = guard_file(folder, blocked)
        port = free_port()
        command = [str(HERE / "model_server.py"), str(port), str(free_port())]
        command.append("revenuer.gateway.asgi.GuardMiddleware")
        with running(command, port, REVENUER_GATEWAY_CONFIG=str(file)):
            yield Way("middleware", f"http://127.0.0.1:{port}", log, keys, "m")
    elif request.param == "envoy":
        envoy = Running(folder, request.getfixturevalue("model"), blocked)
        yield Way("envoy", envoy.base, envoy.log, keys, "m", sees_answers=False)
        envoy.stop()
    else:
        yield from litellm_way(request.getfixturevalue("model"), folder)


def litellm_way(model: int, folder: Path) -> Iterator[Way]:
    # LiteLLM has the master key for the innocent; a bearer it does not know it refuses itself,
    # so here the guilty one is a user whom its own custom auth names.
    file, log = guard_file(folder, {"guilty-user": Action.BLOCK})
    base = f"http://127.0.0.1:{model}"
    auth = folder / "who.py"
    auth.write_text(
        "from litellm.proxy._types import UserAPIKeyAuth\n"
        "async def user(request, api_key):\n"
        "    name = 'guilty-user' if 'guilty' in api_key else 'innocent-user'\n"
        "    return UserAPIKeyAuth(api_key=api_key, user_id=name)\n"
    )
    config = folder / "litellm.yaml"
    config.write_text(
        f"""
model_list:
  - model_name: m
    litellm_params: {{model: openai/m, api_base: "{base}/v1", api_key: x}}
  - model_name: claude
    litellm_params: {{model: anthropic/m, api_base: "{base}", api_key: x}}
litellm_settings:
  telemetry: false
  callbacks: ["revenuer.gateway.litellm.guard"]
general_settings:
  master_key: sk-master
  custom_auth: who.user
"""
    )
    port = free_port()
    command = ["-m", "uvicorn", "--port", str(port), "--log-level", "error"]
    environment = {
        "CONFIG_FILE_PATH": str(config),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "REVENUER_GATEWAY_CONFIG": str(file),
    }
    with running([*command, "litellm.proxy.proxy_server:app"], port, **environment):
        wait_until_serving(port, "/health/liveliness", 120)
        keys = {INNOCENT: INNOCENT, GUILTY: GUILTY}
        yield Way("litellm", f"http://127.0.0.1:{port}", log, keys, "claude")


def settled(way: Way) -> int:
    """How many rows there are, once the tests before are written down."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 1.0:
        found = len(read_rows(way.log))
        if found != count:
            count, since = found, time.monotonic()
        time.sleep(0.1)
    return count


def rows_of(way: Way, known: int, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 20
    while len(read_rows(way.log)) < known + count and time.monotonic() < end:
        time.sleep(0.1)
    return read_rows(way.log)[known:]


def test_answers_of_all_protocols(way: Way) -> None:
    known = settled(way)
    with way.openai() as client, way.anthropic() as other:
        answer = client.chat.completions.create(model="m", messages=HELLO, max_tokens=8)
        assert answer.choices[0].message.content
        response = client.responses.create(model="m", input="Say hello.", max_output_tokens=8)
        assert response.output_text
        message = other.messages.create(model=way.claude, messages=HELLO, max_tokens=8)
        assert message.content[0].text
    rows = rows_of(way, known, 3)
    assert [row["max_output_tokens"] for row in rows] == [8] * 3
    if way.sees_answers:
        assert [row["outcome"] for row in rows] == ["complete"] * 3
        assert all(row["output_tokens"] >= 1 and row["input_tokens"] >= 1 for row in rows)


def test_streams_of_all_protocols(way: Way) -> None:
    known = settled(way)
    with way.openai() as client, way.anthropic() as other:
        options: Any = {"include_usage": True}
        parts = list(
            client.chat.completions.create(
                model="m", messages=HELLO, max_tokens=12, stream=True, stream_options=options
            )
        )
        assert sum(bool(part.choices and part.choices[0].delta.content) for part in parts) > 1
        with client.responses.stream(model="m", input="Say hello.", max_output_tokens=12) as said:
            kinds = [event.type for event in said]
        assert kinds[-1] == "response.completed"
        assert kinds.count("response.output_text.delta") > 1
        with other.messages.stream(model=way.claude, messages=HELLO, max_tokens=12) as stream:
            assert len(list(stream.text_stream)) > 1
            assert stream.get_final_message().stop_reason
    rows = rows_of(way, known, 3)
    assert [row.get("outcome") for row in rows] == (
        ["complete"] * 3 if way.sees_answers else [None] * 3
    )


def test_first_tokens_come_before_the_last(way: Way) -> None:
    with way.openai() as client:
        begun = time.monotonic()
        seen = [
            time.monotonic() - begun
            for _ in client.chat.completions.create(
                model="m",
                messages=[{"role": "user", "content": "Tell a long story about a river."}],
                max_tokens=80,
                stream=True,
            )
        ]
    # A buffered stream would come all at once.
    assert seen[-1] - seen[0] > 0.3 * seen[-1]


def test_tools_pass(way: Way) -> None:
    with way.openai() as client:
        answer = client.chat.completions.create(
            model="m", messages=HELLO, tools=[WEATHER], max_tokens=8
        )
    assert answer.choices


def test_errors_of_the_model_server_pass(way: Way) -> None:
    bad: Any = "no list"
    with way.openai() as client, pytest.raises(openai.APIStatusError) as wrong:
        client.chat.completions.create(model="m", messages=bad)
    assert wrong.value.status_code in (400, 422, 500)


def test_a_blocked_caller_is_refused_in_all_protocols(way: Way) -> None:
    known = settled(way)
    with way.openai(GUILTY) as client, way.anthropic(GUILTY) as other:
        with pytest.raises(openai.PermissionDeniedError) as no:
            client.chat.completions.create(model="m", messages=HELLO)
        assert "example.org/appeal" in str(no.value)
        with pytest.raises(openai.PermissionDeniedError):
            client.chat.completions.create(model="m", messages=HELLO, stream=True)
        with pytest.raises(openai.PermissionDeniedError):
            client.responses.create(model="m", input="Say hello.")
        with pytest.raises(anthropic.PermissionDeniedError):
            other.messages.create(model=way.claude, messages=HELLO, max_tokens=8)
    rows = rows_of(way, known, 4)
    assert [row["outcome"] for row in rows] == ["guard_block"] * 4


def test_a_stream_that_is_left_is_logged(way: Way) -> None:
    if way.name == "litellm":
        pytest.skip("LiteLLM says nothing of a stream that its client left")
    if not way.sees_answers:
        pytest.skip("Envoy asks about requests alone")
    known = settled(way)
    with way.openai() as client:
        stream = client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": "Count to a thousand."}],
            max_tokens=400,
            stream=True,
        )
        next(iter(stream))
        stream.close()
    (row,) = rows_of(way, known, 1)
    assert row["outcome"] == "client_cancelled"
