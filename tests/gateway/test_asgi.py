"""The middleware in a real FastAPI application on a real uvicorn, loaded as vLLM loads one."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from wire import ENFORCE, Publisher, enforcing, free_port, read_rows, toml_of

from guard_load.rig import wait_for
from guard_load.shapes import CHAT_EVENTS, body_of
from revenuer.errors import ConfigError
from revenuer.gateway.asgi import GuardMiddleware
from revenuer.guard import Action

TOOLS = Path(__file__).parents[2] / "tools"
CHAT = "/v1/chat/completions"
GUILTY, INNOCENT, REDUCED = "sk-guilty", "sk-innocent", "sk-reduced"
HELLO = [{"role": "user", "content": "Say hello."}]


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


class Server:
    """uvicorn with the application and the middleware that a dotted path names."""

    def __init__(self, folder: Path) -> None:
        publisher = Publisher(folder / "verdicts")
        publisher.publish({account_of(GUILTY): Action.BLOCK, account_of(REDUCED): Action.REDUCE})
        self.log = folder / "log"
        file = folder / "gateway.toml"
        policy = ENFORCE + "[throttle]\nrequests_per_minute = 600\n"
        settings = {
            "guard": enforcing(folder, publisher, policy),
            "log": {"folder": str(self.log), "sync_s": 0.05},
        }
        file.write_text(toml_of(settings))
        self.port = free_port()
        environment = {
            "PYTHONPATH": os.pathsep.join(
                [str(TOOLS), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
            ),
            "MIDDLEWARE": "revenuer.gateway.asgi.GuardMiddleware",
            "REVENUER_GATEWAY_CONFIG": str(file),
        }
        command = [sys.executable, "-m", "uvicorn", "asgi_app:app", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--log-level", "error"], env={**os.environ, **environment}
        )
        wait_for(self.port, process=self.process)
        self.base = f"http://127.0.0.1:{self.port}"

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(15)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("asgi"))
    yield one
    one.stop()


def client_of(server: Server, key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.base}/v1", api_key=key, max_retries=0, timeout=20)


def rows_after(server: Server, known: int, count: int) -> list[dict[str, object]]:
    end = time.monotonic() + 8
    while time.monotonic() < end:
        found = read_rows(server.log)[known:]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    return read_rows(server.log)[known:]


def test_answers_and_streams_pass_and_are_logged(server: Server) -> None:
    known = len(read_rows(server.log))
    with client_of(server, INNOCENT) as client:
        answer = client.chat.completions.create(model="m", messages=HELLO)
        assert answer.choices[0].message.content
        parts = list(client.chat.completions.create(model="m", messages=HELLO, stream=True))
        assert len(parts) == len(CHAT_EVENTS) - 1
    first, second = rows_after(server, known, 2)
    assert (first["account_id"], first["outcome"]) == (account_of(INNOCENT), "complete")
    assert (first["input_tokens"], first["output_tokens"]) == (180, 50)
    assert second["streamed"] is True


def test_a_blocked_caller_never_reaches_the_application(server: Server) -> None:
    known = len(read_rows(server.log))
    with client_of(server, GUILTY) as client, pytest.raises(openai.PermissionDeniedError) as no:
        client.chat.completions.create(model="m", messages=HELLO)
    assert no.value.body["evidence_id"] == "campaign--1"
    (row,) = rows_after(server, known, 1)
    assert (row["outcome"], row["status"]) == ("guard_block", 403)


def test_every_way_in_is_guarded(server: Server) -> None:
    for path in ("/v1/chat/completions", "/invocations", "/health", "//v1/chat/completions"):
        answer = httpx.post(
            f"{server.base}{path}",
            headers={"authorization": f"Bearer {GUILTY}"},
            content=body_of(CHAT, stream=False),
        )
        assert answer.status_code == 403, path


def test_two_credentials_are_no_way_around(server: Server) -> None:
    bearer = ("authorization", f"Bearer {INNOCENT}")
    for headers in (
        [bearer, ("x-api-key", GUILTY)],
        [bearer, ("authorization", f"Bearer {GUILTY}")],
        [("authorization", f"Bearer {GUILTY}"), bearer],
    ):
        body = body_of(CHAT, stream=False)
        answer = httpx.post(f"{server.base}{CHAT}", headers=headers, content=body)
        assert answer.status_code in (400, 403)


def test_a_reduced_body_is_what_the_application_reads(server: Server) -> None:
    answer = httpx.post(
        f"{server.base}/echo/v1/chat/completions",
        headers={"authorization": f"Bearer {REDUCED}", "x-revenuer-action": "allow"},
        json={"model": "m", "messages": HELLO, "logprobs": True, "max_tokens": 50_000, "n": 7},
    ).json()
    assert answer["body"] == {"model": "m", "messages": HELLO, "max_tokens": 1024, "n": 1}
    assert answer["length"] == str(len(json.dumps(answer["body"], separators=(",", ":"))))
    assert answer["action"] == ["reduce"]


def test_pieces_of_a_stream_are_not_held(server: Server) -> None:
    seen = []
    with httpx.stream("POST", f"{server.base}/slow", content=b"{}") as answer:
        for _ in answer.iter_bytes():
            seen.append(time.monotonic())
    assert len(seen) == 4
    assert seen[-1] - seen[0] > 0.5


def test_a_client_that_leaves_is_logged_as_gone(server: Server) -> None:
    known = len(read_rows(server.log))
    url = f"{server.base}/forever/v1/chat/completions"
    with httpx.stream("POST", url, content=body_of(CHAT, stream=True)) as answer:
        next(answer.iter_bytes())
    (row,) = rows_after(server, known, 1)
    assert row["outcome"] == "client_cancelled"


def test_an_application_that_fails_is_logged_as_failed(server: Server) -> None:
    known = len(read_rows(server.log))
    url = f"{server.base}/broken/v1/chat/completions"
    assert httpx.post(url, content=body_of(CHAT, stream=False)).status_code == 500
    (row,) = rows_after(server, known, 1)
    assert row["status"] == 500


def test_arguments_name_the_configuration_too(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text("[log]\nfolder = ''\n")

    async def app(scope: object, receive: object, send: object) -> None: ...

    assert GuardMiddleware(app, config=file).journal.recorder is None
    file.write_text("[lgo]\n")
    with pytest.raises(ConfigError, match="lgo"):
        GuardMiddleware(app, config=file)


def test_without_a_configuration_the_server_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REVENUER_GATEWAY_CONFIG", raising=False)

    async def app(scope: object, receive: object, send: object) -> None: ...

    with pytest.raises(ConfigError, match="names no file"):
        GuardMiddleware(app)


def test_the_numbers_of_a_middleware_are_shown(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(GUILTY): Action.BLOCK})
    port = free_port()
    file = tmp_path / "gateway.toml"
    settings = {
        "guard": enforcing(tmp_path, publisher),
        "log": {"folder": str(tmp_path / "log"), "sync_s": 0.05},
        "metrics": {"port": port},
    }
    file.write_text(toml_of(settings))

    async def app(scope: object, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    async def asked(guard: GuardMiddleware) -> str:
        transport = httpx.ASGITransport(guard)
        headers = {"authorization": f"Bearer {GUILTY}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            refused = await client.post(CHAT, headers=headers, json={"model": "m"})
            assert refused.status_code == 403
        # The page is opened beside the first request.
        await asyncio.to_thread(wait_for, port)
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).text == "ok\n"
            return (await client.get(f"http://127.0.0.1:{port}/metrics")).text

    async def both() -> str:
        guard, other = GuardMiddleware(app, config=file), GuardMiddleware(app, config=file)
        try:
            said = await asked(guard)
            # A second process finds the port taken, and serves all the same.
            await asked(other)
        finally:
            await guard.close()
            await other.close()
        return said

    lines = asyncio.run(both()).splitlines()
    assert 'revenuer_guard_decisions_total{action="block"} 1' in lines
    assert "revenuer_gateway_log_rows_total 1" in lines
