"""Returns of a suspended pool, and newcomers who only look like one."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from campaign_builders import CARD, CLIENT, MAIL, START, TEMPLATE, Holders, population_of

from revenuer.campaigns.early_signs import Draft
from revenuer.campaigns.population import Population
from revenuer.campaigns.sign_returns import returns

N = 400
HOUR = timedelta(hours=1)
BAN = START + 240 * HOUR
AT = START + 480 * HOUR
POOL, HEIRS = np.arange(8), np.arange(8, 16)
PRIVATE: Holders = {CARD: {"card": range(16)}}


def _population(
    holders: Holders,
    *,
    first: dict[int, float] | None = None,
    suspended: np.ndarray = POOL,
    settled: np.ndarray | None = None,
) -> Population:
    """A pool that is suspended, heirs from an hour after, and a newcomer an hour or so."""
    random = np.random.default_rng(3)
    begins = random.uniform(0, 480, N)
    begins[POOL] = np.linspace(0, 40, POOL.size)
    begins[HEIRS] = 241 + np.linspace(0, 5, HEIRS.size)
    for owner, hour in (first or {}).items():
        begins[owner] = hour
    signed_up = begins - 24
    if settled is not None:
        signed_up[settled] = -24 * 90
    at = [START + timedelta(hours=float(hour)) for hour in begins]
    stopped: list[datetime | None] = [BAN if n in suspended else None for n in range(N)]
    return population_of(
        N,
        holders,
        first_at=pl.Series(at),
        created_at=pl.Series([START + timedelta(hours=float(hour)) for hour in signed_up]),
        suspended_at=pl.Series(stopped, dtype=pl.Datetime("us", "UTC")),
        closed_at=pl.lit(None, pl.Datetime("us", "UTC")),
        status=pl.Series(["suspended" if n in suspended else "active" for n in range(N)]),
    )


def _found(population: Population, at: datetime = AT) -> list[Draft]:
    return returns(population, at, 1 / 30)


def test_a_pool_that_comes_back_is_told_with_its_hours() -> None:
    (draft,) = _found(_population(PRIVATE))
    assert draft.owners.tolist() == list(range(16))
    assert (draft.numbers["heirs"], draft.numbers["suspended"]) == (8, 8)
    assert draft.numbers["hours_to_first"] == pytest.approx(1.0)
    assert draft.numbers["hours_to_median"] == pytest.approx(3.5)
    assert "shared-payment" in draft.statement


def test_rare_things_of_several_channels_tell_as_much_as_a_private_one() -> None:
    both: Holders = {
        MAIL: {"mail": range(16)},
        CLIENT: {"client": range(16)},
        TEMPLATE: {"template": range(16)},
    }
    assert len(_found(_population(both))) == 1
    assert _found(_population({CLIENT: {"client": range(16)}})) == []


def test_friends_who_begin_whenever_people_begin_are_no_heirs() -> None:
    spread = dict(zip(HEIRS.tolist(), np.linspace(60, 470, HEIRS.size).tolist(), strict=True))
    assert _found(_population(PRIVATE, first=spread)) == []


def test_one_customer_who_opens_a_new_account_is_no_return() -> None:
    assert _found(_population({CARD: {"card": [0, 8]}}, suspended=POOL[:1])) == []


def test_a_class_that_loses_one_pupil_does_not_return() -> None:
    """Most of those who were there before go on."""
    assert _found(_population(PRIVATE, suspended=POOL[:1])) == []


def test_customers_of_long_standing_are_no_heirs() -> None:
    assert _found(_population(PRIVATE, settled=HEIRS)) == []


def test_a_suspension_that_is_still_to_come_is_not_known() -> None:
    assert _found(_population(PRIVATE), at=BAN - HOUR) == []


def test_a_popular_card_is_no_tie() -> None:
    """A tenth of all hold it: a voucher, or a bank's stand-in."""
    assert _found(_population({CARD: {"voucher": range(40)}})) == []


def test_logs_without_suspensions_tell_nothing() -> None:
    assert _found(_population(PRIVATE, suspended=np.empty(0, np.int64))) == []


def test_newcomers_who_know_nobody_raise_fewer_signs_than_are_allowed() -> None:
    raised = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        first = dict(enumerate(random.uniform(0, 480, N).tolist()))
        cards = {f"card {n}": random.choice(N, 3, replace=False).tolist() for n in range(80)}
        some = random.choice(N, 30, replace=False)
        raised += len(_found(_population({CARD: cards}, first=first, suspended=some)))
    assert raised <= 3
