"""What peers sent, on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.app.sharing.inbox import Imported
    from revenuer.app.sharing.inbox_view import Heap


def print_imported(done: Imported, folder: Path) -> None:
    """Print what came of an import."""
    click.echo(
        f"{done.waiting} new objects wait for a decision, {done.revoked} were taken back by their "
        f"makers, {done.known} were known, {len(done.refused)} refused ({done.files} files)."
    )
    for why, count in Counter(one.why for one in done.refused).most_common():
        click.echo(f"  {count} refused: {why}.")
    if done.warned:
        click.echo(f"  {done.warned} values are on a warning list; accept leaves them out.")
    if done.waiting:
        click.echo(f"See them: revenuer share inbox --intel {folder}")


def print_inbox(rows: Sequence[Heap], console: Console) -> None:
    """Print a line for what each peer says of each cluster."""
    from rich.table import Table

    if not rows:
        console.print("Nothing waits for a decision.")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("state", "peer", "cluster", "TLP", "objects", "values", "until"):
        table.add_column(title, overflow="fold")
    for one in rows:
        kinds = ", ".join(f"{count} {kind}" for kind, count in one.kinds.items()) or "none"
        warned = f"; {one.warned} on a warning list" if one.warned else ""
        table.add_row(
            one.state.value,
            f"{one.name} {one.source}".strip(),
            one.cluster or "none",
            one.tlp.value,
            str(one.objects),
            kinds + warned,
            f"{one.until:%Y-%m-%d}" if one.until else "open",
            style=None,
        )
    console.print(table)
