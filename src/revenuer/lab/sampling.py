"""Ask networks: replies to prompts, greedy or drawn, with token methods between."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from revenuer.lab.network import Cache, Network
from revenuer.lab.vocabulary import END, PAD

TokenMethod = Callable[[Tensor, Tensor], Tensor]
"""Logits (members, batch, vocabulary) and the words so far to logits: what acts on tokens."""


@torch.inference_mode()
def replies(
    network: Network,
    prompts: Tensor,
    length: int,
    *,
    temperature: float = 0.0,
    seed: int = 0,
    method: TokenMethod | None = None,
) -> Tensor:
    """Reply to prompts.

    Args:
        network: Who replies.
        prompts: Shape (members, n, prompt length), or (n, prompt length) for all members alike.
        length: Most words of a reply.
        temperature: 0 takes the likeliest word.
        seed: Of what is drawn.
        method: What changes the logits before a word is chosen.

    Returns:
        Padded after its end. Shape (members, n, length).
    """
    if prompts.dim() == 2:
        prompts = prompts.expand(network.members, -1, -1)
    drawn = torch.Generator().manual_seed(seed)
    cache: Cache = []
    said = prompts
    ended = torch.zeros(prompts.shape[:2], dtype=torch.bool)
    logits = network(prompts, cache)[..., -1, :]
    for _ in range(length):
        if method is not None:
            logits = method(logits, said)
        word = chosen(logits, temperature, drawn).masked_fill(ended, PAD)
        said = torch.cat((said, word[..., None]), -1)
        ended |= word == END
        if bool(ended.all()):
            break
        logits = network(word[..., None], cache)[..., -1, :]
    reply = said[..., prompts.shape[-1] :]
    return torch.nn.functional.pad(reply, (0, length - reply.shape[-1]), value=PAD)


def chosen(logits: Tensor, temperature: float, drawn: torch.Generator) -> Tensor:
    """Choose a word of each row, by Gumbel noise where the temperature is above 0."""
    if temperature == 0:
        return logits.argmax(-1)
    noise = -torch.empty_like(logits).exponential_(generator=drawn).log()
    return (logits / temperature + noise).argmax(-1)
