"""A prompt is read once, however many turns of tools follow it."""

from __future__ import annotations

import polars as pl

from revenuer.features.tool_turns import read_once

SCHEMA = {
    "account_id": pl.String,
    "turn_kind": pl.String,
    "prompt": pl.String,
    "prompt_sketch": pl.Binary,
    "tool_count": pl.Int32,
}


def texts(*rows: tuple[str, str | None, str | None]) -> list[str | None]:
    """The prompts that are left of rows of account, kind of turn and prompt."""
    frame = pl.DataFrame([(*row, None, 3) for row in rows], SCHEMA, orient="row")
    left = read_once(frame)
    assert left.drop("prompt").equals(frame.drop("prompt"))
    return left["prompt"].to_list()


def test_a_users_prompt_is_left_and_those_of_its_tools_are_not() -> None:
    loop = [("a", "tool", "fix it"), ("a", "user", "fix it"), ("a", "tool", "fix it")]
    assert texts(*loop) == [None, "fix it", None]


def test_a_loop_whose_start_was_not_sampled_is_read_once() -> None:
    assert texts(("a", "tool", "fix it"), ("a", "tool", "fix it")) == ["fix it", None]


def test_what_a_tool_turn_asks_first_is_read() -> None:
    asked = [("a", "tool", f"question {n}") for n in range(3)]
    assert texts(*asked) == ["question 0", "question 1", "question 2"]


def test_a_users_repeats_and_other_accounts_are_left_alone() -> None:
    rows = [
        ("a", "user", "same"),
        ("a", "user", "same"),
        ("b", "tool", "same"),
        ("c", None, "same"),
    ]
    assert texts(*rows) == ["same"] * 4


def test_sketches_are_read_once_too() -> None:
    rows = [
        ("a", kind, None, sketch, 1)
        for kind, sketch in (("user", b"x"), ("tool", b"x"), ("tool", b"y"))
    ]
    left = read_once(pl.DataFrame(rows, SCHEMA, orient="row"))
    assert left["prompt_sketch"].to_list() == [b"x", None, b"y"]
