"""Webhooks of decisions, to a real receiver that fails as real ones do."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Receiver

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "enforcement"))

from docket_builders import CAMPAIGN, HOUR, NAMES, NOW, POLICY, Place
from hook_server import HANG, HookServer

from revenuer.app import settling
from revenuer.app.delivery import Delivered, Line, deliver
from revenuer.app.enforce import undo
from revenuer.app.settling import settle
from revenuer.enforcement.webhooks import MOST_ATTEMPTS
from revenuer.guard import Action
from revenuer.guard.webhook import Webhook

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    with HookServer() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, hooks: HookServer) -> Place:
    file = tmp_path / "secrets"
    file.write_text(SECRET)
    file.chmod(0o600)
    policy = replace(POLICY, webhooks=(Webhook("own", hooks.url, str(file)),))
    return Place(tmp_path, policy).scanned(CAMPAIGN)


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def sent(place: Place, clock: Clock | None = None, timeout_s: float = 5.0) -> Delivered:
    line = Line(clock=clock or Clock(), draw=lambda: 1.0, timeout_s=timeout_s)
    return deliver(place.desk, place.policy, line)


def told(hooks: HookServer) -> list[dict[str, Any]]:
    return [Receiver(SECRET).verify(got.body, got.headers) for got in hooks.got]


def types(hooks: HookServer) -> list[str]:
    return [one["type"] for one in told(hooks)]


def test_a_decision_is_told_from_beginning_to_end(place: Place, hooks: HookServer) -> None:
    done = place.decided()
    assert sent(place) == Delivered(delivered=2)
    undo(place.desk, done.decision, by="c", why="x", now=NOW, policy=place.policy)
    assert sent(place).delivered == 2
    assert types(hooks) == [
        "enforcement.applied", "customer.notice", "enforcement.undone", "customer.notice",
    ]  # fmt: skip
    applied = told(hooks)[0]["data"]
    assert (applied["decision"], applied["action"]) == (done.decision, "block")
    assert [one["account_id"] for one in applied["accounts"]] == ["c", "d", "a", "b"]
    assert len({got.headers["webhook-id"] for got in hooks.got}) == 4
    assert place.kinds().count("delivered") == 4
    # What the receiver was told of the log is in the log.
    number, seen = applied["audit"].split(":")
    assert place.desk.audit.flaws({int(number): seen}) == []


def test_an_end_by_itself_is_told_and_customers_are_not_written_to_again(
    place: Place, hooks: HookServer
) -> None:
    place.decided(Action.THROTTLE)
    settle(place.desk, NOW + 49 * HOUR, place.policy)
    assert sent(place).delivered == 3
    assert types(hooks) == ["enforcement.applied", "customer.notice", "enforcement.expired"]


def test_a_campaign_is_told_once_when_it_is_convicted(place: Place, hooks: HookServer) -> None:
    place.published()
    place.published(NOW + HOUR)
    assert sent(place).delivered == 1
    (one,) = told(hooks)
    assert (one["type"], one["data"]["accounts"]) == ("campaign.convicted", 4)
    assert "account_ids" not in one["data"]


def test_an_endpoint_gets_only_the_events_that_it_wants(place: Place, hooks: HookServer) -> None:
    hook = replace(place.policy.webhooks[0], events=("enforcement.undone",))
    place.policy = replace(place.policy, webhooks=(hook,))
    done = place.decided()
    undo(place.desk, done.decision, by="c", why="x", now=NOW, policy=place.policy)
    sent(place)
    assert types(hooks) == ["enforcement.undone"]


def test_many_accounts_are_told_in_small_pieces(place: Place, hooks: HookServer) -> None:
    names = tuple(f"acct-{number:04}" for number in range(450))
    place.scanned(replace(CAMPAIGN, account_ids=names))
    place.decided(Action.TAG)
    sent(place)
    parts = [one["data"] for one in told(hooks)]
    assert [(one["part"], one["parts"]) for one in parts] == [(1, 3), (2, 3), (3, 3)]
    assert sum(len(one["accounts"]) for one in parts) == 450
    assert max(len(got.body) for got in hooks.got) < 20_000


def test_what_fails_is_sent_again_later_in_order_and_under_its_id(
    place: Place, hooks: HookServer
) -> None:
    clock = Clock()
    done = place.decided()
    undo(place.desk, done.decision, by="c", why="x", now=NOW, policy=place.policy)
    hooks.script += [500, 503, 200]
    assert sent(place, clock) == Delivered(failed=1, waiting=4, problems=("own: status 500",))
    # Nothing overtakes, and nothing is tried before its time.
    assert sent(place, clock) == Delivered(waiting=4)
    clock.now += 5
    assert sent(place, clock).failed == 1
    clock.now += 19
    assert sent(place, clock).failed == 0
    clock.now += 1
    assert sent(place, clock).delivered == 4
    ids = [got.headers["webhook-id"] for got in hooks.got]
    assert ids[0] == ids[1] == ids[2]
    assert types(hooks)[2:] == [
        "enforcement.applied", "customer.notice", "enforcement.undone", "customer.notice",
    ]  # fmt: skip
    stamps = [int(got.headers["webhook-timestamp"]) for got in hooks.got]
    assert stamps[2] - stamps[0] == 25


def test_a_receiver_that_asks_for_time_gets_it(place: Place, hooks: HookServer) -> None:
    clock = Clock()
    place.decided(Action.TAG)
    hooks.extra["retry-after"] = "300"
    hooks.script.append(429)
    sent(place, clock)
    clock.now += 299
    assert sent(place, clock).waiting == 1
    clock.now += 1
    assert sent(place, clock).delivered == 1


def test_after_many_attempts_a_message_is_dead_and_can_be_revived(
    place: Place, hooks: HookServer
) -> None:
    clock = Clock()
    place.decided(Action.TAG)
    hooks.usual = 500
    for _ in range(MOST_ATTEMPTS):
        sent(place, clock)
        clock.now += 86_400
    assert len(hooks.got) == MOST_ATTEMPTS
    (dead,) = place.desk.outbox.listed("dead")
    assert (dead.problem, place.kinds()[-1]) == ("status 500", "undelivered")
    hooks.usual = 200
    assert place.desk.outbox.revive() == 1
    assert sent(place, clock).delivered == 1


def test_a_receiver_that_is_gone_gets_nothing_more(place: Place, hooks: HookServer) -> None:
    hooks.script.append(410)
    place.decided()
    assert sent(place).dead == 2
    assert len(hooks.got) == 1
    place.decided(Action.TAG, now=NOW + HOUR)
    assert sent(place).dead == 1
    assert len(hooks.got) == 1
    assert place.desk.outbox.revive() == 3
    assert sent(place).delivered == 3


def test_what_a_receiver_will_never_take_is_dead_at_once(place: Place, hooks: HookServer) -> None:
    hooks.script.append(422)
    place.decided()
    assert sent(place) == Delivered(delivered=1, dead=1, problems=("own: status 422",))


def test_one_receiver_that_hangs_does_not_stop_another(place: Place, hooks: HookServer) -> None:
    with HookServer() as slow:
        slow.usual = HANG
        (own,) = place.policy.webhooks
        place.policy = replace(
            place.policy, webhooks=(replace(own, name="slow", url=slow.url), own)
        )
        place.decided()
        found = sent(place, timeout_s=0.5)
        assert (found.delivered, found.failed, found.waiting) == (2, 1, 2)
        assert len(hooks.got) == 2


@pytest.mark.parametrize("broken", ["secrets", "ca_file"])
def test_an_endpoint_whose_files_are_missing_loses_nothing(
    place: Place, hooks: HookServer, broken: str
) -> None:
    (own,) = place.policy.webhooks
    place.policy = replace(place.policy, webhooks=(replace(own, **{broken: "/none"}),))
    place.decided(Action.TAG)
    found = sent(place)
    assert (found.failed, found.waiting, len(hooks.got)) == (1, 1, 0)
    assert "/none" in found.problems[0]


def test_a_log_that_was_changed_stops_the_sending_and_loses_nothing(
    place: Place, hooks: HookServer
) -> None:
    place.decided(Action.TAG)
    path = place.desk.docket.audit_path
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b" \n")
    with pytest.raises(Exception, match="changed"):
        sent(place)
    path.write_bytes(whole)
    # It arrived twice, under one id.
    assert sent(place).delivered == 1
    assert len({got.headers["webhook-id"] for got in hooks.got}) == 1


PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from dataclasses import replace
from pathlib import Path
from docket_builders import POLICY, Place
from revenuer.app.delivery import deliver
from revenuer.guard.webhook import Webhook
folder = Path({folder!r})
hook = Webhook("own", {url!r}, str(folder / "secrets"))
place = Place(folder, replace(POLICY, webhooks=(hook,)))
print("go", flush=True)
deliver(place.desk, place.policy)
"""


