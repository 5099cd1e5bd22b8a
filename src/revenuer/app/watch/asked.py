"""What is watched: apart from what the watch writes, and with a state that is its own."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from revenuer.app.opening import Beside
from revenuer.app.reading import settings_digest
from revenuer.app.watch.publishing import Publisher
from revenuer.errors import ConfigError
from revenuer.settings import Settings
from revenuer.sources import STDIN
from revenuer.store.watch_books import Books


class Bookkeeping(Protocol):
    """What keeps the findings of each look; `bookkeeping` has the one for casebooks."""

    def after_look(self, now: datetime) -> None:
        """Keep what a look has just found."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is watched, and how.

    Attributes:
        places: Files, folders, globs, `-`, or URLs of NATS and Kafka.
        state: Folder of the watch's own state.
        out: Folder for the results.
        beside: Which tables stand beside the exchanges, and how to read them.
        settings: Of the watch.
        until_end: End with the stream, as far as it is there now.
        content_free: Look at no text.
        baseline: What `baseline fit` wrote; None if each look's own exchanges say it.
        known_innocent: A file of account ids, none of which may be convicted.
        intel: Folder of what peers say, read anew at each look; None to hear nobody.
        unmask: Show prompts in the report.
        publisher: Publishes what is found; None for nobody.
        bookkeeper: Adds what is found to a casebook; None for none.
    """

    places: Sequence[str]
    state: Path
    out: Path
    beside: Beside
    settings: Settings
    until_end: bool = False
    content_free: bool = False
    baseline: Path | None = None
    known_innocent: Path | None = None
    intel: Path | None = None
    unmask: bool = False
    publisher: Publisher | None = None
    bookkeeper: Bookkeeping | None = None


def keep_apart(asked: Asked) -> None:
    """Keep a watch from taking what it writes.

    Raises:
        ConfigError: It would.
    """
    for place in asked.places:
        folder = Path(place)
        for name, mine in (("--state", asked.state), ("--out", asked.out)):
            if folder.is_dir() and mine.resolve().is_relative_to(folder.resolve()):
                raise ConfigError(f"{name} {mine} lies in the logs", "Keep it beside them.")


def recognise(books: Books, asked: Asked) -> None:
    """Let a state go on with the settings that it was begun with.

    Raises:
        ConfigError: They differ in what the state depends on.
    """
    watch = asked.settings.watch
    about = {
        "settings": settings_digest(asked.settings),
        "content_free": asked.content_free,
        "look_hours": watch.look_hours,
    }
    told = json.dumps(about, sort_keys=True)
    before = books.told("about")
    if before is None:
        books.tell("about", told)
    elif before != told:
        hint = "Watch with the settings of before, or begin in another folder."
        raise ConfigError(f"--state {asked.state} was begun with other settings", hint)


def key_of(place: str) -> str:
    """The name of a place in the books, the same wherever the watch is started."""
    return place if place == STDIN or "://" in place else os.path.abspath(place)  # noqa: PTH100
