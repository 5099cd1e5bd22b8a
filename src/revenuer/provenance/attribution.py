"""Which of several known teachers a text learned from, or none of these.

A suspect always leans to one candidate more than to the others: that alone says nothing, for so
does every stranger. What says something is a lean that strangers do not show. So the suspect is
held against controls, models that are known to have learned from none of the candidates, asked the
same prompts: were it one of them, its rank among them would be even. The answer may be "none of
these"; it can only be another where there are controls enough.

It is evidence of likeness in habit and wording. A model of the candidate's family, or one that
learned from the same source, leans the same way: only such models among the controls would show.

Source:
    Wadhwa et al. (2025), "Who taught you that? Tracing teachers in model distillation", Findings
    of ACL: attribution in a closed set, and that token n-grams carry it only weakly.
    Besag and Clifford (1989) for the rank among exchangeable controls; Holm (1979).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.provenance.token_models import TokenModel
from revenuer.stats.exact_rate import Rate
from revenuer.stats.holm import holm


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the leans say.

    Attributes:
        candidates: Their names.
        leans: How much likelier the suspect's texts are under each candidate's habits than under
            the others' on average, nats a token. Shape (candidates,).
        p_values: Corrected for their number (Holm). Shape (candidates,).
        named: The candidate that the evidence is consistent with; None for none of these.
        controls: How many strangers it was held against.
        controls_needed: Fewer than these can name nobody.
        false_names: Controls for which a teacher would have been named, each held against the
            others: of this very set, not of strangers to come, for whom alpha is the promise.
    """

    candidates: tuple[str, ...]
    leans: tuple[float, ...]
    p_values: tuple[float, ...]
    named: str | None
    controls: int
    controls_needed: int
    false_names: Rate


def candidate_models(
    texts: Mapping[str, Sequence[NDArray[np.int64]]], vocabulary: int
) -> dict[str, TokenModel]:
    """A model of each candidate, from equally many of its tokens.

    Whoever gave more text would be likelier for every text.

    Args:
        texts: Answers of each candidate, tokenized alike.
        vocabulary: How many tokens there are.
    """
    least = min(sum(text.size for text in given) for given in texts.values())
    return {name: TokenModel.fit(_first(given, least), vocabulary) for name, given in texts.items()}


def leans(
    models: Mapping[str, TokenModel], texts: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """How much texts lean to each candidate, nats a token; they sum to 0. Shape (candidates,).

    Raises:
        ValueError: There are fewer than two candidates, or no text.
    """
    if len(models) < 2:
        raise ValueError("a lean needs at least two candidates")
    said = [text for text in texts if text.size]
    if not said:
        raise ValueError("a lean needs a text that is not empty")
    found = np.array([model.log_likelihoods(said) for model in models.values()])
    # Each text counts alike: a long one is one sign of a habit more often repeated.
    mean = found.mean(axis=1)
    others = (mean.sum() - mean) / (mean.size - 1)
    return np.asarray(mean - others)


def attribute(
    candidates: Sequence[str],
    suspect: NDArray[np.float64],
    controls: NDArray[np.float64],
    *,
    alpha: float,
) -> Attribution:
    """Name a teacher, or none.

    Args:
        candidates: Their names.
        suspect: Its leans. Shape (candidates,).
        controls: Leans of strangers to all candidates. Shape (controls, candidates).
        alpha: Highest tolerated chance of naming a stranger's teacher, in (0, 1).

    Examples:
        By hand: no control of 39 leans as far to b, and 1 / 40 twice is 0.05.

        >>> strangers = np.column_stack([np.linspace(0, 1, 39), np.linspace(0, -1, 39)])
        >>> attribute(("a", "b"), np.array([-2.0, 2.0]), strangers, alpha=0.05).named
        'b'
    """
    p_values = _corrected(suspect, controls)
    best = int(np.argmax(suspect))
    rows = np.arange(controls.shape[0])
    false_names = sum(
        float(_corrected(row, controls[rows != i])[np.argmax(row)]) <= alpha
        for i, row in enumerate(controls)
    )
    return Attribution(
        candidates=tuple(candidates),
        leans=tuple(map(float, suspect)),
        p_values=tuple(map(float, p_values)),
        named=candidates[best] if p_values[best] <= alpha else None,
        controls=int(rows.size),
        # A rank of 1 / (controls + 1) must pass alpha after all candidates are corrected for;
        # 1 / 0.05 is a little less than 20 in floating point, hence the margin.
        controls_needed=math.ceil(len(candidates) / alpha - 1e-9) - 1,
        false_names=Rate.of(false_names, int(rows.size)),
    )


def _corrected(suspect: NDArray[np.float64], controls: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rank of each lean among the controls', corrected for the number of candidates."""
    at_or_above = (controls >= suspect[None, :]).sum(axis=0)
    return holm((1 + at_or_above) / (controls.shape[0] + 1))


def _first(texts: Sequence[NDArray[np.int64]], tokens: int) -> list[NDArray[np.int64]]:
    """The first texts, up to so many tokens."""
    kept, left = [], tokens
    for text in texts:
        kept.append(text[:left])
        left -= kept[-1].size
    return kept
