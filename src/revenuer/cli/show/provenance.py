"""Commitments, tests and what was measured of them, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.provenance.registering import first_covering
from revenuer.provenance.report import (
    Anchor,
    Measured,
    Registered,
    TestReport,
    anchor_said,
    statistic_said,
)
from revenuer.reports.wording import counted, visible

if TYPE_CHECKING:
    from revenuer.app.provenance.nulls import Null
    from revenuer.provenance.attribution import Attribution
    from revenuer.provenance.similarity import Likeness

MOST_ROWS = 20


def print_commitments(
    found: Iterable[Registered], console: Console, anchors: Sequence[Anchor] | None = None
) -> None:
    """Print commitments, a paragraph each.

    Args:
        found: Them.
        console: Where.
        anchors: What a casebook has of their log; None where nothing is said of it.
    """
    for one in found:
        lines = [
            f"{one.id}  {one.name}",
            f"  committed {one.at[:19]}Z, entry {one.entry} of the audit log",
            f"  {statistic_said(one.plan)}",
            f"  threshold {one.plan.alpha:g} over all looks; "
            f"{counted(one.plan.accounts, 'account')}; at most "
            f"{counted(one.plan.budget, 'answer')}",
        ]
        if anchors is not None:
            where = first_covering(anchors, one.entry)
            lines.append(
                f"  anchored {where.at[:19]}Z, entry {where.checkpoint} of the casebook's audit log"
                if where is not None
                else "  not anchored in the casebook"
            )
        for line in lines:
            console.print(Text(visible(line)), soft_wrap=True)


def print_report(report: TestReport, console: Console) -> None:
    """Print a test: what was fixed, what was found, what it cannot show."""
    one = report.registered
    look = "a control" if report.control else f"look {report.look}"
    what = "tokens" if one.plan.is_mark else "canaries"
    head = (
        f"{report.suspect}: {counted(report.answers, 'answer')}, {report.scored:,} {what}; {look} "
        f"under {one.name}, committed {one.at[:19]}Z, threshold {report.threshold:.3g}"
    )
    console.print(Text(visible(head)), soft_wrap=True)
    console.print(Text(statistic_said(one.plan)), soft_wrap=True)
    table = Table("account", "p", "corrected", report.effect_unit, box=None, pad_edge=False)
    table.add_column("z" if one.plan.is_mark else "recalled, 95 %")
    table.add_column("")
    for column in table.columns[1:5]:
        column.justify = "right"
    for result in report.results[:MOST_ROWS]:
        more = f"{result.z:.1f}" if result.z is not None else str(result.recalled or "")
        table.add_row(
            f"{result.number} {result.pseudonym}".strip(),
            f"{result.p_value:.3g}",
            f"{result.adjusted:.3g}",
            f"{result.effect:.4g}",
            more,
            "passes" if result.passes else "",
        )
    console.print(table)
    if len(report.results) > MOST_ROWS:
        left = counted(len(report.results) - MOST_ROWS, "weaker account")
        console.print(Text(f"{left} not listed; --json has all"))
    console.print(Text(report.conclusion, style="bold"), soft_wrap=True)
    console.print(Text(_measured(report.measured)), soft_wrap=True)
    console.print(Text(anchor_said(report.anchor)), soft_wrap=True)
    for limit in report.limits:
        console.print(Text(f"- {limit}"), soft_wrap=True)


def print_null(found: Null, console: Console) -> None:
    """Print how often innocents were accused."""
    console.print(Text(_measured(found.measured)), soft_wrap=True)


def print_attribution(found: Attribution, console: Console) -> None:
    """Print how a suspect leans to each candidate, and whom that names."""
    table = Table("candidate", "lean, nats a token", "p, corrected", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    rows = zip(found.candidates, found.leans, found.p_values, strict=True)
    for name, lean, p_value in sorted(rows, key=lambda row: -row[1]):
        table.add_row(Text(visible(name)), f"{lean:+.4f}", f"{p_value:.3g}")
    console.print(table)
    console.print(Text(_attributed(found), style="bold"), soft_wrap=True)
    null = (
        f"Controls for which one would have been named, each among the others: {found.false_names}."
    )
    console.print(Text(null), soft_wrap=True)


def print_likeness(found: Likeness, console: Console) -> None:
    """Print whether a suspect answers more like the owner's model than like others."""
    table = Table("model", "answered alike, 95 %", "p, corrected", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    table.add_row("yours", str(found.with_owner), "")
    controls: Mapping[str, object] = found.with_controls
    for name, rate in controls.items():
        table.add_row(Text(visible(name)), str(rate), f"{found.p_values[name]:.3g}")
    console.print(table)
    said = "more like yours than like every control: a reason to look further, no verdict"
    other = "not more like yours than like every control"
    text = f"The suspect answers {said if found.closest_to_owner else other}."
    console.print(Text(text, style="bold"), soft_wrap=True)
    null = f"Controls that would have been leads, each among the others: {found.false_leads}."
    console.print(Text(null), soft_wrap=True)


def _attributed(found: Attribution) -> str:
    if found.named is not None:
        return f"Evidence consistent with {visible(found.named)} as a teacher, among these."
    if found.controls < found.controls_needed:
        return (
            f"None can be named: {counted(found.controls, 'control')} of at least "
            f"{found.controls_needed}."
        )
    return "None of these, as far as the evidence goes."


def _measured(measured: Measured | None) -> str:
    if measured is None:
        return "False accusations: not measured; `revenuer provenance null` does."
    return f"False accusations at {measured.alpha:g}: {measured.rate} innocent models."
