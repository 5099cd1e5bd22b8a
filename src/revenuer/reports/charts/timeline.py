"""Exchanges per day: the campaign's own, its accounts' others, releases, suspensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from revenuer.records import Exhibit
from revenuer.reports.charts.svg import chart, element, joined, percentage
from revenuer.reports.charts.ticks import nice_ceiling, spread
from revenuer.reports.wording import amount, count, counted, in_utc, moment

TOP, BASE, HEIGHT = 40, 176, 196
GAP = 0.16
LABELLED_DAYS = 5
# Share of the width that a mark's label takes: on a page, and on a phone, where the
# style hides the labels that are crowded there.
WIDE_LABEL, NARROW_LABEL = 0.16, 0.36
LABEL_LETTERS = 26
WAVE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at one moment, drawn as a line through the days."""

    position: float
    label: str
    title: str

    @property
    def leftwards(self) -> bool:
        """The label stands left of the line, so as not to leave the picture."""
        return self.position > 0.5


def draw_timeline(exhibit: Exhibit) -> Markup:
    """The chart, or nothing where no day is known."""
    if not exhibit.days:
        return Markup("")
    top = nice_ceiling(max(map(sum, zip(exhibit.own, exhibit.other, strict=True))))
    return chart(
        joined(_gridlines(top)),
        joined(_bars(exhibit, top)),
        joined(_marks(_releases(exhibit), "release", label_y=11)),
        joined(_marks(_suspensions(exhibit), "suspension", label_y=25)),
        joined(_dates(exhibit.days)),
        height=HEIGHT,
        label="Exchanges per day",
        class_="timeline",
    )


def _gridlines(top: float) -> Iterator[Markup]:
    for value in (0.0, top / 2, top):
        y = _height(value, top)
        yield element("line", class_="grid", x1="0", x2="100%", y1=y, y2=y)
        yield element("text", amount(value), class_="tick", x=-6, y=y + 4, text_anchor="end")


def _height(value: float, top: float) -> float:
    return BASE - (BASE - TOP) * value / top


def _bars(exhibit: Exhibit, top: float) -> Iterator[Markup]:
    slot = 1 / len(exhibit.days)
    for place, (day, own, other) in enumerate(
        zip(exhibit.days, exhibit.own, exhibit.other, strict=True)
    ):
        title = element("title", f"{day}: {count(own)} of the campaign, {count(other)} others")
        x, width = percentage((place + GAP / 2) * slot), percentage((1 - GAP) * slot)
        bars = (
            _bar("own", x, width, _height(own, top), BASE),
            _bar("other", x, width, _height(own + other, top), _height(own, top)),
        )
        yield element("g", title, *bars)


def _bar(class_: str, x: str, width: str, top: float, bottom: float) -> Markup:
    return element("rect", class_=class_, x=x, width=width, y=top, height=bottom - top)


def _dates(days: Sequence[str]) -> Iterator[Markup]:
    """At most five dates, evenly spread, the first and the last among them."""
    for place in spread(len(days), labels=LABELLED_DAYS):
        position = (place + 0.5) / len(days)
        anchor = "start" if place == 0 else "end" if place == len(days) - 1 else "middle"
        edge = {"start": 0.0, "end": 1.0, "middle": position}[anchor]
        label = _short_date(days[place])
        yield element(
            "text", label, class_="tick", x=percentage(edge), y=BASE + 15, text_anchor=anchor
        )


def _short_date(day: str) -> str:
    at = date.fromisoformat(day)
    return f"{at.day} {at:%b}"


def _releases(exhibit: Exhibit) -> list[Mark]:
    marks = []
    for at, model in sorted(exhibit.releases):
        position = _position(at, exhibit.days)
        if position is not None:
            marks.append(Mark(position, f"{model} released", f"{model} released {moment(at)} UTC"))
    return marks


def _suspensions(exhibit: Exhibit) -> list[Mark]:
    """One mark for each wave, for bans come in waves."""
    marks = []
    for wave in _waves(sorted(map(in_utc, exhibit.suspensions))):
        position = _position(wave[0], exhibit.days)
        if position is not None:
            title = f"{counted(len(wave), 'account')} suspended from {moment(wave[0])} UTC"
            marks.append(Mark(position, f"{count(len(wave))} suspended", title))
    return marks


def _waves(times: Sequence[datetime]) -> list[list[datetime]]:
    """Times in order, split where more than half a day passes without one."""
    waves: list[list[datetime]] = []
    for at in times:
        if waves and at - waves[-1][-1] <= WAVE:
            waves[-1].append(at)
        else:
            waves.append([at])
    return waves


def _position(at: datetime, days: Sequence[str]) -> float | None:
    """Where a moment stands on the axis of days; None outside of it."""
    utc = in_utc(at)
    today = utc.date().isoformat()
    if today not in days:
        return None
    return (days.index(today) + (utc.hour + utc.minute / 60) / 24) / len(days)


def _marks(marks: Sequence[Mark], class_: str, *, label_y: int) -> Iterator[Markup]:
    """A line for each mark, and a label where there is room for one."""
    narrow, wide = _Room(NARROW_LABEL), _Room(WIDE_LABEL)
    for mark in marks:
        x = percentage(mark.position)
        title = element("title", mark.title)
        lines = (
            element("line", class_=layer, x1=x, x2=x, y1=label_y + 3, y2=BASE)
            for layer in ("halo", class_)
        )
        yield element("g", title, *lines)
        if wide.take(mark):
            crowded = "" if narrow.take(mark) else " crowded"
            yield _mark_label(mark, f"mark {class_}{crowded}", label_y)


class _Room:
    """Where labels stand already, for a width of label as a share of the chart's."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.taken: list[tuple[float, float]] = []

    def take(self, mark: Mark) -> bool:
        """Take the room of a mark's label, unless another label is there."""
        start = mark.position - self.width if mark.leftwards else mark.position
        end = start + self.width
        free = all(
            end <= other_start or other_end <= start for other_start, other_end in self.taken
        )
        if free:
            self.taken.append((start, end))
        return free


def _mark_label(mark: Mark, class_: str, label_y: int) -> Markup:
    anchor, shift = ("end", -4) if mark.leftwards else ("start", 4)
    label = (
        mark.label if len(mark.label) <= LABEL_LETTERS else f"{mark.label[: LABEL_LETTERS - 1]}…"
    )
    return element(
        "text", label, class_=class_, x=percentage(mark.position), dx=shift, y=label_y,
        text_anchor=anchor,
    )  # fmt: skip
