"""Labels of a case are settled together, and no case loses all of its exchanges."""

from __future__ import annotations

import polars as pl

from revenuer.app.label import settled


def _shown(case: int, said: list[float], worn: float) -> pl.DataFrame:
    n = len(said)
    return pl.DataFrame(
        {
            "case": [case] * n,
            "exchange_id": [f"{case}-{place}" for place in range(n)],
            "said": said,
            "worn": [worn] * n,
            "cell": pl.Series([100 + case] * n, dtype=pl.UInt64),
            "talk": pl.Series([1000 * case + place for place in range(n)], dtype=pl.UInt64),
            "readable": [True] * n,
        }
    )


def test_a_case_keeps_all_exchanges_where_none_stands_out() -> None:
    labels = settled(pl.concat([_shown(1, [-2.0] * 5, -2.0), _shown(2, [4.0] * 5, 2.0)]))
    assert labels.filter(case=1)["own"].all()
    assert labels.filter(case=1)["probability"].max() < 0.1
    assert labels.filter(case=2)["probability"].min() > 0.9


def test_customers_are_left_out_where_some_stand_out() -> None:
    mixed = _shown(1, [5.0, -5.0] * 20, 0.0)
    labels = settled(mixed)
    assert labels["own"].to_list() == [True, False] * 20
    assert set(labels.columns) == {"case", "exchange_id", "probability", "own"}
