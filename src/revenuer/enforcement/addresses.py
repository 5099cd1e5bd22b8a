"""Where a webhook may be sent: no address inside the operator's own networks by accident.

A name is looked up once, every address that it has is judged, and the connection goes to one
that was judged: a name that changes its mind in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

from revenuer.errors import NotAllowedError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
"""The addresses of a name."""

LOCAL_NAMES = frozenset({"localhost", "localhost."})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 seen through a translator; RFC 6052 (2010), section 2.1."""


def unfit_address(url: str) -> str | None:
    """Why nothing is sent to an address, whatever its name stands for; None if it may be.

    Examples:
        >>> unfit_address("https://example.com/hooks") is None
        True
        >>> unfit_address("http://example.com/hooks")
        'must be https; http is for 127.0.0.1, ::1 and localhost'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return f"is no address: {url!r}"
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        return f"must be an https address, not {url!r}"
    if parts.username is not None or parts.password is not None:
        return "must have no user and no password; webhooks are signed"
    if parts.fragment:
        return "must have no fragment"
    if parts.scheme == "http" and not _names_loopback(parts):
        return "must be https; http is for 127.0.0.1, ::1 and localhost"
    return None


def vetted(
    url: str, private_networks: Iterable[str] = (), resolve: Resolve | None = None
) -> tuple[str, int]:
    """An address and a port that a webhook may be sent to.

    Args:
        url: Where it is to go.
        private_networks: Networks that are no mistake although they are not public.
        resolve: Looks names up; the system's resolver without it.

    Raises:
        NotAllowedError: Nothing is sent there.
        OSError: The name is not known.
    """
    if (why := unfit_address(url)) is not None:
        raise NotAllowedError(f"The webhook's url {why}.")
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [ipaddress.ip_address(one) for one in (resolve or _resolved)(host, port)]
    if not found:
        raise OSError(f"{host} has no address")
    allowed = [ipaddress.ip_network(network) for network in private_networks]
    for address in found:
        if not (
            is_public(address)
            or any(address in network for network in allowed)
            or (_names_loopback(parts) and address.is_loopback)
        ):
            raise NotAllowedError(
                f"{host} is at {address}, which is not public.",
                "If that is meant, name its network in the webhook's private_networks.",
            )
    return str(found[0]), port


def is_public(address: Address) -> bool:
    """Whether an address is out in the internet, also where it hides one of IPv4.

    Examples:
        >>> is_public(ipaddress.ip_address("::ffff:169.254.169.254"))
        False
    """
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            hidden = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return False
        if hidden is not None:
            return is_public(hidden)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _names_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A zone such as %eth0 is part of no address that is public.
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
