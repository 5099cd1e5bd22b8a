"""What a watch is measured by, on worlds small enough to count by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from peers.alarms import Alarm
from peers.logs import Logs, Planted
from peers.methods import Named
from watching.faults import End, differing
from watching.leaks import Naming, innocents_named, leaks
from watching.nights import shared
from watching.peeking import all_or_nothing, false_share, lognormal, sets_at, stream
from watching.peering import ask_nightly
from watching.poison import PLANTED, POISONS
from watching.rates import run

START = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 4


def night(day: int) -> datetime:
    return START + timedelta(days=day)


def world(guilty: int, innocent: int, *, own: bool = True) -> Logs:
    """Everybody makes one exchange at noon of each day; the guilty are one campaign."""
    names = [f"g{n}" for n in range(guilty)] + [f"i{n}" for n in range(innocent)]
    rows = [(name, night(day) + timedelta(hours=12)) for day in range(DAYS) for name in names]
    exchanges = pl.DataFrame(
        {
            "exchange_id": [f"x{row}" for row in range(len(rows))],
            "account_id": [name for name, _ in rows],
            "occurred_at": pl.Series([at for _, at in rows], dtype=pl.Datetime("us", "UTC")),
        }
    ).with_columns(at_us=pl.col("occurred_at").dt.epoch("us"))
    mine = exchanges.filter(pl.col("account_id").str.starts_with("g"))
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    accounts = pl.DataFrame({"account_id": names, "status": "active"}).with_columns(
        created_at=never, suspended_at=never, closed_at=never
    )
    return Logs(
        folder=Path(),
        exchanges=exchanges,
        accounts=accounts,
        texts=pl.Series([""]),
        vectors=np.zeros((1, 1), np.float32),
        cohort={name: "S1" if name[0] == "g" else "ordinary" for name in names},
        guilty=frozenset(names[:guilty]),
        planted=(Planted("c", "S1", True, frozenset(names[:guilty])),) if own else (),
        own=mine.select("exchange_id", "account_id", "at_us", campaign=pl.lit("c")),
    )


def test_what_came_before_the_conviction_has_leaked() -> None:
    logs = world(4, 4)
    half = frozenset({"g0", "g1"})
    told = leaks(logs, [Naming(night(1), ()), Naming(night(2), (half,))])
    assert told[0].exchanges == 16
    # Convicted after two of four days; two of its accounts are never named.
    assert told[0].until_convicted == pytest.approx(0.5)
    assert told[0].by_account == pytest.approx(0.75)


def test_a_campaign_that_nobody_names_leaks_all() -> None:
    assert leaks(world(4, 4), [Naming(night(1), ())])[0].until_convicted == 1.0


def test_an_alarm_full_of_innocents_convicts_nobody() -> None:
    logs = world(4, 4)
    told = leaks(logs, [Naming(night(1), (frozenset({"g0", "g1", "i0"}),))])
    assert told[0].until_convicted == 1.0
    assert told[0].by_account == pytest.approx(0.5 * 0.25 + 0.5)
    assert innocents_named(logs, [Naming(night(1), (frozenset({"g0", "i0"}),))]) == {"ordinary": 1}


def test_a_peer_has_one_allowance_for_all_nights() -> None:
    """A clean account that is odd on one night only raises the bar of every night."""
    logs, clean = world(2, 300), world(0, 300, own=False)

    def method(known: Logs, quiet: Logs) -> Named:
        days = known.exchanges["at_us"].n_unique()
        scores = {f"i{n}": float((n + 7 * days) % 300) for n in range(300)}
        if known.guilty:
            scores |= {"g0": 1e9, "g1": 150.0}
        return Named([], scores)

    told = ask_nightly(method, logs, clean, [night(day + 1) for day in range(DAYS)])
    assert told.clean <= 0.01
    named = frozenset().union(*(one for naming in told.namings for one in naming.alarms))
    assert "g0" in named
    assert "g1" not in named


def test_a_peer_without_scores_names_what_it_names() -> None:
    logs, clean = world(2, 4), world(0, 4, own=False)

    def method(known: Logs, quiet: Logs) -> Named:
        there = known.exchanges["account_id"].unique().to_list()
        return Named([Alarm(frozenset(one for one in there if one in ("g0", "i0")))])

    told = ask_nightly(method, logs, clean, [night(1)])
    assert told.clean == pytest.approx(0.25)
    assert told.namings[0].alarms == (frozenset({"g0", "i0"}),)


def test_convictions_are_the_same_by_their_members() -> None:
    one = frozenset("abcd")
    assert shared(one, (frozenset("xy"), frozenset("abcde")))
    assert not shared(one, (frozenset("a"), frozenset("abcdefghi")))


def test_e_values_of_the_innocent_are_expected_to_be_one() -> None:
    rng = np.random.default_rng(1)
    for draw in (all_or_nothing(50.0), lognormal):
        drawn = np.exp(np.concatenate([draw(rng) for _ in range(5000)]))
        assert drawn.mean() == pytest.approx(1.0, abs=0.25)


def test_groups_churn_into_others() -> None:
    early, late = (set(sets_at("churning", look, 1).tolist()) for look in (0, 6))
    assert {one for one in early & late if one >= 0} == set()
    assert {one for one in early if one < 0} <= late


def test_a_rule_that_forgets_the_looks_before_is_seen_to_err() -> None:
    bar = all_or_nothing(1.000001 * 45 / (0.05 * 6))
    told = [
        stream("independent", bar, days=14, looks_a_day=1, fdr=0.05, seed=seed) for seed in range(6)
    ]
    passed, _, _, alone = (np.mean(one) for one in zip(*told, strict=True))
    assert alone > 0.1
    assert passed <= 0.05


def test_shares_are_of_what_was_found() -> None:
    assert false_share(set()) == 0.0
    assert false_share({-6, -12, 0}) == pytest.approx(1 / 3)


def test_every_poison_leaves_the_true_records_in_their_order() -> None:
    files = [
        [{"exchange_id": f"x{f}-{r}", "occurred_at": "2026-06-01T00:00:00Z", "account_id": "a"}
         for r in range(12)]
        for f in range(5)
    ]  # fmt: skip
    true = [row["exchange_id"] for file in files for row in file]
    for name, poison in POISONS.items():
        spoiled = poison(files, np.random.default_rng(1))
        rows = [row for file in spoiled for row in file]
        assert len(rows) > len(true), name
        kept = [row["exchange_id"] for row in rows if isinstance(row, dict)]
        firsts = list(dict.fromkeys(one for one in kept if not one.startswith(PLANTED)))
        assert firsts == true, name


def test_ends_differ_by_what_differs() -> None:
    end = End({"campaigns.json": b"1"}, ((1,),), {"findings": b"a"}, (), (1, 2), (2, 0, 0, 0))
    assert differing(end, end) == ()
    other = replace(end, results={"campaigns.json": b"2"}, rows=(1,))
    assert differing(end, other) == ("campaigns.json", "rows")
    assert differing(end, other, parts=("looks",)) == ()


def test_a_process_is_measured(tmp_path: Path) -> None:
    script = "import json; held = bytearray(200_000_000); print(json.dumps({'n': 1}))"
    script += "; import time; time.sleep(0.5)"
    told = run(["python3", "-c", script])
    assert told.lines == ({"n": 1},)
    assert 0.15 < told.gib < 0.5
    assert json.dumps(told.lines[0]) == '{"n": 1}'
