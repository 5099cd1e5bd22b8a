"""The one application, and the process that serves it.

A face is a list of routes and how it words what goes wrong; it asks the gate who calls. To add
one, make its routes in `application`.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from revenuer.api.access import Gate
from revenuer.api.connection import Connection, server_context
from revenuer.api.matching.routes import MatchingFace
from revenuer.api.problems import ProblemError, phrase
from revenuer.api.taxii import answers
from revenuer.api.taxii.routes import PREFIX, TaxiiFace
from revenuer.app.access import Caller, Shown, admit
from revenuer.app.clock import utc_now
from revenuer.app.sharing.matching_service import limits_of, open_matching
from revenuer.app.sharing.state import ShareState
from revenuer.app.sharing.taxii_service import open_taxii
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.servers import ServerSettings
from revenuer.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def application(state: ShareState, settings: Settings) -> Starlette:
    """All faces of a folder of sharing as one application."""

    def admits(shown: Shown) -> Caller:
        return admit(state.database, shown, utc_now())

    gate = Gate(admits, settings.server)
    taxii = TaxiiFace(open_taxii(state), gate, settings.server, settings.share)
    matching = MatchingFace(open_matching(state, limits_of(settings.matching)), gate)
    routes: Sequence[BaseRoute] = [*taxii.routes(), *matching.routes()]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _not_routed})
    # A redirect to the path with a slash would be followed without the token by some clients.
    app.router.redirect_slashes = False
    return app


def serve(app: Starlette, server: ServerSettings, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Args:
        app: The application.
        server: Where, and with which certificate.
        ready: Told the URL once the port is open.

    Raises:
        NotAllowedError: Others than this machine would reach it without TLS.
        ConfigError: The port is taken, or a certificate cannot be read.
    """
    context = _tls(server)
    if context is None and server.host not in LOOPBACK:
        raise NotAllowedError(
            f"Tokens would cross the network in the clear to {server.host}.",
            "Name server.certificate and server.certificate_key; TAXII 2.1 wants HTTPS.",
        )
    place = _listening(server)
    extra: dict[str, Any] = {}
    if context is not None:
        extra["ssl_context_factory"] = lambda config, default: context
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whoever stands in front cannot say who calls: tokens and certificates do.
        proxy_headers=False,
        limit_concurrency=server.connections,
        h11_max_incomplete_event_size=32_768,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        **extra,
    )
    scheme = "https" if context is not None else "http"
    host = f"[{server.host}]" if ":" in server.host else server.host
    ready(f"{scheme}://{host}:{place.getsockname()[1]}")
    uvicorn.Server(config).run(sockets=[place])


async def _not_routed(request: Request, failure: Exception) -> Response:
    """What the router says of paths and methods that are none."""
    assert isinstance(failure, HTTPException)
    titles = {404: "There is nothing at this URL.", 405: "This URL does not take this method."}
    title = titles.get(failure.status_code, phrase(failure.status_code))
    problem = ProblemError(failure.status_code, title, headers=failure.headers)
    if request.url.path.startswith(PREFIX):
        return answers.error(problem)
    return JSONResponse({"title": title}, failure.status_code, headers=problem.headers)


def _listening(server: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((server.host, server.port))
        place.listen(128)
    except OSError as problem:
        place.close()
        raise ConfigError(
            f"{server.host}:{server.port} cannot be listened on: {problem.strerror}.",
            "Name another with --host and --port.",
        ) from problem
    place.setblocking(False)
    return place


def _tls(server: ServerSettings) -> ssl.SSLContext | None:
    if not server.certificate:
        if server.client_ca:
            raise ConfigError(
                "server.client_ca needs server.certificate.", "Clients show theirs over TLS alone."
            )
        return None
    try:
        return server_context(
            server.certificate, server.certificate_key or server.certificate, server.client_ca
        )
    except OSError as problem:
        raise ConfigError(
            f"The certificate or its key cannot be used: {problem.strerror or problem}.",
            "Look at server.certificate, server.certificate_key and server.client_ca.",
        ) from problem
