"""How far a student's next-word distribution is from a teacher's, place by place.

`lab.trainers` has TRL work this out; that one sums over a batch, and members side by side need
each its own.

Source:
    Hinton et al. (2015) for forward KL; Gu et al. (2024), "MiniLLM", for reverse KL; Agarwal et
    al. (2024), "On-policy distillation of language models", equation 1, for generalised JSD.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Divergence = Literal["forward-kl", "reverse-kl", "jsd"]


def divergence(student: Tensor, teacher: Tensor, kind: Divergence, *, beta: float = 0.5) -> Tensor:
    """Measure how far a student is from a teacher, in nats.

    Args:
        student: Logits. Shape (..., vocabulary).
        teacher: Logits; -inf for words that were not shown. Shape (..., vocabulary).
        kind: Which.
        beta: Of JSD, the teacher's share of the mixture, in (0, 1).

    Returns:
        Shape (...).

    Examples:
        By hand: forward KL of (1/2, 1/2) from (3/4, 1/4) is log(2/3)/2 + log(2)/2.

        >>> ours = torch.tensor([[0.75, 0.25]]).log()
        >>> theirs = torch.tensor([[0.5, 0.5]]).log()
        >>> round(float(divergence(ours, theirs, "forward-kl")), 4)
        0.1438
    """
    ours, theirs = student.log_softmax(-1), teacher.log_softmax(-1)
    if kind == "forward-kl":
        return _kl(theirs, ours)
    if kind == "reverse-kl":
        return _kl(ours, theirs)
    share = torch.tensor(beta)
    both = torch.logaddexp(theirs + share.log(), ours + (1 - share).log())
    return beta * _kl(theirs, both) + (1 - beta) * _kl(ours, both)


def shown_logits(logits: Tensor, most: int) -> Tensor:
    """Keep the logits an API shows: the `most` likeliest words. Shape unchanged.

    The rest is not nought but unknown: a student spreads what is left of the probability over
    the other words evenly, as an API that shows log-probabilities lets it.
    """
    logs = logits.log_softmax(-1)
    top = logs.topk(most, dim=-1)
    left = (1 - top.values.exp().sum(-1, keepdim=True)).clamp(min=1e-9)
    others = max(logits.shape[-1] - most, 1)
    spread = (left / others).log().expand_as(logs)
    return spread.scatter(-1, top.indices, top.values)


def _kl(first: Tensor, second: Tensor) -> Tensor:
    shares = first.exp()
    # A word of no probability adds nothing, however unlikely the other finds it.
    return torch.where(shares > 0, shares * (first - second), 0.0).sum(-1)
