"""How the pieces of evidence of one axis add up to its e-value."""

from __future__ import annotations

import math
from collections.abc import Mapping


def waterfall(parts: Mapping[str, float]) -> dict[str, float]:
    """Share out an axis' log e-value over its pieces, the strongest first.

    The axis is the mean of the pieces as e-values. The strongest piece pays for being
    one of several; each further one adds what it lifts the mean. The shares add up to
    the axis exactly.

    Args:
        parts: Log e-value of each piece, nats; not empty.

    Returns:
        Nats by piece, in falling order of strength.

    Examples:
        By hand: the mean of 9 and 3 is 6: ln 9 - ln 2 = 1.504, and ln 12/9 = 0.288.

        >>> {name: round(nats, 3) for name, nats in
        ...  waterfall({"a": math.log(3), "b": math.log(9)}).items()}
        {'b': 1.504, 'a': 0.288}
    """
    ranked = sorted(parts, key=lambda name: (-parts[name], name))
    top = parts[ranked[0]]
    shares: dict[str, float] = {}
    total = 0.0
    before = -math.inf
    for name in ranked:
        total += math.exp(parts[name] - top)
        after = top + math.log(total) - math.log(len(ranked))
        shares[name] = after if before == -math.inf else after - before
        before = after
    return shares
