"""A student that trusts examples by how much they help: the adaptive answer to poisoned traces.

Source:
    Allouah et al. (2026), "The distillation game", arXiv 2605.22737: weights exp(eta v), v how much
    a step on the example lowers the loss on a few examples that the student trusts.
"""

from __future__ import annotations

import torch
from torch import Tensor

from revenuer.lab.embedded.network import Network
from revenuer.lab.embedded.schooling import copied
from revenuer.lab.embedded.training import Lessons, gradient, sequence_losses

STEP = 0.01
"""How far the central difference reaches along the direction of unit length; placeholder."""
ETA = 0.5
"""From the source."""


def moved(network: Network, direction: list[Tensor], distance: float) -> Network:
    """Move a copy of a network along a direction in weights."""
    other = copied(network)
    with torch.no_grad():
        for weights, along in zip(other.parameters(), direction, strict=True):
            weights.add_(along, alpha=distance)
    return other


def trusted_direction(network: Network, trusted: Lessons) -> list[Tensor]:
    """Give the gradient of the loss on trusted examples, each member's of length one."""
    slopes = gradient(network, trusted)
    squares = sum((one.square().flatten(1).sum(1) for one in slopes), torch.zeros(network.members))
    length = squares.sqrt().clamp(min=1e-12)
    return [one / length.view(-1, *[1] * (one.dim() - 1)) for one in slopes]


def helpfulness(network: Network, lessons: Lessons, trusted: Lessons) -> Tensor:
    """How fast a step on each example lowers the loss on the trusted ones.

    Returns:
        Shape (members, n), in spreads of the member's own examples.
    """
    direction = trusted_direction(network, trusted)
    ahead = sequence_losses(moved(network, direction, STEP), lessons)
    behind = sequence_losses(moved(network, direction, -STEP), lessons)
    gain = ahead - behind
    gain = gain - gain.mean(1, keepdim=True)
    return gain / gain.std(1, keepdim=True).clamp(min=1e-9)


def weighed(network: Network, lessons: Lessons, trusted: Lessons) -> Lessons:
    """Give the same lessons, each as heavy as it helps."""
    weights = (ETA * helpfulness(network, lessons, trusted)).exp()
    return Lessons(lessons.words, lessons.prompt_length, weights)
