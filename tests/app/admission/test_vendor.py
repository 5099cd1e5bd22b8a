"""A verification vendor's webhook: genuine, fresh, taken once, and nothing else read of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rows import application

from revenuer.access.applications import Check, Result
from revenuer.access.vendor import TIMED, VendorRule, genuine, outcome
from revenuer.app.admission.delivery import deliver
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.showing import show
from revenuer.casework.roles import Actor, Role
from revenuer.enforcement.webhooks import signature_of
from revenuer.errors import NotAllowedError

NOW = datetime(2026, 2, 5, 18, tzinfo=UTC)
ANA = Actor("ana", Role.ANALYST)
SECRET, OTHER = b"k" * 32, b"o" * 32
RULE = VendorRule()


def message(application_id: str = "app", **data: object) -> bytes:
    said = {"application_id": application_id, "result": "approved", "reference": "v-1", **data}
    return json.dumps({"type": "verification.completed", "data": said}).encode()


def signed(payload: bytes, *, at: datetime = NOW, secret: bytes = SECRET) -> dict[str, str]:
    stamp = int(at.timestamp())
    return {
        "webhook-id": "msg-1",
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature_of("msg-1", stamp, payload, [secret]),
    }


def check(payload: bytes, headers: dict[str, str], rule: VendorRule = RULE) -> str:
    return genuine(headers, payload, rule=rule, secrets=[OTHER, SECRET], now_s=NOW.timestamp())


def test_a_message_signed_with_either_secret_is_genuine() -> None:
    payload = message()
    assert check(payload, signed(payload)) == check(payload, signed(payload, secret=OTHER))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_or_one_from_the_future_is_refused(minutes: int) -> None:
    payload = message()
    with pytest.raises(NotAllowedError, match="too old"):
        check(payload, signed(payload, at=NOW + timedelta(minutes=minutes)))


def test_every_byte_and_the_time_are_signed() -> None:
    payload = message()
    headers = signed(payload)
    for place in range(len(payload)):
        other = payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :]
        with pytest.raises(NotAllowedError):
            check(other, headers)
    later = {**headers, "webhook-timestamp": str(int(NOW.timestamp()) + 1)}
    with pytest.raises(NotAllowedError):
        check(payload, later)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,%%%"},
        {"webhook-signature": "v1,"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": "\u0661"},
        {"webhook-id": "msg-2"},
    ],
)
def test_broken_headers_are_refused(change: dict[str, str]) -> None:
    payload = message()
    with pytest.raises(NotAllowedError):
        check(payload, {**signed(payload), **change})


def test_the_other_common_scheme_is_read() -> None:
    rule = VendorRule(scheme=TIMED, header="X-Vendor-Signature")
    payload, stamp = message(), str(int(NOW.timestamp()))
    mac = hmac.new(SECRET, f"{stamp}.".encode() + payload, hashlib.sha256).hexdigest()
    assert check(payload, {"x-vendor-signature": f"t={stamp},v1={mac}"}, rule)
    with pytest.raises(NotAllowedError):
        check(payload, {"x-vendor-signature": f"t={stamp},v1={mac[:-1]}0f"}, rule)


def test_only_what_the_rule_names_is_read() -> None:
    found = outcome(message(name="Jane Roe", picture="..."), rule=RULE, at_us=7)
    assert found is not None
    assert (found.check, found.result, found.reference) == (Check.DOCUMENT, Result.PASSED, "v-1")
    where = replace(RULE, check=".data.kind")
    assert outcome(message(kind="phone"), rule=where, at_us=7).check is Check.PHONE  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"\xff", b'{"data": 7}', message(result="pending"), message(result=[1]),
     b'{"data": {"result": "passed"}}', b"[" * 100_000],
)  # fmt: skip
def test_a_message_that_says_nothing_of_a_check_is_none(payload: bytes) -> None:
    assert outcome(payload, rule=RULE, at_us=7) is None


def test_a_message_is_taken_once(desk: Desk) -> None:
    one = application()
    assess(desk, [one], actor=ANA, now=NOW)
    payload = message(one.application_id)
    for expected in (True, False, False):
        found = deliver(desk, signed(payload), payload, secrets=[SECRET], now=NOW)
        assert (found is not None) == expected
    assert len(show(desk, one.application_id, actor=ANA, now=NOW)["outcomes"]) == 1


SENDER = """
import asyncio, sys, time
from revenuer.enforcement.webhooks import Sender
from revenuer.guard.webhook import Webhook
hook = Webhook(name="us", url=sys.argv[1], secrets="none")
sender = Sender(hook, [bytes.fromhex(sys.argv[2])])
print(asyncio.run(sender.send("msg-9", sys.argv[3].encode(), time.time())).outcome)
"""


@pytest.fixture
def receiver(desk: Desk) -> Iterator[str]:
    """A server on loopback that hands what comes to `deliver`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                deliver(desk, dict(self.headers), body, secrets=[SECRET], now=datetime.now(UTC))
                self.send_response(204)
            except NotAllowedError:
                self.send_response(401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_real_sender_in_a_process_of_its_own_is_believed(desk: Desk, receiver: str) -> None:
    one = application()
    assess(desk, [one], actor=ANA, now=NOW)
    payload = message(one.application_id).decode()

    def send(secret: bytes) -> str:
        arguments = [sys.executable, "-c", SENDER, receiver, secret.hex(), payload]
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip()

    assert send(OTHER) == "again"
    assert not show(desk, one.application_id, actor=ANA, now=NOW)["outcomes"]
    assert send(SECRET) == "delivered"
    assert len(show(desk, one.application_id, actor=ANA, now=NOW)["outcomes"]) == 1
