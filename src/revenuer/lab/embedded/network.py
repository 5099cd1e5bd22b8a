"""A small decoder, several of them side by side: one pass trains a whole family of students.

The members share a shape and nothing else. On a processor the cost of so small a model is that of
calling the library; a batched product calls it once for all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from revenuer.lab.embedded import vocabulary


@dataclass(frozen=True, slots=True)
class Shape:
    """How large each member is.

    Attributes:
        width: Of the residual stream.
        layers: How many blocks.
        heads: Of attention; `width / heads` is even.
        vocabulary: How many words.
    """

    width: int = 96
    layers: int = 3
    heads: int = 4
    vocabulary: int = vocabulary.SIZE

    @property
    def weights(self) -> int:
        """Weights of a member."""
        return self.layers * 12 * self.width**2 + 2 * self.vocabulary * self.width


REACH = 4
"""How many words a block sees at once before it attends: itself and the three before it."""

Cache = list[tuple[Tensor, Tensor, Tensor]]
"""For each block, the last words as it saw them, and the keys and values of all."""


class Network(nn.Module):  # type: ignore[misc]
    """Members of one shape: (members, batch, words) in, logits out."""

    def __init__(self, shape: Shape, seeds: list[int]) -> None:
        super().__init__()
        self.shape, self.members = shape, len(seeds)
        drawn = [torch.Generator().manual_seed(seed) for seed in seeds]
        width = shape.width

        def matrices(rows: int, columns: int, scale: float) -> nn.Parameter:
            each = [torch.randn(rows, columns, generator=one) * scale for one in drawn]
            return nn.Parameter(torch.stack(each))

        self.embedding = matrices(shape.vocabulary, width, 0.5)
        self.head = matrices(width, shape.vocabulary, 0.1 / math.sqrt(width))
        inner = 1 / math.sqrt(width)
        near = torch.zeros(self.members, REACH, width)
        self.near = nn.ParameterList(nn.Parameter(near.clone()) for _ in range(shape.layers))
        self.attend = nn.ParameterList(
            matrices(width, 3 * width, inner) for _ in range(shape.layers)
        )
        self.gather = nn.ParameterList(
            matrices(width, width, inner / 2) for _ in range(shape.layers)
        )
        self.widen = nn.ParameterList(
            matrices(width, 4 * width, inner) for _ in range(shape.layers)
        )
        self.narrow = nn.ParameterList(
            matrices(4 * width, width, inner / 4) for _ in range(shape.layers)
        )

    def forward(self, words: Tensor, cache: Cache | None = None) -> Tensor:
        """Logits of the next word at each place.

        Args:
            words: Shape (members, batch, length), integers.
            cache: Keys and values of the words before, which grows; empty at first.

        Returns:
            Shape (members, batch, length, vocabulary).
        """
        members, batch, length = words.shape
        start = cache[0][1].shape[-2] if cache else 0
        turn = _turns(start, length, self.shape.width // self.shape.heads, words.device)
        stream = _looked_up(self.embedding, words)
        for layer in range(self.shape.layers):
            held = cache[layer] if cache and len(cache) > layer else None
            stream, last = self._nearby(layer, stream, length, held[0] if held else None)
            read, keys, values = self._attention(layer, _even(stream), turn, held)
            if cache is not None:
                cache[layer : layer + 1] = [(last, keys, values)]
            stream = stream + read
            inside = functional.relu(torch.bmm(_even(stream), self.widen[layer])).square()
            stream = stream + torch.bmm(inside, self.narrow[layer])
        logits = torch.bmm(_even(stream), self.head)
        return logits.view(members, batch, length, -1)

    def _nearby(
        self, layer: int, stream: Tensor, length: int, before: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Mix each word with the few before it, channel by channel.

        What a small model otherwise spends most of its training on: looking a fixed few words back.

        Source:
            Allen-Zhu (2025), "Physics of language models: part 4.1", section on Canon layers.
        """
        members, width = self.members, self.shape.width
        each = _even(stream).view(members, -1, length, width)
        if before is None:
            before = each.new_zeros(*each.shape[:2], REACH - 1, width)
        longer = torch.cat((before, each), 2)
        mixed = sum(
            longer[:, :, back : back + length] * self.near[layer][:, None, None, back]
            for back in range(REACH)
        )
        return stream + torch.as_tensor(mixed).view_as(stream), longer[:, :, length:]

    def _attention(
        self,
        layer: int,
        stream: Tensor,
        turn: tuple[Tensor, Tensor],
        held: tuple[Tensor, ...] | None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        members, heads = self.members, self.shape.heads
        length = turn[0].shape[0]
        each = torch.bmm(stream, self.attend[layer])
        each = each.view(members, -1, length, 3, heads, self.shape.width // heads)
        query, key, value = each.permute(3, 0, 1, 4, 2, 5).flatten(1, 2).unbind()
        query, key = _turned(query, turn), _turned(key, turn)
        if held is not None:
            key, value = torch.cat((held[1], key), -2), torch.cat((held[2], value), -2)
        causal = length > 1
        read = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        read = read.transpose(1, 2).reshape(members, -1, self.shape.width)
        return torch.bmm(read, self.gather[layer]), key, value


def _looked_up(embedding: Tensor, words: Tensor) -> Tensor:
    """Rows of each member's own table. Shape (members, batch x length, width)."""
    members, size, width = embedding.shape
    offset = torch.arange(members).view(-1, 1) * size
    rows = functional.embedding(words.flatten(1) + offset, embedding.view(-1, width))
    return rows.view(members, -1, width)


def _even(stream: Tensor) -> Tensor:
    return functional.rms_norm(stream, (stream.shape[-1],))


def _turns(start: int, length: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines of rotary position embedding (Su et al., 2021, section 3.4)."""
    speed = 1000.0 ** (-torch.arange(0, width, 2, device=device) / width)
    angle = torch.arange(start, start + length, device=device).view(-1, 1) * speed
    return angle.cos(), angle.sin()


def _turned(heads: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    cosine, sine = turn
    first, second = heads.chunk(2, -1)
    return torch.cat((first * cosine - second * sine, first * sine + second * cosine), -1)
