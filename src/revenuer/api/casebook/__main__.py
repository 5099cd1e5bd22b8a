"""`python -m revenuer.api.casebook`: what `revenuer serve` becomes."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable

from revenuer.api.casebook.server import application
from revenuer.api.process import run
from revenuer.api.server import serve
from revenuer.app.casebook.opening import open_casebook
from revenuer.settings import Settings

URL = "REVENUER_CASEBOOK_URL"
"""Where the casebook is; not an argument, since a URL may hold a password that others would see."""


def serve_casebook(told: Namespace, settings: Settings, ready: Callable[[str], None]) -> None:
    """Open the casebook, serve."""
    casebook = open_casebook(os.environ[URL], told.keys)
    serve(application(casebook, settings, told.keys), settings.api, ready)


if __name__ == "__main__":
    sys.exit(run("revenuer serve", "/v1/", serve_casebook))
