"""The table that a person sees after a scan, readable at 100 columns."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from revenuer.records import Axis, Campaign, Findings, Verdict
from revenuer.reports.reasons import by_gravity, main_reason, weakest_axis
from revenuer.reports.view import verdict_counts
from revenuer.reports.wording import (
    amount,
    count,
    counted,
    day,
    duration,
    nats,
    percent,
    short_id,
    visible,
)

COLOURS = {
    Verdict.CONVICTED: "bold red",
    Verdict.SUSPECTED: "yellow",
    Verdict.UNDECIDED: "cyan",
    Verdict.CLEARED: "green",
}
SHORT_AXES = {Axis.COORDINATION: "coord", Axis.EXTRACTION: "extract", Axis.CONCEALMENT: "conceal"}
NO_CAMPAIGN = (
    "No campaign was found. `revenuer doctor` says which detectors this log leaves blind; "
    "`revenuer simulate --into LOGS` measures the smallest campaign that would be caught."
)


def print_campaigns(findings: Findings, console: Console) -> None:
    """Print what was read, then a block for each campaign, gravest first."""
    show = console.print
    show(campaign_blocks(findings))


def campaign_blocks(findings: Findings) -> RenderableType:
    """What `print_campaigns` prints, to be put on any console."""
    blocks: list[RenderableType] = [Text(_read(findings))]
    if findings.campaigns:
        blocks.append(_verdicts(findings))
        for campaign in by_gravity(findings):
            blocks += [Text(), _block(campaign)]
        blocks += [Text(), Text("Axes in nats; the weakest, marked *, decides.", style="dim")]
    else:
        blocks.append(Text(NO_CAMPAIGN))
    blocks += [Text(f"blind: {visible(reason)}", style="dim") for reason in findings.scanned.blind]
    blocks += [Text(line, style="dim") for line in findings.scanned.promise[:1]]
    return Group(*blocks)


def _read(findings: Findings) -> str:
    scanned = findings.scanned
    return (
        f"Read {counted(scanned.exchanges, 'exchange')} ({counted(scanned.tasks, 'task')}) of "
        f"{counted(scanned.accounts, 'account')}, {day(scanned.first)} to {day(scanned.last)}."
    )


def _verdicts(findings: Findings) -> Text:
    text = Text()
    for verdict, number in verdict_counts(findings.campaigns):
        style = COLOURS[verdict] if number else "dim"
        text.append(f"{count(number)} {verdict}", style=style).append("   ")
    return text.append(f"at a false-discovery rate of {percent(findings.scanned.fdr)}")


def _block(campaign: Campaign) -> RenderableType:
    """A line of figures, and below it the methods and the main reason."""
    return Group(
        _figures(campaign),
        *(
            Padding(Text(line), (0, 0, 0, 2), expand=False)
            for line in (_taken(campaign), visible(main_reason(campaign)))
        ),
    )


def _figures(campaign: Campaign) -> Table:
    table = Table.grid(padding=(0, 2), expand=False)
    for width in (9, 8, 15, 21, 18):
        table.add_column(width=width, no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_row(
        Text(campaign.verdict, style=COLOURS[campaign.verdict]),
        Text(visible(short_id(campaign.id))),
        Text(counted(len(campaign.account_ids), "account")),
        Text(counted(campaign.exchanges, "exchange")),
        Text(f"{percent(campaign.probability)} probable"),
        Text(f"since {day(campaign.first_seen)}"),
    )
    return table


def _taken(campaign: Campaign) -> str:
    """Methods, axes, tokens and innocents nearby, where there is something to say."""
    parts = [", ".join(campaign.methods)] if campaign.methods else []
    parts.append(_axes(campaign))
    parts.append(f"{amount(campaign.output_tokens)} output tokens")
    leak = campaign.leaked_before_detection
    if leak.exchanges:
        parts.append(f"{amount(leak.exchanges)} left in the first {duration(leak.hours)}")
    if campaign.innocents_nearby:
        parts.append(f"{counted(campaign.innocents_nearby, 'innocent')} nearby")
    return " · ".join(parts)


def _axes(campaign: Campaign) -> str:
    weakest = weakest_axis(campaign)
    return " ".join(
        f"{SHORT_AXES[axis]} {nats(campaign.axes.get(axis, 0.0))}{'*' if axis is weakest else ''}"
        for axis in Axis
    )
