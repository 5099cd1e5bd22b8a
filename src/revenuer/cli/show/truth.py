"""Whether the verdicts on a simulated world were right."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from revenuer.app.truth import HeldAgainstTruth


def print_truth(found: HeldAgainstTruth, console: Console) -> None:
    """Print campaigns caught, look-alikes convicted, and who was among the convicted."""
    console.print()
    console.print(Text("Held against the truth of this world", style="bold"))
    for line in _lines(found):
        console.print(Text(f"  {line}"))


def _lines(found: HeldAgainstTruth) -> list[str]:
    names = f": {', '.join(found.lookalikes_convicted)}" if found.lookalikes_convicted else ""
    return [
        f"{found.convicted} of {found.campaigns} hidden campaigns are convicted",
        f"{found.undecidable_convicted} of {found.undecidable} that no log can tell is convicted",
        f"{len(found.lookalikes_convicted)} of {found.lookalikes} innocent look-alikes are "
        f"convicted{names}",
        f"{found.innocents} of the {found.accounts} accounts in convictions are innocent",
    ]
