"""Labels are settled shelf by shelf, and no case loses all of its exchanges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from scipy import sparse

from revenuer.app import label
from revenuer.app.label import shelved
from revenuer.app.labels import OUTPUT_COLUMNS, Labels, Shelves
from revenuer.campaigns.cases import Case
from revenuer.campaigns.incidence import build_incidences
from revenuer.campaigns.judge import Judged
from revenuer.campaigns.population import Population
from revenuer.records import Axis, Verdict

START = datetime(2026, 6, 1, tzinfo=UTC)


def _shown(case: int, said: list[float], worn: float, shelf: int = 0) -> pl.DataFrame:
    n = len(said)
    return pl.DataFrame(
        {
            "shelf": [shelf] * n,
            "case": [case] * n,
            "account_id": [f"a{case}"] * n,
            "exchange_id": [f"{case}-{shelf}-{place}" for place in range(n)],
            "occurred_at": [START + timedelta(hours=place) for place in range(n)],
            "model": ["m"] * n,
            "task_id": pl.Series([None] * n, dtype=pl.String),
            "output_tokens": [1] * n,
            "reasoning_tokens": pl.Series([None] * n, dtype=pl.Int64),
            "said": said,
            "worn": [worn] * n,
            "cell": pl.Series([100 + 10 * shelf + case] * n, dtype=pl.UInt64),
            "talk": pl.Series([9000 * case + 500 * shelf + k for k in range(n)], dtype=pl.UInt64),
            "readable": [True] * n,
        }
    )


def _labels(tmp_path: Path, *shown: pl.DataFrame) -> Labels:
    shelves = Shelves(tmp_path / "shelves")
    for frame in shown:
        shelves.lay(frame)
    return shelves.settle()


def test_a_case_keeps_all_exchanges_where_none_stands_out(tmp_path: Path) -> None:
    shown = pl.concat([_shown(1, [-2.0] * 5, -2.0), _shown(2, [4.0] * 5, 2.0)])
    labels = _labels(tmp_path, shown)
    assert labels.all_of(1)["own"].all()
    assert labels.own(1, ("probability",)).height == 5
    assert labels.own(1, ("probability",))["probability"].max() < 0.1  # type: ignore[operator]
    assert labels.own(2, ("probability",))["probability"].min() > 0.9  # type: ignore[operator]


def test_one_shelf_that_stands_out_speaks_for_the_other(tmp_path: Path) -> None:
    labels = _labels(tmp_path, _shown(1, [-2.0] * 5, -2.0), _shown(1, [4.0] * 5, 2.0, shelf=1))
    assert sorted(labels.own(1)["exchange_id"]) == [f"1-1-{n}" for n in range(5)]
    assert labels.all_of(1).height == 10


def test_customers_are_left_out_where_some_stand_out(tmp_path: Path) -> None:
    labels = _labels(tmp_path, _shown(1, [5.0, -5.0] * 20, 0.0))
    assert labels.all_of(1).sort("occurred_at")["own"].to_list() == [True, False] * 20
    assert labels.all_of(1).columns == [*OUTPUT_COLUMNS, "own"]


def test_neighbours_are_heard_across_batches(tmp_path: Path) -> None:
    whole = _shown(1, [3.0] * 9 + [-0.7], 0.0)
    one = _labels(tmp_path, whole).own(1, ("exchange_id", "probability"))
    (tmp_path / "again").mkdir()
    parts = [whole[start : start + 3] for start in (6, 9, 0, 3)]
    other = _labels(tmp_path / "again", *parts).own(1, ("exchange_id", "probability"))
    assert other.sort("exchange_id").equals(one.sort("exchange_id"))
    assert one.height == 10


def test_a_case_without_exchanges_has_none(tmp_path: Path) -> None:
    labels = _labels(tmp_path)
    assert labels.own(3).is_empty()
    assert labels.all_of(3, ("account_id",)).schema == {"account_id": pl.String, "own": pl.Boolean}


def test_accounts_stay_whole_and_shelves_are_filled_in_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(label, "SHELF_ROWS", 25)
    given = pl.DataFrame(
        {"account_id": list("abcdefgh"), "owner": range(8), "n_exchanges": [10] * 8},
        schema_overrides={"owner": pl.Int64},
    )
    incidences = build_incidences(given.select("account_id", "owner"), {})
    population = Population(given, incidences, {}, sparse.csr_array((8, 1)))
    cases = [
        Case(Judged(population.owner[[members]], 1.0, {a: {} for a in Axis}, True), verdict, ())
        for members, verdict in (([1, 3, 5], Verdict.CONVICTED), ([0, 2], Verdict.CLEARED))
    ]
    found = shelved(population, cases)
    assert found["case"].to_list() == [0, 0, 0, 1, 1]
    assert found["shelf"].to_list() == [0, 0, 0, 1, 1]
    assert found["account_id"].to_list() == list("bdfac")
