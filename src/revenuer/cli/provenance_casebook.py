"""The casebook beside `revenuer provenance`: it keeps how far the log of commitments has got."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from revenuer.cli.casebook_options import Opened, beside_casebook, configured_casebook, opened
from revenuer.cli.enforce_options import by_option
from revenuer.cli.inputs import keys_folder

if TYPE_CHECKING:
    from revenuer.app.provenance.registering import Registry
    from revenuer.cli.session import Session
    from revenuer.provenance.report import Anchor

F = TypeVar("F", bound=Callable[..., Any])

checked_by = beside_casebook("Whose audit log keeps the head of the log of commitments")
"""Gives a command that reads anchors `--casebook` and `--config`."""


def anchored_by(command: F) -> F:
    """Give a command that writes an anchor `--casebook`, `--config` and `--by`."""
    return checked_by(by_option(command))


def book_here(
    url: str | None, by: str | None, config: Path | None, keys: Path | None
) -> Opened | None:
    """The casebook that is configured, and who works with it; None without one.

    Raises:
        ConfigError: It cannot be opened.
        NotAllowedError: Whoever asks does not work with it.
    """
    where = configured_casebook(url, config, keys)
    return None if where is None else opened(where, by, config, keys)


def anchor_here(session: Session, registry: Registry, book: Opened | None) -> None:
    """Write the log's head into the casebook, and say where; without one say that it is not."""
    if book is None:
        session.say(
            "No casebook is configured: nothing but witnesses that others hold shows whether this "
            "log is written anew."
        )
        return
    from revenuer.app.casebook.provenance_anchors import anchor

    made = anchor(book.casebook, registry, actor=book.actor, now=book.now)
    if made is not None:
        session.say(f"Anchored in the casebook's audit log, entry {made.checkpoint}.")


def anchors_here(
    registry: Registry, url: str | None, config: Path | None, keys: Path | None
) -> tuple[Anchor, ...] | None:
    """What the casebook has of a log of commitments; None where none is configured.

    Raises:
        NotFoundError: The one that is configured is not there.
        AuditError: Its own log was changed.
    """
    where = configured_casebook(url, config, keys)
    if where is None:
        return None
    from revenuer.app.casebook.auditing import look_at
    from revenuer.app.casebook.provenance_anchors import anchors_of

    there = look_at(where, keys_folder(keys))
    try:
        return anchors_of(there, registry)
    finally:
        there.database.close()
