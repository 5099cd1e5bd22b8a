"""`ties.parquet`: what the accounts of campaigns are known by outside this operator.

Every value of the members stands in it, also one that only one of them has: it may be one of
a peer's campaign. Values are clear, so the file is for its owner's eyes; nothing leaves from
here but through `app.sharing`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.app.controls import FILE as CONTROLS_FILE
from revenuer.app.controls import SCHEMA as CONTROLS_SCHEMA
from revenuer.app.controls import controls_of
from revenuer.app.labels import Labels
from revenuer.app.progress import Progress
from revenuer.errors import NotFoundError
from revenuer.features.expressions import SEPARATOR
from revenuer.features.tie_kinds import KEYS, SKETCHES, connections
from revenuer.features.ties import (
    held_by_members,
    held_by_others,
    holders,
    own_of,
    strangers,
)
from revenuer.records import Campaign, Findings, Verdict
from revenuer.sources import Engine, Logs

FILE = "ties.parquet"
TIED = frozenset({Verdict.CONVICTED, Verdict.SUSPECTED})
"""Verdicts of the campaigns whose ties are kept."""
BATCH_ROWS = 100_000
SCHEMA = pa.schema(
    {
        "campaign_id": pa.string(),
        "account_id": pa.string(),
        "kind": pa.string(),
        "value": pa.string(),
        "exchanges": pa.int64(),
        "first_seen": pa.timestamp("us", tz="UTC"),
        "last_seen": pa.timestamp("us", tz="UTC"),
        "holders": pa.int64(),
        "network": pa.string(),
        "reseller": pa.string(),
    }
)
IDS = ("campaign_id", "account_id", "kind", "value")
"""What tells a row from others."""
OWN = pa.schema({"exchange_id": pa.string(), "campaign": pa.int64()})
OWN_TABLE, OWN_FILE = "own_exchanges", "own-exchanges.parquet"
KEY_ENDS = ":"
"""Between a sketch's key id and its bytes."""
MEMBERS, MET, TIES, STRANGERS, HELD = (
    f"campaign_{name}" for name in ("members", "connections", "ties", "strangers", "held_by_others")
)


def write_ties(
    logs: Logs,
    findings: Findings,
    labels: Labels,
    numbers: dict[str, int],
    out: Path,
    progress: Progress,
    *,
    controls: int = 0,
) -> None:
    """Write what the accounts of convicted and suspected campaigns have.

    Of exchanges only the campaign's own count: what an innocent customer sent through an
    account of it is not the campaign's.

    Args:
        logs: As they were read.
        findings: The campaigns.
        labels: Their exchanges.
        numbers: The case of each campaign, by the campaign's id.
        out: Folder of the results.
        progress: Told how far the work is.
        controls: Ordinary accounts of which `controls.parquet` says the same.
    """
    tied = [one for one in findings.campaigns if one.verdict in TIED and one.id in numbers]
    with progress.stage("ties: what campaigns are known by", None):
        if not tied:
            write_parts(out / FILE, [])
            write_parts(out / CONTROLS_FILE, [], CONTROLS_SCHEMA)
            return
        own = logs.workdir / OWN_FILE
        _write_own(own, labels, [numbers[one.id] for one in tied])
        people = _people(tied)
        try:
            rows, connected = _ties(logs, people, _beside(logs.engine, own))
            batches = logs.engine.stream(rows.order_by(*KEYS), BATCH_ROWS)
            told = (_spelled(pl.from_arrow(batch), people) for batch in batches)
            write_parts(out / FILE, told)
            drawn = [controls_of(logs, connected, controls)] if controls else []
            write_parts(out / CONTROLS_FILE, drawn, CONTROLS_SCHEMA)
        finally:
            for name in (MEMBERS, MET, TIES, STRANGERS, HELD):
                logs.engine.forget(name)
            own.unlink(missing_ok=True)


def read_ties(out: Path) -> pl.DataFrame:
    """The ties in a scan's folder.

    Raises:
        NotFoundError: There are none.
    """
    path = out / FILE
    if not path.exists():
        raise NotFoundError(
            f"{out} holds no {FILE}.", "Name the --out folder of a scan made by this version."
        )
    return pl.read_parquet(path)


