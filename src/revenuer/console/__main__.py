"""`python -m revenuer.console`: what `revenuer console` becomes."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click

from revenuer.api.process import run
from revenuer.api.server import LOOPBACK, serve
from revenuer.app.casebook.opening import open_casebook
from revenuer.app.casebook.people import plain_name
from revenuer.app.desk import login
from revenuer.app.signing_in.by_oidc import check_oidc
from revenuer.app.signing_in.invitations import first_invitation
from revenuer.casework.roles import Actor, Role
from revenuer.console.hosts import check_hosts
from revenuer.console.server import application
from revenuer.settings import Settings

URL = "REVENUER_CASEBOOK_URL"
"""Where the casebook is; not an argument, since a URL may hold a password that others would see."""


def serve_console(told: Namespace, settings: Settings, ready: Callable[[str], None]) -> None:
    """Open the casebook, serve its pages."""
    check_hosts(settings.console)
    check_oidc(settings.console)
    casebook = open_casebook(os.environ[URL], told.keys)
    who = Actor(plain_name(login()), Role.ADMIN, login())
    now = datetime.now(UTC)
    first = first_invitation(casebook, actor=who, now=now, settings=settings.console)

    def listening(url: str) -> None:
        if first:
            click.echo("Nobody is registered: this link, once, makes the first admin.", err=True)
        ready((settings.console.public_url or named(url)).rstrip("/") + (first or "/"))

    app = application(casebook, settings, told.keys, said=told.origins)
    serve(app, settings.console, listening)


def named(url: str) -> str:
    """A URL of this machine by its name, since passkeys cannot be bound to an address.

    Examples:
        >>> named("http://127.0.0.1:8450"), named("https://console.example.org:443")
        ('http://localhost:8450', 'https://console.example.org:443')
    """
    parts = urlsplit(url)
    is_here = parts.hostname in LOOPBACK
    return f"{parts.scheme}://localhost:{parts.port}" if is_here else url


if __name__ == "__main__":
    sys.exit(run("revenuer console", "", serve_console))
