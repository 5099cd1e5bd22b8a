"""A campaign is the one that has most of its accounts, unless a scan knows better."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from revenuer.casework.sameness import Group, known_in, went_into

MEMBERS = st.frozensets(st.integers(0, 20), min_size=1, max_size=12)


def group(name: str, members: frozenset[int], *supersedes: str) -> Group:
    return Group(name, frozenset(supersedes), members)


@given(MEMBERS, st.lists(MEMBERS, max_size=5), st.randoms(use_true_random=False))
def test_it_is_one_with_half_of_the_accounts_in_whatever_order(
    old: frozenset[int], others: list[frozenset[int]], chance: random.Random
) -> None:
    earlier = group("old", old)
    later = [group(f"new-{n}", members) for n, members in enumerate(others)]
    found = went_into(earlier, later, known_in(later))
    chance.shuffle(later)
    assert went_into(earlier, later, known_in(later)) == found
    shared = {one.campaign: len(one.members & old) for one in later}
    if found is None:
        assert all(2 * count < len(old) for count in shared.values())
    else:
        assert shared[found] == max(shared.values())
        assert 2 * shared[found] >= len(old)


def test_a_scan_that_knows_the_id_is_believed() -> None:
    earlier = group("a", frozenset({1, 2, 3}))
    moved = [group("a", frozenset({9})), group("b", frozenset({1, 2, 3}))]
    assert went_into(earlier, moved, known_in(moved)) is None
    ended = [group("b", frozenset({1, 2, 3}), "a"), group("c", frozenset({1, 2, 3}))]
    assert went_into(earlier, ended, known_in(ended)) is None


def test_a_few_accounts_make_no_campaign_the_same() -> None:
    earlier = group("a", frozenset({1, 2, 3}))
    assert went_into(earlier, [group("b", frozenset({3, 4, 5}))], frozenset({"b"})) is None
