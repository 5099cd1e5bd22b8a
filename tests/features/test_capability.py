"""What each prompt exercises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from revenuer.features.capability import CAPABILITIES, capability_shares
from revenuer.features.prompts import read_prompts


def shares(texts: list[str | None], tools: int | None = None) -> np.ndarray:
    frame = pl.DataFrame(
        {
            "account_id": ["a"] * len(texts),
            "exchange_id": [f"{number:06}" for number in range(len(texts))],
            "prompt": pl.Series(texts, dtype=pl.String),
            "system_prompt": pl.Series([None] * len(texts), dtype=pl.String),
            "tool_count": pl.Series([tools] * len(texts), dtype=pl.Int32),
        }
    )
    return capability_shares(read_prompts(frame, chars=2000))


def main_capability(text: str, tools: int | None = None) -> str:
    return CAPABILITIES[int(shares([text], tools)[0].argmax())]


@pytest.mark.parametrize(
    ("text", "capability"),
    [
        ("Prove that the sum of two odd integers is divisible by two.", "reasoning"),
        ("证明这个三角形的面积公式，并求解方程。", "reasoning"),
        ("Implement a Python function that reverses a linked list.", "coding"),
        ("The failing tests are in this repository; apply a patch and open a pull request.",
         "agentic-coding"),
        ("Fit a regression on this csv and report the trend per cohort.", "data-analysis"),
        ("写一首关于秋天的诗，再写一个童话故事。", "creative-writing"),
        ("Translate this letter into Portuguese.", "translation"),
        ("You are an impartial judge. Score both answers with the rubric, JSON only.", "judging"),
        ("Generate instruction-response pairs as JSONL training data.", "data-generation"),
        ("Describe the objects in the attached image and their bounding boxes.", "vision"),
    ],
)  # fmt: skip
def test_plain_prompts_go_to_their_capability(text: str, capability: str) -> None:
    assert main_capability(text) == capability


def test_tools_on_offer_speak_for_tool_use() -> None:
    text = "Is the museum open on Monday?"
    column = CAPABILITIES.index("tool-use")
    assert shares([text], tools=4)[0, column] > 0.5 > shares([text], tools=0)[0, column]


def test_shares_sum_to_one_and_to_nothing_without_text() -> None:
    sums = shares(["Solve it.", "", None, "xyzzy"]).sum(axis=1)
    np.testing.assert_allclose(sums, [1, 1, 0, 1])


def test_no_prompts_have_no_shares() -> None:
    assert shares([]).shape == (0, len(CAPABILITIES))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "capability"),
    [("gsm8k", "reasoning"), ("mbpp", "coding"), ("gpteacher_toolformer", "tool-use")],
)
def test_public_sets_are_mostly_what_they_are_made_of(
    shared_data: Path, name: str, capability: str
) -> None:
    from measure_content import read_set  # tools/, which pytest puts on the path

    mean = capability_shares(read_set(shared_data / name)).mean(axis=0)
    assert CAPABILITIES[int(mean.argmax())] == capability
    assert mean.max() > 0.5
