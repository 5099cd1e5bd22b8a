"""The proxy as a process, between real sockets and the official SDKs."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import anthropic
import httpx
import openai
import pytest
from wire import (
    CUT,
    ENFORCE,
    STREAM,
    Gateway,
    Publisher,
    Upstream,
    alive,
    chunk,
    enforcing,
    events_of,
    free_port,
    read_all,
    read_rows,
    talk,
    whole,
)

from guard_load.shapes import ANSWERS, agentic_body, body_of, request_of
from revenuer.guard import Action

Start = Callable[..., Gateway]
KEY = "sk-test-1"
CHAT = "/v1/chat/completions"
HELLO = [{"role": "user", "content": "Say hello."}]


def account_of(key: str) -> str:
    return "key-" + sha256(key.encode()).hexdigest()[:32]


def openai_at(base: str, key: str = KEY) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0, timeout=20)


def anthropic_at(base: str, key: str = KEY) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=base, api_key=key, max_retries=0, timeout=20)


def post(port: int, body: bytes, path: str = CHAT, close: bool = True) -> bytes:
    request = request_of(path, body, KEY)
    if close:
        request = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    return talk(port, request)


def test_sdks_see_what_the_server_says(gateway: Start) -> None:
    running = gateway()
    client, other = openai_at(running.base), anthropic_at(running.base)
    with client, other:
        answer = client.chat.completions.create(model="m", messages=HELLO)
        assert answer.usage is not None
        assert answer.usage.completion_tokens == 50
        parts = list(client.chat.completions.create(model="m", messages=HELLO, stream=True))
        assert sum(part.choices[0].delta.content is not None for part in parts) == 50
        response = client.responses.create(model="m", input="Say hello.")
        assert response.output_text.startswith("word")
        with client.responses.stream(model="m", input="Say hello.") as stream:
            assert [event.type for event in stream][-1] == "response.completed"
        message = other.messages.create(model="m", messages=HELLO, max_tokens=9)
        assert message.usage.output_tokens == 50
        with other.messages.stream(model="m", messages=HELLO, max_tokens=9) as stream:
            assert len("".join(stream.text_stream)) == 250
    rows = running.rows(6)
    assert len(rows) == 6
    assert {row["account_id"] for row in rows} == {account_of(KEY)}
    # A stream of Chat Completions says its usage only where it was asked to.
    assert [row.get("input_tokens") for row in rows] == [180, None, 180, 180, 180, 180]
    assert [row.get("output_tokens") for row in rows] == [50, None, 50, 50, 50, 50]
    assert [row["streamed"] for row in rows] == [False, True] * 3
    assert {row["outcome"] for row in rows} == {"complete"}
    assert not any({"prompt", "response", "system_prompt"} & set(row) for row in rows)


@pytest.mark.parametrize("path", list(ANSWERS))
def test_bytes_of_a_stream_pass_as_they_came(gateway: Start, path: str) -> None:
    running = gateway()
    answer = post(running.port, body_of(path, stream=True), path)
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head
    said = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        said, rest = said + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    assert said == ANSWERS[path][1]()


def test_events_pass_one_by_one(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [
        STREAM,
        *(step for event in events_of(CHAT)[:5] for step in (chunk(event), 0.15)),
        b"0\r\n\r\n",
    ]
    running = gateway()
    seen = []
    with openai_at(running.base) as client:
        for _ in client.chat.completions.create(model="m", messages=HELLO, stream=True):
            seen.append(time.monotonic())
    gaps = [later - sooner for sooner, later in pairwise(seen)]
    assert len(seen) == 5
    assert min(gaps) > 0.05


def test_connections_are_used_again_on_both_sides(gateway: Start, upstream: Upstream) -> None:
    running = gateway()
    before = upstream.connections
    request = request_of(CHAT, body_of(CHAT, stream=False))
    with socket.create_connection(("127.0.0.1", running.port), 5) as link:
        for _ in range(5):
            link.sendall(request)
            answer = b""
            while not answer.endswith(b"}}"):
                answer += link.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(upstream.asked) == 5
    assert upstream.connections - before <= 1


def test_requests_sent_ahead_are_answered_in_order(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [0.05, whole(asked.body)]
    running = gateway()
    bodies = [json.dumps({"model": f"m{place}"}).encode() for place in range(8)]
    requests = [request_of(CHAT, body) for body in bodies]
    requests[-1] = requests[-1].replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    answer = talk(running.port, b"".join(requests))
    places = [answer.index(body) for body in bodies]
    assert places == sorted(places)
    assert answer.count(b"HTTP/1.1 200 OK") == 8


def test_a_client_that_leaves_cancels_the_upstream(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [STREAM, chunk(events_of(CHAT)[0]), 20.0, b"0\r\n\r\n"]
    running = gateway()
    with openai_at(running.base) as client:
        stream = client.chat.completions.create(model="m", messages=HELLO, stream=True)
        next(iter(stream))
        left = time.monotonic()
        stream.close()
    while not upstream.lost and time.monotonic() - left < 5:
        time.sleep(0.02)
    assert upstream.lost
    assert upstream.lost[0] - left < 2
    (row,) = running.rows(1)
    assert row["outcome"] == "client_cancelled"
    assert row["delivered_output_tokens"] == 1


@pytest.mark.parametrize("path", list(ANSWERS))
def test_a_client_that_leaves_with_the_last_event_has_all_of_it(
    gateway: Start, upstream: Upstream, path: str
) -> None:
    said = ANSWERS[path][1]()
    upstream.answer = lambda asked: [STREAM, chunk(said), 20.0, b"0\r\n\r\n"]
    running = gateway()
    with socket.create_connection(("127.0.0.1", running.port), 5) as link:
        link.sendall(request_of(path, body_of(path, stream=True), KEY))
        seen = b""
        while not seen.endswith(said[-60:] + b"\r\n"):
            seen += link.recv(1 << 20)
    (row,) = running.rows(1)
    assert row["outcome"] == "complete"
    assert "delivered_output_tokens" not in row


@pytest.mark.slow
def test_a_slow_reader_holds_the_upstream_back(gateway: Start, upstream: Upstream) -> None:
    many = [chunk(b"data: " + b"x" * 60_000 + b"\n\n")] * 800
    upstream.answer = lambda asked: [STREAM, *many, b"0\r\n\r\n"]
    running = gateway(timeouts={"stall_s": 60.0})
    (worker,) = running.workers
    with socket.create_connection(("127.0.0.1", running.port), 5) as link:
        link.sendall(request_of(CHAT, body_of(CHAT, stream=True)))
        time.sleep(2.0)
        # 48 MB want to come; what waits is what sockets and one bounded buffer hold.
        assert upstream.sent < 24_000_000
        status = Path(f"/proc/{worker}/status").read_text()
        resident = int(status.split("VmRSS:")[1].split()[0])
        assert resident < 120_000
        assert len(read_until_end(link)) > 48_000_000


def read_until_end(link: socket.socket) -> bytes:
    link.settimeout(20)
    data = bytearray()
    while not data.endswith(b"\r\n0\r\n\r\n"):
        data += link.recv(1 << 20)
    return bytes(data)


@pytest.mark.slow
def test_a_reader_that_takes_nothing_is_let_go(gateway: Start, upstream: Upstream) -> None:
    many = [chunk(b"data: " + b"x" * 60_000 + b"\n\n")] * 800
    upstream.answer = lambda asked: [STREAM, *many, b"0\r\n\r\n"]
    running = gateway(timeouts={"stall_s": 0.5})
    with socket.create_connection(("127.0.0.1", running.port), 5) as link:
        link.sendall(request_of(CHAT, body_of(CHAT, stream=True)))
        (row,) = running.rows(1)
        assert row["outcome"] == "client_cancelled"


def test_an_upstream_that_breaks_off_is_not_mended(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [STREAM, chunk(events_of(CHAT)[0]), 0.1, CUT]
    running = gateway()
    answer = post(running.port, body_of(CHAT, stream=True))
    assert events_of(CHAT)[0] in answer
    assert not answer.endswith(b"0\r\n\r\n")
    (row,) = running.rows(1)
    assert row["outcome"] == "upstream_error"


@pytest.mark.slow
def test_an_upstream_that_is_gone_is_said_in_the_protocols_words(
    gateway: Start, upstream: Upstream
) -> None:
    running = gateway(upstream={"url": f"http://127.0.0.1:{free_port()}"})
    with openai_at(running.base) as client, pytest.raises(openai.InternalServerError) as failed:
        client.chat.completions.create(model="m", messages=HELLO)
    assert failed.value.status_code == 502
    with anthropic_at(running.base) as other, pytest.raises(anthropic.APIStatusError) as refused:
        other.messages.create(model="m", messages=HELLO, max_tokens=9)
    assert refused.value.body["error"]["type"] == "api_error"


@pytest.mark.slow
def test_an_upstream_that_says_nothing_times_out(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [10.0]
    running = gateway(timeouts={"first_byte_s": 0.4})
    answer = post(running.port, body_of(CHAT, stream=False))
    assert answer.startswith(b"HTTP/1.1 504 ")
    end = time.monotonic() + 5
    while not upstream.lost and time.monotonic() < end:
        time.sleep(0.02)
    assert upstream.lost


@pytest.mark.slow
def test_slow_heads_and_bodies_time_out(gateway: Start) -> None:
    running = gateway(timeouts={"head_s": 0.4, "body_s": 0.4, "keep_alive_s": 0.4})
    request = request_of(CHAT, body_of(CHAT, stream=False))
    for part in (request[:60], request[:-10]):
        assert talk(running.port, part, 5).startswith(b"HTTP/1.1 408 ")
    assert talk(running.port, b"", 5) == b""


def test_errors_of_the_upstream_pass(gateway: Start, upstream: Upstream) -> None:
    body = b'{"error": {"message": "no such model", "type": "invalid_request_error"}}'
    upstream.answer = lambda asked: [whole(body).replace(b"200 OK", b"404 Not Found")]
    running = gateway()
    with openai_at(running.base) as client, pytest.raises(openai.NotFoundError) as failed:
        client.chat.completions.create(model="m", messages=HELLO)
    assert "no such model" in str(failed.value)
    (row,) = running.rows(1)
    assert (row["status"], row["outcome"]) == (404, "complete")


def test_other_routes_and_methods_pass(gateway: Start, upstream: Upstream) -> None:
    running = gateway()
    answer = talk(
        running.port, b"GET /v1/models?x=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    )
    assert answer.endswith(b'{"path": "/v1/models"}')
    assert upstream.asked[0].line == "GET /v1/models?x=1 HTTP/1.1"
    assert "content-length" not in upstream.asked[0].headers
    head = talk(running.port, b"HEAD /v1/models HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert head.endswith(b"\r\n\r\n")


def test_an_old_client_gets_no_chunks(gateway: Start) -> None:
    running = gateway()
    request = request_of(CHAT, body_of(CHAT, stream=True)).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    head, _, body = talk(running.port, request).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert body == ANSWERS[CHAT][1]()


def test_headers_between_neighbours_stay_there(gateway: Start, upstream: Upstream) -> None:
    running = gateway()
    body = body_of(CHAT, stream=False)
    lines = (
        b"\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers"
        b"\r\nProxy-Authorization: a\r\nContent_Length: 3\r\nX-Revenuer-Action: allow"
        b"\r\nX-Forwarded-For: 10.1.1.1\r\n"
    )
    talk(running.port, request_of(CHAT, body).replace(b"\r\n", lines, 1))
    asked = upstream.asked[0].headers
    gone = {"x-mine", "keep-alive", "te", "proxy-authorization", "content_length"}
    assert not gone & set(asked)
    assert "x-revenuer-action" not in asked
    assert asked["x-forwarded-for"] == "10.1.1.1, 127.0.0.1"
    assert asked["accept-encoding"] == "identity"
    assert asked["authorization"].startswith("Bearer ")


def test_large_bodies_go_on_while_they_come(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [whole(b'{"got": %d}' % len(asked.body))]
    running = gateway()
    body = body_of(CHAT, stream=False, size=6_000_000)
    assert post(running.port, body).endswith(b'{"got": %d}' % len(body))
    parts = [body[at : at + 500_000] for at in range(0, len(body), 500_000)]
    chunks = b"".join(chunk(part) for part in parts) + b"0\r\n\r\n"
    head = request_of(CHAT, b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    assert talk(running.port, head + chunks).endswith(b'{"got": %d}' % len(body))
    assert upstream.asked[1].body == body


@pytest.mark.slow
def test_a_body_over_the_limit_is_refused_and_the_answer_arrives(gateway: Start) -> None:
    running = gateway(limits={"body_bytes": 100_000})
    answer = post(running.port, body_of(CHAT, stream=False, size=8_000_000), close=False)
    assert answer.startswith(b"HTTP/1.1 413 ")
    with openai_at(running.base) as client, pytest.raises(openai.APIStatusError) as failed:
        client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "x" * 200_000}]
        )
    assert failed.value.status_code == 413


# --- decisions ---------------------------------------------------------------------


def test_a_blocked_account_is_told_why_until_when_and_where_to_object(
    gateway: Start, upstream: Upstream, tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(KEY): Action.BLOCK})
    findings = tmp_path / "findings"
    running = gateway(guard=enforcing(tmp_path, publisher), log={"findings": str(findings)})
    with openai_at(running.base) as client, pytest.raises(openai.PermissionDeniedError) as failed:
        client.chat.completions.create(model="m", messages=HELLO)
    said = failed.value.body
    assert said["code"] == "account_blocked"
    assert said["evidence_id"] == "campaign--1"
    assert said["appeal"] == "https://example.org/appeal"
    assert said["expires_at"].endswith("Z")
    with anthropic_at(running.base) as other, pytest.raises(anthropic.PermissionDeniedError) as no:
        other.messages.create(model="m", messages=HELLO, max_tokens=9)
    assert no.value.body["error"]["type"] == "permission_error"
    assert no.value.body["error"]["evidence_id"] == "campaign--1"
    # Whichever of two credentials a server takes, the blocked one is among them.
    for more in (b"X-Api-Key: sk-test-1", b"Authorization: Bearer sk-test-1"):
        for first in (True, False):
            other_line = b"Authorization: Bearer sk-other"
            pair = (more, other_line) if first else (other_line, more)
            lines = b"\r\n".join((b"GET /v1/models HTTP/1.1", b"Host: h", *pair))
            answer = talk(running.port, lines + b"\r\nConnection: close\r\n\r\n")
            assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 "))
    assert upstream.asked == []
    with openai_at(running.base, "sk-another") as innocent:
        assert innocent.chat.completions.create(model="m", messages=HELLO).choices
    rows = running.rows(3)
    assert [row["outcome"] for row in rows] == ["guard_block", "guard_block", "complete"]
    assert rows[0]["status"] == 403
    told = read_rows(findings)
    assert [one["class_uid"] for one in told] == [2004, 2004]
    assert told[0]["finding_info"]["uid"] == rows[0]["exchange_id"]
    assert told[0]["metadata"]["correlation_uid"] == "campaign--1"
    assert (told[0]["action"], told[0]["disposition"]) == ("Denied", "Blocked")


@pytest.mark.slow
def test_shadow_mode_changes_nothing_and_counts(
    gateway: Start, upstream: Upstream, tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(KEY): Action.BLOCK})
    running = gateway(guard=enforcing(tmp_path, publisher, 'mode = "shadow"\n'))
    body = body_of(CHAT, stream=False)
    assert post(running.port, body).startswith(b"HTTP/1.1 200 OK")
    assert upstream.asked[0].body == body
    assert "x-revenuer-action" not in upstream.asked[0].headers
    name = 'revenuer_guard_would_be_total{action="block"}'
    assert running.number_reaches(name, 1) == 1


def test_a_reduced_request_asks_for_less(
    gateway: Start, upstream: Upstream, tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(KEY): Action.REDUCE})
    policy = ENFORCE + "[throttle]\nrequests_per_minute = 600\n"
    running = gateway(guard=enforcing(tmp_path, publisher, policy))
    with openai_at(running.base) as client:
        client.chat.completions.create(
            model="m", messages=HELLO, n=1, max_tokens=90_000, logprobs=True, top_logprobs=5
        )
    asked = json.loads(upstream.asked[0].body)
    assert "logprobs" not in asked
    assert "top_logprobs" not in asked
    assert asked["max_tokens"] == 1024
    assert asked["messages"] == HELLO
    assert upstream.asked[0].headers["x-revenuer-action"] == "reduce"
    (row,) = running.rows(1)
    assert row["max_output_tokens"] == 90_000


@pytest.mark.slow
def test_a_long_body_is_no_way_around_a_reduction(
    gateway: Start, upstream: Upstream, tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(KEY): Action.REDUCE})
    policy = ENFORCE + "[throttle]\nrequests_per_minute = 600\n"
    running = gateway(guard=enforcing(tmp_path, publisher, policy))
    said = json.loads(body_of(CHAT, stream=False, size=2_000_000)) | {"logprobs": True}
    assert post(running.port, json.dumps(said).encode()).startswith(b"HTTP/1.1 200 OK")
    asked = json.loads(upstream.asked[0].body)
    assert "logprobs" not in asked
    assert asked["messages"] == said["messages"]


@pytest.mark.slow
def test_a_throttled_account_waits(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({account_of(KEY): Action.THROTTLE})
    running = gateway(guard=enforcing(tmp_path, publisher))
    statuses, waits = [], []
    with openai_at(running.base) as client:
        for _ in range(6):
            try:
                client.chat.completions.create(model="m", messages=HELLO)
                statuses.append(200)
            except openai.RateLimitError as limited:
                statuses.append(limited.status_code)
                waits.append(int(limited.response.headers["retry-after"]))
    assert statuses == [200] * 3 + [429] * 3
    assert min(waits) >= 1


@pytest.mark.slow
def test_a_verdict_is_in_force_within_two_seconds(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({})
    running = gateway(guard=enforcing(tmp_path, publisher), listen={"workers": 2})
    body = body_of(CHAT, stream=False)
    assert post(running.port, body).startswith(b"HTTP/1.1 200")
    publisher.publish({account_of(KEY): Action.BLOCK})
    published = time.monotonic()
    refused = 0
    while refused < 8:
        refused = refused + 1 if post(running.port, body).startswith(b"HTTP/1.1 403") else 0
        assert time.monotonic() - published < 4
    # Eight in a row: both workers have it.
    assert time.monotonic() - published < 3


# --- the process -------------------------------------------------------------------


@pytest.mark.slow
def test_tls_on_both_sides(gateway: Start, upstream: Upstream, tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    tls = {"certificate": str(certificate), "certificate_key": str(key)}
    inner = gateway(listen=tls)
    outer = gateway(
        listen=tls,
        upstream={"url": f"https://127.0.0.1:{inner.port}", "ca_file": str(certificate)},
    )
    with (
        httpx.Client(verify=ssl.create_default_context(cafile=certificate)) as http,
        openai.OpenAI(
            base_url=f"https://127.0.0.1:{outer.port}/v1", api_key=KEY, http_client=http
        ) as client,
    ):
        parts = client.chat.completions.create(model="m", messages=HELLO, stream=True)
        assert len(list(parts)) == 51
    assert len(upstream.asked) == 1


@pytest.mark.slow
def test_an_upstream_with_a_strange_certificate_is_not_trusted(
    gateway: Start, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run(
        [*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    inner = gateway(listen={"certificate": str(certificate), "certificate_key": str(key)})
    outer = gateway(upstream={"url": f"https://127.0.0.1:{inner.port}"})
    assert post(outer.port, body_of(CHAT, stream=False)).startswith(b"HTTP/1.1 502 ")


@pytest.mark.slow
def test_told_to_end_it_finishes_what_is_under_way(gateway: Start, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [
        STREAM,
        *(step for event in events_of(CHAT) for step in (chunk(event), 0.02)),
        b"0\r\n\r\n",
    ]
    running = gateway(listen={"workers": 1})
    with socket.create_connection(("127.0.0.1", running.port), 5) as link:
        link.sendall(request_of(CHAT, body_of(CHAT, stream=True)))
        answer = link.recv(65_536)
        running.process.terminate()
        answer += read_all(link)
    assert answer.endswith(b"0\r\n\r\n")
    assert answer.count(b"data:") == len(events_of(CHAT))
    assert running.stop() == 0
    assert len(running.rows(1)) == 1


@pytest.mark.slow
def test_a_worker_that_dies_is_started_again(gateway: Start) -> None:
    running = gateway(listen={"workers": 1})
    body = body_of(CHAT, stream=False)
    post(running.port, body)
    assert running.number_reaches("revenuer_gateway_requests_total", 1) == 1
    (worker,) = running.workers
    subprocess.run(["kill", "-9", str(worker)], check=True)
    assert running.number_reaches("revenuer_gateway_restarts_total", 1) == 1
    end = time.monotonic() + 10
    while not running.workers and time.monotonic() < end:
        time.sleep(0.1)
    while time.monotonic() < end:
        try:
            if post(running.port, body).startswith(b"HTTP/1.1 200"):
                break
        except OSError:
            time.sleep(0.1)
    # What the dead worker had counted stays counted.
    assert running.number_reaches("revenuer_gateway_requests_total", 2) == 2
    assert not alive(worker)


def test_a_wrong_configuration_is_said_whole(gateway: Start) -> None:
    with pytest.raises(AssertionError) as said:
        gateway(listen={"prt": 1}, limits={"headers": 1}, upstream={"url": 3})
    for part in ("prt", "limits.headers", "upstream.url"):
        assert part in str(said.value)


def test_agentic_bodies_pass(gateway: Start, upstream: Upstream) -> None:
    running = gateway()
    body = agentic_body()
    assert post(running.port, body).startswith(b"HTTP/1.1 200")
    assert upstream.asked[0].body == body
    (row,) = running.rows(1)
    assert (row["message_count"], row["tool_count"]) == (60, 30)
