"""What a text says in the end: its reasoning cut off, its final answer found and compared."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_BOXED = re.compile(r"\\boxed\{([^{}]*)\}")
_NUMBER = re.compile(r"[-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def without_reasoning(text: str, end: str, marker: str) -> str:
    r"""What follows the end of the reasoning; all of it where there is no end.

    Args:
        text: Reasoning and answer.
        end: What ends the reasoning.
        marker: What stands before the final answer; it stays where it is also the end.

    Examples:
        >>> without_reasoning("<think>2 and 2</think>\n4", "</think>", "####")
        '4'
        >>> without_reasoning("2 and 2\n#### 4", "####", "####")
        '#### 4'
    """
    if end not in text:
        return text
    answer = text.rpartition(end)[2].lstrip()
    return f"{marker} {answer}" if end == marker else answer


def final_answer(text: str, marker: str) -> str | None:
    r"""The final answer of a text: after the last marker, or in the last box of LaTeX.

    Args:
        text: Reasoning and answer.
        marker: Such as `####`; what follows on its line counts.

    Returns:
        None where there is neither.

    Source:
        Cobbe et al. (2021), "Training verifiers to solve math word problems": GSM8K ends its
        solutions with `#### 42`. Hendrycks et al. (2021) box them.

    Examples:
        >>> final_answer("6 * 7 is 42\n#### 42.", "####"), final_answer(r"\boxed{1/2}", "####")
        ('42', '1/2')
    """
    if marker and marker in text:
        line = text.rpartition(marker)[2].strip().splitlines()
        return line[0].strip().rstrip(".") if line else None
    boxed = _BOXED.findall(text)
    return boxed[-1].strip() if boxed else None


def is_right(text: str, wanted: str, marker: str) -> bool:
    """Whether a text's final answer is the wanted one, as a number or as words.

    Examples:
        >>> is_right("#### $1,000.00", "1000", "####"), is_right("#### Paris", "paris", "####")
        (True, True)
        >>> is_right("It is 1000, I think", "1000", "####")
        False
    """
    said = final_answer(text, marker)
    if said is None:
        return False
    numbers = _number(said), _number(wanted)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return " ".join(said.casefold().split()) == " ".join(wanted.casefold().split())


def _number(text: str) -> Decimal | None:
    bare = text.strip().strip("$€£% ")
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare.replace(",", ""))
    except InvalidOperation:
        return None
