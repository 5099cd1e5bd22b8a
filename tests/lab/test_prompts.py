"""Prompts files, probes, and the split between learning and measuring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.errors import ConfigError
from revenuer.lab.prompts import Prompt, read_probes, read_prompts, split


def written(folder: Path, *rows: object) -> Path:
    file = folder / "prompts.jsonl"
    file.write_text(
        "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    )
    return file


def test_prompts_are_read_with_what_stands_beside_them(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": 7, "prompt": "a", "system": "s", "answer": 42}, {"prompt": "b"})
    first, second = read_prompts(file)
    assert first == Prompt("7", "a", "s", "42")
    assert len(second.id) == 32
    assert second.answer is None


def test_a_line_separator_inside_a_prompt_ends_no_line(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text(json.dumps({"prompt": "a\u2028b\x85c"}, ensure_ascii=False) + "\n", "utf-8")
    assert read_prompts(file)[0].text == "a\u2028b\x85c"


def test_broken_lines_are_told_together_and_without_their_text(tmp_path: Path) -> None:
    file = written(
        tmp_path, {"prompt": "secret"}, "no json secret", {"text": "secret"}, {"prompt": "secret"}
    )
    with pytest.raises(ConfigError) as caught:
        read_prompts(file)
    assert "line 2 is no JSON object" in caught.value.message
    assert "line 3 has no text" in caught.value.message
    assert "line 4 has the id of an earlier line" in caught.value.message
    assert "secret" not in caught.value.message


def test_an_empty_file_is_no_prompts_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no prompts"):
        read_prompts(written(tmp_path))


def test_probes_say_what_is_expected(tmp_path: Path) -> None:
    file = written(
        tmp_path, {"prompt": "a", "expected": "refuse"}, {"prompt": "b", "expected": "answer"}
    )
    assert [probe.refuse for probe in read_probes(file)] == [True, False]
    with pytest.raises(ConfigError, match="line 1 needs `expected`"):
        read_probes(written(tmp_path, {"prompt": "a"}))


@given(
    st.integers(2, 60),
    st.floats(0.01, 0.99),
    st.integers(0, 5),
)
def test_the_split_parts_all_prompts_and_is_the_same_twice(
    count: int, held_out: float, seed: int
) -> None:
    prompts = tuple(Prompt(str(at), "text") for at in range(count))
    learned, held = split(prompts, held_out, seed)
    assert (learned, held) == split(prompts, held_out, seed)
    assert {one.id for one in learned} | {one.id for one in held} == set(map(str, range(count)))
    assert len(learned) + len(held) == count
    assert learned
    assert held
