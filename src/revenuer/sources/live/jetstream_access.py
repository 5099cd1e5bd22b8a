"""Who we are to a NATS server: credentials and TLS, never logged and never in a URL."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from revenuer.errors import ConfigError

USER, PASSWORD, TOKEN = "REVENUER_NATS_USER", "REVENUER_NATS_PASSWORD", "REVENUER_NATS_TOKEN"
CREDS, NKEY = "REVENUER_NATS_CREDS", "REVENUER_NATS_NKEY"
CA, CERT, KEY = "REVENUER_NATS_CA", "REVENUER_NATS_CERT", "REVENUER_NATS_KEY"


def access(options: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of a connection that say who asks.

    Args:
        options: Of the URL; `creds`, `nkey`, `ca`, `cert` and `key` name files, `tls=1` asks
            for TLS with the authorities of the machine.
        environment: The same as `REVENUER_NATS_…`, and user, password or token.

    Raises:
        ConfigError: A file cannot be used.
    """
    found: dict[str, Any] = {}
    creds = options.get("creds") or environment.get(CREDS)
    nkey = options.get("nkey") or environment.get(NKEY)
    if creds:
        found["user_credentials"] = creds
    elif nkey:
        found["nkeys_seed"] = nkey
    elif user := environment.get(USER):
        found |= {"user": user, "password": environment.get(PASSWORD, "")}
    elif token := environment.get(TOKEN):
        found["token"] = token
    for path in (creds, nkey):
        if path:
            _readable(path)
    ca = options.get("ca") or environment.get(CA)
    cert = options.get("cert") or environment.get(CERT)
    key = options.get("key") or environment.get(KEY)
    if ca or cert or options.get("tls") == "1":
        found["tls"] = _tls(ca, cert, key)
    return found


def _readable(path: str) -> None:
    try:
        with open(path, "rb"):  # noqa: PTH123 - only whether it can be opened
            pass
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}", "Check it.") from problem


def _tls(ca: str | None, cert: str | None, key: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca)
        if cert:
            context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigError(
            f"the TLS files for NATS cannot be used: {problem}", "PEM files are expected."
        ) from problem
    return context
