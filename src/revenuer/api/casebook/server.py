"""The application of the HTTP API; the console mounts beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from revenuer.api.casebook import answering
from revenuer.api.casebook.admission import Admission
from revenuer.api.casebook.endpoints import ENDPOINTS
from revenuer.api.casebook.face import CasebookFace, gate_of
from revenuer.api.problems import ProblemError, phrase
from revenuer.app.casebook.opening import Casebook
from revenuer.app.clock import utc_now
from revenuer.settings import Settings


def application(
    casebook: Casebook,
    settings: Settings,
    keys: Path,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """The HTTP API of a casebook.

    Args:
        casebook: Opened.
        settings: In force.
        keys: Folder of the secret keys.
        clock: What time it is.
    """
    gate = gate_of(casebook, settings, clock)
    admission = Admission(casebook, settings.access)
    face = CasebookFace(ENDPOINTS, casebook, settings, keys, gate, admission, clock)
    app = Starlette(routes=face.routes(), exception_handlers={HTTPException: _not_routed})
    # A redirect to the path with a slash would be followed without the token by some clients.
    app.router.redirect_slashes = False
    return app


async def _not_routed(request: Request, failure: Exception) -> Response:
    """What the router says of paths that are none."""
    assert isinstance(failure, HTTPException)
    titles = {404: "There is nothing at this URL."}
    title = titles.get(failure.status_code, phrase(failure.status_code))
    said = "`GET /v1/openapi.json` says what there is."
    return answering.refused(ProblemError(failure.status_code, title, said))
