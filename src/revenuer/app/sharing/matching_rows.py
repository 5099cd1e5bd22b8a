"""What a peer said of our values, as rows in the intel folder.

| in the intel folder | holds |
|---|---|
| `peer_matches.parquet` | account_id, cluster, source, kind, unit, role, matched_at |

A row is a thing that an account was asked for: with the peer's cluster where the peer has it,
without one where it does not. `role` says whether the account was of a campaign or a control.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path

import polars as pl

from revenuer.app.sharing.intel import MATCHES
from revenuer.app.sharing.matching_values import CONTROL, Held
from revenuer.disk import PRIVATE_FOLDER, locked, put
from revenuer.errors import SourceError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.table import Label

SCHEMA = pl.Schema(
    [
        ("account_id", pl.String()),
        ("cluster", pl.String()),
        ("source", pl.String()),
        ("kind", pl.String()),
        ("unit", pl.String()),
        ("role", pl.String()),
        ("matched_at", pl.Datetime("us", "UTC")),
    ]
)
AROUND = {4: 16, 6: 32}
"""Bits of the part of the net around an address that counts as one thing: a campus has many
addresses, and a list that names some of them names one campus. placeholder"""


def cluster_name(label: Label) -> str:
    """A peer's cluster as it is written everywhere."""
    return f"cluster--{label.cluster}"


def rows_of(told: Mapping[Held, Sequence[Label]], source: str, at: datetime) -> pl.DataFrame:
    """What a peer said of each value.

    Args:
        told: The peer's labels; none of what it does not have.
        source: Its identity.
        at: When it said so.
    """
    units = sorted({(held.kind, unit_of(held)) for held in told})
    names = {unit: str(number) for number, unit in enumerate(units)}
    rows = {
        (
            account,
            cluster,
            source,
            held.kind.value,
            names[held.kind, unit_of(held)],
            "control" if campaign == CONTROL else "campaign",
            at,
        )
        for held, labels in told.items()
        for cluster in _clusters(labels)
        for campaign, account in held.holders
    }
    frame = pl.DataFrame(list(rows), schema=SCHEMA, orient="row")
    return frame.sort("account_id", "kind", "unit", "cluster")


def _clusters(labels: Sequence[Label]) -> Sequence[str | None]:
    return [cluster_name(label) for label in labels] or [None]


def unit_of(held: Held) -> str:
    """What a value counts as: addresses that are near each other are one thing."""
    if held.kind in (MatchKind.ADDRESS, MatchKind.ADDRESS_BLOCK):
        first = ip_network(held.value).network_address
        return str(ip_network((first, AROUND[first.version]), strict=False))
    return held.value


def keep_matches(folder: Path, rows: pl.DataFrame, source: str, kinds: Sequence[str]) -> Path:
    """Put what a peer said in the intel folder.

    What the same peer said before of the same kinds of value is replaced, not added to.

    Raises:
        SourceError: What is there cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    path = folder / MATCHES
    with locked(folder):
        kept = [rows]
        if path.exists():
            try:
                before = pl.read_parquet(path)
                # What an earlier version wrote has neither units nor roles.
                before = pl.concat([SCHEMA.to_frame(), before], how="diagonal").cast(SCHEMA)
            except (pl.exceptions.PolarsError, OSError) as problem:
                raise SourceError(f"{path} cannot be read.", "Move it away and ask again.") from (
                    problem
                )
            again = (pl.col("source") == source) & pl.col("kind").is_in(list(kinds))
            kept.append(before.filter(~again))
        whole = pl.concat(kept).sort("source", "account_id", "cluster", "kind")
        put(path, _parquet(whole))
    return path


def _parquet(frame: pl.DataFrame) -> bytes:
    data = BytesIO()
    frame.write_parquet(data)
    return data.getvalue()
