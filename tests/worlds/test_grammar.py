"""The columnar grammar says what a plain recursive one says, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.worlds.draws import pick
from revenuer.worlds.language import productions, tasks
from revenuer.worlds.language.everyday import everyday_voices
from revenuer.worlds.language.grammar import NUMBERS, SLOT, write_rows, write_voices

ITEMS = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=25)
FRAMES = ("", "{a}", "say {a}{a} or {b2}: {n} of {big}", "{b} {b}", "no slot")
SLOTS = {"a": ("x {b} y", "", "{n2}"), "b": ("one", "two {c}", ""), "c": ("deep", "deeper {hour}")}


def recite(item: int, salt: str, frames: Sequence[str], slots: Mapping[str, Sequence[str]]) -> str:
    """The grammar's definition, for one item and without an array of texts."""

    def choose(path: str, count: int) -> int:
        return int(pick(np.array([item], dtype=np.uint64), path, count)[0])

    def speak(path: str, values: Sequence[str]) -> str:
        pieces = SLOT.split(values[choose(path, len(values))])
        return "".join(
            fill(f"{path}/{piece}", piece) if place % 2 else piece
            for place, piece in enumerate(pieces)
        )

    def fill(path: str, name: str) -> str:
        bare = name.rstrip("0123456789")
        if bare in NUMBERS:
            low, high = NUMBERS[bare]
            return str(low + choose(path, high - low))
        return speak(path, slots[bare])

    return speak(salt, frames)


def numbers(values: Sequence[int]) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@given(ITEMS)
def test_nested_empty_and_repeated_slots_are_filled_as_defined(items: list[int]) -> None:
    written = write_rows(numbers(items), "s", FRAMES, SLOTS).to_pylist()
    assert written == [recite(item, "s", FRAMES, SLOTS) for item in items]


@given(ITEMS)
def test_stories_are_written_as_defined(items: list[int]) -> None:
    written = write_rows(numbers(items), "t", tasks.STORIES, tasks.SLOTS).to_pylist()
    assert written == [recite(item, "t", tasks.STORIES, tasks.SLOTS) for item in items]


@given(ITEMS)
def test_every_item_speaks_with_its_own_voice(items: list[int]) -> None:
    voices = everyday_voices()
    voice = np.arange(len(items)) % len(voices)
    written = write_voices(numbers(items), voice, voices).to_pylist()
    assert written == [recite(item, *voices[v]) for item, v in zip(items, voice, strict=True)]


def test_texts_do_not_depend_on_how_many_grow_together(monkeypatch: pytest.MonkeyPatch) -> None:
    items = np.arange(1_000, dtype=np.uint64)
    together = write_rows(items, "s", FRAMES, SLOTS)
    monkeypatch.setattr(productions, "ROWS_AT_ONCE", 7)
    assert write_rows(items, "s", FRAMES, SLOTS).equals(together)


def test_nothing_asked_nothing_written() -> None:
    assert write_rows(numbers([]), "s", FRAMES, SLOTS).to_pylist() == []
