"""`revenuer gateway`: the guard as a proxy in front of a model server."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import click

from revenuer.errors import ConfigError

NEEDED = ("httptools", "uvloop")


@click.command("gateway")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="TOML file of the gateway; what is said here beside it holds.",
)
@click.option("--upstream", metavar="URL", help="The model server, such as http://127.0.0.1:8000.")
@click.option("--listen", metavar="HOST:PORT", help="Where clients come in.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes; one a core.")
@click.option("--policy", metavar="FILE", help="The guard's policy; without one it only watches.")
@click.option("--snapshot", metavar="FILE", help="What `revenuer verdicts publish` writes.")
@click.option("--log", metavar="DIR", help="Folder to log exchanges to, for `revenuer scan`.")
@click.option("--metrics-port", type=click.IntRange(0), metavar="N", help="Port for /metrics.")
@click.option("--check", is_flag=True, help="Only check the configuration and the policy.")
def command(
    config: Path | None,
    upstream: str | None,
    listen: str | None,
    workers: int | None,
    policy: str | None,
    snapshot: str | None,
    log: str | None,
    metrics_port: int | None,
    check: bool,
) -> None:
    """Stand between clients and a model server: decide on each request, and log it.

    Bytes pass as they came; a stream is never buffered. The default policy only watches.
    SIGTERM ends it once what is under way is through.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise ConfigError(
            "The gateway's packages are not installed.", "Install `revenuer[gateway]`."
        )
    said = {
        "upstream.url": upstream,
        "listen.workers": workers,
        "guard.policy": policy,
        "guard.snapshot": snapshot,
        "log.folder": log,
        "metrics.port": metrics_port,
        **_place(listen),
    }
    given = {key: value for key, value in said.items() if value is not None}
    arguments = [sys.executable, "-m", "revenuer.gateway.proxy", "--said", json.dumps(given)]
    if config is not None:
        arguments += ["--config", str(config)]
    if check:
        arguments.append("--check")
    sys.stdout.flush()
    # Another program takes this process over: what it serves needs nothing of the command line.
    os.execv(sys.executable, arguments)


def _place(listen: str | None) -> dict[str, object]:
    if listen is None:
        return {}
    host, _, port = listen.rpartition(":")
    if not port.isdigit():
        raise click.BadParameter("It is written HOST:PORT, such as 127.0.0.1:8080.")
    return {"listen.host": host.strip("[]") or "127.0.0.1", "listen.port": int(port)}
