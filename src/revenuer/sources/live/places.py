"""What a stream's URL says, read with all its mistakes told at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from revenuer.errors import ConfigError
from revenuer.sources.columns import nearest


@dataclass(frozen=True, slots=True)
class StreamPlace:
    """Where a stream is.

    Attributes:
        scheme: `nats` or `kafka`.
        servers: Hosts with ports, as written.
        stream: The stream or topic.
        options: What stands behind the question mark.
    """

    scheme: str
    servers: tuple[str, ...]
    stream: str
    options: dict[str, str]

    @property
    def name(self) -> str:
        """A name that stays, with what makes it another stream and with no secret in it."""
        chosen = [
            f"{key}={self.options[key]}"
            for key in ("subject", "durable", "group")
            if key in self.options
        ]
        tail = "?" + "&".join(chosen) if chosen else ""
        return f"{self.scheme}://{','.join(self.servers)}/{self.stream}{tail}"


def read_place(place: str, options: Collection[str], *, port: int) -> StreamPlace:
    """Read `scheme://host:port,host:port/STREAM?option=value`.

    Args:
        place: The URL.
        options: The names of the options it may have.
        port: Of hosts that name none.

    Raises:
        ConfigError: It is not of that form; every problem is named.
    """
    url = urlsplit(place)
    wrong = []
    if "@" in url.netloc:
        wrong.append("it holds a user or a password, which every user of a machine could see")
    hosts = [host for host in url.netloc.rpartition("@")[2].split(",") if host]
    stream = url.path.strip("/")
    if not hosts:
        wrong.append("it names no host")
    if not stream or "/" in stream:
        wrong.append("it names no stream")
    found = {key: values[-1] for key, values in parse_qs(url.query).items()}
    for key in found.keys() - set(options):
        meant = nearest(key, list(options))
        wrong.append(f"unknown option {key!r}" + (f", did you mean {meant}?" if meant else ""))
    if wrong:
        shown = f"{url.scheme}://{','.join(hosts)}/{stream}"
        hint = "docs/streams.md has the form; secrets come from the environment."
        raise ConfigError(f"{shown} cannot be used: {'; '.join(wrong)}", hint)
    servers = tuple(host if _has_port(host) else f"{host}:{port}" for host in hosts)
    return StreamPlace(url.scheme, servers, stream, found)


def _has_port(host: str) -> bool:
    return host.rpartition("]")[2].rpartition(":")[2].isdigit() and ":" in host.rpartition("]")[2]
