"""Muon for members side by side: torch's own takes single matrices only.

Source:
    Jordan et al. (2024), "Muon: An optimizer for hidden layers in neural networks", with the
    coefficients of its fifth-order iteration.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

A, B, C = 3.4445, -4.7750, 2.0315
"""Of the quintic that drives singular values towards one; from the source."""
ITERATIONS = 5


def orthogonal(matrices: Tensor) -> Tensor:
    """Bring the singular values of each matrix near one. Shape (members, rows, columns)."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = A * x + (B * square + C * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal matrix by matrix."""

    def __init__(
        self, matrices: Iterable[Tensor], *, learning_rate: float, momentum: float = 0.95
    ) -> None:
        super().__init__(matrices, {"lr": learning_rate, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take a step along the gradients that are there."""
        for group in self.param_groups:
            for matrices in group["params"]:
                if matrices.grad is None:
                    continue
                state = self.state[matrices]
                if not state:
                    state["moving"] = torch.zeros_like(matrices)
                moving = state["moving"]
                moving.lerp_(matrices.grad, 1 - group["momentum"])
                ahead = matrices.grad.lerp(moving, group["momentum"])
                rows, columns = matrices.shape[-2:]
                # The source's own scale for matrices that are not square.
                scale = max(1.0, columns / rows) ** 0.5
                matrices.sub_(orthogonal(ahead), alpha=group["lr"] * scale)
