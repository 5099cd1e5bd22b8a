"""What the categories of a habit weigh is what a plain count gives."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.ratios import CUSTOMER_PRIOR, PRIOR_WEIGHT, STRONGEST_RATIO, Habit

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 1024)), min_size=1, max_size=30
)


@given(rows=ROWS, there=st.dictionaries(st.integers(2, 7), st.integers(1, 50)), alone=st.booleans())
def test_ratios_are_those_of_a_plain_count(
    rows: list[tuple[int, int, int]], there: dict[int, int], alone: bool
) -> None:
    category, owner = (np.array(column) for column in list(zip(*rows, strict=True))[:2])
    chance = np.array([part / 1024 for _, _, part in rows])
    names = sorted(there)
    counts = (np.array(names, np.uint64), np.array([there[name] for name in names], np.int64))
    habit = Habit.of(category.astype(np.uint64), counts, owner)
    ratios = habit.ratios(chance, alone=alone, customers_differ=True)

    own: dict[int, float] = defaultdict(float)
    by_owner: dict[tuple[int, int], float] = defaultdict(float)
    theirs: dict[int, float] = defaultdict(float)
    for (name, who, _), part in zip(rows, chance.tolist(), strict=True):
        own[name] += part
        by_owner[name, who] += part
        theirs[name] += 1 - part
    if not alone:
        for name in own:
            own[name] -= max(part for (other, _), part in by_owner.items() if other == name)
    every = sorted(set(own) | set(there))
    weight = max(CUSTOMER_PRIOR * len(rows), 1.0)
    assert ratios.categories.tolist() == every
    for name, nats in zip(every, ratios.nats.tolist(), strict=True):
        ordinary = (there.get(name, 0) + 0.5) / (sum(there.values()) + 0.5 * len(every))
        ours = (own[name] + PRIOR_WEIGHT * ordinary) / (sum(own.values()) + PRIOR_WEIGHT)
        customers = (theirs[name] + weight * ordinary) / (sum(theirs.values()) + weight)
        wanted = np.clip(np.log(ours / customers), -STRONGEST_RATIO, STRONGEST_RATIO)
        np.testing.assert_allclose(nats, wanted, atol=1e-12)


def test_a_category_counts_what_it_is_worth_and_any_other_what_is_unseen() -> None:
    nobody = (np.empty(0, np.uint64), np.empty(0, np.int64))
    habit = Habit.of(np.array([5, 9, 9], np.uint64), nobody, np.array([0, 1, 2]))
    ratios = habit.ratios(np.array([0.0, 1.0, 1.0]), alone=False, customers_differ=True)
    found = ratios.of(np.array([9, 5, 7, 4, 2**63], np.uint64))
    assert found[0] > 0 > found[1]
    assert found[2:].tolist() == [ratios.unseen] * 3
