"""Other operators' servers, as the settings name them."""

from __future__ import annotations

from pathlib import Path

from revenuer.disk import refuse_if_shared
from revenuer.errors import ConfigError, NotFoundError
from revenuer.settings import PeerSettings, ShareSettings
from revenuer.sharing.http_client import Peer
from revenuer.sharing.tlp import Tlp


def peer_named(settings: ShareSettings, name: str) -> PeerSettings:
    """The peer of a name.

    Raises:
        NotFoundError: The settings name none, or several.
    """
    found = [one for one in settings.peers if one.name == name]
    if len(found) == 1:
        return found[0]
    what = "no peer" if not found else f"{len(found)} peers"
    raise NotFoundError(f"share.peers has {what} {name!r}.", "The settings name each once.")


def reached(peer: PeerSettings) -> Peer:
    """How a peer's server is called, with our token there.

    Raises:
        ConfigError: The token's file cannot be read, or can be read by others.
    """
    token = token_at(Path(peer.token_file)) if peer.token_file else ""
    return Peer(peer.url, token, peer.user, peer.ca_file, peer.certificate)


def widest(peer: PeerSettings) -> Tlp:
    """The strictest label that may go to a peer.

    Raises:
        ConfigError: What the settings say is no label.
    """
    try:
        return Tlp(peer.up_to)
    except ValueError:
        known = ", ".join(one.value for one in Tlp)
        raise ConfigError(
            f"share.peers {peer.name}: up_to {peer.up_to!r} is no label.", f"Take one of {known}."
        ) from None


def token_at(file: Path) -> str:
    """The token in a file that only its owner may read.

    Raises:
        ConfigError: It cannot be read, or others can read it.
    """
    try:
        refuse_if_shared(file, "token")
        return file.read_text("ascii", "replace").strip()
    except OSError as problem:
        raise ConfigError(
            f"The token {file} cannot be read: {problem.strerror}.", "Put it there again."
        ) from problem
