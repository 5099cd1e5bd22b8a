"""The application of the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from revenuer.api.casebook.admission import Admission
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.pulse import logs_beside
from revenuer.app.clock import utc_now
from revenuer.config_file import Origin
from revenuer.console.face import HEADERS, ConsoleFace
from revenuer.console.hosts import KnownHosts
from revenuer.console.live import PATH, Events, Live
from revenuer.console.pages import ALL
from revenuer.console.static_files import Static
from revenuer.settings import Settings

LISTENERS_SHARE = 2
"""Of so many connections one may be that of a page that listens. placeholder"""


def application(
    casebook: Casebook,
    settings: Settings,
    keys: Path,
    clock: Callable[[], datetime] = utc_now,
    said: tuple[Origin, ...] = (),
) -> Starlette:
    """The console of a casebook.

    Args:
        casebook: Opened.
        settings: In force.
        keys: Folder of the secret keys.
        clock: What time it is.
        said: Each setting, and who said so.
    """
    admission = Admission(casebook, settings.access)
    face = ConsoleFace(ALL, casebook, settings, keys, clock, admission, said)

    async def not_routed(request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        return await face.not_routed(request, failure.status_code)

    live = Live(
        casebook,
        face.listens,
        settings.console.connections // LISTENERS_SHARE,
        logs_beside(settings),
    )
    events = Route(PATH, Events(live, face.failed, HEADERS))
    routes = [Mount("/static", Static(HEADERS)), events, *face.routes()]
    app = Starlette(routes=routes, exception_handlers={HTTPException: not_routed})
    app.router.redirect_slashes = False
    app.add_middleware(KnownHosts, settings=settings.console)
    return app
