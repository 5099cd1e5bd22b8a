"""Why an account or a campaign has its verdict."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.explain import Explanation
from revenuer.records import Axis, Example
from revenuer.reports.wording import counted, percent, visible

SHOWN_EXAMPLES = 10
WORTH_A_LINE = 0.05
"""Nats below which a piece of evidence is counted and not listed; `--json` has them all."""
LONGEST_EXAMPLE = 180
"""Characters of an example: two lines of a terminal; the report has the whole."""


def print_explanation(found: Explanation, console: Console) -> None:
    """Print the verdict, the waterfall, what each piece is worth, and exchanges to read."""
    _verdict(found, console)
    for axis in found.axes:
        _waterfall(axis, found, console)
    _without(found, console)
    _signs(found, console)
    _ties(found, console)
    _explanations(found, console)
    _examples("Exchanges that show it best", found.telling, console)
    _examples("Exchanges drawn at random", found.random, console)
    if found.settles:
        _head("What would settle it", console)
        for line in found.settles:
            console.print(Text(f"  {line}"))


def _head(title: str, console: Console) -> None:
    console.print()
    console.print(Text(title, style="bold"))


def _verdict(found: Explanation, console: Console) -> None:
    console.print(Text(_standing(found), style="bold"))
    if found.weakest is None:
        console.print(Text("No group holds it, so there is nothing that could convict it."))
        return
    least = found.axes[found.weakest]
    bar = found.bar if found.bar is not None else found.least_bar
    whose = "this scan's bar" if found.bar is not None else "the least bar of any scan"
    told = "over" if least >= bar else f"{bar - least:.1f} short of"
    console.print(
        Text(
            f"The weakest axis decides: {found.weakest.value}, {least:+.1f} nats, {told} {whose} "
            f"of {bar:.1f}."
        )
    )


def _standing(found: Explanation) -> str:
    campaign = found.campaign
    if campaign is None:
        group = f", though judged in a group of {found.accounts:,}" if found.accounts else ""
        return f"{visible(found.target)}: in no reported campaign{group}"
    accounts = counted(len(campaign.account_ids), "account")
    sure = f"{campaign.verdict.value}, {percent(campaign.probability)} probable, {accounts}"
    if found.target == campaign.id:
        return f"{campaign.id}: {sure}"
    return f"{visible(found.target)}: in {campaign.id}, {sure}"


def _waterfall(axis: Axis, found: Explanation, console: Console) -> None:
    decides = " (decides)" if axis is found.weakest else ""
    _head(f"{axis.value} {found.axes[axis]:+.2f} nats{decides}", console)
    pieces = found.waterfall.get(axis, {})
    told = _statements(found, axis)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for kind, nats in pieces.items():
        if abs(nats) >= WORTH_A_LINE:
            table.add_row(f"{nats:+.2f}", kind, Text(told.get(kind, "")))
    rest = [nats for nats in pieces.values() if abs(nats) < WORTH_A_LINE]
    if rest:
        table.add_row(f"{sum(rest):+.2f}", f"{counted(len(rest), 'other')} together")
    console.print(table)


def _statements(found: Explanation, axis: Axis) -> dict[str, str]:
    """What the campaign's evidence says, by kind."""
    evidence = found.campaign.evidence if found.campaign is not None else ()
    return {each.kind: visible(each.statement) for each in evidence if each.axis is axis}


def _without(found: Explanation, console: Console) -> None:
    if not found.without or not found.axes:
        return
    _head("Without one piece of evidence", console)
    least = min(found.axes.values())
    changing = [each for each in found.without if least - each.log_e_value >= WORTH_A_LINE]
    table = Table(box=None, pad_edge=False)
    for name in ("without", "axis", "nats left", "still convicts"):
        table.add_column(name, justify="right" if name == "nats left" else "left")
    for each in sorted(changing, key=lambda one: one.log_e_value):
        left = f"{each.log_e_value:+.2f}"
        table.add_row(each.kind, each.axis.value, left, "yes" if each.passes else "no")
    if changing:
        console.print(table)
    if same := len(found.without) - len(changing):
        console.print(Text(f"{counted(same, 'piece')} could be left out without weakening it."))


def _signs(found: Explanation, console: Console) -> None:
    if not found.signs:
        return
    _head("What the account shows by itself", console)
    table = Table(box=None, pad_edge=False)
    for name in ("detector", "axis", "p-value", "nats"):
        table.add_column(name, justify="right" if name in ("p-value", "nats") else "left")
    unusual = [each for each in found.signs if each.log_e_value > 0]
    for each in unusual:
        table.add_row(
            each.detector, each.axis.value, f"{each.p_value:.4f}", f"{each.log_e_value:+.2f}"
        )
    if unusual:
        console.print(table)
    if usual := len(found.signs) - len(unusual):
        console.print(Text(f"{counted(usual, 'detector')} saw nothing out of the ordinary."))


def _ties(found: Explanation, console: Console) -> None:
    if not found.ties:
        return
    _head("What the members share", console)
    for tie in found.ties:
        members = counted(len(tie.account_ids), "member")
        others = counted(tie.others, "other") if tie.others else "nobody else"
        console.print(Text(f"  {visible(tie.label)}: {members}, {others}"))


def _explanations(found: Explanation, console: Console) -> None:
    if found.campaign is None or not found.campaign.innocent_explanations:
        return
    _head("Innocent explanations", console)
    for each in found.campaign.innocent_explanations:
        won = "holds" if each.holds else "rejected"
        console.print(Text(f"  {each.name}, {won}: {each.why_rejected}"))


def _examples(title: str, examples: tuple[Example, ...], console: Console) -> None:
    if not examples:
        return
    _head(title, console)
    for each in examples[:SHOWN_EXAMPLES]:
        console.print(Text(f"  {each.exchange_id} of {visible(each.account_id)}, {each.why}:"))
        console.print(Text(f"    {_one_line(each.text)}", style="dim"))


def _one_line(text: str) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= LONGEST_EXAMPLE else line[: LONGEST_EXAMPLE - 1] + "…"
