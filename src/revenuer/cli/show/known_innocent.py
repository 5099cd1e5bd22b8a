"""How near the accounts came that the operator knows to be innocent."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from revenuer.app.innocence import KnownInnocent


def print_known_innocent(checked: KnownInnocent, console: Console) -> None:
    """Print how many known innocents were seen, and the nearest miss among them."""
    console.print(
        Text(f"Known innocent: {checked.seen:,} of {checked.listed:,} listed accounts were seen.")
    )
    if checked.stopped:
        console.print(
            Text(
                f"  {checked.stopped} group(s) would have been convicted but for the list. Either "
                "the list or the verdict is wrong: look at them with `revenuer explain`.",
            )
        )
    if checked.nearest_account is None or checked.nearest_log_e_value is None:
        console.print(Text("  None of them is in any group."))
        return
    axes = ", ".join(f"{axis.value} {nats:+.1f}" for axis, nats in checked.nearest_axes.items())
    console.print(
        Text(
            f"  Nearest miss: {checked.nearest_account}, in a group with "
            f"{checked.nearest_log_e_value:+.1f} nats ({axes})."
        )
    )
