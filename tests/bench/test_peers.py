"""How peers are scored, what their account methods see, and that the bench says both."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import bench_peers
from peers.account_scores import both_sides, discrepancies, named_above
from peers.alarms import Alarm, Score, best_recall, leaked, score
from peers.components import components
from peers.indicators import INDICATORS, indicators, nth_largest, tail_ranks
from peers.logs import Logs, Planted
from peers.methods import Named, Outcome, replay
from peers.pooled import named_in, run_windows
from peers.published import PUBLISHED
from peers.vectors import hashed
from peers.windows import kernel

START = datetime(2026, 6, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def logs(
    exchanges: list[tuple[str, float]],
    *,
    accounts: dict[str, list[object]] | None = None,
    campaigns: dict[str, set[str]] | None = None,
    addresses: list[str] | None = None,
    clients: list[str] | None = None,
    tokens: list[int] | None = None,
) -> Logs:
    """Logs of (account, hours after the start); what a campaign's account does is its own."""
    campaigns = campaigns or {}
    rows = sorted(range(len(exchanges)), key=lambda row: exchanges[row][1])
    count = len(rows)
    times = [START + timedelta(hours=exchanges[row][1]) for row in rows]
    frame = pl.DataFrame(
        {
            "exchange_id": [f"x{row}" for row in rows],
            "occurred_at": pl.Series(times, dtype=pl.Datetime("us", "UTC")),
            "account_id": [exchanges[row][0] for row in rows],
            "client_ip": [(addresses or ["a"] * count)[row] for row in rows],
            "user_agent": [(clients or ["c"] * count)[row] for row in rows],
            "input_tokens": [(tokens or [100] * count)[row] for row in rows],
            "output_tokens": [0] * count,
            "text": np.zeros(count, np.int64),
        }
    ).with_columns(at_us=pl.col("occurred_at").dt.epoch("us"))
    names = sorted({name for name, _ in exchanges} | set().union(*campaigns.values()))
    guilty = {name: one for one, members in campaigns.items() for name in members}
    own = frame.filter(pl.col("account_id").is_in(list(guilty))).select(
        "exchange_id", "account_id", "at_us"
    )
    blank = {
        "payment_fingerprint": [None] * len(names),
        "plan_tokens_per_day": [1000.0] * len(names),
    }
    people = {
        "account_id": names,
        "created_at": [START - timedelta(days=9)] * len(names),
        "status": ["active"] * len(names),
        "suspended_at": [None] * len(names),
        "closed_at": [None] * len(names),
    }
    schema = {
        name: pl.Datetime("us", "UTC") for name in ("created_at", "suspended_at", "closed_at")
    }
    schema |= {"payment_fingerprint": pl.String()}
    return Logs(
        folder=Path(),
        exchanges=frame,
        accounts=pl.DataFrame(people | blank | (accounts or {}), schema_overrides=schema),
        texts=pl.Series([""]),
        vectors=np.ones((1, 1), np.float32),
        cohort={name: "S1" if name in guilty else "ordinary" for name in names},
        guilty=frozenset(guilty),
        planted=tuple(
            Planted(one, "S1", True, frozenset(members)) for one, members in campaigns.items()
        ),
        own=own.with_columns(campaign=pl.col("account_id").replace_strict(guilty, default=None)),
    )


HARVEST = logs(
    [("g1", 1), ("g1", 50), ("g2", 2), ("g2", 60), ("i1", 3), ("i2", 4)],
    campaigns={"campaign--1": {"g1", "g2"}},
)


def test_a_pure_alarm_finds_a_campaign() -> None:
    told = score(HARVEST, [Alarm(frozenset({"g1"}))])
    assert (told.found, told.touched, told.decidable) == (1, 1, 1)
    assert (told.precision, told.recall, told.innocents) == (1, 0.5, {})


def test_an_alarm_on_everybody_touches_and_does_not_find() -> None:
    told = score(HARVEST, [Alarm(frozenset({"g1", "g2", "i1", "i2"}))])
    assert (told.found, told.touched) == (0, 1)
    assert (told.precision, told.recall, told.innocents) == (0.5, 1, {"ordinary": 2})


def test_no_alarm_is_not_wrong() -> None:
    told = score(HARVEST, [])
    assert (told.found, told.precision, told.recall, told.wronged) == (0, 1, 0, 0)


def test_worlds_add_up() -> None:
    both = score(HARVEST, [Alarm(frozenset({"g1", "i1"}))]) + score(HARVEST, [])
    assert (both.decidable, both.named, both.precision, both.recall) == (2, 2, 0.5, 0.25)


def test_what_passed_before_the_first_alarm_has_leaked() -> None:
    at = int((START + timedelta(hours=10)).timestamp() * 1e6)
    assert leaked(HARVEST, {}) == 1
    assert leaked(HARVEST, {"g1": at, "g2": at}) == 0.5
    assert leaked(HARVEST, {"g1": at}) == 0.75


