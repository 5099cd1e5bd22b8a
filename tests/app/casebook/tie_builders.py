"""`ties.parquet` as a scan writes it, for campaigns of crews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from revenuer.app.ties import FILE, SCHEMA, write_parts
from revenuer.records import Campaign

FIRST = datetime(2026, 6, 2, tzinfo=UTC)
LAST = datetime(2026, 6, 8, tzinfo=UTC)


def tie(
    one: Campaign, accounts: Iterable[str], kind: str, value: str, holders: int = 0
) -> list[dict[str, object]]:
    """Rows that say that accounts share a value."""
    about = {"campaign_id": one.id, "kind": kind, "value": value, "holders": holders}
    seen = {"exchanges": 3, "first_seen": FIRST, "last_seen": LAST}
    return [{**about, **seen, "account_id": name} for name in accounts]


def crews(one: Campaign, sizes: Sequence[int]) -> list[dict[str, object]]:
    """Its accounts in crews with a card each; all have one client, as many innocents do."""
    rows = tie(one, one.account_ids, "tls-fingerprint", "t13d1516h2_client", holders=600)
    start = 0
    for number, size in enumerate(sizes):
        mine = one.account_ids[start : start + size]
        rows += tie(one, mine, "payment-fingerprint", f"card-secret-{number}", holders=number)
        start += size
    return rows


def write_ties_of(folder: Path, rows: list[dict[str, object]]) -> Path:
    """Write them into the folder of a scan."""
    whole = pl.from_arrow(SCHEMA.empty_table())
    assert isinstance(whole, pl.DataFrame)
    write_parts(folder / FILE, [pl.concat([whole, pl.DataFrame(rows)], how="diagonal_relaxed")])
    return folder
