"""Where clients come in and where requests go, as sockets need it."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

from revenuer.errors import ConfigError
from revenuer.gateway.config import Listen, UpstreamServer


def server_tls(listen: Listen) -> ssl.SSLContext | None:
    """How clients are spoken to in TLS; None for plain HTTP.

    Raises:
        ConfigError: The certificate cannot be used.
    """
    if not listen.certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(listen.certificate, listen.certificate_key or None)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigError(f"The certificate {listen.certificate} cannot be used.") from problem
    return context


def upstream_place(server: UpstreamServer) -> tuple[str, int, bytes, bytes, ssl.SSLContext | None]:
    """Host, port, authority, path prefix and TLS of the upstream.

    Raises:
        ConfigError: Its URL is none that can be used.
    """
    url = urlsplit(server.url)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise ConfigError(
            f"The upstream {server.url!r} is no URL of a server.",
            "Write it such as http://127.0.0.1:8000.",
        )
    context = None
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=server.ca_file or None)
        context.set_alpn_protocols(["http/1.1"])
    try:
        port = url.port or (443 if context else 80)
    except ValueError:
        raise ConfigError(f"The upstream {server.url!r} has no usable port.") from None
    authority = url.netloc.rsplit("@", 1)[-1].encode("ascii", "strict")
    return url.hostname, port, authority, url.path.rstrip("/").encode(), context
