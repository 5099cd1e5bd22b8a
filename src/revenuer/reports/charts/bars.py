"""Single horizontal bars, for tables: shares, axes, and the steps of a waterfall."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from revenuer.records import Axis
from revenuer.reports.charts.svg import chart, element, percentage
from revenuer.reports.reasons import Step
from revenuer.reports.wording import nats

HEIGHT = 14


def draw_share(share: float, label: str) -> Markup:
    """A bar of a share in [0, 1] on its track."""
    width = percentage(min(max(share, 0.0), 1.0))
    return chart(
        element("rect", class_="empty", width="100%", height=HEIGHT),
        element("rect", class_="own", width=width, height=HEIGHT),
        height=HEIGHT,
        label=label,
        class_="share",
    )


class Scale:
    """Nats to positions; zero is always on it.

    Args:
        values: All that must fit.
    """

    def __init__(self, values: Sequence[float]) -> None:
        self.least = min(0.0, *values)
        self.most = max(0.0, *values)
        if self.most == self.least:
            self.most = 1.0

    def at(self, value: float) -> float:
        """Where a value stands, 0 to 1."""
        return (value - self.least) / (self.most - self.least)


def draw_axis(axis: Axis, value: float, *, scale: Scale, least: float, decides: bool) -> Markup:
    """One axis's total, with the line below which nothing is convicted."""
    class_ = "deciding" if decides else "axis"
    return chart(
        element("rect", class_="empty", width="100%", height=HEIGHT),
        _span(class_, 0.0, value, scale),
        _threshold(least, scale),
        _line("zero", 0.0, scale),
        height=HEIGHT,
        label=f"{axis}: {nats(value)} nats",
        class_="axis-bar",
    )


def draw_step(step: Step, scale: Scale) -> Markup:
    """One floating bar of a waterfall."""
    class_ = "correction" if step.evidence is None else "against" if step.change > 0 else "for"
    return chart(
        _line("zero", 0.0, scale),
        _span(class_, step.start, step.end, scale),
        height=HEIGHT,
        label=f"{nats(step.change, signed=True)} nats",
        class_="step",
    )


def draw_total(value: float, *, scale: Scale, least: float) -> Markup:
    """The last bar of a waterfall: what its steps come to."""
    return chart(
        _line("zero", 0.0, scale),
        _span("total", 0.0, value, scale),
        _threshold(least, scale),
        height=HEIGHT,
        label=f"{nats(value)} nats in all",
        class_="step",
    )


def _span(class_: str, start: float, end: float, scale: Scale) -> Markup:
    left, right = sorted((scale.at(start), scale.at(end)))
    # A bar of nothing still shows where it stands.
    width = max(right - left, 0.004)
    return element(
        "rect", class_=class_, x=percentage(left), width=percentage(width), height=HEIGHT
    )


def _threshold(least: float, scale: Scale) -> Markup:
    """A dashed line on a halo, to be seen on dark bars and on the empty track."""
    return _line("halo", least, scale) + _line("least", least, scale)


def _line(class_: str, value: float, scale: Scale) -> Markup:
    x = percentage(scale.at(value))
    return element("line", class_=class_, x1=x, x2=x, y1=-2, y2=HEIGHT + 2)
