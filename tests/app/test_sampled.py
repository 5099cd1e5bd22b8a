"""The sample on disk: rows come back as they were asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.app.sampled import SampleFile

FRAME = pl.DataFrame({"account_id": [f"a{n // 3}" for n in range(21)], "n": range(21)})
PLACES = st.sets(st.integers(0, 20)).map(lambda rows: np.array(sorted(rows), np.int64))


@given(groups=st.lists(PLACES, max_size=4))
@settings(max_examples=20)
def test_each_group_gets_its_own_rows_in_order(
    groups: list[np.ndarray], tmp_path_factory: object
) -> None:
    path = Path(tmp_path_factory.mktemp("sample")) / "sample.parquet"  # type: ignore[attr-defined]
    FRAME.write_parquet(path, row_group_size=6)
    file = SampleFile.at(path)
    assert len(file) == FRAME.height
    found = file.rows_of_each(groups, ("n",))
    assert [one["n"].to_list() for one in found] == [places.tolist() for places in groups]
