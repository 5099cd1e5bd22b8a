"""Columns of accounts as numbers, and readings that are done once."""

from __future__ import annotations

import polars as pl

from revenuer.detectors.account_columns import remembered


def test_a_reading_is_done_once_a_frame_and_never_taken_for_anothers() -> None:
    asked = []

    @remembered
    def total(accounts: pl.DataFrame) -> int:
        asked.append(accounts.height)
        return int(accounts["n"].sum())

    others = pl.DataFrame({"n": [1, 2, 3]})
    for n in range(50):
        # A frame that is gone leaves its place in memory to the next one.
        assert total(pl.DataFrame({"n": [n]})) == n
        assert total(others) == 6
    assert asked.count(3) == 1
    assert len(asked) == 51
