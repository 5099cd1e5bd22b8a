"""A teacher's answers on disk: whole after any kill, and never mixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from revenuer.app.lab.collecting import collect, spent_tokens
from revenuer.app.progress import Silent
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.lab.answers import Answer, AnswerFile
from revenuer.lab.prompts import Prompt

PROMPTS = tuple(Prompt(str(at), f"prompt {at}") for at in range(10))


def answer(prompt_id: str, text: str = "yes\u2028no") -> Answer:
    return Answer(prompt_id, text, 10, 5, True)


class Counting:
    """A teacher who counts what it is asked."""

    def __init__(self, batch: int = 2, fails_at: int = 99) -> None:
        self.asked: list[str] = []
        self.batch = batch
        self.fails_at = fails_at

    def answers(self, prompts: Sequence[Prompt]) -> Iterator[list[Answer]]:
        for start in range(0, len(prompts), self.batch):
            if len(self.asked) >= self.fails_at:
                raise KeyboardInterrupt
            batch = prompts[start : start + self.batch]
            self.asked += [prompt.id for prompt in batch]
            yield [answer(prompt.id) for prompt in batch]


def collected(teacher: Counting, file: Path, most: int = 0) -> dict[str, Answer]:
    return collect(
        lambda: teacher, PROMPTS, AnswerFile(file, "q"),
        most_tokens=most, progress=Silent(), tick=lambda: None,
    )  # fmt: skip


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    AnswerFile(tmp_path / "a.jsonl", "q").add([answer("1")])
    assert AnswerFile(tmp_path / "a.jsonl", "q").answers == {"1": answer("1")}
    assert (tmp_path / "a.jsonl").stat().st_mode & 0o077 == 0


def test_a_file_cut_anywhere_keeps_every_whole_answer(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    AnswerFile(file, "q").add([answer("1"), answer("2")])
    data = file.read_bytes()
    for length in range(len(data) + 1):
        file.write_bytes(data[:length])
        opened = AnswerFile(file, "q")
        whole = max(data[:length].count(b"\n") - 1, 0)
        assert list(opened.answers) == ["1", "2"][:whole]
        opened.add([answer("3")])
        assert list(AnswerFile(file, "q").answers) == [*["1", "2"][:whole], "3"]


def test_answers_to_other_questions_are_not_mixed_in(tmp_path: Path) -> None:
    AnswerFile(tmp_path / "a.jsonl", "q")
    with pytest.raises(ConfigError, match="answers to other questions"):
        AnswerFile(tmp_path / "a.jsonl", "another")


def test_a_broken_line_is_told_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    AnswerFile(file, "q").add([answer("1")])
    file.write_bytes(file.read_bytes().replace(b'{"prompt_id"', b'"prompt_id"'))
    with pytest.raises(ConfigError, match="Line 2"):
        AnswerFile(file, "q")


def test_a_collection_that_broke_off_asks_only_for_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    with pytest.raises(KeyboardInterrupt):
        collected(Counting(fails_at=4), file)
    second = Counting()
    assert len(collected(second, file)) == 10
    assert second.asked == ["4", "5", "6", "7", "8", "9"]
    third = Counting()
    collected(third, file)
    assert third.asked == []


def test_the_budget_stops_the_collection_and_keeps_what_was_paid(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    with pytest.raises(NotAllowedError, match="4 of 10 prompts"):
        collected(Counting(), file, most=60)
    assert spent_tokens(AnswerFile(file, "q")) == (40, 20)
    again = Counting()
    with pytest.raises(NotAllowedError):
        collected(again, file, most=60)
    assert again.asked == []
    assert len(collected(again, file, most=150)) == 10
