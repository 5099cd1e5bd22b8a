"""Curves of the adaptive sweep as SVG: evidence against what an attacker pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from statistics import mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench_adaptive import Outcome

PANEL_W, PANEL_H, COLUMNS = 300, 170, 3
LEFT, TOP, RIGHT, BOTTOM = 34, 30, 30, 52
MOST_NATS = 15.0
INKS = {
    "convicted": "#1b6b4a",
    "suspected": "#c98a00",
    "undecided": "#b8481f",
    "cleared": "#8a1c1c",
    "unseen": "#8a1c1c",
}
BASE = "none"
FROM_ELSEWHERE = ("all but one", "all paid")
"""Curves that do not start from the attacker that pays for nothing."""


def draw_curves(outcomes: Sequence[Outcome]) -> str:
    """A panel a knob: evidence by level, the verdict as colour, what leaked below."""
    panels: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    for one in outcomes:
        panels[one.curve][one.level].append(one)
    base = panels.pop(BASE, {})
    drawn = [
        (name, levels if name in FROM_ELSEWHERE else {**base, **levels})
        for name, levels in panels.items()
    ]
    rows = -(-len(drawn) // COLUMNS)
    width, height = COLUMNS * PANEL_W, rows * PANEL_H + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="10" role="img">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(height - 10),
    ]
    for number, (name, levels) in enumerate(drawn):
        x, y = number % COLUMNS * PANEL_W, number // COLUMNS * PANEL_H
        parts.append(f'<g transform="translate({x},{y})">')
        parts += _panel(name, levels)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>\n"])


def _legend(y: float) -> list[str]:
    parts, x = [], 10
    for verdict, ink in INKS.items():
        if verdict == "cleared":
            continue
        parts.append(f'<circle cx="{x}" cy="{y - 3}" r="4" fill="{ink}"/>')
        parts.append(f'<text x="{x + 8}" y="{y}" fill="#333">{verdict}</text>')
        x += 90
    note = "height: nats on the weakest axis; below: level, and requests leaked"
    return [*parts, f'<text x="{x}" y="{y}" fill="#555">{note}</text>']


def _panel(name: str, levels: dict[str, list[Outcome]]) -> list[str]:
    """One knob: a line through the means, a mark a world."""
    step = (PANEL_W - LEFT - RIGHT) / max(len(levels), 1)
    parts = [f'<text x="{LEFT}" y="18" font-size="12" fill="#111">{escape(name)}</text>']
    for nats in (0, 5, 10, 15):
        y = _height(nats)
        parts.append(
            f'<path d="M{LEFT},{y}H{PANEL_W - RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y + 3}" text-anchor="end" fill="#555">{nats}</text>'
        )
    places = [LEFT + step * (place + 0.5) for place in range(len(levels))]
    means = [_height(mean(one.nats for one in seeds)) for seeds in levels.values()]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, means, strict=True))
    parts.append(f'<polyline points="{line}" fill="none" stroke="#999"/>')
    for x, (level, seeds) in zip(places, levels.items(), strict=True):
        parts += [
            f'<circle cx="{x:.1f}" cy="{_height(one.nats):.1f}" r="4" fill="{INKS[one.verdict]}"/>'
            for one in seeds
        ]
        known = [one.leaked for one in seeds if one.leaked is not None]
        leaked = f": {_short(mean(known))}" if known else ""
        foot = PANEL_H - BOTTOM
        parts.append(
            f'<text transform="translate({x + 3:.1f},{foot + 12}) rotate(28)" font-size="8" '
            f'fill="#333">{escape(level + leaked)}</text>'
        )
    return parts


def _height(nats: float) -> float:
    """Where a log e-value stands in a panel."""
    part = min(max(nats, -1.0), MOST_NATS) / MOST_NATS
    return round(PANEL_H - BOTTOM - part * (PANEL_H - BOTTOM - TOP), 1)


def _short(count: float) -> str:
    """A count in three figures.

    Examples:
        >>> _short(12345), _short(87)
        ('12k', '87')
    """
    return f"{count / 1000:.0f}k" if count >= 10_000 else f"{count:.0f}"
