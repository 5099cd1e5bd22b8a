"""A place as the operator wrote it -> the source that reads it."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from revenuer.errors import ConfigError, NothingToReadError
from revenuer.sources.files import STDIN
from revenuer.sources.live.files import FileSource
from revenuer.sources.live.pipes import PipeSource
from revenuer.sources.live.source import LiveSource


def open_live(
    place: str,
    positions: Mapping[str, str],
    *,
    until_end: bool,
    spool: Path,
    environment: Mapping[str, str],
) -> LiveSource:
    """Open a source where it was left.

    Args:
        place: A file, a folder, a glob, `-`, `nats://…` or `kafka://…`.
        positions: Its positions as they were stored last; empty the first time.
        until_end: Whether only what is there now counts.
        spool: A folder for what cannot be given again; it stays between runs.
        environment: Variables, for credentials.

    Raises:
        ConfigError: The place cannot be understood, or its extra is not installed.
        NothingToReadError: It does not exist.
        SourceError: It cannot be reached.
    """
    scheme = place.partition("://")[0] if "://" in place else ""
    if scheme == "nats":
        return _jetstream(place, positions, until_end, environment)
    if scheme == "kafka":
        return _kafka(place, positions, until_end, environment)
    if scheme:
        hint = "A file, a folder, a glob, -, nats://… or kafka://…; docs/streams.md has them."
        raise ConfigError(f"{scheme}:// is no source that can be watched", hint)
    if place == STDIN:
        source = sys.stdin.fileno()
        return PipeSource(source, positions, folder=spool / "stdin", name="stdin")
    path = Path(place)
    if path.is_fifo():
        # Held open for writing as well, so that a writer who goes does not end it.
        source = os.open(path, (os.O_RDONLY if until_end else os.O_RDWR) | os.O_CLOEXEC)
        name = f"pipe:{os.path.abspath(place)}"  # noqa: PTH100 - a link is not resolved
        folder = spool / f"pipe-{sha256(name.encode()).hexdigest()[:16]}"
        return PipeSource(source, positions, folder=folder, name=name)
    if not path.exists() and not glob.has_magic(place) and not path.absolute().parent.is_dir():
        raise NothingToReadError(f"{place} does not exist", "Name a file, a folder, a glob or -.")
    return FileSource(place, positions, until_end=until_end, without=(spool,))


def _jetstream(
    place: str, positions: Mapping[str, str], until_end: bool, environment: Mapping[str, str]
) -> LiveSource:
    try:
        from revenuer.sources.live.jetstream import JetStreamSource
    except ModuleNotFoundError as problem:
        raise _no_extra("NATS", problem) from problem
    return JetStreamSource(place, positions, until_end=until_end, environment=environment)


def _kafka(
    place: str, positions: Mapping[str, str], until_end: bool, environment: Mapping[str, str]
) -> LiveSource:
    try:
        from revenuer.sources.live.kafka import KafkaSource
    except ModuleNotFoundError as problem:
        raise _no_extra("Kafka", problem) from problem
    return KafkaSource(place, positions, until_end=until_end, environment=environment)


def _no_extra(what: str, problem: ModuleNotFoundError) -> ConfigError:
    reason = f"{what} cannot be read: {problem.name} is not installed"
    return ConfigError(reason, "pip install 'revenuer[streams]'")
