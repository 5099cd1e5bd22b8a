"""Any result as JSON on stdout."""

from __future__ import annotations

import math
from typing import Any

import click
import msgspec


def print_json(result: object) -> None:
    """Print a result as JSON that every reader takes: no NaN, keys in their order."""
    plain = _finite(msgspec.to_builtins(result, enc_hook=str))
    click.echo(msgspec.json.format(msgspec.json.encode(plain), indent=2).decode())


def _finite(value: Any) -> Any:
    """Replace what JSON cannot say, NaN and infinity, by null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
