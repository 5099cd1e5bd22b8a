"""What the commands of `revenuer share match` have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.errors import ConfigError

if TYPE_CHECKING:
    from revenuer.app.sharing.matching_desk import Peer
    from revenuer.matching.canonical import MatchKind

F = TypeVar("F", bound=Callable[..., Any])

from_option = click.option(
    "--from",
    "scan",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The --out folder of a scan or of watch.",
)


def _kinds(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[MatchKind, ...]:
    from revenuer.app.sharing.matching_values import MATCHED
    from revenuer.matching.canonical import MatchKind

    try:
        return tuple(dict.fromkeys(MatchKind(name) for name in given)) or MATCHED
    except ValueError as problem:
        known = ", ".join(kind.value for kind in MatchKind)
        raise click.BadParameter(f"{problem}; there are {known}") from None


kinds_option = click.option(
    "--kind",
    "kinds",
    multiple=True,
    callback=_kinds,
    metavar="KIND",
    help="Only values of this kind, such as address-block; may be repeated. Addresses, blocks, "
    "payment, phone and device fingerprints without it.",
)

_PEER = (
    click.option("--peer", required=True, metavar="URL", help="The peer's server."),
    click.option(
        "--token",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        required=True,
        metavar="FILE",
        help="File with the token that the peer gave us.",
    ),
    click.option(
        "--pin",
        required=True,
        metavar="HEX",
        help="The peer's public key, as its `revenuer share match keys` shows it.",
    ),
    click.option(
        "--most-bits",
        type=click.IntRange(12, 16),
        default=12,
        show_default=True,
        help="Of every value that the peer may learn.",
    ),
    click.option("--ca", "authority", metavar="FILE", help="Authority of the peer's certificate."),
    click.option(
        "--certificate", metavar="FILE", help="Our certificate with its key, if the peer wants one."
    ),
)


def peer_options(command: F) -> F:
    """Give a command the options that say whom to ask."""
    for option in reversed(_PEER):
        command = option(command)
    return command


@contextmanager
def peer_of(
    url: str,
    token: Path,
    pin: str,
    most_bits: int,
    authority: str | None,
    certificate: str | None,
) -> Iterator[Peer]:
    """The peer that the options name."""
    from revenuer.app.sharing.matching_ask import pinned
    from revenuer.app.sharing.matching_desk import Peer
    from revenuer.disk import refuse_if_shared
    from revenuer.sharing.matching_client import MatchingPeer

    key = pinned(pin)
    refuse_if_shared(token, "token")
    secret = token.read_text("utf-8", "replace").strip()
    if not secret.isascii() or not secret or len(secret.split()) != 1:
        raise ConfigError(f"{token} holds no token.", "It has one line, as the peer printed it.")
    with MatchingPeer(url, secret, authority=authority, certificate=certificate) as service:
        yield Peer(service, key, most_bits)
