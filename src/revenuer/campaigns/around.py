"""What owners did before and after a decision, from their exchanges by hour, model and block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

BEFORE_H = 7 * 24
"""Hours before a decision that are held against those after it. placeholder"""
RECENT_H = 48
"""Who sent nothing for so long before a decision had ended by then. placeholder"""
FEWEST = 10
"""Exchanges before, or after, below which nothing is said of an owner. placeholder"""
CHANGES: Mapping[str, str] = {
    "slower": "make fewer requests an hour",
    "models": "moved to models that they had not used",
    "networks": "come from address blocks that they had not used",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What owners did before and after a decision. Each of shape (k,).

    Attributes:
        owners: Who.
        before: Exchanges an hour in the week before.
        after: Likewise since.
        made: Exchanges since.
        quiet_h: Hours from the last exchange to the look.
        recent: Sent something in the two days before the decision.
        tenth_h: Hours from the decision to the tenth exchange after it; NaN if there is none.
        changes: By name of `CHANGES`, how much changed; NaN if nothing can be said.
    """

    owners: NDArray[np.int64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    made: NDArray[np.int64]
    quiet_h: NDArray[np.float64]
    recent: NDArray[np.bool_]
    tenth_h: NDArray[np.float64]
    changes: Mapping[str, NDArray[np.float64]]

    def of(self, owners: NDArray[np.int64]) -> Around:
        """Some of them."""
        here = np.isin(self.owners, owners)
        changes = {name: values[here] for name, values in self.changes.items()}
        parts = {name: getattr(self, name)[here] for name in Around.__slots__ if name != "changes"}
        return Around(**parts, changes=changes)


def around(rows: pl.DataFrame, owners: NDArray[np.int64], struck_s: float, at_s: float) -> Around:
    """What owners did before and after a decision.

    Args:
        rows: `owner`, `hour` (since 1970), `model`, `block`, `exchanges`.
        owners: Of whom; those without a row did nothing.
        struck_s: When the decision was made, seconds since 1970.
        at_s: The time of the look, likewise.
    """
    hour, now = struck_s / 3600, at_s / 3600
    began = float(rows["hour"].to_numpy().min()) if rows.height else hour
    length = max(min(BEFORE_H, hour - began), 1.0)
    since = max(now - hour, 1.0)
    n = pl.col("exchanges")
    # The hour of the decision belongs to neither side.
    earlier = (pl.col("hour") < int(hour)) & (pl.col("hour") >= hour - BEFORE_H)
    later = pl.col("hour") > int(hour)
    each = rows.group_by("owner").agg(
        before=n.filter(earlier).sum(),
        made=n.filter(later).sum(),
        last=pl.col("hour").max(),
        recent=(earlier & (pl.col("hour") >= hour - RECENT_H)).any(),
    )
    tenth = (
        rows.filter(later)
        .sort("owner", "hour")
        .with_columns(sent=n.cum_sum().over("owner"))
        .filter(pl.col("sent") >= FEWEST)
        .group_by("owner")
        .agg(tenth=pl.col("hour").min() + 1)
    )
    frame = (
        pl.DataFrame({"owner": owners}, schema={"owner": pl.Int64})
        .join(each, "owner", how="left", maintain_order="left")
        .join(tenth, "owner", how="left", maintain_order="left")
        .with_columns(pl.col("before", "made").fill_null(0), pl.col("recent").fill_null(False))
    )
    before, made = frame["before"].to_numpy(), frame["made"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        slower = np.log(before / length) - np.log(np.maximum(made, 0.5) / since)
    changes = {"slower": np.where((before >= FEWEST) & (made > 0), slower, np.nan)}
    # A model that nobody had used was released: who moves to it pivots, and that is another sign.
    first = pl.col("hour").min().over("model")
    there = rows.filter(first < hour - BEFORE_H / 2)
    changes["models"] = _newness(there, "model", owners, hour)
    changes["networks"] = _newness(rows, "block", owners, hour)
    return Around(
        owners=owners,
        before=before / length,
        after=made / since,
        made=made.astype(np.int64),
        quiet_h=now - frame["last"].fill_null(0).to_numpy() - 1,
        recent=frame["recent"].to_numpy(),
        tenth_h=frame["tenth"].cast(pl.Float64).fill_null(float("nan")).to_numpy() - hour,
        changes=changes,
    )


def _newness(
    rows: pl.DataFrame, column: str, owners: NDArray[np.int64], hour: float
) -> NDArray[np.float64]:
    """How much more of an owner's exchanges have a new value after a decision than before it.

    Who changes all the time has new values in the second half of the time before, too.
    """
    middle = hour - BEFORE_H / 2
    rows = rows.filter(pl.col(column).is_not_null() & (pl.col("hour") >= hour - BEFORE_H))
    side = (pl.col("hour") >= middle).cast(pl.Int8) + (pl.col("hour") > int(hour)).cast(pl.Int8)
    firsts = pl.col("hour").min().over("owner", column)
    n = pl.col("exchanges")
    marked = rows.with_columns(side=side, first=firsts).with_columns(
        was_new=((pl.col("side") == 1) & (pl.col("first") >= middle))
        | ((pl.col("side") == 2) & (pl.col("first") > int(hour)))
    )
    told = marked.group_by("owner").agg(
        late=n.filter(pl.col("side") == 1).sum(),
        after=n.filter(pl.col("side") == 2).sum(),
        late_new=n.filter((pl.col("side") == 1) & pl.col("was_new")).sum(),
        after_new=n.filter((pl.col("side") == 2) & pl.col("was_new")).sum(),
    )
    told = told.filter((pl.col("late") >= FEWEST) & (pl.col("after") >= FEWEST))
    more = pl.col("after_new") / pl.col("after") - pl.col("late_new") / pl.col("late")
    found = np.full(owners.size, np.nan)
    place = np.searchsorted(owners, told["owner"].to_numpy())
    found[place] = told.select(more).to_series().to_numpy()
    return found
