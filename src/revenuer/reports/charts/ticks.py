"""Round numbers for axes."""

from __future__ import annotations

import math


def nice_ceiling(largest: float) -> float:
    """The least round number that holds `largest`, so that half of it is round too.

    Examples:
        >>> nice_ceiling(11_300), nice_ceiling(7.0), nice_ceiling(0)
        (12000.0, 8.0, 1.0)
    """
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(
        step * power for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if step * power >= largest
    )


def spread(length: int, *, labels: int) -> tuple[int, ...]:
    """Places of at most `labels` labels, evenly spread, the first and the last among them.

    Examples:
        >>> spread(21, labels=5), spread(2, labels=5), spread(1, labels=5)
        ((0, 5, 10, 15, 20), (0, 1), (0,))
    """
    shown = min(labels, length)
    places = {round(n * (length - 1) / max(shown - 1, 1)) for n in range(shown)}
    return tuple(sorted(places))


def log_edges(least: int, most: int) -> tuple[int, ...]:
    """Edges 1, 2, 5, 10, 20, … that enclose counts of at least 1.

    Examples:
        >>> log_edges(3, 40)
        (2, 5, 10, 20, 50)
    """
    edges = [step * 10**power for power in range(len(str(max(most, 1))) + 1) for step in (1, 2, 5)]
    first = max(edge for edge in edges if edge <= max(least, 1))
    last = min(edge for edge in edges if edge > most)
    return tuple(edge for edge in edges if first <= edge <= last)


def linear_edges(least: int, most: int, *, bins: int) -> tuple[int, ...]:
    """Equally spaced round edges that enclose whole numbers, about `bins` apart.

    Examples:
        >>> linear_edges(3_812, 5_340, bins=8)
        (3800, 4000, 4200, 4400, 4600, 4800, 5000, 5200, 5400)
    """
    step = _whole_step((most - least + 1) / bins)
    first = least // step * step
    return tuple(range(first, most + step + 1, step))


def _whole_step(width: float) -> int:
    power = int(10 ** math.floor(math.log10(max(width, 1))))
    candidates: list[int] = [step * power for step in (1, 2, 5, 10)]
    return min(candidates, key=lambda step: abs(step - width))
