"""What the commands of `revenuer share match` have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.cli.share_options import peer_options

if TYPE_CHECKING:
    from revenuer.app.sharing.matching_desk import PinnedPeer
    from revenuer.matching.canonical import MatchKind
    from revenuer.sharing.http_client import Peer

F = TypeVar("F", bound=Callable[..., Any])

from_option = click.option(
    "--from",
    "scan",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The --out folder of a scan or of watch.",
)

intel_option = click.option(
    "--intel",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of accepted intelligence, to which the matches go.",
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
        "--pin",
        required=True,
        metavar="HEX",
        help="The peer's public key, as its `revenuer share match keys` shows it.",
    ),
    click.option(
        "--source",
        default="",
        metavar="IDENTITY",
        help="STIX identity that the peer must have.",
    ),
    click.option(
        "--most-bits",
        type=click.IntRange(12, 16),
        default=12,
        show_default=True,
        help="Of every value that the peer may learn.",
    ),
)


def pinned_peer_options(command: F) -> F:
    """Give a command the options that say whom to ask."""
    command = peer_options(command)
    for option in reversed(_PEER):
        command = option(command)
    return command


@contextmanager
def pinned_peer(peer: Peer, pin: str, source: str, most_bits: int) -> Iterator[PinnedPeer]:
    """The peer that the options name, with its key."""
    from revenuer.app.sharing.matching_ask import pinned
    from revenuer.app.sharing.matching_desk import PinnedPeer
    from revenuer.sharing.matching_client import MatchingPeer

    key = pinned(pin)
    with MatchingPeer(peer) as service:
        yield PinnedPeer(service, key, most_bits, source)
