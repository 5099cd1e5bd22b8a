"""Who is at the door: where they come from, and how the console is called there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from revenuer.errors import NotAllowedError
from revenuer.servers import ConsoleSettings

LOCAL = "localhost"


class NotSignedInError(NotAllowedError):
    """Whoever tried to sign in is not let in; the words are the same whatever was wrong."""

    def __init__(self) -> None:
        super().__init__(
            "That did not sign you in.", "Look at what you typed, and that your clock is right."
        )


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who wants to sign in, or to change how they do.

    Attributes:
        settings: How people sign in.
        now: When.
        holder: What forms of their browser carry.
        origin: How they call the console: scheme, host and port.
        address: Where from.
        client: What they use, in words.
    """

    settings: ConsoleSettings
    now: datetime
    holder: str
    origin: str
    address: str = ""
    client: str = ""

    @property
    def site(self) -> str:
        """The origin that passkeys and the organization's sign-in are bound to."""
        return (self.settings.public_url or self.origin).rstrip("/")

    @property
    def by_name(self) -> str:
        """The same site by a name, where it is called by an address of this machine."""
        parts = urlsplit(self.site)
        try:
            is_here = ip_address(parts.hostname or "").is_loopback
        except ValueError:
            return ""
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{LOCAL}{port}" if is_here else ""

    @property
    def relying_party(self) -> str:
        """The host of it; empty where passkeys cannot be bound to it, since it is an address."""
        host = urlsplit(self.site).hostname or ""
        try:
            ip_address(host)
        except ValueError:
            return host
        return ""


def client_of(user_agent: str) -> str:
    """What somebody uses, in a few words, so that they know it again.

    Examples:
        >>> client_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
        'Firefox on Linux'
        >>> client_of("curl/8.5.0")
        'another program'
    """
    browsers = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chromium", "Safari/": "Safari"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS X": "macOS",
        "CrOS": "ChromeOS",
        "Linux": "Linux",
    }
    browser = next((name for mark, name in browsers.items() if mark in user_agent), "")
    system = next((name for mark, name in systems.items() if mark in user_agent), "")
    if not browser:
        return "another program"
    return f"{browser} on {system}" if system else browser
