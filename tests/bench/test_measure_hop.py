"""Transfers as links: what becomes a token, what becomes a group, and how rates are stated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from measure_hop import (
    FUNDER,
    MOST_PARTNERS,
    SINK,
    TRANSFER,
    Rates,
    Transfers,
    alike,
    component_sizes,
    everybody,
    group,
    link,
    members_of,
    named,
    rates,
    read_labels,
    read_transfers,
    row,
    shares_above,
    shortfalls,
    whole_groups,
)
from revenuer.campaigns.group import UNGROUPED

CROWD = 20_000
"""Accounts of the small population, numbered from 0; others are numbered above."""


def _transfers(*pairs: np.ndarray, accounts: int = CROWD) -> Transfers:
    ends = np.concatenate(pairs)
    return Transfers(
        ends[:, 0], ends[:, 1], np.arange(accounts), max(accounts, int(ends.max()) + 1)
    )


def _path(*members: int) -> np.ndarray:
    return np.column_stack([members[:-1], members[1:]])


def _friends(seed: int) -> np.ndarray:
    """Couples, and accounts that pay somebody now and then."""
    strangers = np.random.default_rng(seed).integers(1000, CROWD, (200, 2))
    return np.concatenate([np.arange(1000, CROWD).reshape(-1, 2), strangers])


def _exchange() -> np.ndarray:
    """An outsider that funds a third of all accounts."""
    customers = np.arange(0, CROWD, 3)
    return np.column_stack([np.full(customers.size, CROWD), customers])


def _named(transfers: Transfers, owners: np.ndarray) -> set[int]:
    return set(np.flatnonzero(named(transfers, group(transfers, owners))).tolist())


def test_a_chain_of_accounts_does_not_come_undone() -> None:
    transfers = _transfers(_path(*range(40)), _friends(1), _exchange())
    found = _named(transfers, transfers.reviewed)
    assert len(found & set(range(40))) >= 38
    assert len(found) <= 44


def test_a_payer_and_its_seventy_members_stay_together() -> None:
    hub = np.column_stack([np.zeros(70, int), np.arange(1, 71)])
    transfers = _transfers(hub, _path(*range(1, 71), 1), _friends(2), _exchange())
    groups = group(transfers, transfers.reviewed)
    assert any(set(range(71)) <= set(one) for labels in groups for one in members_of(labels))


def test_customers_of_one_exchange_and_friends_are_no_group() -> None:
    transfers = _transfers(_friends(3), _exchange())
    assert _named(transfers, transfers.reviewed) == set()


def test_accounts_paid_once_by_one_account_are_no_group() -> None:
    star = np.column_stack([np.zeros(30, int), np.arange(1, 31)])
    transfers = _transfers(star, _friends(4))
    assert _named(transfers, transfers.reviewed) == set()


def test_a_chain_through_outsiders_is_found_where_they_may_be_members() -> None:
    between = [node for k in range(30) for node in (k, CROWD + 1 + k)]
    transfers = _transfers(_path(*between), _friends(5), _exchange())
    assert _named(transfers, transfers.reviewed) == set()
    assert len(_named(transfers, everybody(transfers)) & set(range(30))) >= 28


def test_every_transfer_is_one_token() -> None:
    busy = np.column_stack([np.full(MOST_PARTNERS + 1, 0), np.arange(1, MOST_PARTNERS + 2)])
    outside = np.array([[CROWD, 500], [CROWD, 501], [502, CROWD + 1], [503, CROWD + 1]])
    transfers = _transfers(busy, outside, np.array([[600, 601], [601, 600]]))
    incidences = link(transfers, transfers.reviewed)
    named_kinds = [incidences.kinds[number].id for number in incidences.kind]
    assert sorted(zip(named_kinds, incidences.holders.tolist(), strict=True)) == sorted(
        [
            (FUNDER.id, MOST_PARTNERS + 2),
            (FUNDER.id, 2),
            (SINK.id, 2),
            (TRANSFER.id, 2),
            (TRANSFER.id, 2),
        ]
    )


def test_everybody_is_whoever_is_reviewed_or_deals() -> None:
    transfers = _transfers(np.array([[0, 10], [10, 3]]), accounts=2)
    assert np.flatnonzero(everybody(transfers)).tolist() == [0, 1, 3, 10]


def test_components_count_accounts_alone() -> None:
    transfers = _transfers(np.array([[0, 1], [1, 2], [3, 9], [9, 4]]), accounts=5)
    assert component_sizes(transfers).tolist() == [3, 3, 3, 1, 1]


def test_members_that_do_the_same_are_more_alike_than_people() -> None:
    everyone = np.random.default_rng(6).normal(0, 1, 5000)
    assert alike(everyone[:30] * 0.1, everyone) > 1
    assert alike(everyone[:300], everyone) < 0


def test_no_label_is_needed_to_read_the_transfers(tmp_path: Path) -> None:
    pl.DataFrame({"source": [3, 5], "target": [4, 5]}).write_parquet(tmp_path / "transfers.parquet")
    pl.DataFrame({"account": [5, 3]}).write_parquet(tmp_path / "labels.parquet")
    transfers = read_transfers(tmp_path)
    assert transfers.accounts.tolist() == [3, 5]
    assert transfers.source.tolist() == [3]


def test_rates_by_hand() -> None:
    one = rates(np.array([True, True, False, False]), np.array([True, False, True, True]))
    assert one == Rates(named=2, hits=1, guilty=3, others=1)
    # Clopper-Pearson for 1 of 2 is 1 - sqrt(0.975) to sqrt(0.975).
    assert row("x", one).startswith("| x | 2 | 0.500 (0.013-0.987) | 0.333 ")


def test_a_group_labelled_to_nine_tenths_is_filled() -> None:
    groups = np.array([0] * 10 + [1] * 10 + [UNGROUPED])
    labels = np.array([True] * 9 + [False] + [True] * 5 + [False] * 6)
    assert whole_groups([groups], labels, share=0.9).sum() == 15


def test_clusters_are_drawn_whole() -> None:
    labels = np.ones(100, dtype=bool)
    clusters = np.array([0] * 90 + list(range(1, 11)))
    most, few = clusters == 0, clusters != 0
    # Recall is higher whenever the one large cluster is drawn at all: 1 - (10 / 11)^11.
    assert shares_above(most, few, labels, clusters)[1] == pytest.approx(0.65, abs=0.05)
    assert shares_above(labels, most, labels, clusters) == (0.0, 1.0)


def test_missed_targets_are_named() -> None:
    components = Rates(named=10397, hits=8986, guilty=14195, others=28857)
    assert shortfalls(components, Rates(100, 87, 137, 900), quick=False) == []
    assert shortfalls(components, Rates(100, 86, 137, 900), quick=False) == ["precision", "recall"]
    assert shortfalls(components, Rates(100, 87, 140, 900), quick=True) == []
    assert shortfalls(Rates(1, 1, 1, 1), Rates(100, 87, 100, 900), quick=True) == ["baseline"]


@pytest.mark.shared
def test_the_printed_baseline_is_reproduced(shared_data: Path) -> None:
    folder = shared_data / "hop_sybils"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/hop_sybils, which is not part of the repository")
    found = rates(component_sizes(read_transfers(folder)) >= 10, read_labels(folder))
    assert (round(found.precision, 3), round(found.recall, 3)) == (0.864, 0.633)


@pytest.mark.shared
@pytest.mark.slow
def test_the_quick_run_holds_its_targets(root: Path, shared_data: Path) -> None:
    if not (shared_data / "hop_sybils").is_dir():
        pytest.skip("needs ../shared/data/hop_sybils, which is not part of the repository")
    command = [sys.executable, str(root / "tools" / "measure_hop.py"), "--quick"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "all targets hold"
