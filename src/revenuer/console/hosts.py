"""Which hosts the console answers for: its own name, and nobody else's that leads here.

A page of another site whose name is made to lead to this machine would otherwise be one of ours.
A proxy that speaks TLS for us calls us by plain HTTP: under the name of `console.public_url` the
scheme is that of the URL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from revenuer.api.server import LOOPBACK
from revenuer.errors import ConfigError
from revenuer.servers import ConsoleSettings

_HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Answers for known hosts only.

    Attributes:
        app: What answers.
        settings: Which they are.
    """

    app: ASGIApp
    settings: ConsoleSettings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        public = urlsplit(self.settings.public_url)
        host = said[0].lower() if len(said) == 1 else ""
        if public.netloc and host == public.netloc.lower():
            await self.app({**scope, "scheme": public.scheme}, receive, send)
        elif host and (_name(host) in self._names()):
            await self.app(scope, receive, send)
        else:
            refused = PlainTextResponse("This is not the host that you called.\n", 421)
            await refused(scope, receive, send)

    def _names(self) -> frozenset[str]:
        """Beside the public name: this machine's own, as long as only that is listened to."""
        if self.settings.host in LOOPBACK:
            return LOOPBACK
        return frozenset() if self.settings.public_url else frozenset({self.settings.host})


def check_hosts(settings: ConsoleSettings) -> None:
    """Say what is wrong with the settings before anybody calls.

    Raises:
        ConfigError: Something is.
    """
    url = urlsplit(settings.public_url)
    plain = url.path in ("", "/") and not (url.query or url.fragment or url.username)
    if settings.public_url and not (url.scheme in ("http", "https") and url.netloc and plain):
        raise ConfigError(
            f"console.public_url {settings.public_url!r} is no origin.",
            "Write scheme and host, such as https://console.example.org.",
        )
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        raise ConfigError(
            "console.public_url is not https.", "Cookies would cross the network in the clear."
        )
    if settings.host in ("0.0.0.0", "::", "") and not settings.public_url:
        raise ConfigError(
            f"The console listens on {settings.host or 'every address'} and has no name.",
            "Set console.public_url to how people reach it.",
        )


def _name(host: str) -> str:
    """The name in a Host header; empty where it is not written as RFC 9110, section 7.2, says."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]") if found else ""
