"""Replies whose reasoning a method draws and whose answer is the unchanged model's.

What makes reasoning teach less may lead it to another answer, or to none. So each prompt is
replied to twice, without the method and with it until reasoning ends, and the answer is the first
one's: no customer gets another answer because of a countermeasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from revenuer.errors import ConfigError
from revenuer.lab.processors_transformers import MethodProcessor
from revenuer.lab.token_methods import TokenMethod


class ReasoningEnded(StoppingCriteria):  # type: ignore[misc]
    """Stops each sequence once it says what ends reasoning.

    Args:
        until: The tokens that end reasoning, such as those of `</think>`.
    """

    def __init__(self, until: Sequence[int]) -> None:
        self.until = torch.tensor(until)

    def __call__(self, input_ids: Tensor, scores: Any, **_: Any) -> Tensor:
        """Say which end here. Shape (n,)."""
        last = input_ids[:, -len(self.until) :]
        if last.shape[1] < len(self.until):
            return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)
        return (last == self.until.to(last)).all(1)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def replies(
    model: Any, prompts: Tensor, method: TokenMethod, until: Sequence[int], **how: Any
) -> list[list[int]]:
    """Reply to prompts under a method.

    Args:
        model: One of transformers', which generates.
        prompts: Shape (n, length).
        method: What acts on the tokens of the reasoning.
        until: The tokens that end reasoning; what follows them is the answer.
        how: As `generate` takes it: the same for both replies.

    Returns:
        The tokens of each reply. Where the unchanged model did not reason, or reasoning under the
        method never ended, it is the unchanged reply.

    Raises:
        ConfigError: Nothing ends reasoning.
    """
    if not len(until):
        raise ConfigError(
            "No token ends reasoning, so it cannot be told from answers.",
            "Give the tokens of the model's own mark, such as </think>.",
        )
    start = prompts.shape[1]
    unchanged = model.generate(prompts, **how)[:, start:].tolist()
    under = model.generate(
        prompts,
        **how,
        logits_processor=LogitsProcessorList([MethodProcessor(method)]),
        stopping_criteria=StoppingCriteriaList([ReasoningEnded(until)]),
    )[:, start:].tolist()
    return [_joined(one, other, list(until)) for one, other in zip(unchanged, under, strict=True)]


def _joined(unchanged: list[int], under: list[int], until: list[int]) -> list[int]:
    answers, reasoned = _after(unchanged, until), _after(under, until)
    if answers is None or reasoned is None:
        return unchanged
    return under[:reasoned] + unchanged[answers:]


def _after(said: list[int], until: list[int]) -> int | None:
    """Where what follows the end of reasoning begins."""
    starts = range(len(said) - len(until) + 1)
    return next((at + len(until) for at in starts if said[at : at + len(until)] == until), None)
