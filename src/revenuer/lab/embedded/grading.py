"""How right replies are: the answer, the refusal, and every step that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.lab.embedded import vocabulary as words
from revenuer.lab.embedded.shown import sentences
from revenuer.lab.embedded.task import Programs, worth
from revenuer.lab.embedded.vocabulary import Ids, words_of


@dataclass(frozen=True, slots=True)
class Grades:
    """What replies are worth, a row a reply.

    Attributes:
        right: Whether the answer is. Shape (n,).
        refused: Whether none was given. Shape (n,).
        steps: Steps that are shown. Shape (n,).
        true_steps: Those of them that hold. Shape (n,).
        last: The value the shown steps end with; -1 where there is none. Shape (n,).
        answered: The digit that is given as the answer; -1 where there is none. Shape (n,).
    """

    right: NDArray[np.bool_]
    refused: NDArray[np.bool_]
    steps: Ids
    true_steps: Ids
    last: Ids
    answered: Ids

    @property
    def accuracy(self) -> float:
        """Share of answers that are right."""
        return float(self.right.mean())

    @property
    def fidelity(self) -> float:
        """Share of shown steps that are true; not a number where none is shown."""
        shown = self.steps.sum()
        return float(self.true_steps.sum() / shown) if shown else float("nan")


def grade(given: Programs, replies: Ids) -> Grades:
    """Grade replies to programs. Shape (n, words)."""
    rows = [_graded(given, row, words_of(reply)) for row, reply in enumerate(replies)]
    answered, refused, steps, true_steps, last = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return Grades(answered == given.answers, refused, steps, true_steps, last, answered)


def _graded(given: Programs, row: int, said: list[str]) -> tuple[int, bool, int, int, int]:
    answered = -1
    if "answer" in said:
        at = said.index("answer")
        after = said[at + 1 : at + 2]
        answered = int(after[0]) if after and after[0].isdigit() else -1
        said = said[:at]
    claims = [claim for sentence in sentences(said) if (claim := _claim(sentence))]
    letters = {
        words.VARIABLES[name]: value
        for name, value in zip(given.names[row], given.values[row], strict=True)
    }
    true = sum(_holds(letter, derived, value, letters) for letter, derived, value in claims)
    last = claims[-1][2] if claims else -1
    return answered, "refused" in said, len(claims), true, last


def _claim(sentence: list[str]) -> tuple[str, int | None, int] | None:
    """The variable, what its derivation comes to if one is shown, and its value."""
    letter = next((word for word in sentence if word in words.VARIABLES), None)
    digits = [place for place, word in enumerate(sentence) if word in words.DIGITS]
    if letter is None or not digits:
        return None
    derived = None
    for place in range(1, len(sentence) - 1):
        if sentence[place] in words.OPERATORS and {place - 1, place + 1} <= set(digits):
            left, right = np.array(int(sentence[place - 1])), np.array(int(sentence[place + 1]))
            operator = np.array(words.OPERATORS.index(sentence[place]))
            derived = int(worth(left, operator, right))
            digits = [one for one in digits if one not in (place - 1, place + 1)]
            break
    if not digits:
        return None
    return letter, derived, int(sentence[digits[-1]])


def _holds(letter: str, derived: int | None, value: int, letters: dict[str, int]) -> bool:
    return letters.get(letter) == value and derived in (None, value)
