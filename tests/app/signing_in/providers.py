"""OpenID providers: one made for tests in a process of its own, and one that lies."""

from __future__ import annotations

import hmac
import json
import os
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey


@contextmanager
def provider() -> Iterator[str]:
    """`oidc-provider-mock` in a process of its own; its issuer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            with suppress(httpx.HTTPError):
                httpx.get(f"{issuer}/jwks", trust_env=False).raise_for_status()
                break
            if time.monotonic() > until:
                raise TimeoutError("the provider does not start")
            time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(timeout=20)


def known_as(issuer: str, sub: str, **claims: Any) -> None:
    """Tell the provider who somebody is."""
    httpx.put(f"{issuer}/users/{sub}", json=claims, trust_env=False).raise_for_status()


def consented(url: str, sub: str, **more: str) -> dict[str, str]:
    """What comes back in the URL once somebody has signed in at the provider."""
    form = {"sub": sub, **more}
    told = httpx.post(url, data=form, trust_env=False)
    assert told.status_code == 302, told.text
    return dict(parse_qsl(urlsplit(told.headers["location"]).query))


@dataclass
class Liar:
    """A provider whose tokens are wrong as a test tells it.

    Attributes:
        claims: Put over the right ones; None takes one away.
        header: Put over the right one.
        key: What tokens are signed with.
        shown: Whose public half it shows.
        raw: A token that is sent whatever the rest says.
        metadata: Put over what it says of itself.
        fetched: How often its keys were.
    """

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    shown: Any = None
    raw: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    fetched: int = 0

    def described(self) -> dict[str, Any]:
        ends = ("authorization", "token", "userinfo")
        found = {f"{end}_endpoint": f"{self.issuer}/{end}" for end in ends}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **found, **self.metadata}

    def keys(self) -> dict[str, Any]:
        self.fetched += 1
        return {"keys": [(self.shown or self.key).as_dict(private=False)]}

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """What a code is exchanged for; RFC 7636 is checked as a provider would."""
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        assert challenge.decode().rstrip("=") == self.asked["code_challenge"]
        assert self.asked["code_challenge_method"] == "S256"
        assert form["redirect_uri"] == self.asked["redirect_uri"]
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "sub": "1234",
            "aud": "revenuer",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "email": "ana@example.org",
            "email_verified": True,
        }
        claims = {key: one for key, one in {**right, **self.claims}.items() if one is not None}
        header = {"alg": "RS256", "kid": "one", **self.header}
        token = self.raw or self.signed(header, claims)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        if header["alg"] in ("none", "HS256"):
            parts = (json.dumps(one).encode() for one in (header, claims))
            plain = ".".join(urlsafe_b64encode(one).decode().rstrip("=") for one in parts)
            by = hmac.digest(self.key, plain.encode(), "sha256") if header["alg"] != "none" else b""
            return f"{plain}.{urlsafe_b64encode(by).decode().rstrip('=')}"
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])


@contextmanager
def liar() -> Iterator[Liar]:
    """A provider that lies, on a port of its own."""
    told = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": told.described,
                "/jwks": told.keys,
                "/userinfo": lambda: {"sub": "somebody else", "email": "ada@example.org"},
            }
            self.answer(answers[self.path]())

        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            form = {key: one[0] for key, one in parse_qs(self.rfile.read(size).decode()).items()}
            self.answer(told.token(form))

        def answer(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
