"""`python -m revenuer.gateway.proxy`: what `revenuer gateway` becomes, without the rest of it."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

import click

from revenuer.errors import ConfigError
from revenuer.gateway.proxy.supervisor import supervise
from revenuer.gateway.sockets import server_tls, upstream_place
from revenuer.gateway.start import (
    load_binder,
    load_config,
    load_policy,
    load_public_key,
    load_secret,
)


def main() -> int:
    """Check the configuration whole, then run its workers."""
    parser = argparse.ArgumentParser(prog="revenuer gateway")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--said", type=json.loads, default={})
    parser.add_argument("--check", action="store_true")
    told = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    try:
        config = load_config(told.config, told.said)
        policy = load_policy(config)
        secret = load_secret(config)
        load_binder(config)
        upstream_place(config.upstream)
        server_tls(config.listen)
        if config.guard.snapshot:
            load_public_key(config)
    except ConfigError as wrong:
        click.echo(f"Error: {wrong.message}", err=True)
        if wrong.hint:
            click.echo(f"  {wrong.hint}", err=True)
        return 1
    scheme = "https" if config.listen.certificate else "http"

    def ready(port: int) -> None:
        line = f"{scheme}://{config.listen.host}:{port} -> {config.upstream.url} ({policy.mode})"
        click.echo(line)
        sys.stdout.flush()

    if told.check:
        click.echo(f"The configuration and its policy ({policy.mode}) can be used.")
        return 0
    return supervise(config, policy, secret, ready)


if __name__ == "__main__":
    sys.exit(main())
