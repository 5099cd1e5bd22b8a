"""Files that change under a running gateway, and what one run leaves to the next."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from wire import ENFORCE, Gateway, Publisher, Upstream, enforcing

from guard_load.shapes import body_of
from revenuer.disk import put
from revenuer.enforcement.reasoning_keys import reasoning_binder_at
from revenuer.errors import ConfigError
from revenuer.gateway.asgi import GuardMiddleware
from revenuer.gateway.following import Feed, SettingsSource
from revenuer.guard import Action

Start = Callable[..., Gateway]
CHAT = "/v1/chat/completions"
GUILTY = "sk-guilty"
ACCOUNT = "key-" + sha256(GUILTY.encode()).hexdigest()[:32]
WITHIN_S = 8.0


def status_of(gateway: Gateway) -> int:
    headers = {"authorization": f"Bearer {GUILTY}"}
    body = body_of(CHAT, stream=False)
    return httpx.post(f"{gateway.base}{CHAT}", headers=headers, content=body).status_code


def becomes(what: Callable[[], Any], wanted: Any) -> bool:
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end:
        if what() == wanted:
            return True
        time.sleep(0.05)
    return False


def errors_of(gateway: Gateway) -> str:
    return (gateway.folder / "stderr").read_text()


def twice(feed: Feed) -> None:
    """A file is taken up once it stayed the same from one look to the next."""
    feed.look()
    feed.look()


# --- what one run leaves to the next -----------------------------------------------------


def test_a_restart_is_not_given_older_verdicts(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    older = publisher.snapshot({})
    publisher.publish({ACCOUNT: Action.BLOCK})
    guard = enforcing(tmp_path, publisher)
    first = gateway(guard=guard)
    assert status_of(first) == 403
    first.stop()
    put(publisher.file, older)
    again = gateway(guard=guard)
    assert status_of(again) == 200
    fault = 'revenuer_guard_snapshot_faults_total{fault="replayed"}'
    assert again.number_reaches(fault, 1) == 1
    publisher.publish({ACCOUNT: Action.BLOCK})
    assert becomes(lambda: status_of(again), 403)


def test_a_damaged_number_is_said_and_the_signed_snapshot_holds(
    gateway: Start, tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({ACCOUNT: Action.BLOCK})
    guard = {**enforcing(tmp_path, publisher), "seen": str(tmp_path / "elsewhere")}
    (tmp_path / "elsewhere").write_bytes(b"\0\xff damaged")
    running = gateway(guard=guard)
    assert status_of(running) == 403
    assert "is damaged" in errors_of(running)
    assert (tmp_path / "elsewhere").read_text().startswith("revenuer-verdicts-seen-1 1 ")
    assert not Path(f"{publisher.file}.seen").exists()


def test_a_number_that_cannot_be_kept_is_counted(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({ACCOUNT: Action.BLOCK})
    guard = {**enforcing(tmp_path, publisher), "seen": str(tmp_path / "nowhere" / "seen")}
    running = gateway(guard=guard)
    assert status_of(running) == 403
    assert running.number_reaches("revenuer_gateway_sequences_unkept_total", 1) == 1
    assert "may be given older verdicts" in errors_of(running)


# --- a policy that changes ---------------------------------------------------------------


def test_a_changed_policy_is_taken_up_by_every_worker(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({ACCOUNT: Action.BLOCK})
    guard = enforcing(tmp_path, publisher, 'mode = "shadow"\n')
    running = gateway(guard=guard, listen={"port": 0, "workers": 2})
    assert {status_of(running) for _ in range(10)} == {200}
    policy = Path(guard["policy"])
    policy.write_text(ENFORCE)
    assert running.number_reaches("revenuer_gateway_policies_adopted_total", 2) == 2
    assert {status_of(running) for _ in range(10)} == {403}
    policy.write_text('mode = "shadow"\n')
    assert running.number_reaches("revenuer_gateway_policies_adopted_total", 4) == 4
    assert {status_of(running) for _ in range(10)} == {200}


def test_a_wrong_policy_is_named_and_the_old_one_stays(gateway: Start, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "verdicts")
    publisher.publish({ACCOUNT: Action.BLOCK})
    guard = enforcing(tmp_path, publisher)
    running = gateway(guard=guard)
    policy = Path(guard["policy"])
    policy.write_text(ENFORCE + "[throtle]\n")
    assert running.number_reaches("revenuer_gateway_refused_files_total", 1) == 1
    assert status_of(running) == 403
    assert "throttle" in errors_of(running)
    # A worker that dies in the meantime comes back with the policy that can be used.
    (before,) = running.workers
    os.kill(before, signal.SIGKILL)
    assert running.number_reaches("revenuer_gateway_restarts_total", 1) == 1

    def answered() -> int:
        try:
            return status_of(running)
        except httpx.TransportError:
            return 0

    assert becomes(answered, 403)
    assert running.workers != [before]


def test_a_file_that_is_being_written_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("1")
    taken: list[str] = []
    source = SettingsSource(file, file.read_text, taken.append, lambda: None)
    feed = Feed([source])
    feed.look()
    for text in ("", "2", "23", "234"):
        file.write_text(text)
        feed.look()
    assert taken == ["1"]
    feed.look()
    feed.look()
    assert taken == ["1", "234"]


def test_the_middleware_takes_a_changed_policy_up(tmp_path: Path) -> None:
    policy, config = tmp_path / "policy.toml", tmp_path / "gateway.toml"
    policy.write_text("deadline_ms = 5\n")
    config.write_text(f"[guard]\npolicy = {json.dumps(str(policy))}\n")

    async def app(scope: object, receive: object, send: object) -> None: ...

    guard = GuardMiddleware(app, config=config)
    feed = guard._feed
    assert feed is not None
    policy.write_text("deadline_ms = 7\ninspected_bytes = 10\n")
    twice(feed)
    assert guard.gate.guard.policy.deadline_ms == 7
    assert guard.gate.inspected_bytes == 10
    assert (guard.gate.counts.adopted, guard.gate.counts.refused_files) == (1, 0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('mode = "enforced"\n', "enforced"),
        ("mode = ", "is not TOML"),
        ("deadline_ms = -1\n", "deadline_ms"),
        ("[log]\ntext = true\n", "needs a restart"),
        (None, "cannot be read"),
    ],
)
def test_nothing_of_a_wrong_policy_is_in_force(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str | None, named: str
) -> None:
    policy, config = tmp_path / "policy.toml", tmp_path / "gateway.toml"
    policy.write_text("deadline_ms = 5\n")
    config.write_text(f"[guard]\npolicy = {json.dumps(str(policy))}\n")

    async def app(scope: object, receive: object, send: object) -> None: ...

    guard = GuardMiddleware(app, config=config)
    feed, before = guard._feed, guard.gate.guard.policy
    assert feed is not None
    if text is None:
        policy.unlink()
    else:
        policy.write_text(text)
    twice(feed)
    twice(feed)
    assert guard.gate.guard.policy is before
    assert guard.gate.counts.refused_files == 1
    assert named in caplog.text


# --- keys that change --------------------------------------------------------------------


def test_keys_rotate_without_a_restart(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    keys = tmp_path / "reasoning.keys"
    named = json.dumps(str(tmp_path / "fingerprint.key"))
    config.write_text(f"[guard]\nfingerprint_key = {named}\n[reasoning]\nbind = true\n")

    async def app(scope: object, receive: object, send: object) -> None: ...

    guard = GuardMiddleware(app, config=config)
    feed, bindings = guard._feed, guard.gate.bindings
    assert feed is not None
    assert bindings is not None

    def binding() -> str:
        fields = {b"x-api-key": b"k"}
        ruling = guard.gate.rule(b"POST", b"/v1/messages", fields, b'{"model": "m"}', b"")
        assert ruling.binding is not None
        return ruling.binding.of(b"block")

    with keys.open("a") as file:
        file.write(f"revenuer-reasoning-key-1 2 {'cd' * 32}\n")
    old = reasoning_binder_at(keys)
    twice(feed)
    caller = guard.gate.identities.of({b"x-api-key": b"k"}, b"")[0].caller
    assert old.check(b"block", binding(), caller, "m", 0) is None
    lines = keys.read_text().splitlines()
    keys.write_text(lines[1] + "\n")
    alone = reasoning_binder_at(keys)
    twice(feed)
    assert alone.check(b"block", binding(), caller, "m", 0) is None
    keys.write_text("no key\n")
    with pytest.raises(ConfigError):
        reasoning_binder_at(keys)
    twice(feed)
    assert guard.gate.counts.refused_files == 1
    assert alone.check(b"block", binding(), caller, "m", 0) is None


def test_clients_are_served_while_policies_change(
    gateway: Start, upstream: Upstream, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('mode = "shadow"\n')
    running = gateway(guard={"policy": str(policy)})
    served = 0
    with httpx.Client(base_url=running.base) as client:
        policy.write_text('mode = "shadow"\ndeadline_ms = 3\n')
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            assert client.post(CHAT, content=body_of(CHAT, stream=False)).status_code == 200
            served += 1
    assert running.number_reaches("revenuer_gateway_policies_adopted_total", 1) == 1
    assert len(upstream.asked) == served
