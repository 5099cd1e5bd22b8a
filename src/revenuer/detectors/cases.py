"""The cases beside a detector: what must fire and what must stay quiet, run for real."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

import ibis
import numpy as np
import polars as pl

from revenuer.detector import (
    BehaviourDetector,
    ContentDetector,
    Context,
    Detector,
    LinkDetector,
    TextLinkDetector,
)
from revenuer.detectors.case_tables import case_tables
from revenuer.features.accounts import account_features
from revenuer.features.prompts import COLUMNS, Prompts, ReadPrompts, read_prompts
from revenuer.features.tables import LogTables
from revenuer.settings import Release

Case = Mapping[str, Any]


CHARS = 1600
"""Characters of each prompt that a case's readers are given."""


def read_cases(detector: Detector) -> list[Case]:
    """The cases beside a detector, in the order of its `cases.jsonl`."""
    package = type(detector).__module__.rpartition(".")[0]
    text = files(package).joinpath("cases.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def run_cases(detector: Detector) -> list[str]:
    """Names of the cases that go wrong; empty if all hold."""
    return [
        f"{case['name']}: should {'fire' if case['fires'] else 'stay quiet'}"
        for case in read_cases(detector)
        if fires(detector, case) != case["fires"]
    ]


def fires(detector: Detector, case: Case) -> bool:
    """Whether a detector finds in a case what it looks for.

    A link fires where the accounts of `linked` (by default `a` and `b`) share a token.
    A behaviour fires where `suspect` is further from ordinary than every other account, a
    reader of several prompts where their mean score is.
    """
    logs = case_tables(case)
    if isinstance(detector, LinkDetector | TextLinkDetector):
        held = tokens_by_account(detector, logs)
        return bool(set.intersection(*(held.get(a, set()) for a in case.get("linked", "ab"))))
    if isinstance(detector, ContentDetector):
        values = mean_scores(detector, logs)
    else:
        values = statistics(detector, logs, context_of(case))
    ordinary = [value for name, value in values.items() if name != "suspect"]
    if np.isnan(values["suspect"]):
        return False
    if np.isnan(ordinary).all():
        raise ValueError(f"case {case['name']!r} has no ordinary account to compare with")
    return bool(values["suspect"] > np.nanmax(ordinary))


def sample_of(logs: LogTables) -> Prompts:
    """Every exchange of a case as the sample of prompts."""
    return read_prompts(
        ibis.duckdb.connect().to_polars(logs.exchanges.select(*COLUMNS)), chars=CHARS
    )


def mean_scores(detector: ContentDetector, logs: LogTables) -> dict[str, float]:
    """The mean score of each account's prompts, NaN without text."""
    prompts = sample_of(logs)
    rows = pl.DataFrame({"account": prompts.account, "score": detector.score(prompts)})
    # Nulls are left out of a mean, NaN is not.
    means = rows.group_by("account").agg(pl.col("score").fill_nan(None).mean()).sort("account")
    return dict(zip(prompts.account_ids, means["score"].fill_null(float("nan")), strict=True))


def tokens_by_account(
    detector: LinkDetector | TextLinkDetector, logs: LogTables
) -> dict[str, set[str]]:
    """The tokens that each account holds, fetched from DuckDB or read in the prompts."""
    if isinstance(detector, TextLinkDetector):
        frame = detector.read(ReadPrompts.of(sample_of(logs)))
    else:
        frame = ibis.duckdb.connect().to_polars(detector.tokens(logs))
    held: dict[str, set[str]] = {}
    for account, token in frame.select("account_id", "token").iter_rows():
        held.setdefault(account, set()).add(token)
    return held


def statistics(detector: BehaviourDetector, logs: LogTables, context: Context) -> dict[str, float]:
    """The statistic of each account, fetched from DuckDB."""
    frame = accounts_frame(detector, logs, context)
    return dict(zip(frame["account_id"], detector.statistic(frame, context), strict=True))


def accounts_frame(detector: BehaviourDetector, logs: LogTables, context: Context) -> pl.DataFrame:
    """What a detector's `statistic` is given: aggregates and the accounts' columns."""
    connection = ibis.duckdb.connect()
    wanted = detector.aggregates(logs.exchanges, context)
    features = connection.to_polars(account_features(logs, wanted, context.window_days))
    accounts = connection.to_polars(logs.accounts)
    frame: pl.DataFrame = features.join(accounts, on="account_id", how="left")
    return frame.sort("account_id")


def context_of(case: Case) -> Context:
    """What a case says beside its rows: releases, plans and the window."""
    said = case.get("context", {})
    releases = (
        Release(row["model"], datetime.fromisoformat(row["at"])) for row in said.get("releases", ())
    )
    return Context(
        releases=tuple(releases),
        plan_tokens_per_day=dict(said.get("plan_tokens_per_day", {})),
        window_days=float(said.get("window_days", 28.0)),
    )
