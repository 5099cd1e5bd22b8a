"""What campaigns do after a decision, and owners who do the same without one."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from campaign_builders import BURST, CARD, START, Holders, population_of
from numpy.typing import NDArray

from revenuer.campaigns.around import around
from revenuer.campaigns.early_signs import Draft
from revenuer.campaigns.population import Population
from revenuer.campaigns.sign_reactions import Struck, reactions
from revenuer.records import SignKind

N = 400
HOUR = timedelta(hours=1)
STRUCK_H, AT_H = 240, 360
AT = START + AT_H * HOUR
MEMBERS, KIN = np.arange(8), np.arange(8, 14)
START_H = int(START.timestamp()) // 3600
HELD: Holders = {CARD: {"card": range(14)}}
Rows = dict[int, NDArray[np.int64]]


def _hours(first: float, last: float, rate: float, seed: int) -> NDArray[np.int64]:
    """Hours of requests at a rate, between two hours."""
    draw = np.random.default_rng(seed)
    count = int((last - first) * rate)
    return np.sort(draw.integers(first, last, count)).astype(np.int64)


def _ordinary() -> Rows:
    """Everybody sends a request in two hours, all the time."""
    return {owner: _hours(0, AT_H, 0.5, owner) for owner in range(N)}


def _population(first: dict[int, float] | None = None, holders: Holders = HELD) -> Population:
    begins = dict.fromkeys(range(N), 1.0) | (first or {})
    # Others sign up all the time, so that newcomers can be compared with some.
    begins |= {owner: 0.9 * (owner - 20) for owner in range(20, N) if owner not in (first or {})}
    at = [START + begins[owner] * HOUR for owner in range(N)]
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    return population_of(
        N,
        holders,
        first_at=pl.Series(at),
        created_at=pl.Series([moment - HOUR for moment in at]),
        suspended_at=never,
        closed_at=never,
        status="active",
    )


def _told(
    rows: Rows,
    population: Population | None = None,
    *,
    model: dict[int, str] | None = None,
    struck: NDArray[np.int64] = MEMBERS,
    at: datetime = AT,
) -> list[Draft]:
    frame = pl.concat(
        [
            pl.DataFrame({"hour": hours + START_H}).with_columns(
                owner=pl.lit(owner, pl.Int64),
                model=pl.when(
                    (pl.col("hour") > START_H + STRUCK_H) & pl.lit(owner in (model or {}))
                )
                .then(pl.lit((model or {}).get(owner)))
                .otherwise(pl.lit("old")),
                block=pl.lit(f"192.0.{owner}.0/24"),
                exchanges=pl.lit(1, pl.Int64),
            )
            for owner, hours in rows.items()
        ]
    ).filter(pl.col("hour") * 3600 < at.timestamp())

    def ask(owners: NDArray[np.int64], struck_s: float) -> pl.DataFrame:
        return frame.filter(pl.col("owner").is_in(owners.tolist()))

    decision = Struck("decision--1", (START + STRUCK_H * HOUR).timestamp(), struck)
    return reactions(population or _population(), [decision], ask, at, 1 / 30)


def test_nobody_reacts_where_everybody_goes_on() -> None:
    assert _told(_ordinary()) == []


def test_a_retreat_is_told_once_it_has_lasted() -> None:
    stopped = {int(owner): _hours(0, STRUCK_H + 4, 0.5, owner) for owner in MEMBERS}
    rows = _ordinary() | stopped
    (draft,) = _told(rows)
    assert draft.kind is SignKind.RETREAT
    assert draft.decision_id == "decision--1"
    assert draft.owners.tolist() == MEMBERS.tolist()
    assert draft.numbers["silent"] == 8
    assert 0 <= draft.numbers["hours_to_last"] <= 5
    assert _told(rows, at=START + (STRUCK_H + 60) * HOUR) == []


def test_where_others_fall_silent_too_it_is_no_retreat() -> None:
    assert _told({owner: _hours(0, STRUCK_H + 4, 0.5, owner) for owner in range(N)}) == []


def test_reserves_that_rise_are_a_failover_and_no_retreat() -> None:
    rows = _ordinary()
    rows |= {int(owner): _hours(0, STRUCK_H + 4, 0.5, owner) for owner in MEMBERS}
    for owner in KIN:
        idle, busy = _hours(0, STRUCK_H, 0.05, owner), _hours(STRUCK_H + 6, AT_H, 2, owner)
        rows[int(owner)] = np.concatenate([idle, busy])
    (draft,) = _told(rows)
    assert draft.kind is SignKind.FAILOVER
    assert draft.owners.tolist() == KIN.tolist()
    assert 6 <= draft.numbers["hours_to_first"] <= draft.numbers["hours_to_median"] <= 16
    assert draft.numbers["times"] > 20


def test_strangers_who_rise_are_none() -> None:
    rows = _ordinary()
    for owner in range(100, 106):
        idle, busy = _hours(0, STRUCK_H, 0.05, owner), _hours(STRUCK_H + 6, AT_H, 2, owner)
        rows[owner] = np.concatenate([idle, busy])
    assert _told(rows) == []
    # What they share says when they are busy, which is what would be tested.
    shared: Holders = {CARD: {"card": range(8)}, BURST: {"burst": [*range(8), *range(100, 106)]}}
    assert _told(rows, _population(holders=shared)) == []


def test_newcomers_that_inherit_are_a_return_with_its_hours() -> None:
    first = {int(owner): STRUCK_H + 30.0 + 0.5 * n for n, owner in enumerate(KIN)}
    rows = _ordinary()
    rows |= {int(owner): _hours(0, STRUCK_H + 4, 0.5, owner) for owner in MEMBERS}
    rows |= {owner: _hours(int(began), AT_H, 1, owner) for owner, began in first.items()}
    (draft,) = _told(rows, _population(first))
    assert draft.kind is SignKind.RETURN
    assert draft.numbers["heirs"] == 6
    assert draft.numbers["hours_to_first"] == pytest.approx(30)
    assert "the decision" in draft.statement
    assert "suspen" not in draft.statement


def test_a_campaign_that_always_grew_has_not_returned() -> None:
    first = {int(owner): STRUCK_H + 30.0 + 0.5 * n for n, owner in enumerate(KIN)}
    grew = first | {owner: STRUCK_H - 28.0 + owner for owner in range(4)}
    rows = _ordinary()
    assert [one.kind for one in _told(rows, _population(first))] == [SignKind.RETURN]
    assert _told(rows, _population(grew)) == []


def test_accounts_that_go_on_slower_and_elsewhere_have_changed() -> None:
    rows = _ordinary()
    for owner in MEMBERS:
        before, after = _hours(0, STRUCK_H, 2, owner), _hours(STRUCK_H + 3, AT_H, 0.2, owner)
        rows[int(owner)] = np.concatenate([before, after, [AT_H - 1]])
    rows[50] = np.concatenate([rows[50], _hours(0, STRUCK_H - 96, 1, 7)])
    (draft,) = _told(rows, model={int(owner): "other" for owner in MEMBERS})
    assert draft.kind is SignKind.ADAPTATION
    assert draft.numbers["slower"] == pytest.approx(np.log(10), abs=0.3)
    # Nobody had used that model before: it was released.
    assert "models" not in draft.numbers
    known = {50: "other"} | {int(owner): "other" for owner in MEMBERS}
    assert [one.kind for one in _told(_ordinary(), model=known)] == []


def test_two_decisions_share_no_heir() -> None:
    first = {int(owner): STRUCK_H + 30.0 + 0.5 * n for n, owner in enumerate(KIN)}
    held: Holders = {CARD: {"card": range(14), "other": [15, 16, 17, 18, 8]}}
    rows, population = _ordinary(), _population(first, held)
    at_s = (START + STRUCK_H * HOUR).timestamp()
    both = [Struck("one", at_s, MEMBERS), Struck("two", at_s, np.arange(15, 19))]
    frame = pl.DataFrame(
        {"owner": [0], "hour": [START_H], "model": ["old"], "block": ["b"], "exchanges": [1]}
    )
    del rows
    told = reactions(population, both, lambda owners, since: frame, AT, 1 / 30)
    assert [(one.decision_id, one.numbers["heirs"]) for one in told] == [("one", 6)]


def test_what_is_around_a_decision_by_hand() -> None:
    """Ten requests in the ten hours before, five in the five after, the tenth never."""
    rows = pl.DataFrame(
        {
            "owner": [3] * 15,
            "hour": [*range(90, 100), *range(101, 106)],
            "model": ["a"] * 15,
            "block": ["b"] * 15,
            "exchanges": [1] * 15,
        }
    )
    told = around(rows, np.array([2, 3]), 100 * 3600.0, 106 * 3600.0)
    assert told.before.tolist() == [0, 1.0]
    assert told.after.tolist() == pytest.approx([0, 5 / 6])
    assert told.quiet_h.tolist() == [105, 0]
    assert np.isnan(told.tenth_h).all()
    assert told.recent.tolist() == [False, True]
    assert told.changes["slower"][1] == pytest.approx(-np.log(5 / 6))
