"""Marks are what several owners say and others do not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.marks import (
    UNREAD,
    Known,
    Said,
    Spoken,
    find_marks,
    is_marked,
    mark_level,
)
from revenuer.features.words import Words

HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=40)


def _said(prompts: list[list[int]], whose: list[int]) -> Said:
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in prompts])]).astype(np.int64)
    hashes = np.array([one for prompt in prompts for one in prompt], np.uint64)
    readable = np.array([bool(prompt) for prompt in prompts])
    return Said(Words(hashes, offsets), np.array(whose), readable)


@given(HASHES, HASHES)
def test_marked_are_those_among_the_marks(some: list[int], marks: list[int]) -> None:
    hashes = np.array(some + marks[:3], np.uint64)
    sought = np.unique(np.array(marks, np.uint64))
    assert (is_marked(hashes, sought) == np.isin(hashes, sought)).all()


PROMPTS = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 6), max_size=6), st.booleans()),
    max_size=12,
)


@given(PROMPTS)
def test_counts_are_those_of_a_plain_count(given: list[tuple[int, list[int], bool]]) -> None:
    spoken = Spoken.of(_said([said for _, said, _ in given], [owner for owner, _, _ in given]))
    prompts, elsewhere = spoken.count(np.array([counts for _, _, counts in given], dtype=bool))
    for place, shingle in enumerate(spoken.shingles.tolist()):
        by_owner = Counter(owner for owner, said, counts in given if counts and shingle in said)
        assert prompts[place] == by_owner.total()
        assert elsewhere[place] == by_owner.total() - max(by_owner.values(), default=0)
    assert set(spoken.shingles.tolist()) == {one for _, said, _ in given for one in said}


def test_the_owner_who_says_it_most_does_not_count() -> None:
    spoken = Spoken.of(_said([[1], [1], [1], [2], [2]], [1, 1, 2, 1, 2]))
    prompts, elsewhere = spoken.count()
    assert prompts.tolist() == [3, 2]
    assert elsewhere.tolist() == [1, 1]


def _marks(mine: Said, others: Said, n_others: int, *, alone: bool) -> list[int]:
    spoken, every = Spoken.of(mine), np.ones(len(mine), dtype=bool)
    there = Known.of(others).with_shingles(spoken.shingles)
    return find_marks(spoken, every, there, n_others, alone=alone).tolist()


def test_a_mark_is_said_by_several_owners_and_by_nobody_else() -> None:
    prompts = [[1, 2, 3, n + 100] for n in range(20)]
    mine = _said(prompts, [n % 5 if n % 2 else 9 for n in range(20)])
    others = _said([[2, n + 500] for n in range(200)], list(range(200)))
    assert _marks(mine, others, 200, alone=False) == [1, 3]


def test_what_one_owner_says_alone_is_no_mark() -> None:
    mine = _said(
        [[1, n + 100] for n in range(20)] + [[n + 900] for n in range(20)], [1] * 20 + [2] * 20
    )
    others = _said([[5]], [7])
    assert _marks(mine, others, 1000, alone=False) == []
    alone = _said([[1, n + 100] for n in range(20)], [1] * 20)
    assert _marks(alone, others, 1000, alone=True) == [1]


def test_of_too_many_marks_the_most_widely_said_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("revenuer.campaigns.marks.MARKS_AT_MOST", 2)
    prompts = [[7, 8] if n < 12 else [7, 9, 6] for n in range(20)]
    mine = _said(prompts, list(range(20)))
    assert _marks(mine, _said([[5]], [7]), 1000, alone=False) == [7, 8]


def test_nobody_said_anything() -> None:
    silent = _said([[], []], [1, 2])
    assert Spoken.of(silent).count()[0].size == 0
    assert _marks(silent, silent, 0, alone=False) == []
    assert Known.of(silent).with_shingles(np.array([3], np.uint64)).tolist() == [0]


def test_levels_follow_the_share_of_marked_shingles() -> None:
    said = _said([[1, 2, 3, 4], [1, 20, 21, 22, 23], [30], []], [1, 2, 3, 4])
    level = mark_level(said, np.array([1, 2], np.uint64))
    assert level.tolist() == [3, 2, 0, UNREAD]
