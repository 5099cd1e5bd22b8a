"""Charts over time: what the script draws, and the same as a table.

A page hands a `Chart` to the macro of `parts/chart.html`. The script draws it from the element's
`data-chart`; without script, or for whoever does not see it, the table says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from revenuer.app.casebook.told import Drawn
from revenuer.instants import micros
from revenuer.reports.wording import counted

WAVE = timedelta(hours=12)
"""Suspensions that follow each other closer than this are one mark."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers over time.

    Attributes:
        label: What they are.
        values: One for each time of the chart; None where there is none.
        hue: Which of the style's hues, 1 to 8.
    """

    label: str
    values: tuple[float | None, ...]
    hue: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one time.

    Attributes:
        at_us: When, microseconds since the epoch.
        label: What, in a few words.
        kind: `release`, `suspension` or `note`: how its line looks.
    """

    at_us: int
    label: str
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over time.

    Attributes:
        name: Of its element; unique on its page.
        caption: What it shows.
        unit: What is counted, in the plural.
        at_us: The times, rising; of days, their beginnings.
        series: From the bottom of a stack to its top.
        marks: Things that happened.
        form: `bars`, one on the other, a day wide; or `lines`.
        level: A line across at this height, such as a bound; None for none.
        level_label: What that is.
    """

    name: str
    caption: str
    unit: str
    at_us: tuple[int, ...]
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    form: str = "lines"
    level: float | None = None
    level_label: str = ""

    @property
    def spec(self) -> dict[str, Any]:
        """What the script draws; times in seconds."""
        return {
            "form": self.form,
            "unit": self.unit,
            "at": [us / 1e6 for us in self.at_us],
            "series": [
                {"label": one.label, "hue": one.hue, "values": one.values} for one in self.series
            ],
            "marks": [
                {"at": one.at_us / 1e6, "label": one.label, "kind": one.kind} for one in self.marks
            ],
            "level": self.level,
            "levelLabel": self.level_label,
        }

    @property
    def rows(self) -> tuple[tuple[int, tuple[float | None, ...], str], ...]:
        """The same as a table: time, numbers, and what happened from then until the next."""
        told = []
        for place, at in enumerate(self.at_us):
            last = place + 1 == len(self.at_us)
            until = None if last else self.at_us[place + 1]
            happened = [
                one.label
                for one in self.marks
                if at <= one.at_us and (until is None or one.at_us < until)
            ]
            values = tuple(one.values[place] for one in self.series)
            told.append((at, values, "; ".join(happened)))
        return tuple(told)


def timeline(drawn: Drawn, *, name: str = "timeline") -> Chart | None:
    """A campaign's exchanges a day, with releases and suspensions; None where no day is known.

    Args:
        drawn: As a sighting tells it.
        name: Of the chart's element.
    """
    if not drawn.days:
        return None
    starts = [datetime.combine(date.fromisoformat(one), time(), UTC) for one in drawn.days]
    marks = [
        Mark(micros(at), f"{model} released", "release") for at, model in sorted(drawn.releases)
    ]
    marks += _suspended(sorted(drawn.suspensions))
    return Chart(
        name=name,
        caption="Exchanges a day",
        unit="exchanges",
        at_us=tuple(micros(at) for at in starts),
        series=(
            Series("the campaign's own", tuple(map(float, drawn.own)), 1),
            Series("its accounts' others", tuple(map(float, drawn.other)), 6),
        ),
        marks=tuple(sorted(marks, key=lambda one: one.at_us)),
        form="bars",
    )


def _suspended(times: list[datetime]) -> list[Mark]:
    """One mark for each wave, for bans come in waves."""
    waves: list[list[datetime]] = []
    for at in times:
        if waves and at - waves[-1][-1] <= WAVE:
            waves[-1].append(at)
        else:
            waves.append([at])
    return [
        Mark(micros(wave[0]), f"{counted(len(wave), 'account')} suspended", "suspension")
        for wave in waves
    ]
