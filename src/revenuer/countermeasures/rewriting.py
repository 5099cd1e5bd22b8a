"""What is done to shown reasoning, whoever's protocol shows it."""

from __future__ import annotations

from collections.abc import Callable

Rewrite = Callable[[str], str]
"""From the reasoning that the model wrote to what is shown of it; empty is nothing."""


def withheld(reasoning: str) -> str:
    """Nothing of it."""
    return ""


def one_after_the_other(rewrites: tuple[Rewrite, ...]) -> Rewrite:
    """Several of them as one; whatever else is asked for, what is withheld stays so.

    Examples:
        >>> one_after_the_other((str.upper, withheld))("so it is 4")
        ''
    """
    if withheld in rewrites:
        return withheld

    def all_of_them(reasoning: str) -> str:
        for rewrite in rewrites:
            reasoning = rewrite(reasoning)
        return reasoning

    return rewrites[0] if len(rewrites) == 1 else all_of_them
