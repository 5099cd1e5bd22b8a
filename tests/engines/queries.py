"""Every query of a scan, and a log that holds what engines disagree about.

The log is every detector's own cases under one another, and rows with halves, capitals that
are not ASCII, empty texts, moments between two seconds, and addresses of all sorts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.app.policy import with_strictness
from revenuer.detector import BehaviourDetector, Context, LinkDetector
from revenuer.detectors import DETECTORS
from revenuer.detectors.case_tables import TYPES, case_tables, schema
from revenuer.detectors.cases import read_cases
from revenuer.detectors.incidences import holdings
from revenuer.detectors.release_pivot.sightings import first_sightings
from revenuer.features import tie_kinds, ties
from revenuer.features.accounts import account_features, sampled
from revenuer.features.shared import SHARED
from revenuer.features.tables import LogTables
from revenuer.settings import DataPolicy, Release
from revenuer.sources import Engine

RELEASES = (Release("m2", datetime(2026, 3, 10, tzinfo=UTC)),)
PART = 150
"""Rows of a behaviour's case that are taken, about."""
CONTEXT = Context(releases=RELEASES, plan_tokens_per_day={}, window_days=28.0)
ODD_TEXTS = (
    "",
    " ",
    "ÉCOLE Straße",
    "İstanbul",
    "a\x1fb",
    "x\\y'z\"`",
    "\t tab \n",
    "日本語" * 20,
    None,
)
ODD_ADDRESSES = (
    "198.51.100.7",
    "::ffff:192.0.2.1",
    "2001:DB8::1",
    "2001:0db8:0:1:2:3:4:5",
    "10.0.0.1",
    "fe80::1",
    "no address",
    "",
    None,
)
ODD_TEMPERATURES = (0.0005, 0.0015, 0.7, 1.0, 0.1234999, None, 2.0)


@cache
def odd_log() -> Mapping[str, pa.Table]:
    """The contract's four tables, by name."""
    parts: dict[str, list[pa.Table]] = {name: [] for name in TYPES}
    asking = [d for d in DETECTORS if isinstance(d, BehaviourDetector | LinkDetector)]
    cases = [(detector, case) for detector in asking for case in read_cases(detector)]
    for number, (detector, case) in enumerate(cases):
        logs = case_tables(case)
        for name in TYPES:
            rows = getattr(logs, name).op().data.to_pyarrow(getattr(logs, name).schema())
            # Sums over a part are as hard to get right as sums over all.
            most = PART if isinstance(detector, BehaviourDetector) else rows.num_rows
            parts[name].append(_prefixed(rows, f"c{number}-", max(1, most)))
    parts["exchanges"].append(_odd_exchanges())
    return {
        name: pa.concat_tables([part.cast(schema(name)) for part in tables])
        for name, tables in parts.items()
    }


def _prefixed(rows: pa.Table, prefix: str, most: int) -> pa.Table:
    """Some of a case's rows, at equal distances, with ids of their own."""
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.gather_every(max(1, frame.height // most))
    ids = [name for name in ("exchange_id", "account_id", "parent_account_id") if name in frame]
    named = frame.with_columns((prefix + pl.col(name)).alias(name) for name in ids)
    return named.to_arrow().cast(rows.schema)


def _odd_exchanges() -> pa.Table:
    start = datetime(2026, 3, 1, 23, 59, 59, 500_000, UTC)
    odd = itertools.product(ODD_TEXTS, ODD_ADDRESSES, ODD_TEMPERATURES)
    rows = [
        {
            "exchange_id": f"odd-{at}",
            "account_id": f"odd-{at % 5}",
            "occurred_at": start + timedelta(microseconds=at * 1_799_999_999),
            "system_prompt": text,
            "prompt": None if text is None else f"{text} {at % 3} " + "é" * (30 + at % 20),
            "user_agent": text,
            "tls_fingerprint": text,
            "session_id": text,
            "client_ip": address,
            "client_ip_source": ("CDN", "client", None)[at % 3],
            "temperature": temperature,
            "output_tokens": (None, 0, 1, 2**40)[at % 4],
            "message_count": (None, 0, 1)[at % 3],
            "data_policy": ("FULL ", "sketch", "METADATA", None, "other")[at % 5],
            "stop_reason": ("refusal", None)[at % 2],
            "outcome": (None, "guard_blocked")[at % 2],
        }
        for at, (text, address, temperature) in enumerate(odd)
    ]
    known = schema("exchanges")
    columns = {name: [row.get(name) for row in rows] for name in known.names}
    return pa.table(columns, schema=known)


def tables_in(engine: Engine, log: Mapping[str, pa.Table]) -> LogTables:
    """A log in an engine, with what a scan keeps there."""
    tables = {name: engine.upload(name, rows) for name, rows in log.items()}
    present = frozenset(
        f"{name}.{column}"
        for name, rows in log.items()
        for column in rows.column_names
        if rows[column].null_count < rows.num_rows
    )
    logs = LogTables(**tables, present=present)
    kept = {name: engine.keep(name, make(logs.exchanges)) for name, make in SHARED.items()}
    return replace(logs, kept=kept)


def queries(logs: LogTables, engine: Engine) -> dict[str, ir.Table]:
    """What a scan asks, by name."""
    rows = logs.exchanges
    wanted: dict[str, ir.Value] = {}
    for detector in DETECTORS:
        if isinstance(detector, BehaviourDetector):
            wanted |= detector.aggregates(rows, CONTEXT)
    policies = {"*": DataPolicy.FULL, "acme": DataPolicy.METADATA}
    strict = with_strictness(logs, engine, policies)
    asked = {
        "accounts": account_features(logs, wanted, CONTEXT.window_days),
        "sample": sampled(rows, 3).select("account_id", "exchange_id", "prompt", "temperature"),
        "sightings": first_sightings(rows),
        "policy": strict.select("exchange_id", "_strictness"),
        "permits": logs.permits,
        "days": rows.group_by(day=rows.occurred_at.date()).aggregate(n=rows.count()),
        "hours": logs.kept["hours"],
        "places": logs.kept["places"],
    }
    for detector in DETECTORS:
        if isinstance(detector, LinkDetector):
            asked[detector.card.id] = detector.tokens(logs)
    owners = rows.select("account_id", owner=rows.account_id.length().cast("int64")).distinct()
    asked["held"] = holdings(asked["live-address"], owners)
    return asked | ties_queries(logs)


def ties_queries(logs: LogTables) -> dict[str, ir.Table]:
    """What a scan asks of campaigns' accounts, by name."""
    rows = logs.exchanges
    rows = rows.filter(rows.account_id.length() % 3 == 0)
    campaign = ibis.literal(0, "int64")
    own = rows.select("exchange_id", campaign=campaign)
    members = rows.select(
        "account_id", campaign=campaign, member=rows.account_id.length().cast("int64")
    ).distinct()
    met = tie_kinds.connections(ties.own_of(logs, own, members), "member")
    sketched = replace(logs, present=frozenset({"exchanges.prompt_sketch"}))
    held = ties.held_by_members(sketched, members, own, met)
    connected = ties.strangers(sketched, members)
    others = ties.held_by_others(sketched, members, connected, held)
    return {"ties": held, "holders": ties.holders(others, held)}


def contract_tables() -> LogTables:
    """The contract's tables as expressions without rows."""
    tables = {name: ibis.table(ibis.Schema.from_pyarrow(schema(name)), name=name) for name in TYPES}
    return LogTables(**tables, present=frozenset())
