"""Quality checks, and innocents who repeat a prompt too."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from campaign_builders import population_of

from revenuer.campaigns.early_signs import Draft
from revenuer.campaigns.judge import Judged
from revenuer.campaigns.sign_checks import Asked, fixed_prompts, quality_checks
from revenuer.records import Axis

N = 200
DAYS = 20
GUARDED = [24 * day + 9 + day % 5 for day in range(0, DAYS, 2)]
"""Hours in which the guard acts, at another time each day."""
Row = tuple[int, str | None, int, int, int]

ROWS = {
    "owner": pl.Int64,
    "token": pl.String,
    "hour": pl.Int64,
    "asked": pl.Int64,
    "guarded": pl.Int64,
}


def _rows(
    asks: Iterable[tuple[int, str, int]], guarded: Iterable[tuple[int, int]] = ()
) -> pl.DataFrame:
    rows: list[Row] = [(owner, token, hour, 1, 0) for owner, token, hour in asks]
    rows += [(owner, None, hour, 1, 1) for owner, hour in guarded]
    frame = pl.DataFrame(rows, schema=ROWS, orient="row")
    return frame.with_columns(refused=pl.col("guarded"))


def _found(
    rows: pl.DataFrame,
    *,
    groups: list[Judged] | None = None,
    excused: int | None = None,
    exchanges: int = 1000,
) -> list[Draft]:
    population = population_of(N, {}, n_exchanges=exchanges)
    # Everybody works from eight to eight.
    active = [
        (n, 24 * day + hour) for n in range(12) for day in range(DAYS) for hour in range(8, 20)
    ]
    hours = pl.DataFrame(active, schema={"owner": pl.Int64, "hour": pl.Int64}, orient="row")
    covered = np.arange(N) == (-1 if excused is None else excused)
    ordinary = np.arange(N) >= 12
    asked = Asked(rows, hours)
    return quality_checks(population, asked, groups or [], ordinary, covered, 1 / 30)


def _group(extraction: float = 5.0, coordination: float = 8.0, concealment: float = 4.0) -> Judged:
    axes = {
        Axis.COORDINATION: coordination,
        Axis.EXTRACTION: extraction,
        Axis.CONCEALMENT: concealment,
    }
    return Judged(np.arange(12), 1.0, {}, axes)


def _after_the_guard(prompts: int = 3) -> list[tuple[int, str, int]]:
    return [(3, f"check {n}", hour + 2) for hour in GUARDED for n in range(prompts)]


STOPS = [(3, hour) for hour in GUARDED]


def test_fixed_prompts_after_the_guard_acted_are_a_check() -> None:
    (draft,) = _found(_rows(_after_the_guard(), STOPS))
    assert draft.owners.tolist() == [3]
    assert draft.axis is None
    assert draft.numbers["soon_after_the_guard"] == draft.numbers["occasions"] == len(GUARDED)


def test_a_health_check_by_the_clock_does_not_know_of_the_guard() -> None:
    hourly = [(3, "health", hour) for hour in range(24 * DAYS)]
    daily = [(3, "daily", 24 * day + 11) for day in range(DAYS)]
    assert _found(_rows(hourly, STOPS)) == []
    assert _found(_rows(daily, STOPS)) == []


def test_a_prompt_that_the_guard_stopped_and_is_sent_again_is_a_retry() -> None:
    rows = _rows(_after_the_guard())
    stopped = _rows([(3, f"check {n}", GUARDED[0]) for n in range(3)])
    stopped = stopped.with_columns(guarded=pl.lit(1, pl.Int64), refused=pl.lit(1, pl.Int64))
    assert _found(pl.concat([rows, stopped, _rows([], STOPS)])) == []


def test_a_monitor_does_nothing_else() -> None:
    assert _found(_rows(_after_the_guard(), STOPS), exchanges=40) == []


def test_a_set_of_two_dozen_is_no_few() -> None:
    assert _found(_rows(_after_the_guard(24), STOPS)) == []


def test_an_evaluator_with_a_permit_raises_no_sign() -> None:
    assert _found(_rows(_after_the_guard(), STOPS), excused=3) == []


def _through(owners: int, days: int = 6) -> list[tuple[int, str, int]]:
    return [
        (n % owners, f"check {prompt}", 24 * day + n)
        for day in range(days)
        for n in range(owners)
        for prompt in range(2)
    ]


def test_a_prompt_through_several_owners_that_act_as_one_is_a_check() -> None:
    (draft,) = _found(_rows(_through(5)), groups=[_group()])
    assert draft.axis is Axis.COORDINATION
    assert draft.numbers["asked_by"] == 5
    assert draft.numbers["asked"] == 60


def test_a_class_hides_nothing_and_may_share_its_assignment() -> None:
    assert _found(_rows(_through(5)), groups=[_group(concealment=0.2)]) == []


def test_offices_that_extract_nothing_may_share_a_prompt() -> None:
    assert _found(_rows(_through(5)), groups=[_group(extraction=0.5)]) == []
    assert _found(_rows(_through(5)), groups=[_group(coordination=0.5)]) == []


def test_a_prompt_that_many_others_ask_is_a_clients() -> None:
    everybody = [
        (n, f"check {prompt}", 24 * day + 9)
        for n in range(12, N)
        for day in range(4)
        for prompt in range(2)
    ]
    assert _found(_rows([*_through(5), *everybody]), groups=[_group()]) == []


def test_an_assignment_of_one_day_is_no_check() -> None:
    assert _found(_rows(_through(12, days=1)), groups=[_group()]) == []


def test_a_queue_that_draws_from_a_small_pool_has_no_fixed_prompts() -> None:
    random = np.random.default_rng(5)
    drawn = [(0, f"task {random.integers(60)}", int(random.integers(480))) for _ in range(400)]
    assert fixed_prompts(_rows(drawn), 10_000).is_empty()
    checks = [(0, f"check {n}", 24 * day) for day in range(DAYS) for n in range(4)]
    found = fixed_prompts(_rows([*drawn, *checks]), 10_000)
    assert set(found["token"]) == {f"check {n}" for n in range(4)}


def test_checks_by_chance_raise_fewer_signs_than_are_allowed() -> None:
    """Prompts and guard at random hours of the day's work, a hundred owners one by one."""
    raised = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        work = 24 * random.integers(0, DAYS, 60) + random.integers(8, 20, 60)
        asks = [(3, f"check {n % 3}", int(hour)) for n, hour in enumerate(work[:45])]
        raised += len(_found(_rows(asks, [(3, int(hour)) for hour in work[45:]])))
    # A look may raise one in sixty; seven of a hundred would be one in a thousand.
    assert raised <= 6