def test_the_best_threshold_keeps_the_precision() -> None:
    assert best_recall(HARVEST, {"g1": 3, "i1": 2, "g2": 1}) == 0.5
    # Equal scores cannot be told apart.
    assert best_recall(HARVEST, {"g1": 2, "i1": 2, "g2": 1}) == 0
    assert best_recall(HARVEST, {"g1": 3, "g2": 2, "i1": 1}) == 1


def test_nothing_later_is_known_at_a_moment() -> None:
    later = [None, START + timedelta(hours=30), None, None]
    told = logs(
        [("a", 1), ("b", 2), ("c", 3), ("d", 40)],
        accounts={
            "suspended_at": later,
            "status": ["active", "suspended", "active", "active"],
            "created_at": [START, START, START, START + timedelta(hours=39)],
        },
    ).before(START + timedelta(hours=20))
    assert told.exchanges["account_id"].to_list() == ["a", "b", "c"]
    assert told.accounts["account_id"].to_list() == ["a", "b", "c"]
    assert told.accounts["status"].to_list() == ["active"] * 3
    assert told.accounts["suspended_at"].null_count() == 3


def test_an_account_is_stopped_from_the_first_checkpoint_that_names_it() -> None:
    def alternating(known: Logs, _: Logs) -> Named:
        early = known.exchanges.height < 6
        return Named([Alarm(frozenset({"g1", "i1"} if early else {"g2"}))])

    told = replay(alternating, HARVEST, HARVEST, [0.5, 1.0])
    # g1's second exchange is stopped, g2's last was its last.
    assert told.leaked == pytest.approx(0.75)
    assert told.on_the_way == 1
    assert told.score.wronged == 0


def test_components_join_what_shares_a_card_and_caps_split_them() -> None:
    names = [f"a{place}" for place in range(8)]
    cards = ["p"] * 3 + ["q"] * 5
    known = logs(
        [(name, 1) for name in names],
        accounts={"payment_fingerprint": cards},
        addresses=[f"ip{place}" for place in range(7)] + ["ip0"],
    )
    # Account 7 shares an address with account 0, which joins both cards.
    assert [len(one.account_ids) for one in components(known, smallest=3)] == [8]
    capped = components(known, commonest=4, smallest=3)
    assert [one.account_ids for one in capped] == [frozenset({"a0", "a1", "a2", "a7"})]
    assert components(known, largest=7, smallest=3) == []


def test_indicators_see_what_the_advisory_names() -> None:
    robot = [("robot", hour) for hour in range(24 * 5)]
    person = [("person", 24 * day + hour) for day in range(5) for hour in (9, 11, 14)]
    shared = [("shared", 24 * day + 10) for day in range(5)]
    exchanges = robot + person + shared
    told = indicators(
        logs(
            exchanges,
            accounts={"created_at": [START - timedelta(days=9), START, START]},
            addresses=[
                f"ip{row}" if name == "shared" else "ip" for row, (name, _) in enumerate(exchanges)
            ],
            clients=[
                f"ua{row % 3}" if name == "shared" else "ua"
                for row, (name, _) in enumerate(exchanges)
            ],
            tokens=[900 if name == "robot" else 10 for name, _ in exchanges],
        )
    )
    by_name = {name: dict(told.select("account_id", name).iter_rows()) for name in INDICATORS}
    clock, ramp, addresses, plan = (by_name[name] for name in INDICATORS)
    assert clock["robot"] == pytest.approx(23)
    assert clock["person"] < 16
    assert ramp["person"] is None
    assert ramp["robot"] == pytest.approx(24 * 900)
    assert addresses["shared"] == 15
    assert addresses["person"] == 1
    assert plan["robot"] == pytest.approx(24 * 0.9)


def test_surprise_grows_with_rarity_and_counts_both_sides() -> None:
    clean = {str(value): float(value) for value in range(99)}
    ranks = tail_ranks({"high": 200.0, "middle": 50.0, "none": float("nan")}, clean)
    assert ranks["high"] == pytest.approx(np.log(100))
    assert "none" not in ranks
    both = both_sides({"high": 200.0, "low": -5.0, "middle": 49.0}, clean)
    assert both["high"] == both["low"] > both["middle"] == 0
    assert nth_largest([{"a": 3.0}, {"a": 1.0, "b": 2.0}], 1) == {"a": 1.0, "b": 0.0}


def test_one_clean_account_in_a_hundred_is_above_the_threshold() -> None:
    clean = {str(value): float(value) for value in range(1000)}
    assert len(named_above(clean, clean, level=0.01)) == pytest.approx(10, abs=1)
    assert named_above(clean, {}) == frozenset()


