"""Marks are what several owners say and others do not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.marks import Said, find_marks, is_marked, mark_level, prompts_with
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


def test_the_owner_who_says_it_most_does_not_count() -> None:
    said = _said([[1], [1], [1], [2], [2]], [1, 1, 2, 1, 2])
    counts = prompts_with(said, np.ones(5, dtype=bool)).sort("shingle")
    assert counts["prompts"].to_list() == [3, 2]
    assert counts["elsewhere"].to_list() == [1, 1]


def test_a_mark_is_said_by_several_owners_and_by_nobody_else() -> None:
    prompts = [[1, 2, 3, n + 100] for n in range(20)]
    mine = _said(prompts, [n % 5 if n % 2 else 9 for n in range(20)])
    others = _said([[2, n + 500] for n in range(200)], list(range(200)))
    everybody = prompts_with(others, np.ones(200, dtype=bool))
    found = find_marks(mine, np.ones(20, dtype=bool), everybody, 200)
    assert found.tolist() == [1, 3]


def test_what_one_owner_says_alone_is_no_mark() -> None:
    mine = _said(
        [[1, n + 100] for n in range(20)] + [[n + 900] for n in range(20)], [1] * 20 + [2] * 20
    )
    nobody = prompts_with(_said([[5]], [7]), np.ones(1, dtype=bool))
    assert find_marks(mine, np.ones(40, dtype=bool), nobody, 1000).size == 0
    alone = _said([[1, n + 100] for n in range(20)], [1] * 20)
    assert find_marks(alone, np.ones(20, dtype=bool), nobody, 1000).tolist() == [1]


def test_levels_follow_the_share_of_marked_shingles() -> None:
    said = _said([[1, 2, 3, 4], [1, 20, 21, 22, 23], [30], []], [1, 2, 3, 4])
    level = mark_level(said, np.array([1, 2], np.uint64))
    assert level.to_list() == ["3", "2", "0", "none"]
