"""Each innocent explanation holds where it should, and not on a campaign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from campaign_builders import (
    ADDRESS,
    CARD,
    CLIENT,
    START,
    TEMPLATE,
    account_name,
    group_to_explain,
    permits_of,
    population_of,
)

from revenuer.campaigns.explain import (
    EXPLANATIONS,
    batch_job,
    class_behind_one_address,
    declared_gateway,
    evaluation,
    open_firm,
    open_organization,
    permit,
    popular_client,
    weigh_explanations,
)
from revenuer.campaigns.explain import (
    Tested as Group,
)
from revenuer.records import InnocentExplanation

N = 60
TEN = range(10)
COORDINATION = {"identity": 9.0, "network": 9.0, "software": 9.0}
every_explanation = pytest.mark.parametrize(
    "explanation", EXPLANATIONS, ids=lambda each: each.__name__
)


def _campaign(**changed: Any) -> Group:
    """Ten owners that share a card, a template and an address pool, and hide."""
    population = population_of(
        N, {CARD: {"card": TEN}, TEMPLATE: {"template": TEN}, ADDRESS: {"a": range(5)}}
    )
    asked = {"coordination": COORDINATION, "concealment": 9.0} | changed
    return group_to_explain(population, TEN, **asked)


@every_explanation
def test_none_holds_for_a_campaign(
    explanation: Callable[[Group], InnocentExplanation],
) -> None:
    found = explanation(_campaign())
    assert not found.holds
    assert found.why_rejected.endswith(".")


@every_explanation
def test_no_explanation_names_an_account(
    explanation: Callable[[Group], InnocentExplanation],
) -> None:
    assert "account-0" not in explanation(_campaign()).why_rejected


def test_most_accounts_of_one_declared_owner_are_colleagues() -> None:
    for colleagues, holds in ((8, True), (7, False)):
        owner = np.concatenate([np.zeros(colleagues, int), np.arange(1, N - colleagues + 1)])
        population = population_of(N, {}, owner=owner)
        group = group_to_explain(population, range(10 - colleagues + 1))
        assert open_organization(group).holds == holds


def test_a_permit_of_every_account_holds() -> None:
    permits = permits_of(*({"account_id": account_name(owner)} for owner in TEN))
    assert permit(_campaign(permits=permits)).holds


def test_a_permit_of_half_of_the_accounts_does_not() -> None:
    permits = permits_of(*({"account_id": account_name(owner)} for owner in range(5)))
    found = permit(_campaign(permits=permits))
    assert not found.holds
    assert "cover 5 of 10 accounts" in found.why_rejected


def test_a_permit_of_the_organization_holds_for_its_accounts() -> None:
    population = population_of(N, {}, organization_id=["lab"] * 10 + ["other"] * (N - 10))
    for organization, holds in (("lab", True), ("nobody's", False)):
        permits = permits_of({"organization_id": organization})
        assert permit(group_to_explain(population, TEN, permits=permits)).holds == holds


@pytest.mark.parametrize(
    "dates",
    [
        {"valid_until": START + timedelta(days=5)},
        {"valid_from": START + timedelta(days=5)},
        {"valid_until": START - timedelta(days=5)},
    ],
    ids=["ends before they do", "begins after they do", "has expired"],
)
def test_a_permit_for_another_time_does_not_hold(dates: dict[str, Any]) -> None:
    permits = permits_of(*({"account_id": account_name(owner), **dates} for owner in TEN))
    assert not permit(_campaign(permits=permits)).holds


def test_a_permit_is_good_for_what_it_allows() -> None:
    population = population_of(N, {}, organization_id="lab", n_exchanges=20)
    for most, holds in ((200, True), (199, False), (None, True)):
        permits = permits_of({"organization_id": "lab", "max_exchanges": most})
        assert permit(group_to_explain(population, TEN, permits=permits)).holds == holds


def test_a_permit_bounds_tokens_as_well() -> None:
    population = population_of(N, {}, organization_id="lab")
    for most, holds in ((100_000, True), (99_999, False)):
        permits = permits_of({"organization_id": "lab", "max_tokens": most})
        assert permit(group_to_explain(population, TEN, permits=permits)).holds == holds


def test_the_bounds_of_several_permits_add_up() -> None:
    rows = [{"account_id": account_name(owner), "max_exchanges": 20} for owner in TEN]
    assert permit(_campaign(permits=permits_of(*rows))).holds
    rows[0]["max_exchanges"] = 19
    assert not permit(_campaign(permits=permits_of(*rows))).holds


def test_a_client_that_strangers_use_explains_a_group_that_nothing_else_ties() -> None:
    population = population_of(N, {CLIENT: {"popular": range(N)}})
    assert popular_client(
        group_to_explain(population, TEN, coordination={"software": 9.0, "network": 1.0})
    ).holds
    assert not popular_client(
        group_to_explain(population, TEN, coordination={"software": 9.0, "network": 5.0})
    ).holds


def test_a_client_of_their_own_explains_nothing() -> None:
    population = population_of(N, {CLIENT: {"own": range(12)}})
    assert not popular_client(
        group_to_explain(population, TEN, coordination={"software": 9.0})
    ).holds


def _classroom(**changed: Any) -> InnocentExplanation:
    asked = {"sharing": 0, "volume": 20, "concealment": 0.0, "present": 10} | changed
    holders = {
        ADDRESS: {"school": range(asked["present"])},
        CARD: {"card": range(asked["sharing"])},
    }
    volume = [asked["volume"]] * 10 + list(range(N - 10))
    population = population_of(N, holders, n_exchanges=volume)
    return class_behind_one_address(
        group_to_explain(population, TEN, concealment=asked["concealment"])
    )


def test_a_class_at_one_address_that_hides_nothing() -> None:
    assert _classroom().holds
    assert _classroom(present=8).holds


@pytest.mark.parametrize(
    "changed",
    [{"present": 7}, {"sharing": 4}, {"volume": 400}, {"concealment": 4.0}],
    ids=["elsewhere", "shared cards", "heavy use", "hiding"],
)
def test_what_no_class_does(changed: dict[str, Any]) -> None:
    assert not _classroom(**changed).holds


def test_one_owner_that_speaks_for_others_is_a_gateway() -> None:
    population = population_of(N, {}, gateway_share=1.0, n_end_users=500)
    alone = declared_gateway(group_to_explain(population, [0]))
    assert alone.holds
    assert "100% of the exchanges" in alone.why_rejected
    assert not declared_gateway(group_to_explain(population, TEN)).holds


def test_one_owners_batch_is_a_batch_job() -> None:
    for share, owners, holds in ((0.9, [0], True), (0.5, [0], False), (0.9, TEN, False)):
        population = population_of(N, {}, batch_share=share)
        assert batch_job(group_to_explain(population, owners)).holds == holds


def test_the_same_questions_again_are_an_evaluation() -> None:
    for share, owners, holds in ((0.6, [0, 1], True), (0.1, [0], False), (0.6, TEN, False)):
        population = population_of(N, {}, repeat_share=share)
        assert evaluation(group_to_explain(population, owners)).holds == holds


def test_unknown_shares_are_no_excuse() -> None:
    population = population_of(
        N, {}, batch_share=np.full(N, np.nan), repeat_share=np.full(N, np.nan)
    )
    group = group_to_explain(population, [0])
    assert not batch_job(group).holds
    assert not evaluation(group).holds


def test_all_are_tested_and_those_that_hold_come_first() -> None:
    permits = permits_of(*({"account_id": account_name(owner)} for owner in TEN))
    found = weigh_explanations(_campaign(permits=permits))
    assert len(found) == len(EXPLANATIONS)
    assert [one.holds for one in found] == [True] + [False] * (len(EXPLANATIONS) - 1)


def _firm(
    *,
    domain: str = "firm.example",
    elsewhere: int = 0,
    cards: int = 1,
    age_days: float = 200.0,
) -> bool:
    """Ten owners with one mail domain and a number of cards; the domain is used elsewhere too."""
    created = START + timedelta(days=1 - age_days)
    population = population_of(
        N,
        {CARD: {"card": TEN}},
        email_domain=[domain] * (10 + elsewhere) + [None] * (N - 10 - elsewhere),
        payment_fingerprint=[f"card {n % cards}" for n in range(10)] + [None] * (N - 10),
        created_at=[created] * N,
    )
    return open_firm(group_to_explain(population, TEN)).holds


@pytest.mark.parametrize(
    ("firm", "holds"),
    [
        ({}, True),
        ({"elsewhere": 2}, True),
        # A mail house that many use, a throw-away one, many payers, accounts of the day.
        ({"elsewhere": 20}, False),
        ({"domain": "mailinator.com"}, False),
        ({"cards": 3}, False),
        ({"age_days": 3.0}, False),
    ],
)
def test_a_firm_under_its_own_name_hides_nothing(firm: dict[str, Any], holds: bool) -> None:
    assert _firm(**firm) is holds


def used(*rows: tuple[int, str, int]) -> pl.DataFrame:
    """What accounts used of models: owner, model, exchanges; ten tokens each."""
    return pl.DataFrame(
        {
            "account_id": [account_name(owner) for owner, _, _ in rows],
            "model": [model for _, model, _ in rows],
            "exchanges": [count for _, _, count in rows],
            "tokens": [10 * count for _, _, count in rows],
        }
    )


@pytest.mark.parametrize(
    ("others", "holds"),
    [(0, True), (20, True), (30, False)],
    ids=["none", "a fifth", "more than a fifth"],
)
def test_a_permit_is_for_the_models_that_it_names(others: int, holds: bool) -> None:
    permits = permits_of(
        *({"account_id": account_name(owner), "models": ["small"]} for owner in TEN)
    )
    rows = [(owner, "small-2026-01-01", 100 - others) for owner in TEN]
    rows += [(owner, "large", others) for owner in TEN]
    found = permit(_campaign(permits=permits, use=used(*rows)))
    assert found.holds == holds
    assert ("models that they do not name" in found.why_rejected) == bool(others)


def test_only_what_a_permit_is_for_counts_against_its_volume() -> None:
    for most, holds in ((90, True), (89, False)):
        bounds = [90] * 9 + [most]
        permits = permits_of(
            *(
                {"account_id": account_name(n), "models": ["small"], "max_exchanges": bounds[n]}
                for n in TEN
            )
        )
        rows = [(n, "small", 90) for n in TEN] + [(n, "large", 10) for n in TEN]
        assert permit(_campaign(permits=permits, use=used(*rows))).holds == holds


def test_a_permit_that_names_no_model_is_for_all() -> None:
    permits = permits_of(*({"account_id": account_name(owner)} for owner in TEN))
    rows = [(owner, "any", 10) for owner in TEN]
    assert permit(_campaign(permits=permits, use=used(*rows))).holds


def test_an_unlogged_model_is_held_against_nobody() -> None:
    permits = permits_of(
        *({"account_id": account_name(owner), "models": ["small"]} for owner in TEN)
    )
    assert permit(_campaign(permits=permits, use=used(*((n, "", 10) for n in TEN)))).holds
