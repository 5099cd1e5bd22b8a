"""Campaigns keep their names while they grow, merge and split."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.identity import name_groups, new_id
from revenuer.records import Axis, Campaign, Verdict

AT = datetime(2026, 6, 1, tzinfo=UTC)
EARLIER = Campaign(
    id="",
    verdict=Verdict.CONVICTED,
    probability=1.0,
    log_e_value=9.0,
    axes=dict.fromkeys(Axis, 9.0),
    account_ids=(),
    exchanges=1,
    tasks=1,
    output_tokens=1,
    reasoning_tokens=1,
    first_seen=AT,
    last_seen=AT,
    detected_at=AT,
)
Groups = list[frozenset[str]]


def _campaign(name: str, accounts: str) -> Campaign:
    return replace(EARLIER, id=name, account_ids=tuple(accounts))


def _names(groups: list[str], *earlier: Campaign) -> list[tuple[str, tuple[str, ...]]]:
    return name_groups([frozenset(group) for group in groups], earlier)


def test_a_campaign_that_grows_keeps_its_id() -> None:
    assert _names(["abcdefgh"], _campaign("old", "abcd")) == [("old", ())]


def test_a_campaign_that_loses_more_than_half_is_another_one() -> None:
    assert _names(["ab"], _campaign("old", "abcd")) == [("old", ())]
    assert _names(["a"], _campaign("old", "abcd")) == [(new_id("a"), ())]


def test_a_merger_takes_the_larger_ones_id_and_names_what_it_supersedes() -> None:
    small, large, other = (
        _campaign("small", "ab"),
        _campaign("large", "cdef"),
        _campaign("other", "xyz"),
    )
    assert _names(["abcdef"], small, other, large) == [("large", ("small",))]


def test_of_a_split_the_larger_part_keeps_the_id() -> None:
    first, second = _names(["ab", "cdef"], _campaign("old", "abcdef"))
    assert second == ("old", ())
    assert first == (new_id("ab"), ())


def test_two_halves_of_a_campaign_do_not_both_keep_its_id() -> None:
    names = _names(["ab", "cd"], _campaign("old", "abcd"))
    assert sorted(name == "old" for name, _ in names) == [False, True]


def test_a_group_left_behind_does_not_get_the_id_that_moved_on() -> None:
    # "ab" gave the campaign its id; it grew by "cdef", which now stands alone.
    grown = _campaign(new_id("ab"), "abcdef")
    left, moved = _names(["ab", "cdef"], grown)
    assert moved[0] == grown.id
    assert left[0] != grown.id


def test_a_first_scan_names_the_same_accounts_the_same() -> None:
    assert _names(["abc"]) == _names(["cba"])
    assert _names(["abc"]) != _names(["abd"])


def _partition(values: list[int]) -> Groups:
    """Accounts by the group that each is in, 0 for none."""
    return [
        frozenset(f"account {place}" for place, value in enumerate(values) if value == group)
        for group in sorted(set(values) - {0})
    ]


PARTITIONS = st.lists(st.integers(0, 4), min_size=1, max_size=14).map(_partition)


@given(history=st.lists(PARTITIONS, min_size=1, max_size=4))
def test_names_are_unique_and_do_not_depend_on_order(history: list[Groups]) -> None:
    earlier: list[Campaign] = []
    for groups in history:
        names = dict(zip(groups, name_groups(groups, earlier), strict=True))
        ids = [name for name, _ in names.values()]
        assert len(set(ids)) == len(ids)
        ended = [old for _, old_ids in names.values() for old in old_ids]
        assert len(set(ended)) == len(ended)
        assert not set(ended) & set(ids)

        turned = list(reversed(groups))
        backwards = name_groups(turned, list(reversed(earlier)))
        assert dict(zip(turned, backwards, strict=True)) == names
        earlier = [
            replace(EARLIER, id=name, account_ids=tuple(sorted(group)))
            for group, (name, _) in names.items()
        ]
