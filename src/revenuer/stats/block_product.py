"""One e-value for a group whose members may depend on each other."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray


@overload
def effective_size(size: float, *, at_most: float) -> float: ...
@overload
def effective_size(
    size: NDArray[np.int64], *, at_most: NDArray[np.float64]
) -> NDArray[np.float64]: ...
def effective_size(
    size: float | NDArray[np.int64], *, at_most: float | NDArray[np.float64]
) -> float | NDArray[np.float64]:
    """Independent members that a group of dependent ones is worth.

    Kish's design effect with intra-group correlation 1 / at_most.

    Args:
        size: Members, at least 1.
        at_most: What an endless group is worth, at least 1.

    Source:
        Kish (1965), "Survey Sampling", section 5.4: deff = 1 + (n - 1) * rho.

    Examples:
        By hand: 91 / (1 + 90 * 0.1) = 9.1.

        >>> round(effective_size(91, at_most=10), 3)
        9.1
    """
    return size / (1 + (size - 1) / at_most)


def block_product(log_e_values: NDArray[np.float64], *, at_most: float) -> float:
    """Combine the members' e-values into one for the group.

    If the members fall into m blocks of equal size, independent of each other and
    arbitrarily dependent inside, then the product over blocks of the geometric mean
    inside each is an e-value: a geometric mean is at most the arithmetic mean, which is
    one. In logs that is m times the mean. A plain product would let a bias of 0.1 nat
    convict any group of 300.

    Args:
        log_e_values: One a member, nats; NaN is a member without evidence and counts 0.
            Shape (k,).
        at_most: Blocks that an endless group is worth.

    Returns:
        Nats; 0 for an empty group.

    Source:
        Vovk and Wang (2021), section 3 (arithmetic mean under arbitrary dependence) and
        section 4 (product under independence).

    Examples:
        By hand: 4 members are worth 4 / (1 + 3 / 10) = 3.077; times the mean 1.

        >>> round(block_product(np.array([2.0, 1.0, 1.0, 0.0]), at_most=10), 3)
        3.077
    """
    if not log_e_values.size:
        return 0.0
    blocks = effective_size(log_e_values.size, at_most=at_most)
    return float(blocks * np.nan_to_num(log_e_values).mean())


def block_products(
    log_e_values: NDArray[np.float64], ends: NDArray[np.int64], *, at_most: ArrayLike
) -> NDArray[np.float64]:
    """`block_product` of many groups and many kinds of evidence, to the last bit.

    Args:
        log_e_values: A row a member, those of one group together, a column a kind; nats.
            Shape (n, n_kinds).
        ends: Where the rows of each group end; the first begin at 0. Shape (n_groups,).
        at_most: Blocks that an endless group is worth: one number, or one for each group and
            kind. Broadcasts to shape (n_groups, n_kinds).

    Returns:
        Nats; 0 for an empty group. Shape (n_groups, n_kinds).

    Examples:
        The group of `block_product`, and a single member, who is worth one block.

        >>> nats = np.array([[2.0], [1.0], [1.0], [0.0], [2.5]])
        >>> block_products(nats, np.array([4, 5]), at_most=10).round(3).ravel()
        array([3.077, 2.5  ])
    """
    # Rows of a kind side by side: each sum is then rounded as that of one group by itself.
    known = np.ascontiguousarray(np.nan_to_num(log_e_values).T)
    sizes = np.diff(ends, prepend=0)
    means = np.zeros((sizes.size, len(known)))
    for number in np.flatnonzero(sizes):
        means[number] = known[:, ends[number] - sizes[number] : ends[number]].mean(axis=1)
    worth = effective_size(np.maximum(sizes, 1)[:, None], at_most=np.asarray(at_most, float))
    return np.asarray(worth * means)
