"""What acts on the choice of the next token: watermarks, and what makes traces teach less.

Each takes logits and the tokens so far and gives logits: the same object serves the embedded task,
`processors_transformers` and `processors_vllm`. Rows are independent of one another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from revenuer.stats.green_list import green_mask, keyed_uniforms, tournament_bits


class TokenMethod(Protocol):
    """Changes the logits of the next token."""

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Give other logits.

        Args:
            logits: Of the next token. Shape (n, vocabulary).
            said: The tokens so far, prompt included. Shape (n, length).

        Returns:
            Shape (n, vocabulary).
        """
        ...


class GreenList:
    """KGW: the tokens that a key draws for the context are raised by `delta`.

    Source:
        Kirchenbauer et al. (2023), "A watermark for large language models", algorithm 2.
    """

    def __init__(self, key: bytes, *, delta: float, gamma: float = 0.5, width: int = 2) -> None:
        self.key, self.delta, self.gamma, self.width = key, delta, gamma, width

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Raise the green ones."""
        contexts = said[:, -self.width :].numpy()
        mask = green_mask(contexts, logits.shape[-1], self.key, self.gamma)
        return logits + self.delta * torch.from_numpy(mask)


class GumbelMax:
    """The token that a keyed draw picks: each reply distributed as without it.

    A context that comes again draws the same, so a fixed prompt asked twice gets one answer, and a
    training set made of many replies is less varied than one drawn freely.

    Source:
        Aaronson (2022), "Watermarking GPT outputs".
    """

    def __init__(self, key: bytes, *, width: int = 3, temperature: float = 1.0) -> None:
        self.key, self.width, self.temperature = key, width, temperature

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Leave the picked token alone."""
        contexts = said[:, -self.width :].numpy()
        drawn = torch.from_numpy(keyed_uniforms(contexts, logits.shape[-1], self.key))
        noisy = logits / self.temperature - (-drawn.log()).log()
        picked = noisy.argmax(-1, keepdim=True)
        return torch.full_like(logits, -torch.inf).scatter(-1, picked, 0.0)


class Tournament:
    """SynthID-Text's tournament, in closed form, two tokens a match.

    Source:
        Dathathri et al. (2024), Nature 634, 818-823: with one-bit values a round multiplies the
        probability of t by 1 + g(t) - the share of the probability that has g = 1.
    """

    def __init__(
        self, key: bytes, *, layers: int = 30, width: int = 3, temperature: float = 1.0
    ) -> None:
        self.key, self.layers, self.width, self.temperature = key, layers, width, temperature

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Hold the rounds."""
        contexts = said[:, -self.width :].numpy()
        bits = torch.from_numpy(tournament_bits(contexts, logits.shape[-1], self.key, self.layers))
        shares = (logits / self.temperature).softmax(-1)
        for wins in bits.to(shares.dtype).unbind(-1):
            shares = shares * (1 + wins - (shares * wins).sum(-1, keepdim=True))
        return shares.clamp(min=0).log() * self.temperature


Follower = Callable[[Tensor], Tensor]
"""A proxy model: the tokens so far (n, length) to logits of the next (n, vocabulary)."""


class ProductOfExperts:
    """The teacher's and a proxy student's probabilities, multiplied.

    Source:
        Allouah et al. (2026), "The distillation game", arXiv 2605.22737.
    """

    def __init__(self, proxy: Follower, *, share: float) -> None:
        self.proxy, self.share = proxy, share

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Mix the two on logarithms."""
        ours, theirs = logits.log_softmax(-1), self.proxy(said).log_softmax(-1)
        return (1 - self.share) * ours + self.share * theirs


class Antidistillation:
    """Tokens raised that move a proxy student away from being right.

    The source leaves the score's scale to each model; here it has unit spread over the vocabulary,
    so that `strength` is in logits.

    Source:
        Savani et al. (2025), "Antidistillation sampling", NeurIPS, arXiv 2504.13146, equation 8,
        by central difference.
    """

    def __init__(self, ahead: Follower, behind: Follower, *, strength: float) -> None:
        self.ahead, self.behind, self.strength = ahead, behind, strength

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Add the difference of the two moved proxies."""
        score = self.ahead(said).log_softmax(-1) - self.behind(said).log_softmax(-1)
        score = score - score.mean(-1, keepdim=True)
        return logits + self.strength * score / score.std(-1, keepdim=True).clamp(min=1e-6)


class AntidistillationFingerprint:
    """A green list whose push is as strong as a proxy student would take it up.

    Source:
        Xu et al. (2026), "Antidistillation fingerprinting", ICML, arXiv 2602.03812.
    """

    def __init__(
        self, key: bytes, proxy: Follower, *, strength: float, gamma: float = 0.5, width: int = 2
    ) -> None:
        self.key, self.proxy, self.strength = key, proxy, strength
        self.gamma, self.width = gamma, width

    def __call__(self, logits: Tensor, said: Tensor) -> Tensor:
        """Push each token by what the proxy gives it."""
        contexts = said[:, -self.width :].numpy()
        mask = torch.from_numpy(green_mask(contexts, logits.shape[-1], self.key, self.gamma))
        shares = self.proxy(said).softmax(-1)
        mass = (shares * mask).sum(-1, keepdim=True)
        return logits + self.strength * shares * (mask.to(shares.dtype) - mass)
