"""Texts of a case, masked, and one in the clear, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from revenuer.app.casebook.unmasking import Exchange, Masked
from revenuer.cli.show.cases import iso, say_line
from revenuer.reports.wording import visible


def plain_text(one: Masked) -> dict[str, Any]:
    """A masked text as JSON has it."""
    return {
        "text": one.id,
        "exchange": one.exchange_id,
        "account": one.subject,
        "digest": one.digest,
        "chars": dict(one.chars),
        "kept": iso(one.kept_us),
    }


def print_texts(found: Sequence[Masked], console: Console) -> None:
    """Print masked texts, a line each."""
    if not found:
        say_line(console, "No texts are kept. `casebook texts CASE --logs EXCHANGES` keeps some.")
    for one in found:
        parts = ", ".join(
            f"{name.replace('_', ' ')} of {count:,} characters" for name, count in one.chars.items()
        )
        name = "(erased)" if one.exchange_id is None else visible(one.exchange_id)
        say_line(console, f"{name}  {one.subject[:11]}…  {one.digest[:12]}  {parts}")


def plain_exchange(one: Exchange) -> dict[str, Any]:
    """A text in the clear, as JSON has it."""
    return {
        "exchange": one.exchange_id,
        "occurred_at": one.occurred_at,
        "model": one.model or None,
        **one.parts,
    }


def print_exchange(one: Exchange, console: Console) -> None:
    """Print a text in the clear; what would hide or reorder it is written out."""
    say_line(console, f"{visible(one.exchange_id)}, {one.occurred_at:%Y-%m-%d %H:%M} {one.model}")
    for name, text in one.parts.items():
        say_line(console, f"--- {name.replace('_', ' ')}")
        say_line(console, visible(text))