def test_an_account_elsewhere_is_farther_from_the_pool() -> None:
    known = logs([(name, hour) for name in ("near", "far", "few") for hour in range(8)][:-3])
    texts = [f"what is the weather in town {number}" for number in range(60)]
    texts += [f"Beweise Satz {number} der Zahlentheorie" for number in range(8)]
    vectors = hashed(texts)
    place = {"near": 40, "far": 60, "few": 0}
    seen = pl.int_range(pl.len()).over("account_id") + pl.col("account_id").replace_strict(place)
    known = replace(known, exchanges=known.exchanges.with_columns(text=seen), vectors=vectors)
    found = discrepancies(known, vectors[:40], bandwidth=1.0, size=8)
    assert set(found) == {"near", "far"}
    assert found["far"] > 10 * abs(found["near"])
    # The same as by the textbook, point by point.
    gram = kernel(vectors, vectors, bandwidth=1.0).astype(float)
    own, pool = np.arange(60, 68), np.arange(40)
    wanted = (gram[np.ix_(own, own)].sum() - 8) / 56 + (gram[np.ix_(pool, pool)].sum() - 40) / 1560
    assert found["far"] == pytest.approx(wanted - 2 * gram[np.ix_(own, pool)].mean(), abs=1e-5)


def test_hashed_vectors_tell_likeness() -> None:
    one, like, other = hashed(["add these two numbers", "add those two numbers", "Wer war Kant?"])
    np.testing.assert_allclose(np.linalg.norm([one, like, other], axis=1), 1, rtol=1e-5)
    assert one @ like > one @ other
    assert hashed([""]).shape == (1, 256)


def test_a_window_names_whoever_was_in_it() -> None:
    windows = run_windows(HARVEST, lambda own: len(own) == 2, size=2, at_most=9)
    assert [(one.start, one.stop) for one in windows] == [(0, 2), (2, 4), (4, 6)]
    assert set(named_in(HARVEST, windows[1:2])) == {"i1", "i2"}
    assert len(run_windows(HARVEST, lambda own: True, size=2, at_most=2)) == 2


def outcome(*, found: int, named: int, wronged: int) -> list[Outcome]:
    told = Score(found, found, 11, named, 100, named - wronged, {"ordinary": wronged})
    return [Outcome(told, 0.5, wronged, None, 1.0)]


@pytest.mark.parametrize(
    ("peer", "short"),
    [
        ({"found": 9, "named": 50, "wronged": 5}, []),
        ({"found": 11, "named": 50, "wronged": 5}, ["campaigns (peer)"]),
        ({"found": 3, "named": 10, "wronged": 0}, ["precision (peer)", "innocents (peer)"]),
        ({"found": 0, "named": 0, "wronged": 0}, []),
    ],
)
def test_where_a_peer_is_ahead_is_named(peer: dict[str, int], short: list[str]) -> None:
    ours = outcome(found=10, named=100, wronged=2)
    assert bench_peers.shortfalls({"Revenuer": ours, "peer": outcome(**peer)}) == short


def test_a_peer_of_one_world_is_compared_in_that_world() -> None:
    ours = outcome(found=4, named=100, wronged=0) + outcome(found=4, named=100, wronged=0)
    peer = outcome(found=5, named=50, wronged=5)
    told = bench_peers.shortfalls({"Revenuer": ours, "peer": peer})
    assert told == ["campaigns (peer)"]


def test_the_published_cells_are_the_papers() -> None:
    assert PUBLISHED["SST-2, RANDOM"].at_5 == 88.0
    assert {cell.false_alarms <= 0.7 for cell in PUBLISHED.values()} == {True}


@pytest.mark.parametrize("name", ["peers.txt", "peers-weights.txt"])
def test_the_peers_lock_is_hashed_and_names_no_host(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    blocks = [block for block in re.split(r"\n(?=[a-z0-9])", text) if "==" in block]
    assert blocks
    assert all("--hash=" in block for block in blocks)
    assert not re.search(r"://|file:/| @ |--(index|extra|find|trusted)", text)


def test_the_peers_environment_stays_without_torch() -> None:
    pins = re.findall(
        r"^([a-z0-9-]+)==", (ROOT / "requirements/peers.txt").read_text(), re.MULTILINE
    )
    assert "unmimic" in pins
    assert not {"torch", "transformers", "sentence-transformers"} & set(pins)


@pytest.mark.slow
def test_a_quick_bench_prints_its_tables_and_closes_with_a_verdict() -> None:
    told = subprocess.run(
        [sys.executable, "tools/bench_peers.py", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rows = {line.split(" | ")[0].lstrip("| ") for line in told.splitlines() if line.startswith("|")}
    assert {"Revenuer", "components, no cap", "MMD on windows", "PRADA per account"} <= rows
    last = told.strip().splitlines()[-1]
    assert last == "all targets hold" or last.startswith("falls short: ")
