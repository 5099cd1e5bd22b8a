"""Whether a suspect answers more like the owner's model than like others: where to look further.

Triage, never a verdict. Models that were trained on the same texts agree, whoever taught them, and
a student of another family need not agree with its teacher at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from revenuer.stats.exact_rate import Rate
from revenuer.stats.holm import holm


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a suspect's answers compare.

    Attributes:
        with_owner: Prompts that suspect and owner answer alike.
        with_controls: Prompts that suspect and each control answer alike, by name.
        p_values: Against each control, corrected for their number (Holm).
        closest_to_owner: Whether it is, against every control: a reason to look further.
        false_leads: Controls that would have been leads, each held against the others.
    """

    with_owner: Rate
    with_controls: dict[str, Rate]
    p_values: dict[str, float]
    closest_to_owner: bool
    false_leads: Rate


def compare(
    suspect: NDArray[np.int64],
    owner: NDArray[np.int64],
    controls: Mapping[str, NDArray[np.int64]],
    *,
    alpha: float,
) -> Likeness:
    """Compare answers to the same prompts.

    A prompt counts against a control where the suspect sides with just one of owner and control;
    were it no closer to the owner, it would side with either as often.

    Args:
        suspect: What it answered, as a number that is equal where answers are. Shape (n,).
        owner: Likewise. Shape (n,).
        controls: Likewise, of models that are not the owner's, by name. Shapes (n,).
        alpha: Highest tolerated chance of a false lead, in (0, 1).

    Raises:
        ValueError: There is no control: every model agrees with every other to some degree.

    Source:
        Nikolić, Baluta and Saxena (2025), "Model provenance testing for large language models",
        NeurIPS, for the question and the controls; McNemar (1947), exact, for the test; Holm
        (1979).

    Examples:
        By hand: the suspect sides with the owner alone on five prompts and with the control alone
        on none, 1 / 2^5.

        >>> same, other = np.zeros(5, dtype=np.int64), np.ones(5, dtype=np.int64)
        >>> compare(same, same, {"other": other}, alpha=0.05).p_values
        {'other': 0.03125}
    """
    if not controls:
        raise ValueError("a comparison needs at least one control model")
    names = list(controls)
    p_values = _against(suspect, owner, list(controls.values()))
    leads = 0
    for name in names:
        others = [given for other, given in controls.items() if other != name]
        leads += bool(others) and bool((_against(controls[name], owner, others) <= alpha).all())
    return Likeness(
        with_owner=_alike(suspect, owner),
        with_controls={name: _alike(suspect, controls[name]) for name in names},
        p_values=dict(zip(names, map(float, p_values), strict=True)),
        closest_to_owner=bool((p_values <= alpha).all()),
        # One control alone has no other to be held against.
        false_leads=Rate.of(leads, len(names) if len(names) > 1 else 0),
    )


def informative_prompts(probabilities: NDArray[np.float64], budget: int) -> NDArray[np.intp]:
    """Which prompts to spend a budget on: those where the owner's model is least sure.

    Where every model says the same, agreement says nothing.

    Args:
        probabilities: Of the owner's likeliest answers to each prompt; rows sum to at most 1, and
            the rest counts as one more answer. Shape (prompts, k).
        budget: How many prompts may be asked.

    Returns:
        Rows, the least sure first. Shape (at most budget,).

    Source:
        Nikolić et al. (2025), section on query-efficient testing: prompts by entropy.

    Examples:
        >>> informative_prompts(np.array([[1.0, 0.0], [0.5, 0.5], [0.9, 0.1]]), 2)
        array([1, 2])
    """
    rest = np.clip(1.0 - probabilities.sum(axis=1, keepdims=True), 0.0, 1.0)
    whole = np.concatenate([probabilities, rest], axis=1)
    entropy = -np.sum(whole * np.log(np.where(whole > 0, whole, 1.0)), axis=1)
    return np.argsort(-entropy, kind="stable")[:budget]


def _against(
    suspect: NDArray[np.int64], owner: NDArray[np.int64], controls: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Chances of siding with the owner alone as often, against each control, corrected."""
    return holm(np.array([_sides(suspect, owner, control) for control in controls]))


def _alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> Rate:
    return Rate.of(int((one == other).sum()), int(one.size))


def _sides(
    suspect: NDArray[np.int64], owner: NDArray[np.int64], control: NDArray[np.int64]
) -> float:
    """Chance of siding as often with the owner alone, were either as likely."""
    with_owner = int(((suspect == owner) & (suspect != control)).sum())
    with_control = int(((suspect == control) & (suspect != owner)).sum())
    return float(binom.sf(with_owner - 1, with_owner + with_control, 0.5))
