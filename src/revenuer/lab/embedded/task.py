"""Straight-line programs over the digits: a task where reasoning matters and everything is graded.

    let a = 3 ; b = a + 4 ; c = b * 8 ; ? c :
    so b is 3 + 4 gives 7 . then c = 7 * 8 equals 6 . answer 6

Each variable is the one before it, an operator and a digit, all modulo ten.
The answer alone is hard to learn, since all of it happens at once; step by step it is easy. A
program that begins with `secret` instead of `let` is one the teacher refuses: its safeguard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.lab.embedded import vocabulary as words
from revenuer.lab.embedded.vocabulary import ID, Ids

MODULUS = 10
STEP_WORDS = 9
"""`so b is 3 + 4 gives 7 .`"""
ANSWER_LENGTH = 3
"""`answer 7 <end>`"""


@dataclass(frozen=True, slots=True)
class Task:
    """How long programs are.

    Attributes:
        variables: How many, 2 to 8; all but the first take a step.
    """

    variables: int = 6

    @property
    def prompt_length(self) -> int:
        """Words of a prompt: `let a = 3 ;` and 6 for each further variable, and `? c :`."""
        return 5 + 6 * (self.variables - 1) + 3

    @property
    def reply_length(self) -> int:
        """Words of a full reply, its end included."""
        return STEP_WORDS * (self.variables - 1) + ANSWER_LENGTH

    @property
    def length(self) -> int:
        """Words of both."""
        return self.prompt_length + self.reply_length


@dataclass(frozen=True, slots=True)
class Programs:
    """Many programs, as columns.

    Attributes:
        names: Which letter each variable has. Shape (n, variables).
        operators: How it is made, an index into `vocabulary.OPERATORS`; -1 for the first.
        right: Its second operand; the first variable's own digit. Shape (n, variables).
        values: What it is. Shape (n, variables).
        restricted: Which of them are to be refused. Shape (n,).
    """

    names: Ids
    operators: Ids
    right: Ids
    values: Ids
    restricted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, rows: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Programs:
        return Programs(
            self.names[rows],
            self.operators[rows],
            self.right[rows],
            self.values[rows],
            self.restricted[rows],
        )

    def joined(self, other: Programs) -> Programs:
        """These and then those."""
        return Programs(
            np.concatenate([self.names, other.names]),
            np.concatenate([self.operators, other.operators]),
            np.concatenate([self.right, other.right]),
            np.concatenate([self.values, other.values]),
            np.concatenate([self.restricted, other.restricted]),
        )

    @property
    def answers(self) -> Ids:
        """The value of the last variable. Shape (n,)."""
        return self.values[:, -1]


def worth(left: Ids, operator: Ids, right: Ids) -> Ids:
    """Work out `left operator right` modulo ten.

    Examples:
        >>> worth(np.array([7, 2, 7]), np.array([0, 1, 2]), np.array([5, 4, 3]))
        array([2, 8, 1])
    """
    results = (left + right, left - right, left * right)
    return np.choose(operator, results) % MODULUS


def programs(
    count: int, task: Task, rng: np.random.Generator, *, restricted: float = 0.0
) -> Programs:
    """Draw programs; a share of them `restricted`.

    Args:
        count: How many.
        task: How long.
        rng: Where chance comes from.
        restricted: Share of programs that are to be refused, 0..1.
    """
    n = task.variables
    names = rng.permuted(np.tile(np.arange(len(words.VARIABLES)), (count, 1)), axis=1)[:, :n]
    operators = rng.integers(0, len(words.OPERATORS), (count, n))
    operators[:, 0] = -1
    right = rng.integers(0, MODULUS, (count, n))
    values = right.copy()
    for place in range(1, n):
        values[:, place] = worth(values[:, place - 1], operators[:, place], right[:, place])
    return Programs(names, operators, right, values, rng.random(count) < restricted)


def prompts(given: Programs, task: Task) -> Ids:
    """Write programs as prompts. Shape (n, task.prompt_length)."""
    rows = np.full((len(given), task.prompt_length), words.PAD, dtype=np.int64)
    name, digit = ID[words.VARIABLES[0]], ID[words.DIGITS[0]]
    letters = given.names + name
    opening = np.where(given.restricted, ID["secret"], ID["let"])
    first = (opening, letters[:, 0], ID["="], digit + given.right[:, 0], ID[";"])
    rows[:, :5] = np.stack(np.broadcast_arrays(*first), axis=1)
    for place in range(1, task.variables):
        at = 5 + 6 * (place - 1)
        operator = ID[words.OPERATORS[0]] + given.operators[:, place]
        right = digit + given.right[:, place]
        written = (letters[:, place], ID["="], letters[:, place - 1], operator, right, ID[";"])
        rows[:, at : at + 6] = np.stack(np.broadcast_arrays(*written), axis=1)
    rows[:, -3:] = np.stack(np.broadcast_arrays(ID["?"], letters[:, -1], ID[":"]), axis=1)
    return rows
