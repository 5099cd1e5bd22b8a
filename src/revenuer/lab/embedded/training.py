"""Train members side by side on replies: prompts masked, examples weighed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from revenuer.lab.embedded.muon import Muon
from revenuer.lab.embedded.network import Network
from revenuer.lab.embedded.vocabulary import PAD

WARMING = 20
"""Steps until the learning rate is at its height."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast to train.

    Attributes:
        steps: Updates.
        batch: Sequences a step and member.
        learning_rate: Of hidden matrices, under Muon; falls linearly to nought.
        outer_rate: Of embedding and head, under Adam.
    """

    steps: int = 500
    batch: int = 32
    learning_rate: float = 0.03
    outer_rate: float = 0.02


@dataclass(frozen=True, slots=True)
class Lessons:
    """What each member is taught.

    Attributes:
        words: Prompts and replies, padded. Shape (members, n, length).
        prompt_length: How many words of each are no lesson, or 0 to learn all.
        weights: How much each sequence counts; ones where None. Shape (members, n).
    """

    words: Tensor
    prompt_length: int
    weights: Tensor | None = None

    def rows(self, chosen: Tensor) -> Lessons:
        """Some of them, the same places of each member."""
        weights = None if self.weights is None else self.weights[:, chosen]
        return Lessons(self.words[:, chosen], self.prompt_length, weights)


Loss = Callable[[Network, Lessons], Tensor]
"""Members and a batch to each member's loss. Shape (members,)."""


def train(network: Network, lessons: Lessons, recipe: Recipe, seed: int) -> None:
    """Teach a network by the words of others: cross-entropy on replies.

    Args:
        network: Changed in place.
        lessons: What to learn.
        recipe: How.
        seed: Of the order in which sequences come.
    """
    train_on(network, lessons, recipe, seed, sequence_loss)


def train_on(network: Network, lessons: Lessons, recipe: Recipe, seed: int, loss: Loss) -> None:
    """Teach a network by any loss; as `train` otherwise."""
    inner = [*network.attend, *network.gather, *network.widen, *network.narrow]
    outer = [network.embedding, network.head, *network.near]
    optimizers: list[torch.optim.Optimizer] = [
        Muon(inner, learning_rate=recipe.learning_rate),
        torch.optim.Adam(outer, lr=recipe.outer_rate, betas=(0.9, 0.98)),
    ]
    rates = [one.param_groups[0]["lr"] for one in optimizers]
    for step, rows in enumerate(_batches(lessons.words.shape[1], recipe, seed)):
        share = min(1.0, (step + 1) / WARMING) * (1 - step / recipe.steps)
        for optimizer, rate in zip(optimizers, rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * share
        loss(network, lessons.rows(rows)).sum().backward()
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)


def sequence_loss(network: Network, lessons: Lessons) -> Tensor:
    """Cross-entropy of the replies' words, in nats a word. Shape (members,)."""
    each, counts = _word_losses(network, lessons)
    if lessons.weights is not None:
        counts = counts * lessons.weights[..., None]
    return (each * counts).sum((1, 2)) / counts.sum((1, 2)).clamp(min=1.0)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def sequence_losses(network: Network, lessons: Lessons, *, batch: int = 256) -> Tensor:
    """Cross-entropy of each reply, in nats a word. Shape (members, n)."""
    found = []
    for rows in torch.arange(lessons.words.shape[1]).split(batch):
        each, counts = _word_losses(network, lessons.rows(rows))
        found.append((each * counts).sum(2) / counts.sum(2).clamp(min=1.0))
    return torch.cat(found, dim=1)


def gradient(network: Network, lessons: Lessons) -> list[Tensor]:
    """Gradient of the mean loss on lessons, by weight, each member its own."""
    loss = sequence_loss(network, lessons).sum()
    return list(torch.autograd.grad(loss, list(network.parameters())))


def _word_losses(network: Network, lessons: Lessons) -> tuple[Tensor, Tensor]:
    start = max(lessons.prompt_length - 1, 0)
    logits = network(lessons.words[..., :-1])[..., start:, :]
    wanted = lessons.words[..., start + 1 :]
    each = functional.cross_entropy(logits.flatten(0, 2), wanted.flatten(), reduction="none")
    return each.view_as(wanted), (wanted != PAD).float()


def _batches(count: int, recipe: Recipe, seed: int) -> Iterator[Tensor]:
    """Rows of each step: every sequence once before any comes again."""
    drawn = torch.Generator().manual_seed(seed)
    size = min(recipe.batch, count)
    rounds = math.ceil(recipe.steps * size / count) + 1
    order = torch.cat([torch.randperm(count, generator=drawn) for _ in range(rounds)])
    for step in range(recipe.steps):
        yield order[step * size : (step + 1) * size]
