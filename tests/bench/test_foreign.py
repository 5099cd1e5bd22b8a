"""The foreign worlds are reproducible, keep the contract, and a small one is judged right."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from foreign import everyday, firms, guilty, schools, software
from foreign.formats import SHAPES, write
from foreign.log import START, Log
from foreign.scans import Group, Scanned, judge
from foreign.tables import kinds_table, shortfalls, world_line
from foreign.words import Words
from foreign.worlds import Recipe, build, recipe
from revenuer.sources.columns import EXCHANGES

SMALL = Recipe(
    seed=1, accounts=700, exchanges=9_000, days=7.0, shape="full", surge=1.0, campaigns=1,
    answers=False,
)  # fmt: skip


def small_world(seed: int = 1) -> Log:
    r = random.Random(seed)
    log = Log(r, np.random.default_rng(seed), Words(r), days=SMALL.days)
    guilty.harvest(log, 40, 4.0)
    schools.hackathon(log, 40, 4.0)
    firms.nightly_batch(log, 20, 4.0)
    software.unserved_developers(log, 40, 4.0)
    everyday.chatters(log, 350, 6.0)
    everyday.developers(log, 200, 6.0)
    return log


@pytest.fixture(scope="module")
def log() -> Log:
    return small_world()


def test_a_seed_gives_the_same_log_again(log: Log) -> None:
    again = small_world()
    assert again.exchanges == log.exchanges
    assert [a.rows for a in again.accounts] == [a.rows for a in log.accounts]
    assert small_world(2).exchanges[:50] != log.exchanges[:50]


def test_a_recipe_is_followed() -> None:
    asked = replace(SMALL, accounts=300, exchanges=2_000)
    made = build(asked)
    assert abs(len(made.accounts) - asked.accounts) <= 10
    assert 1_000 <= len(made.exchanges) <= 4_000
    assert sum(kind in guilty.GUILTY for kind in made.kinds.values()) >= 15


def test_recipes_vary_as_they_say() -> None:
    many = [recipe(seed) for seed in range(60)]
    assert {one.shape for one in many} == set(SHAPES)
    assert {one.campaigns for one in many} == {0, 1, 2}
    assert all(1_000 <= one.accounts <= 5_000 for one in many)
    assert all(30_000 <= one.exchanges <= 200_000 for one in many)


def test_every_exchange_is_one_of_an_account_in_the_window(log: Log) -> None:
    ids = Counter(row["exchange_id"] for row in log.exchanges)
    assert ids.most_common(1)[0][1] == 1
    since = {account.id: log.at(account.since) for account in log.accounts}
    for row in log.exchanges:
        assert row["occurred_at"] >= max(START, since[str(row["account_id"])])  # type: ignore[operator]


@pytest.mark.parametrize("name", ["full", "thin", "litellm", "access-log"])
def test_a_log_keeps_what_its_shape_says(log: Log, name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    file, *more = write(log, shape, tmp_path, 1)
    assert ("--accounts" in more) == shape.accounts
    if shape.file == "parquet":
        names = set(pq.read_schema(file).names)
    else:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            names = {name for line in lines for name in json.loads(line)}
    if shape.file != "litellm":
        assert names <= set(EXCHANGES.types)
        assert shape.only is None or names == set(shape.only)


def test_a_small_world_convicts_the_campaign_and_nobody_else(log: Log, tmp_path: Path) -> None:
    one = judge(log, SMALL, tmp_path)
    assert not one.error
    assert one.guilty_convicted == one.guilty > 0
    assert one.innocent("convicted") == {}


def test_tables_name_the_innocent_and_a_wrong_conviction_falls_short() -> None:
    wrong = Group("convicted", 6.5, {}, Counter({"hackathon": 9, guilty.GUILTY[0]: 2}))
    right = Group("convicted", 8.0, {}, Counter({"hackathon": 1, guilty.GUILTY[0]: 20}))
    kinds = Counter({"hackathon": 40, "chatters": 900, guilty.GUILTY[0]: 22})
    good = Scanned(SMALL, kinds, 10, [right])
    bad = Scanned(SMALL, kinds, 10, [wrong])
    assert shortfalls([good]) == []
    assert shortfalls([good, bad]) == ["no innocent group convicted"]
    assert shortfalls([Scanned(SMALL, kinds, 10, error="boom")]) == ["every log is scanned"]
    assert "| 20/22 | 1 hackathon |" in world_line(good)
    assert "| hackathon | 80 | 10 | 0 | 0 | 0 | 6.5 |" in kinds_table([good, bad])
