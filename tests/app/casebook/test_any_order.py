"""Cases are the same in whatever order, and however often, scans are added."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from case_builders import ANA, DAY, NOW, START, VIC, campaign
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.app.casebook.add import _add
from revenuer.app.casebook.folders import Seen
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.reading import list_cases, show_case
from revenuer.app.casebook.timeline import Clock, timeline
from revenuer.casework.sameness import Group, known_in, went_into
from revenuer.records import Findings, Scanned
from revenuer.reports.campaigns_json import to_json
from revenuer.store.casebook.rosters import rosters

ACCOUNTS = [f"acct-{n}" for n in range(14)]
IDS = ["a", "b", "c", "d"]


@dataclass(frozen=True)
class Scan:
    """A scan that ended on a day: campaigns by name, and what each supersedes."""

    day: int
    campaigns: tuple[tuple[str, frozenset[str], frozenset[str]], ...]


@st.composite
def scans(draw: st.DrawFn) -> list[Scan]:
    """A few scans, which may know of each other or not."""
    found = []
    for day in draw(st.lists(st.integers(1, 30), min_size=2, max_size=4, unique=True)):
        left = draw(st.permutations(ACCOUNTS))
        campaigns = []
        for name in draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True)):
            count = draw(st.integers(1, 6))
            members, left = left[:count], left[count:]
            others = [other for other in IDS if other != name]
            ended = draw(st.frozensets(st.sampled_from(others), max_size=1))
            if members:
                campaigns.append((name, frozenset(members), ended))
        found.append(Scan(day, tuple(campaigns)))
    return found


def seen_of(scan: Scan) -> Seen:
    made = tuple(
        campaign(
            name,
            members,
            day=scan.day,
            supersedes=tuple(f"campaign--{one}" for one in sorted(ended)),
        )
        for name, members, ended in scan.campaigns
    )
    at = START + scan.day * DAY
    findings = Findings(Scanned(9, 9, 9, START, at, 0.05, "b", "c", {}, ()), made)
    digest = sha256(to_json(findings).encode()).hexdigest()
    return Seen(digest, "scan", Path("scan"), findings, {}, ())


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A casebook without cases, to begin from: making one takes longer than using it."""
    folder = tmp_path_factory.mktemp("empty")
    open_casebook(f"sqlite:///{folder}/casebook.sqlite", folder / "keys").database.close()
    return folder


@contextmanager
def fresh(empty: Path) -> Iterator[Casebook]:
    with TemporaryDirectory() as work:
        folder = Path(work) / "casebook"
        shutil.copytree(empty, folder)
        opened = open_casebook(f"sqlite:///{folder}/casebook.sqlite", folder / "keys")
        yield opened
        opened.database.close()


def cases_after(casebook: Casebook, order: Sequence[Seen]) -> set[object]:
    """All that a casebook says of its cases but for what they are called, and when."""
    for seen in order:
        _add(casebook, seen, ANA, NOW)
    found = set()
    for row in list_cases(casebook, actor=VIC):
        view = show_case(casebook, row.case_id, actor=VIC, now=NOW)
        with casebook.reading() as connection:
            names = {one.figures.roster for one in view.seen}
            members = {n for one in rosters(connection, names).values() for n in one.tolist()}
            size = len(members)
        log = tuple(
            (line.at_us, line.kind, line.said)
            for line in timeline(casebook, row.case_id, actor=VIC)
            if line.clock is Clock.LOG and line.kind != "split"
        )
        figures = (row.verdict, row.accounts, row.exchanges, row.first_seen_us, row.last_seen_us)
        found.add((view.campaigns, view.sightings, size, figures, log))
    return found


@settings(max_examples=15)
@given(scans(), st.randoms(use_true_random=False))
def test_cases_are_the_same_in_any_order_and_repetition(
    empty: Path, given_: list[Scan], chance: random.Random
) -> None:
    order = [seen_of(scan) for scan in given_]
    with fresh(empty) as one:
        first = cases_after(one, order)
    again = [*order, *chance.choices(order, k=2)]
    chance.shuffle(again)
    with fresh(empty) as other:
        assert cases_after(other, again) == first


@settings(max_examples=15)
@given(scans())
def test_cases_are_the_components_of_all_pairs_of_scans(empty: Path, given_: list[Scan]) -> None:
    with fresh(empty) as casebook:
        for scan in given_:
            _add(casebook, seen_of(scan), ANA, NOW)
        mine = {
            frozenset(show_case(casebook, row.case_id, actor=VIC, now=NOW).campaigns)
            for row in list_cases(casebook, actor=VIC)
        }
    assert mine == components(given_)


def components(given_: Sequence[Scan]) -> set[frozenset[str]]:
    """The same by looking at every pair of scans."""
    by_time = sorted((seen_of(scan) for scan in given_), key=lambda s: s.findings.scanned.last)
    groups = [
        [
            Group(c.id, frozenset(c.supersedes), frozenset(map(hash, c.account_ids)))
            for c in campaigns
        ]
        for campaigns in (seen.findings.campaigns for seen in by_time)
    ]
    edges = {(one.campaign, other) for scan in groups for one in scan for other in one.supersedes}
    for place, earlier in enumerate(groups):
        for later in groups[place + 1 :]:
            for one in earlier:
                if (into := went_into(one, later, known_in(later))) is not None:
                    edges.add((one.campaign, into))
    parts = {frozenset({name}) for scan in groups for one in scan for name in known_in([one])}
    for one, other in edges:
        touched = [part for part in parts if part & {one, other}]
        parts = (parts - set(touched)) | {frozenset().union(*touched)}
    return parts
