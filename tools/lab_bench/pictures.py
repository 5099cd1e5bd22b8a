"""The bench's two pictures: what customers lose beside what students lose, and what marks show."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

from lab_bench.findings import Findings, Line

mpl.use("svg")
from matplotlib import pyplot as plt

COLOURS = {
    "clean": "#444444",
    "text": "#1b7837",
    "tokens": "#b2182b",
    "parameters": "#2166ac",
    "habit": "#b35806",
    "mark": "#762a83",
    "comparison": "#999999",
}


def draw(findings: Findings, lines: list[Line], folder: Path) -> None:
    """Write `harm.svg` and `power.svg`."""
    plt.rcParams.update({"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "revenuer"})
    _harm(findings, lines, folder / "harm.svg")
    _power(findings, folder / "power.svg")


def _harm(findings: Findings, lines: list[Line], file: Path) -> None:
    """Left is harmless for customers, high keeps much from students: passive to adaptive."""
    figure, axes = plt.subplots(figsize=(8, 5.5), layout="constrained")
    named: dict[tuple[int, int], list[tuple[float, float, str]]] = {}
    for line in lines:
        harm = customer_harm(line)
        passive = 100 * findings.protection(line.passive)
        adaptive = 100 * findings.protection(line.reached)
        colour = COLOURS[line.kind]
        axes.plot([harm, harm], [passive, adaptive], color=colour, linewidth=1.2, alpha=0.7)
        axes.plot(harm, passive, "o", markerfacecolor="white", color=colour, markersize=6)
        axes.plot(harm, adaptive, "o", color=colour, markersize=6)
        # Those that stand in one place are named together.
        named.setdefault((round(harm / 16), round(adaptive / 12)), []).append(
            (harm, adaptive, line.arm)
        )
    for group in named.values():
        right = max(harm for harm, _, _ in group)
        top = max(adaptive for _, adaptive, _ in group)
        names = "\n".join(name for _, _, name in group)
        axes.annotate(
            names, (right, top), xytext=(8, 0), textcoords="offset points", fontsize=7, va="bottom"
        )
    axes.margins(x=0.3)
    axes.axhline(0, color="#cccccc", linewidth=0.8, zorder=0)
    axes.set_xlabel("harm to customers: answers and steps lost or untrue, per cent")
    axes.set_ylabel("kept from the student, per cent of an unprotected one's gain")
    axes.set_title("Hollow: a passive student. Filled: the best adaptive one.", fontsize=9)
    _saved(figure, file)


def customer_harm(line: Line) -> float:
    """Per cent of right answers lost and of steps not shown or not true, equally heavy."""
    served = line.served
    true = served["true_steps"] if served["true_steps"] is not None else 0.0
    return 100 * ((1 - served["accuracy"]) + (1 - served["steps_shown"] * true)) / 2


def _power(findings: Findings, file: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    rows = [one for one in findings.power() if not one["paraphrased"]]
    for mark, share, paired in sorted({(r["mark"], r["share"], r["paired"]) for r in rows}):
        if not share:
            continue
        chosen = [r for r in rows if (r["mark"], r["share"], r["paired"]) == (mark, share, paired)]
        chosen.sort(key=lambda row: row["answers"])
        axes.plot(
            [row["answers"] for row in chosen],
            [row["z"] for row in chosen],
            "-" if paired else ":",
            marker=".",
            label=f"{mark}, {share:.0%}{'' if paired else ', plain'}",
        )
    axes.set_xscale("log")
    axes.set_xlabel("answers asked of the suspect")
    axes.set_ylabel("z of the true key, mean of the seeds")
    axes.legend(fontsize=6, ncols=2)
    _saved(figure, file)


def _saved(figure: plt.Figure, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
