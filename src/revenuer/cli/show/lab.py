"""A finished distillation on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from revenuer.lab.results import Filters, Measured, Results
from revenuer.stats.exact_rate import Rate


def print_results(results: Results, console: Console) -> None:
    """Print the table, and what it took."""
    console.print(f"{results.student} learned from {results.teacher} ({results.method})")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "right", "nats a token", "tokens a reply", "refused, rightly", "wrongly"):
        table.add_column(name, justify="left" if not name else "right")
    table.add_row("teacher", *_cells(results.of_teacher))
    table.add_row("student before", *_cells(results.before))
    for one in results.students:
        table.add_row(f"after, seed {one.seed}", *_cells(one.measured))
    console.print(table)
    console.print(f"{results.held_out} prompts held out. {_kept(results.filters)}")
    cost = results.cost
    spent = sum(cost.cpu_s.values())
    money = f", {cost.money:,.2f} {cost.currency}" if cost.money else ""
    console.print(
        f"{spent:,.0f} processor seconds; the teacher was asked {cost.input_tokens:,} tokens and "
        f"wrote {cost.output_tokens:,}{money}."
    )


def _cells(one: Measured) -> list[str]:
    safe = one.safeguards
    return [
        _rate(one.accuracy),
        "-" if one.nats_per_token is None else f"{one.nats_per_token:.3f}",
        "-" if one.answer_tokens is None else f"{one.answer_tokens:.0f}",
        _rate(safe.refused if safe else None),
        _rate(safe.over_refused if safe else None),
    ]


def _rate(rate: Rate | None) -> str:
    if rate is None or not rate.total:
        return "-"
    return f"{rate.count / rate.total:.0%} ({rate.low:.0%} to {rate.high:.0%})"


def _kept(filters: Filters) -> str:
    left = {
        "empty": filters.empty,
        "wrong": filters.wrong,
        "endless": filters.endless,
        "too long": filters.too_long,
    }
    said = ", ".join(f"{count} {why}" for why, count in left.items() if count)
    out = f"; left out: {said}" if said else ""
    return f"Learned from {filters.kept} of {filters.asked} answers{out}."
