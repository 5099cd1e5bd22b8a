"""Pictures of a distillation: what the students are worth, and how their losses fell."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import matplotlib

from revenuer.lab.results import Measured, Results
from revenuer.stats.exact_rate import Rate

# No display, and the same bytes for the same numbers.
matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "revenuer"

FORMATS = ("svg", "png")


def pictures(results: Results) -> dict[str, bytes]:
    """Draw what there is to draw.

    Returns:
        File name to content.
    """
    from matplotlib import pyplot

    rows = _rows(results)
    drawn: dict[str, Any] = {"loss": _losses(results)}
    accuracy = [(name, one.accuracy) for name, one in rows if one.accuracy is not None]
    if accuracy:
        drawn["accuracy"] = _bars([("right", accuracy)], "Held-out answers that are right")
    kept = [(name, one.safeguards) for name, one in rows if one.safeguards is not None]
    if kept:
        refused = [(name, one.refused) for name, one in kept]
        over = [(name, one.over_refused) for name, one in kept]
        drawn["safeguards"] = _bars(
            [("should be refused", refused), ("should be answered", over)], "Prompts refused"
        )
    nats = [(name, one.nats_per_token) for name, one in rows if one.nats_per_token is not None]
    if nats:
        drawn["prediction"] = _points(nats)
    files = {
        f"{name}.{form}": _bytes(figure, form) for name, figure in drawn.items() for form in FORMATS
    }
    for figure in drawn.values():
        pyplot.close(figure)
    return files


def _rows(results: Results) -> list[tuple[str, Measured]]:
    after = [(f"after, seed {one.seed}", one.measured) for one in results.students]
    return [("teacher", results.of_teacher), ("before", results.before), *after]


def _losses(results: Results) -> Any:
    figure, axes = _empty("Loss, nats a token")
    for one in results.students:
        if one.losses:
            steps, losses = zip(*one.losses, strict=True)
            axes.plot(steps, losses, label=f"seed {one.seed}")
    axes.set_xlabel("step")
    axes.legend()
    return figure


def _bars(groups: Sequence[tuple[str, Sequence[tuple[str, Rate]]]], title: str) -> Any:
    figure, axes = _empty(title)
    width = 0.8 / len(groups)
    for place, (label, rates) in enumerate(groups):
        shares = [rate.count / rate.total if rate.total else 0.0 for _, rate in rates]
        below = [share - rate.low for share, (_, rate) in zip(shares, rates, strict=True)]
        above = [rate.high - share for share, (_, rate) in zip(shares, rates, strict=True)]
        at = [row + (place - (len(groups) - 1) / 2) * width for row in range(len(rates))]
        axes.bar(at, shares, width, yerr=[below, above], capsize=3, label=label)
        axes.set_xticks(range(len(rates)), [name for name, _ in rates])
    axes.set_ylim(0, 1)
    axes.set_ylabel("share, with exact 95 % interval")
    axes.legend()
    return figure


def _points(rows: Sequence[tuple[str, float]]) -> Any:
    figure, axes = _empty("The teacher's held-out answers, nats a token")
    axes.bar([name for name, _ in rows], [value for _, value in rows])
    return figure


def _empty(title: str) -> Any:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.set_title(title)
    return figure, axes


def _bytes(figure: Any, form: str) -> bytes:
    # A date would make equal results unequal files.
    extra = {"metadata": {"Date": None}} if form == "svg" else {"dpi": 150}
    into = io.BytesIO()
    figure.savefig(into, format=form, **extra)
    return into.getvalue()
