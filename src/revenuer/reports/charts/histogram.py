"""How many accounts sent how much: even volumes are what a load balancer leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from markupsafe import Markup

from revenuer.reports.charts.svg import chart, element, joined, percentage
from revenuer.reports.charts.ticks import linear_edges, log_edges, spread
from revenuer.reports.wording import amount, count, counted

TOP, BASE, HEIGHT = 16, 100, 120
# Volumes further apart than this need bins that grow.
WIDE_RATIO = 20
LINEAR_BINS = 10
LABELS = 5
GAP = 0.06


def draw_histogram(volumes: Sequence[int]) -> Markup:
    """The chart of exchanges an account, or nothing without accounts."""
    if not volumes:
        return Markup("")
    least, most = min(volumes), max(volumes)
    grows = most > WIDE_RATIO * max(least, 1)
    edges = log_edges(least, most) if grows else linear_edges(least, most, bins=LINEAR_BINS)
    if edges[0] > least:
        edges = (0, *edges)
    accounts = np.histogram(volumes, bins=np.asarray(edges))[0]
    return chart(
        joined(_bars([int(n) for n in accounts], edges)),
        element("line", class_="grid", x1="0", x2="100%", y1=BASE, y2=BASE),
        joined(_labels(edges)),
        height=HEIGHT,
        label="Accounts by number of exchanges",
        class_="histogram",
    )


def _bars(accounts: Sequence[int], edges: Sequence[int]) -> Iterator[Markup]:
    slot, most = 1 / len(accounts), max(accounts)
    for place, number in enumerate(accounts):
        height = (BASE - TOP) * number / most
        low, high = edges[place], edges[place + 1] - 1
        title = f"{counted(number, 'account')}: {count(low)} to {count(high)} exchanges"
        x, width = percentage((place + GAP / 2) * slot), percentage((1 - GAP) * slot)
        bar = element("rect", class_="own", x=x, width=width, y=BASE - height, height=height)
        yield element("g", element("title", title), bar)
        if number:
            middle = percentage((place + 0.5) * slot)
            yield element(
                "text", count(number), class_="tick", x=middle, y=BASE - height - 4,
                text_anchor="middle",
            )  # fmt: skip


def _labels(edges: Sequence[int]) -> Iterator[Markup]:
    last = len(edges) - 1
    for place in spread(len(edges), labels=LABELS):
        anchor = "start" if place == 0 else "end" if place == last else "middle"
        x = percentage(place / last)
        yield element("text", amount(edges[place]), class_="tick", x=x, y=BASE + 14,
                      text_anchor=anchor)  # fmt: skip
