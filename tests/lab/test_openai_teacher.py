"""A teacher behind a real HTTP server: retries, refusals, reasoning, and what is kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from revenuer.errors import ConfigError, PeerError
from revenuer.lab.config import TeacherKind, TeacherSettings
from revenuer.lab.openai_teacher import OpenAiTeacher
from revenuer.lab.prompts import Prompt

Reply = tuple[int, dict[str, str], object]


class Server(ThreadingHTTPServer):
    """Speaks chat completions; `behaviour` decides what each request gets."""

    def __init__(self, behaviour: Callable[[dict[str, Any], int], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.seen: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.seen.append(body)
            self.server.keys.append(self.headers["authorization"])
            number = len(self.server.seen)
        status, headers, said = self.server.behaviour(body, number)
        data = json.dumps(said).encode()
        self.send_response(status if self.path == "/v1/chat/completions" else 404)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def completion(content: str, finish: str = "stop", **message: str) -> Reply:
    choice = {"message": {"content": content, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    return 200, {}, {"choices": [choice], "usage": usage}


Serve = Callable[[Callable[[dict[str, Any], int], Reply]], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Server] = []

    def start(behaviour: Callable[[dict[str, Any], int], Reply]) -> Server:
        server = Server(behaviour)
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def teacher(server: Server, waited: list[float] | None = None, **more: Any) -> OpenAiTeacher:
    settings = TeacherSettings(
        TeacherKind.OPENAI, "ours", "ours", base_url=server.url, model="m", **more
    )
    kept = waited if waited is not None else []
    return OpenAiTeacher(settings, "the-key", "</think>", kept.append)


ASKED = [Prompt("1", "one", "be brief"), Prompt("2", "two"), Prompt("3", "three")]


def test_prompts_are_asked_and_answered(serve: Serve) -> None:
    server = serve(lambda body, _: completion(body["messages"][-1]["content"].upper()))
    (came, more) = teacher(server, batch=2, temperature=0.3, most_tokens=9).answers(ASKED)
    assert [(one.prompt_id, one.text) for one in [*came, *more]] == [
        ("1", "ONE"),
        ("2", "TWO"),
        ("3", "THREE"),
    ]
    assert came[0].finished
    assert (came[0].input_tokens, came[0].output_tokens) == (3, 2)
    assert set(server.keys) == {"Bearer the-key"}
    first = next(body for body in server.seen if body["messages"][-1]["content"] == "one")
    assert first["messages"][0] == {"role": "system", "content": "be brief"}
    assert (first["temperature"], first["max_tokens"], first["model"]) == (0.3, 9, "m")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again_and_the_servers_wish_is_heard(
    serve: Serve, status: int
) -> None:
    server = serve(
        lambda _, number: completion("x") if number > 2 else (status, {"retry-after": "7"}, {})
    )
    waited: list[float] = []
    assert teacher(server, waited).answer(ASKED[0]).text == "x"
    assert waited == [7.0, 7.0]


def test_waits_grow_and_attempts_end(serve: Serve) -> None:
    server = serve(lambda *_: (500, {}, {}))
    waited: list[float] = []
    with pytest.raises(PeerError, match="failed 4 times, last with status 500"):
        teacher(server, waited, attempts=4).answer(ASKED[0])
    assert waited == [1.0, 2.0, 4.0]
    assert len(server.seen) == 4


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_does_not_pass_is_told_at_once_without_prompt_or_key(
    serve: Serve, status: int
) -> None:
    server = serve(lambda *_: (status, {}, {"error": "one"}))
    with pytest.raises(PeerError) as caught:
        teacher(server).answer(Prompt("1", "a secret"))
    assert f"status {status}" in caught.value.message
    assert "secret" not in str(caught.value) + caught.value.hint
    assert "the-key" not in str(caught.value) + caught.value.hint
    assert len(server.seen) == 1


def test_a_server_that_is_not_there_is_tried_and_told(serve: Serve) -> None:
    server = serve(lambda *_: completion("x"))
    asked = teacher(server, attempts=2)
    server.shutdown()
    server.server_close()
    with pytest.raises(PeerError, match="failed 2 times, last with ConnectError"):
        asked.answer(ASKED[0])


def test_answers_of_a_batch_are_kept_where_another_fails(serve: Serve) -> None:
    def behaviour(body: dict[str, Any], _: int) -> Reply:
        said = body["messages"][-1]["content"]
        return (400, {}, {}) if said == "two" else completion(said)

    batches = teacher(serve(behaviour), batch=3).answers(ASKED)
    assert [one.prompt_id for one in next(batches)] == ["1", "3"]
    with pytest.raises(PeerError, match="status 400"):
        next(batches)


def test_reasoning_told_apart_is_put_before_the_answer(serve: Serve) -> None:
    server = serve(lambda *_: completion("4", reasoning_content="2 and 2"))
    assert teacher(server).answer(ASKED[0]).text == "<think>\n2 and 2\n</think>\n4"


def test_an_answer_that_was_cut_off_says_so(serve: Serve) -> None:
    server = serve(lambda *_: completion("4", "length"))
    assert not teacher(server).answer(ASKED[0]).finished


def test_a_reply_without_usage_is_no_completion(serve: Serve) -> None:
    server = serve(lambda *_: (200, {}, {"choices": [{"message": {"content": "x"}}]}))
    with pytest.raises(PeerError, match="usage"):
        teacher(server).answer(ASKED[0])


def test_without_a_key_nothing_is_asked() -> None:
    settings = TeacherSettings(TeacherKind.OPENAI, "o", "o", base_url="http://x/v1", model="m")
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        OpenAiTeacher.of(settings, "", {})
