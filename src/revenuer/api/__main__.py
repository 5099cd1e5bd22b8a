"""`python -m revenuer.api`: what `revenuer share serve` becomes."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable

from revenuer.api.process import run
from revenuer.api.server import application, serve
from revenuer.app.sharing.state import open_state
from revenuer.settings import Settings


def serve_sharing(told: Namespace, settings: Settings, ready: Callable[[str], None]) -> None:
    """Open the folder, serve."""
    state = open_state(told.state, told.keys, settings.share.database)
    serve(application(state, settings), settings.server, ready)


if __name__ == "__main__":
    sys.exit(run("revenuer share serve", "/taxii2/", serve_sharing, needs=("state",)))
