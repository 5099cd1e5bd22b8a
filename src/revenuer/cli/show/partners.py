"""Tokens and collections on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.store.access_tokens import TokenRow
    from revenuer.store.taxii_collections import Collection


def plain_token(row: TokenRow) -> dict[str, Any]:
    """A token as programs read it, without what could be used."""
    from revenuer.app.access import shown_us

    return {
        "id": row.id,
        "partner": row.partner,
        "scopes": list(row.scopes),
        "identity": row.identity,
        "needs": _needs(row),
        "created": shown_us(row.created_us),
        "expires": shown_us(row.expires_us),
        "revoked": shown_us(row.revoked_us) if row.revoked_us else "",
    }


def plain_collection(one: Collection) -> dict[str, Any]:
    """A collection as programs read it."""
    return {
        "id": one.id,
        "root": one.root,
        "alias": one.alias or "",
        "title": one.title,
        "description": one.description,
        "up_to": one.up_to,
        "readers": sorted(name for name, given in one.access.items() if given.can_read),
        "writers": sorted(name for name, given in one.access.items() if given.can_write),
    }


def print_tokens(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print tokens as a table."""
    names = ("id", "partner", "scopes", "needs", "expires", "revoked")
    _print(rows, names, console)


def print_collections(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print collections as a table."""
    _print(rows, ("id", "root", "alias", "title", "up_to", "readers", "writers"), console)


def _print(rows: Sequence[dict[str, Any]], names: Sequence[str], console: Console) -> None:
    from rich.table import Table

    table = Table(*names, box=None)
    for row in rows:
        cells = (row[name] for name in names)
        table.add_row(*(" ".join(cell) if isinstance(cell, list) else str(cell) for cell in cells))
    console.print(table)


def _needs(row: TokenRow) -> str:
    if not row.secret_sha256:
        return "certificate"
    return "token and certificate" if row.certificate_sha256 else "token"
