"""A command that becomes a server of its own: a process that needs nothing of the command line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from revenuer.cli.casebook_options import casebook_url, need_casebook
from revenuer.cli.inputs import keys_folder, settings_from
from revenuer.cli.share_options import share_folder

F = TypeVar("F", bound=Callable[..., Any])


class Listening(TypedDict):
    """Where a server listens: what `listening_options` give a command."""

    port: int | None
    host: str | None
    certificate: str | None
    certificate_key: str | None


def listening_options(section: str) -> Callable[[F], F]:
    """Give a command the options that say where its server listens.

    Args:
        section: Of the settings that they set.
    """
    options = (
        click.option("--port", type=click.IntRange(0, 65_535), metavar="N",
                     help=f"Sets {section}.port."),
        click.option("--host", metavar="ADDRESS",
                     help=f"Sets {section}.host; this machine alone without it."),
        click.option("--certificate", metavar="FILE",
                     help=f"Sets {section}.certificate, to speak TLS."),
        click.option("--certificate-key", metavar="FILE",
                     help=f"Sets {section}.certificate_key."),
    )  # fmt: skip

    def give(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def client_ca_option(section: str) -> Callable[[F], F]:
    """Give it the authorities whose certificates clients must show."""
    return click.option(
        "--client-ca", metavar="FILE", help=f"Sets {section}.client_ca, for mutual TLS."
    )


def said_of(section: str, options: Mapping[str, object]) -> dict[str, object]:
    """Settings that the command line sets, by their whole names."""
    return {f"{section}.{name}": said for name, said in options.items() if said is not None}


def become(
    module: str,
    said: Mapping[str, object],
    *more: str,
    config: Path | None,
    keys: Path | None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Become a server; this does not return.

    Args:
        module: What is run, with `python -m`.
        said: Settings that the command line sets.
        more: Arguments of its own.
        config: The file of settings, if it was said.
        keys: The folder of keys, likewise.
        environment: What it finds beside our own environment.
    """
    arguments = [sys.executable, "-m", module, "--said", json.dumps(said), *more]
    arguments += ["--keys", str(keys_folder(keys))]
    if config is not None:
        arguments += ["--config", str(config)]
    sys.stdout.flush()
    os.execve(sys.executable, arguments, {**os.environ, **(environment or {})})


def become_on_casebook(
    module: str,
    said: Mapping[str, object],
    *,
    url: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Become a server on the casebook; this does not return.

    Args:
        module: What is run, with `python -m`.
        said: Settings that the command line sets.
        url: Of the casebook, if it was said.
        config: The file of settings, likewise.
        keys: The folder of keys, likewise.
    """
    need_casebook()
    settings = settings_from(config).settings
    # An erasure reaches what was shared also where nobody names the folder.
    given = {**said, "share.folder": str(share_folder(settings.share, None))}
    environment = {"REVENUER_CASEBOOK_URL": casebook_url(settings, url)}
    become(module, given, config=config, keys=keys, environment=environment)
