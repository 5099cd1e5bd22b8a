"""Prompts and answers as tokens, with the prompts out of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from revenuer.lab.pretrained import prompt_ids
from revenuer.lab.prompts import Prompt

IGNORED = -100
"""The label that torch's losses pass over (`torch.nn.CrossEntropyLoss.ignore_index`)."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One prompt and its answer.

    Attributes:
        prompt: Tokens that are given.
        answer: Tokens that are learned, the end included where the teacher came to it.
    """

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)

    @property
    def row(self) -> dict[str, list[int]]:
        """As trainers take it: what is not learned is labelled `IGNORED`."""
        return {
            "input_ids": [*self.prompt, *self.answer],
            "labels": [IGNORED] * len(self.prompt) + list(self.answer),
            "prompt_ids": list(self.prompt),
        }


def lesson(tokenizer: Any, prompt: Prompt, answer: str, *, finished: bool) -> Lesson:
    """Bring a prompt and its answer into the student's tokens.

    Args:
        tokenizer: The student's.
        prompt: What was asked.
        answer: What is to be learned.
        finished: Whether the answer came to its end; a student must not learn to stop where a
            limit cut the teacher off.
    """
    answered = tokenizer.encode(answer, add_special_tokens=False)
    end = [tokenizer.eos_token_id] if finished else []
    return Lesson(tuple(prompt_ids(tokenizer, prompt)), (*answered, *end))


class PromptCollator:
    """Rows of `Lesson` as the tensors of TRL's GKD trainer.

    Answers are padded on the right; prompts alone, from which the student writes, on the left.

    Args:
        pad: The padding token.
    """

    def __init__(self, pad: int) -> None:
        self.pad = pad

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, Tensor]:
        """Pad rows to one width."""
        ids = [row["input_ids"] for row in rows]
        prompts = [row["prompt_ids"] for row in rows]
        return {
            "input_ids": _right(ids, self.pad),
            "attention_mask": _right([[1] * len(one) for one in ids], 0),
            "labels": _right([row["labels"] for row in rows], IGNORED),
            "prompts": _left(prompts, self.pad),
            "prompt_attention_mask": _left([[1] * len(one) for one in prompts], 0),
        }


def _right(rows: list[list[int]], filler: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


def _left(rows: list[list[int]], filler: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[filler] * (width - len(row)) + row for row in rows])


def nats_per_token(model: Any, sequences: Sequence[Lesson], pad: int, batch: int) -> float:
    """How badly a model predicts answers: mean negative log-likelihood of an answer's token.

    Args:
        model: A causal language model.
        sequences: One or more.
        pad: The padding token.
        batch: Sequences at once.

    Returns:
        Nats a token, over all tokens alike; 0 is certainty.
    """
    collate = PromptCollator(pad)
    total, tokens = 0.0, 0
    for start in range(0, len(sequences), batch):
        rows = collate([one.row for one in sequences[start : start + batch]])
        ids = rows["input_ids"].to(model.device)
        labels = rows["labels"][:, 1:].to(model.device)
        seen = rows["attention_mask"].to(model.device)
        with torch.inference_mode():
            logits = model(input_ids=ids, attention_mask=seen).logits
        total += float(
            torch.nn.functional.cross_entropy(
                logits[:, :-1].flatten(0, 1).float(),
                labels.flatten(),
                ignore_index=IGNORED,
                reduction="sum",
            )
        )
        tokens += int((labels != IGNORED).sum())
    return total / tokens
