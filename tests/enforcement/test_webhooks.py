"""One attempt to send a webhook, to a real server that does what a test tells it."""

from __future__ import annotations

import asyncio
import base64
import ssl
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook as Receiver

sys.path.insert(0, str(Path(__file__).parent))

from hook_server import HANG, RESET, HookServer

from revenuer.enforcement.webhooks import (
    Attempt,
    Outcome,
    Sender,
    judged,
    read_secrets,
    signature_of,
    wait_before,
)
from revenuer.errors import ConfigError
from revenuer.guard.webhook import Webhook

OLD, NEW = b"o" * 24, b"n" * 32
PAYLOAD = '{"type":"enforcement.applied","data":{"é":1}}'.encode()


def written(secret: bytes) -> str:
    return "whsec_" + base64.b64encode(secret).decode()


def send(url: str, *, timeout_s: float = 5.0, **more: object) -> Attempt:
    hook = Webhook("own", url, "", **more)  # type: ignore[arg-type]
    sender = Sender(hook, (NEW, OLD), timeout_s=timeout_s)
    return asyncio.run(sender.send("msg_1", PAYLOAD, time.time()))


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the reference libraries' own tests.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signature_of(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret]
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_a_receiver_with_either_secret_verifies_it(hooks: HookServer, secret: bytes) -> None:
    assert send(hooks.url) == Attempt(Outcome.DELIVERED)
    (got,) = hooks.got
    assert got.body == PAYLOAD
    assert Receiver(written(secret)).verify(got.body, got.headers)["data"] == {"é": 1}
    assert got.headers["webhook-id"] == "msg_1"
    assert got.headers["content-type"] == "application/json"
    assert len(got.headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (202, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (301, Outcome.AGAIN),
        (400, Outcome.REFUSED),
        (401, Outcome.AGAIN),
        (404, Outcome.AGAIN),
        (410, Outcome.GONE),
        (422, Outcome.REFUSED),
        (429, Outcome.AGAIN),
        (500, Outcome.AGAIN),
        (503, Outcome.AGAIN),
    ],
)
def test_what_a_status_means(hooks: HookServer, status: int, outcome: Outcome) -> None:
    hooks.script.append(status)
    assert send(hooks.url).outcome is outcome
    assert len(hooks.got) == 1


def test_a_redirect_is_not_followed(hooks: HookServer) -> None:
    hooks.extra["location"] = hooks.url.replace("/hook", "/elsewhere")
    hooks.script.append(307)
    assert "not followed" in send(hooks.url).problem
    assert [got.path for got in hooks.got] == ["/hook?x=1"]


def test_an_answer_that_never_comes_ends_in_time(hooks: HookServer) -> None:
    hooks.script.append(HANG)
    began = time.monotonic()
    found = send(hooks.url, timeout_s=0.5)
    assert (found.outcome, "0.5 seconds" in found.problem) == (Outcome.AGAIN, True)
    assert time.monotonic() - began < 4


def test_an_answer_that_drips_ends_in_time(hooks: HookServer) -> None:
    hooks.drip_s = 0.1
    began = time.monotonic()
    assert send(hooks.url, timeout_s=0.6).outcome is Outcome.AGAIN
    assert time.monotonic() - began < 4


def test_a_body_without_end_is_not_waited_for(hooks: HookServer) -> None:
    hooks.endless = True
    assert send(hooks.url) == Attempt(Outcome.DELIVERED)


def test_a_connection_that_breaks_or_is_refused_is_tried_again(hooks: HookServer) -> None:
    hooks.script.append(RESET)
    assert send(hooks.url).outcome is Outcome.AGAIN
    hooks.close()
    found = send(hooks.url)
    assert (found.outcome, bool(found.problem)) == (Outcome.AGAIN, True)


def test_a_proxy_of_the_environment_is_not_used(
    hooks: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert send(hooks.url).outcome is Outcome.DELIVERED


def test_an_address_inside_is_not_even_connected_to() -> None:
    hook = Webhook("own", "https://inside.example.com/", "")
    sender = Sender(hook, (NEW,), resolve=lambda host, port: ["169.254.169.254"])
    found = asyncio.run(sender.send("msg_1", PAYLOAD, 0.0))
    assert (found.outcome, "not public" in found.problem) == (Outcome.AGAIN, True)


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    own = folder / "own.pem"
    own.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    return context


def test_over_tls_the_name_is_checked_although_the_address_is_fixed(tmp_path: Path) -> None:
    with HookServer(certificate(tmp_path, "hooks.example.com")) as server:

        def attempt(name: str, ca: str) -> Attempt:
            url = f"https://{name}:{server.port}/hook"
            hook = Webhook("own", url, "", private_networks=("127.0.0.0/8",), ca_file=ca)
            sender = Sender(hook, (NEW,), resolve=lambda host, port: ["127.0.0.1"])
            return asyncio.run(sender.send("msg_1", PAYLOAD, time.time()))

        ours = str(tmp_path / "ca.pem")
        assert attempt("hooks.example.com", ours) == Attempt(Outcome.DELIVERED)
        assert server.got[0].headers["host"] == f"hooks.example.com:{server.port}"
        assert attempt("other.example.com", ours).outcome is Outcome.AGAIN
        assert attempt("hooks.example.com", "").outcome is Outcome.AGAIN
        assert len(server.got) == 1


def test_what_a_receiver_asks_for_is_waited_for() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    date = format_datetime(now + timedelta(seconds=90), usegmt=True)
    assert judged(503, date, now.timestamp()).wait_s == 90.0
    assert judged(429, "120", 0.0).wait_s == 120.0
    assert judged(429, "99999999", 0.0).wait_s == 86_400.0
    for odd in ("", "soon", "-5", "1e9", "٣"):
        assert judged(429, odd, 0.0).wait_s == 0.0


def test_waits_grow_and_end() -> None:
    longest = [wait_before(attempt, 1.0) for attempt in range(1, 10)]
    assert longest == sorted(longest)
    assert 48 * 3600 < sum(longest) < 96 * 3600
    assert all(wait_before(n, 0.0) == wait_before(n, 1.0) / 2 for n in range(1, 10))


def test_secrets_are_read_newest_first(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text(f"{written(NEW)}\n{written(OLD)}\n")
    file.chmod(0o600)
    assert read_secrets(file) == (NEW, OLD)


@pytest.mark.parametrize(
    "text", ["", "secret", "whsec_", "whsec_!!", written(b"short"), written(b"x" * 65), "é"]
)
def test_what_is_no_secret_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secrets"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigError):
        read_secrets(file)


def test_secrets_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text(written(NEW))
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="others"):
        read_secrets(file)
