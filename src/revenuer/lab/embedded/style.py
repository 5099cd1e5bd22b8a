"""How a model of the embedded task words what it reasons: its house style."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.lab.embedded import vocabulary as words
from revenuer.lab.embedded.task import ANSWER_LENGTH, MODULUS, STEP_WORDS, Programs, Task, worth
from revenuer.lab.embedded.vocabulary import ID, Ids


@dataclass(frozen=True, slots=True)
class Style:
    """How often each of several words of one meaning is chosen.

    Attributes:
        weights: For each of `vocabulary.FREE_CHOICES`, the share of each word.
    """

    weights: tuple[NDArray[np.float64], ...]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Style:
        """Draw a style: a few favourite words of each kind, as every model has them."""
        kinds = (len(choices) for choices in words.FREE_CHOICES)
        return cls(tuple(rng.dirichlet(np.full(n, 0.7)) for n in kinds))

    @classmethod
    def even(cls) -> Style:
        """Give the style of nobody: each word as often as another."""
        return cls(tuple(np.full(len(one), 1 / len(one)) for one in words.FREE_CHOICES))

    def choose(self, kind: int, shape: tuple[int, ...], rng: np.random.Generator) -> Ids:
        """Draw words of a kind."""
        choices = words.numbers(words.FREE_CHOICES[kind])
        return choices[rng.choice(len(choices), size=shape, p=self.weights[kind])]


def replies(given: Programs, task: Task, style: Style, rng: np.random.Generator) -> Ids:
    """Write a full reply to each program, padded. Shape (n, task.reply_length)."""
    steps = task.variables - 1
    n, digit = len(given), ID[words.DIGITS[0]]
    rows = np.full((n, task.reply_length), words.PAD, dtype=np.int64)
    each = rows[:, : steps * STEP_WORDS].reshape(n, steps, STEP_WORDS)
    each[..., 0] = style.choose(0, (n, steps), rng)
    each[..., 1] = ID[words.VARIABLES[0]] + given.names[:, 1:]
    each[..., 2] = style.choose(1, (n, steps), rng)
    each[..., 3] = digit + given.values[:, :-1]
    each[..., 4] = ID[words.OPERATORS[0]] + given.operators[:, 1:]
    each[..., 5] = digit + given.right[:, 1:]
    each[..., 6] = style.choose(1, (n, steps), rng)
    each[..., 7] = digit + given.values[:, 1:]
    each[..., 8] = style.choose(2, (n, steps), rng)
    rows[:, -ANSWER_LENGTH] = ID["answer"]
    rows[:, -ANSWER_LENGTH + 1] = digit + given.answers
    rows[:, -1] = words.END
    refused = given.restricted
    rows[refused] = words.PAD
    rows[refused, 0], rows[refused, 1] = ID["refused"], words.END
    return rows


def facts(count: int, length: int, style: Style, rng: np.random.Generator) -> Ids:
    """Write lines of single facts, `so b is 3 + 4 gives 7 .`: what everyone knows beforehand.

    Never a whole program, so that a student begins able to reckon and unable to solve.

    Returns:
        Shape (count, length), each a run of facts cut off at the end.
    """
    steps = -(-length // STEP_WORDS)
    digit = ID[words.DIGITS[0]]
    left, right = rng.integers(0, MODULUS, (2, count, steps))
    operator = rng.integers(0, len(words.OPERATORS), (count, steps))
    rows = np.empty((count, steps, STEP_WORDS), dtype=np.int64)
    rows[..., 0] = style.choose(0, (count, steps), rng)
    rows[..., 1] = ID[words.VARIABLES[0]] + rng.integers(0, len(words.VARIABLES), (count, steps))
    rows[..., 2] = style.choose(1, (count, steps), rng)
    rows[..., 3] = digit + left
    rows[..., 4] = ID[words.OPERATORS[0]] + operator
    rows[..., 5] = digit + right
    rows[..., 6] = style.choose(1, (count, steps), rng)
    rows[..., 7] = digit + worth(left, operator, right)
    rows[..., 8] = style.choose(2, (count, steps), rng)
    return rows.reshape(count, -1)[:, :length]