def test_a_sender_that_is_killed_loses_nothing(place: Place, hooks: HookServer) -> None:
    place.decided()
    hooks.script.append(HANG)
    text = PROGRAM.format(tests=str(Path(__file__).parent), folder=str(place.folder), url=hooks.url)
    process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
    try:
        end = time.monotonic() + 30
        while not hooks.got and time.monotonic() < end:
            time.sleep(0.02)
        # Who comes while another sends does nothing.
        assert sent(place).busy
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert sent(place).delivered == 2
    ids = [got.headers["webhook-id"] for got in hooks.got]
    assert (ids[0] == ids[1], len(ids)) == (True, 3)


def test_notices_name_each_customer_its_own_accounts_alone(place: Place, hooks: HookServer) -> None:
    place.decided()
    sent(place)
    notices = [
        notice
        for one in told(hooks)
        if one["type"] == "customer.notice"
        for notice in one["data"]["notices"]
    ]
    assert [notice["account_ids"] for notice in notices] == [[name] for name in NAMES]
    statements = [piece.statement for piece in CAMPAIGN.evidence]
    for notice in notices:
        text = json.dumps(notice)
        assert notice["appeal"]["url"] in notice["text"]
        assert notice["evidence_id"] in notice["text"]
        assert not any(statement in text for statement in statements)
        assert "device" not in text


@pytest.mark.parametrize(
    ("said", "changed"), [('"account_id":"c"', '"account_id":"x"'), ("block", "challenge")]
)
def test_a_roll_that_somebody_changed_is_told_to_nobody(
    place: Place, hooks: HookServer, said: str, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(settling, "tell", crash)
    with pytest.raises(KeyboardInterrupt):
        place.decided()
    monkeypatch.undo()
    (roll,) = (place.desk.docket.folder / "rolls").iterdir()
    text = roll.read_text()
    assert said in text
    roll.write_text(text.replace(said, changed))
    settle(place.desk, NOW, place.policy)
    assert sent(place).delivered == 0
    roll.write_text(text)
    settle(place.desk, NOW, place.policy)
    assert sent(place).delivered == 2
