"""How the pieces of evidence of one axis add up to its e-value."""

from __future__ import annotations

import math
from collections.abc import Mapping

from revenuer.records import Axis
from revenuer.stats.log_mean_exp import log_mean_exp

CLAIMS = ("split-owners", "tied-owners")
"""Evidence of concealment from how many owners are claimed; the rest is from how they behave."""


def factors(axis: Axis, parts: Mapping[str, float]) -> tuple[dict[str, float], ...]:
    """The pieces of an axis that are averaged with each other; the averages are multiplied.

    How many owners are claimed is weighed apart from how they behave. Given who is in a
    group, its members' behaviour is compared with ordinary accounts, and that e-value has a
    mean of 1 at most whatever the group's size; so the product is an e-value too.

    Args:
        axis: Whose.
        parts: Log e-value of each piece, nats.
    """
    if axis is not Axis.CONCEALMENT:
        return (dict(parts),)
    claimed = {name: nats for name, nats in parts.items() if name in CLAIMS}
    shown = {name: nats for name, nats in parts.items() if name not in CLAIMS}
    return tuple(factor for factor in (claimed, shown) if factor)


def axis_e_value(axis: Axis, parts: Mapping[str, float]) -> float:
    """The axis' log e-value, nats; 0 without pieces."""
    return sum(log_mean_exp(list(one.values())) for one in factors(axis, parts) if one)


def axis_waterfall(axis: Axis, parts: Mapping[str, float]) -> dict[str, float]:
    """Share out an axis' log e-value over its pieces; the shares add up to it exactly."""
    return {
        name: nats for one in factors(axis, parts) if one for name, nats in waterfall(one).items()
    }


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
