"""The smallest planted campaign that is still caught."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.planting import Planting, Trial
from revenuer.records import Axis, Verdict
from revenuer.reports.wording import nats

HEADS = ("accounts", "exchanges", "convicted", "in one group", "verdict", *map(str, Axis))


def print_planting(found: Planting, out: Path, console: Console) -> None:
    """Print every size that was tried, the smallest that was caught, and where it is."""
    console.print(_trials(found.trials))
    console.print()
    console.print(Text("Axes in nats; the weakest, marked *, decides.", style="dim"))
    console.print(Text(_answer(found)), soft_wrap=True)
    if found.smallest is None:
        for line in found.blind:
            console.print(Text(f"blind: {line}", style="dim"))
    console.print(
        Text(
            f"{out} holds the logs with {found.kept.accounts} planted accounts; who they "
            f"are is in {out / 'truth'}, the scan in {out / 'scan'}."
        ),
        soft_wrap=True,
    )


def _trials(trials: tuple[Trial, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in HEADS:
        table.add_column(name, justify="left" if name == "verdict" else "right")
    for each in trials:
        verdict = each.verdict.value if each.verdict is not None else "none"
        numbers = (each.accounts, each.exchanges, each.convicted, each.found)
        axes = (_axis(axis, each) for axis in Axis)
        table.add_row(*(f"{number:,}" for number in numbers), verdict, *axes)
    return table


def _axis(axis: Axis, trial: Trial) -> str:
    if axis not in trial.axes:
        return "-"
    return nats(trial.axes[axis]) + ("*" if axis is trial.weakest else " ")


def _answer(found: Planting) -> str:
    largest = found.trials[-1]
    if found.smallest is None:
        return f"{found.scenario} is missed, with {largest.accounts} accounts: {_why(largest)}."
    if len(found.trials) == 1:
        return f"{found.scenario} is caught with {found.smallest} accounts."
    missed = [each.accounts for each in found.trials if not each.caught]
    below = f"; with {max(missed)} it is missed" if missed else ""
    least = f"{found.smallest} accounts{below}"
    return f"The smallest {found.scenario} that is still caught has {least}."


def _why(missed: Trial) -> str:
    if missed.weakest is None:
        return "no group holds them"
    if missed.verdict is Verdict.CONVICTED:
        return f"no conviction holds half of them, the largest part is {missed.found}"
    return f"{missed.weakest.value} falls short"
