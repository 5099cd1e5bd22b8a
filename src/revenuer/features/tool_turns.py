"""A user's prompt is read once, however many turns of tools it sets off."""

from __future__ import annotations

import polars as pl

TEXT = ("prompt", "prompt_sketch")


def read_once(sample: pl.DataFrame) -> pl.DataFrame:
    """Leave out the prompts of turns by tools that repeat another prompt of their account.

    An agent sends its user's last turn with every result of a tool. Read each time, one task
    would look like a template that is filled in again and again. Only the repeated text goes;
    what a tool turn asks for the first time is read, whoever calls it one.

    Args:
        sample: With `account_id`, `turn_kind` and the columns of `TEXT`.

    Returns:
        The same rows in the same order; the repeated texts are null.
    """
    by_tool = pl.col("turn_kind").eq_missing("tool")
    # A user's own turn comes before those that its tools take.
    place = pl.col("place").sort_by(by_tool, "place").first().over("account_id", *TEXT)
    repeated = by_tool & (place != pl.col("place"))
    return (
        sample.with_row_index("place")
        .with_columns(repeated=repeated)
        .with_columns(pl.when(~pl.col("repeated")).then(pl.col(name)).alias(name) for name in TEXT)
        .drop("place", "repeated")
    )
