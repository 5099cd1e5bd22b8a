"""Final answers: found, compared as numbers or words, with the reasoning cut off."""

from __future__ import annotations

import pytest

from revenuer.lab.final_answers import final_answer, is_right, without_reasoning


@pytest.mark.parametrize(
    ("text", "wanted", "right"),
    [
        ("6 * 7 is 42\n#### 42", "42", True),
        ("#### 42.", "42.0", True),
        ("#### 1,234", "1234", True),
        ("#### $18", "18", True),
        ("#### -3", "3", False),
        ("#### 4\n#### 5", "5", True),
        ("#### 4\n#### 5", "4", False),
        (r"so \boxed{12}", "12", True),
        ("#### The  Nile", "the nile", True),
        ("the answer is 42", "42", False),
        ("####", "42", False),
        ("####", "", False),
        ("#### 4 apples", "4", False),
    ],
)
def test_answers_are_compared_as_numbers_or_words(text: str, wanted: str, right: bool) -> None:
    assert is_right(text, wanted, "####") is right


def test_gsm8k_s_own_solution_gives_its_answer() -> None:
    # Cobbe et al. (2021), figure 1.
    solution = "She bakes 4 dozen a day, 4 * 7 = <<4*7=28>>28 dozen.\n#### 16"
    assert final_answer(solution, "####") == "16"


@pytest.mark.parametrize(
    ("text", "end", "left"),
    [
        ("<think>a</think>b", "</think>", "b"),
        ("<think>a</think>b</think> c", "</think>", "c"),
        ("a", "</think>", "a"),
        ("work\n#### 4", "####", "#### 4"),
    ],
)
def test_reasoning_is_cut_off_to_its_last_end(text: str, end: str, left: str) -> None:
    assert without_reasoning(text, end, "####") == left