def keep_ties(new: Path, old: Path, campaigns: Sequence[Campaign]) -> None:
    """Add what an earlier look saw of campaigns that are still told.

    Args:
        new: The file of this look.
        old: The file of the look before; need not be there.
        campaigns: That this look tells of.
    """
    if not old.exists():
        return
    names = {
        name: one.id
        for one in campaigns
        if one.verdict in TIED
        for name in (*one.supersedes, one.id)
    }
    before = pl.read_parquet(old).with_columns(
        campaign_id=pl.col("campaign_id").replace_strict(names, default=None)
    )
    # One that an earlier version wrote may lack a column.
    whole = pl.from_arrow(SCHEMA.empty_table())
    assert isinstance(whole, pl.DataFrame)
    parts = [whole, pl.read_parquet(new), before.drop_nulls("campaign_id")]
    rows = pl.concat(parts, how="diagonal")
    # This look's numbers stand, being first; the times span both.
    rows = rows.group_by(IDS, maintain_order=True).agg(
        pl.col("exchanges").first(),
        pl.col("first_seen").min(),
        pl.col("last_seen").max(),
        pl.col("holders", "network", "reseller").first(),
    )
    write_parts(new, [rows.sort(IDS)])


def write_parts(path: Path, parts: Iterable[pl.DataFrame], schema: pa.Schema = SCHEMA) -> None:
    """Write the file, for its owner alone to read; whole, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    place = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(place, "wb") as file, pq.ParquetWriter(file, schema) as writer:
            for part in parts:
                writer.write_table(part.select(schema.names).to_arrow().cast(schema))
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _write_own(path: Path, labels: Labels, cases: Sequence[int]) -> None:
    """Which exchanges are a campaign's own, a campaign at a time."""
    with pq.ParquetWriter(path, OWN, compression="zstd") as writer:
        for number, case in enumerate(cases):
            # Sorted: a scan that goes on where it was has the same file.
            own = labels.own(case, ("exchange_id",)).sort("exchange_id")
            own = own.with_columns(campaign=pl.lit(number, pl.Int64))
            writer.write_table(own.select(OWN.names).to_arrow().cast(OWN))


def _people(tied: Sequence[Campaign]) -> pl.DataFrame:
    """`member`, `campaign`, `campaign_id` and `account_id`: numbers rise with the ids.

    Numbers are grouped and sorted faster than ids, and in the same order.
    """
    frame = pl.DataFrame(
        [
            (number, one.id, account)
            for number, one in enumerate(tied)
            for account in one.account_ids
        ],
        schema={"campaign": pl.Int64, "campaign_id": pl.String, "account_id": pl.String},
        orient="row",
    )
    ordered = frame.sort("campaign_id", "account_id").with_row_index("member")
    return ordered.with_columns(pl.col("member").cast(pl.Int64))


def _beside(engine: Engine, own: Path) -> ir.Table:
    """The own exchanges where the engine sees them."""
    if not engine.reads_files:
        return engine.upload(OWN_TABLE, pq.read_table(own))
    return engine.attach(OWN_TABLE, own, OWN)


def _ties(logs: Logs, people: pl.DataFrame, own: ir.Table) -> tuple[ir.Table, ir.Table]:
    """The ties with their holders, and how strangers connected: queries over kept tables."""
    engine, tables = logs.engine, logs.tables
    members = engine.upload(MEMBERS, people.select("member", "campaign", "account_id"))
    # Kept, since each kind is read from it.
    met = engine.keep(MET, connections(own_of(tables, own, members), "member"))
    ties = engine.keep(TIES, held_by_members(tables, members, own, met))
    # Kept too: five kinds are read from it, and it is far smaller than the log.
    connected = engine.keep(STRANGERS, strangers(tables, members))
    held = engine.keep(HELD, held_by_others(tables, members, connected, ties))
    counted = ties.left_join(holders(held, ties), ["kind", "value"])
    rows = counted.select(
        "member",
        *(name for name in SCHEMA.names if name not in ("holders", "campaign_id", "account_id")),
        holders=ibis.coalesce(counted.holders, 0).cast("int64"),
    )
    return rows, connected


def _spelled(frame: object, people: pl.DataFrame) -> pl.DataFrame:
    """Ties as they are written: by ids, a sketch as its key's name and its bytes in base64."""
    assert isinstance(frame, pl.DataFrame)
    member = frame["member"]
    frame = frame.with_columns(
        people["campaign_id"].gather(member), people["account_id"].gather(member)
    )
    kept = pl.col("kind").is_in(list(SKETCHES))
    if frame.select(kept.any()).item() is not True:
        return frame
    sketch = pl.when(kept).then("value").str.split(SEPARATOR)
    data = sketch.list.get(1).str.decode("hex").bin.encode("base64")
    return frame.with_columns(
        value=pl.coalesce(sketch.list.get(0) + KEY_ENDS + data, "value"),
    )
