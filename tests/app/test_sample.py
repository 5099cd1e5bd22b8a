"""Exchanges that are kept of every account."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from revenuer.app.sample import (
    FILE,
    RANDOM,
    SCHEMA,
    SHOWN_CHARS,
    TELLING,
    choose,
    examples_of,
    keep_sample,
    mask_texts,
)
from revenuer.campaigns.exhibits import mask


def sampled(exchanges: int, prompt: str | None = "Judge 3 lines: été, 你好!") -> pl.DataFrame:
    rows = [
        {
            "account_id": account,
            "exchange_id": f"{account}-{n}",
            "occurred_at": datetime(2026, 6, 1, tzinfo=UTC),
            "model": "m",
            "output_tokens": n,
            "prompt": prompt,
        }
        for account in ("a", "b")
        for n in range(exchanges)
    ]
    return pl.DataFrame(rows, schema_overrides={"prompt": pl.String})


def test_ten_at_random_and_the_best_of_each_account_are_kept(tmp_path: Path) -> None:
    score = np.tile(np.linspace(0, 1, 24), 2)
    (tmp_path / FILE).parent.mkdir()
    keep_sample(tmp_path / FILE, [sampled(24)], {"d": score, "other": np.full(48, np.nan)})
    telling, random = examples_of("a", tmp_path)
    assert len(random) == RANDOM
    assert [one.exchange_id for one in telling] == [f"a-{n}" for n in range(23, 23 - TELLING, -1)]
    assert telling[0].why.startswith("d 1.00")
    assert {one.account_id for one in telling + random} == {"a"}


def test_the_random_ones_do_not_follow_the_scores() -> None:
    one = choose(sampled(24), {"d": np.linspace(0, 1, 48)})
    other = choose(sampled(24), {"d": np.linspace(1, 0, 48)})
    drawn = [set(kept.filter(pl.col("random") < RANDOM)["exchange_id"]) for kept in (one, other)]
    assert drawn[0] == drawn[1]


def test_low_scores_are_not_telling() -> None:
    kept = choose(sampled(12), {"d": np.full(24, 0.4)})
    assert kept["telling"].null_count() == kept.height == 2 * RANDOM


def test_texts_are_masked_as_in_the_report() -> None:
    kept = choose(sampled(1), {})
    assert set(kept["text"]) == {mask("Judge 3 lines: été, 你好!")}
    assert set(choose(sampled(1, None), {})["text"]) == {mask(None)}


CHARACTERS = st.characters(exclude_categories=("Cs", "Cn"))


@given(texts=st.lists(st.one_of(st.none(), st.text(CHARACTERS, max_size=20)), max_size=5))
def test_a_column_is_masked_as_each_of_its_texts(texts: list[str | None]) -> None:
    found = mask_texts(pl.Series(texts, dtype=pl.String))
    assert found.to_list() == [mask(text) for text in texts]


def test_long_texts_are_cut() -> None:
    assert mask_texts(pl.Series(["é " * 500])).to_list() == ["· " * (SHOWN_CHARS // 2)]


def test_no_exchanges_leave_an_empty_table(tmp_path: Path) -> None:
    keep_sample(tmp_path / "kept.parquet", [sampled(1).clear()], {"d": np.empty(0)})
    assert pl.read_parquet(tmp_path / "kept.parquet").schema == SCHEMA


def test_parts_do_not_show(tmp_path: Path) -> None:
    score = np.tile(np.linspace(0, 1, 24), 2)
    parts = sampled(24).partition_by("account_id", maintain_order=True)
    keep_sample(tmp_path / "kept.parquet", parts, {"d": score})
    assert pl.read_parquet(tmp_path / "kept.parquet").equals(choose(sampled(24), {"d": score}))


def test_a_scan_that_kept_none_has_none_to_show(tmp_path: Path) -> None:
    assert examples_of("a", tmp_path) == ((), ())
