"""Ask networks of the embedded task: replies to prompts, greedy or drawn."""

from __future__ import annotations

import torch
from torch import Tensor

from revenuer.lab.embedded.network import Cache, Network
from revenuer.lab.embedded.vocabulary import END, ID, PAD
from revenuer.lab.token_methods import TokenMethod


@torch.inference_mode()  # type: ignore[untyped-decorator]
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
        method: What acts on the tokens of the reasoning; the answer's are left alone.

    Returns:
        Padded after its end. Shape (members, n, length).
    """
    if prompts.dim() == 2:
        prompts = prompts.expand(network.members, -1, -1)
    drawn = torch.Generator().manual_seed(seed)
    cache: Cache = []
    said = prompts
    ended = torch.zeros(prompts.shape[:2], dtype=torch.bool)
    answering = ended
    logits = network(prompts, cache)[..., -1, :]
    for _ in range(length):
        if method is not None:
            changed = method(logits.flatten(0, 1), said.flatten(0, 1)).view_as(logits)
            logits = torch.where(answering[..., None], logits, changed)
        word = chosen(logits, temperature, drawn).masked_fill(ended, PAD)
        said = torch.cat((said, word[..., None]), -1)
        ended = ended | (word == END)
        answering = answering | (word == ID["answer"])
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


class Following:
    """A network as a proxy: reads on from where it was, while the texts grow word by word."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.cache: Cache = []
        self.read = 0

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def __call__(self, said: Tensor) -> Tensor:
        """Logits of the next token. Shape (n, vocabulary) for `said` of shape (n, length)."""
        if said.shape[-1] <= self.read:
            self.cache, self.read = [], 0
        fresh = said[None, :, self.read :]
        logits = self.network(fresh, self.cache)[0, :, -1]
        self.read = said.shape[-1]
        return logits


def with_answers(replies: Tensor, answered: Tensor) -> Tensor:
    """Put the answers of other replies in their place: what acts on reasoning falsifies none.

    Args:
        replies: Shape (..., length).
        answered: The digit each is to answer, 0..9; below 0 leaves it. Shape (...).
    """
    before = torch.nn.functional.pad(replies[..., :-1], (1, 0), value=PAD) == ID["answer"]
    place = before & (answered[..., None] >= 0)
    return torch.where(place, ID["0"] + answered[..., None], replies)
