"""What all early signs have in common: names, months and permits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from campaign_builders import START, account_name, permits_of, population_of

from revenuer.campaigns.early_signs import (
    A_MONTH,
    KEPT,
    Draft,
    Told,
    actors,
    bar,
    campaign_of,
    name_signs,
    permitted,
)
from revenuer.campaigns.population import Population
from revenuer.records import Axis, Campaign, Sign, SignKind, Verdict

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def population() -> Population:
    return population_of(20, {}, n_exchanges=list(range(1, 21)))


def _draft(*owners: int, kind: SignKind = SignKind.PIVOT, p_value: float = 1e-6) -> Draft:
    return Draft(kind, Axis.EXTRACTION, np.array(owners), p_value, "said", {"p_value": p_value})


def _told(days: int, earlier: Sequence[Sign] = ()) -> Told:
    return Told(START + days * DAY, earlier, ())


def test_a_sign_keeps_its_id_while_its_actor_grows(population: Population) -> None:
    (first,) = name_signs([_draft(1, 2)], population, _told(1))
    (second,) = name_signs([_draft(2, 3, 4)], population, _told(2, (first,)))
    assert second.id == first.id
    assert (second.first_seen, second.at) == (START + DAY, START + 2 * DAY)
    assert second.account_ids == tuple(account_name(n) for n in (2, 3, 4))


def test_the_same_accounts_show_two_kinds_under_two_names(population: Population) -> None:
    (first,) = name_signs([_draft(1, 2)], population, _told(1))
    other = _draft(1, 2, kind=SignKind.RETURN)
    both = name_signs([_draft(1, 2), other], population, _told(2, (first,)))
    assert len({one.id for one in both}) == 2
    assert [one.first_seen for one in both] == [START + DAY, START + 2 * DAY]


def test_a_sign_that_falls_apart_is_not_told_as_new(population: Population) -> None:
    earlier = name_signs([_draft(1, 2, 3, 4)], population, _told(1))
    (still,) = name_signs([_draft(1, 2), _draft(3, 4, p_value=1e-5)], population, _told(2, earlier))
    assert still.id == earlier[0].id
    assert len(still.account_ids) == 4


def test_what_is_seen_no_more_is_told_for_a_while_and_is_not_new_again(
    population: Population,
) -> None:
    first = name_signs([_draft(1)], population, _told(1))
    silent = name_signs([], population, _told(5, first))
    assert silent == first
    (again,) = name_signs([_draft(1)], population, _told(9, silent))
    assert again.first_seen == START + DAY
    late = Told(START + DAY + KEPT, first, ())
    assert name_signs([], population, late) == ()


def test_the_order_of_drafts_changes_nothing(population: Population) -> None:
    drafts = [_draft(1, 2), _draft(5, p_value=1e-9), _draft(7, kind=SignKind.RETURN)]
    assert name_signs(drafts, population, _told(1)) == name_signs(
        drafts[::-1], population, _told(1)
    )


def test_a_day_of_hourly_looks_raises_no_more_than_one_look_a_day() -> None:
    assert 24 * bar(50, 1 / 720) == pytest.approx(bar(50, 1 / 30))
    assert bar(50, 12.0) * 50 == A_MONTH


def test_owners_of_one_group_are_one_actor_and_the_rest_are_alone() -> None:
    found = actors(np.array([1, 4, 6, 9]), [np.array([1, 2, 6]), np.array([6, 7, 9])])
    assert [one.tolist() for one in found] == [[1, 6, 9], [4]]
    assert actors(np.empty(0, np.int64), []) == []


def test_a_permit_excuses_while_it_holds_and_is_not_used_up(population: Population) -> None:
    def excused(**row: object) -> list[int]:
        permits = permits_of({"account_id": account_name(9), **row})
        return np.flatnonzero(permitted(population, permits, START)).tolist()

    assert excused() == [9]
    assert excused(valid_until=START - DAY) == []
    assert excused(max_exchanges=10) == [9]
    assert excused(max_exchanges=9) == []


def test_a_permit_for_one_model_does_not_excuse_the_harvest_of_another(
    population: Population,
) -> None:
    permits = permits_of({"account_id": account_name(9), "models": ["small"]})

    def excused(permits: pl.DataFrame, **exchanges: int) -> list[int]:
        rows = [(account_name(9), model, START.date(), many, 10)
                for model, many in exchanges.items()]  # fmt: skip
        use = pl.DataFrame(rows, ["account_id", "model", "day", "exchanges", "tokens"],
                           orient="row")  # fmt: skip
        return np.flatnonzero(permitted(population, permits, START, use)).tolist()

    assert excused(permits, small=10) == [9]
    assert excused(permits, large=10) == []
    # By the way it may be asked for something else.
    assert excused(permits, small=199, large=1) == [9]
    assert excused(permits, small=5, large=5) == []
    whole = permits_of({"account_id": account_name(9)})
    assert excused(whole, large=10) == [9]
    both = pl.concat([permits, permits_of({"account_id": account_name(9), "models": ["large"]})])
    assert excused(both, small=5, large=5) == [9]


def test_a_permit_for_one_of_two_accounts_excuses_no_owner() -> None:
    population = population_of(3, {}, owner=[0, 0, 1])
    permits = permits_of({"account_id": account_name(0)}, {"account_id": account_name(2)})
    assert permitted(population, permits, START).tolist() == [False, True]


def test_a_permit_of_an_organization_excuses_all_of_it() -> None:
    population = population_of(3, {}, organization_id=pl.Series(["o", "o", None]), owner=[0, 0, 1])
    permits = permits_of({"organization_id": "o"})
    assert permitted(population, permits, START).tolist() == [True, False]


def test_half_of_its_accounts_place_a_sign_in_a_campaign() -> None:
    campaigns = [_campaign("campaign--1", "a", "b"), _campaign("campaign--2", "c", "d", "e")]
    assert campaign_of(["a", "c", "d", "x"], campaigns) == "campaign--2"
    assert campaign_of(["a", "x", "y"], campaigns) is None
    assert campaign_of(["a"], []) is None


def _campaign(name: str, *account_ids: str) -> Campaign:
    return Campaign(
        id=name,
        verdict=Verdict.SUSPECTED,
        probability=0.5,
        log_e_value=1.0,
        axes={},
        account_ids=account_ids,
        exchanges=1,
        tasks=1,
        output_tokens=1,
        reasoning_tokens=0,
        first_seen=START,
        last_seen=START,
        detected_at=START,
    )
