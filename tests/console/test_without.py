"""The verdict without each piece, on a case's page of evidence: what `explain` says, or why not."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from math import log
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from visitors import Console

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parents[1] / "app" / "casebook"))

from case_builders import campaign, names, scan_folder

from revenuer.app.casebook.add import add
from revenuer.app.casebook.without import GONE, OTHER
from revenuer.app.explain import explain
from revenuer.casework.roles import Actor, Role
from revenuer.records import Axis, Evidence, Verdict

ANN = Actor("ann", Role.ANALYST)
MEMBERS = names("w", 5)
PARTS = {
    "coordination": {"identity": 8.0},
    "extraction": {"request-shape": log(900), "no-ramp": log(100), "composite": log(500)},
    "concealment": {"composite": 7.0},
}
AXES = {Axis.COORDINATION: 8.0, Axis.EXTRACTION: log(500), Axis.CONCEALMENT: 7.0}
"""By hand: the mean of 900, 100 and 500 is 500."""
PIECES = (
    Evidence("identity", Axis.COORDINATION, "They share a device.", 8.0, MEMBERS[:2]),
    Evidence("request-shape", Axis.EXTRACTION, "Alike.", log(900), MEMBERS[:1]),
)
ROW = re.compile(r"<tr><td>(.*?)</td>" + r"<td[^>]*>(.*?)</td>" * 4 + "</tr>")


def judged(
    folder: Path,
    parts: Mapping[str, Mapping[str, float]] = PARTS,
    *,
    passes: bool = True,
    others: Mapping[str, float] | None = None,
) -> None:
    """Write the group that was judged as scans write it, and one beside it with other axes."""
    pieces = [
        {"axis": axis, "kind": kind, "nats": nats}
        for axis, said in parts.items()
        for kind, nats in said.items()
    ]
    own = {str(axis): nats for axis, nats in AXES.items()}
    groups = [{**own, "passes": passes, "parts": pieces, "account_ids": MEMBERS}]
    if others is not None:
        groups.append({**others, "passes": True, "parts": [], "account_ids": names("o", 3)})
    rows = [{"group": n, "resolution": 1.0, **each} for n, each in enumerate(groups)]
    pl.DataFrame(rows).write_parquet(folder / "details" / "groups.parquet")
    alone = {"account_id": pl.String, "axis": pl.String, "detector": pl.String,
             "p_value": pl.Float64, "log_e_value": pl.Float64}  # fmt: skip
    pl.DataFrame(schema=alone).write_parquet(folder / "details" / "evidence.parquet")


def added(console: Console, verdict: Verdict = Verdict.CONVICTED, **more: Any) -> tuple[str, Path]:
    """A case of a scan that convicted at `others`, if it did; its campaign and the folder."""
    axes = {axis: round(nats, 4) for axis, nats in AXES.items()}
    made = campaign("weighed", MEMBERS, verdict=verdict, axes=axes, evidence=PIECES)
    folder = scan_folder(console.office.folder / "scans" / "weighed", made, signs=more.get("signs"))
    judged(folder, passes=verdict is Verdict.CONVICTED, others=more.get("others"))
    add(console.office.casebook, [folder], actor=ANN, now=console.office.clock())
    return made.id, folder


def shown(console: Console, case: str) -> str:
    told = console.visitor(Role.VIEWER).get(f"/cases/{case}/evidence", follow_redirects=True)
    assert told.status_code == 200
    return str(told.text)


def rows_of(page: str) -> list[tuple[str, ...]]:
    panel = page[page.index('id="without-') :].split("</section>")[0]
    plain = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in ROW.findall(panel)]
    return [tuple(row) for row in plain]


OTHERS = {"coordination": 9.0, "extraction": 5.5, "concealment": 9.0}


def test_each_piece_is_left_out_as_explain_leaves_it_out(console: Console) -> None:
    name, folder = added(console, others=OTHERS)
    page = shown(console, name)
    # By hand: without 900 the mean is 300, ln 300 = 5.70 over the bar of 5.5; an axis without
    # pieces has nothing; without 100 or 500 the mean is not less, and the axis decides still.
    assert rows_of(page) == [
        ("identity", "no", "6.2", "0.0", "coordination"),
        ("composite", "no", "6.2", "0.0", "concealment"),
        ("request-shape", "yes", "0.5", "5.7", "extraction"),
    ]
    said = explain(name, out_dir=folder)
    assert said.bar == 5.5
    weaker = [one for one in said.without if min(AXES.values()) - one.log_e_value >= 0.05]
    assert {(one.kind, one.axis.value, "yes" if one.passes else "no") for one in weaker} == {
        (kind, axis, passes) for kind, passes, _, _, axis in rows_of(page)
    }
    assert "convicted without this? It needs 2 pieces, each of them; any one of the other 3" in page
    assert "It has 6.2; 5.5 is the least with which its scan convicted a group" in page
    assert "2 pieces could be left out without weakening it." in page
    assert "strict answer" not in page
    assert MEMBERS[0] not in page


def test_what_is_left_stands_in_the_export_of_the_evidence(console: Console) -> None:
    name, folder = added(console, others=OTHERS)
    reader = console.visitor(Role.VIEWER)
    where = reader.get(f"/cases/{name}/evidence", follow_redirects=True).url
    told = reader.get(f"{where.path}?as=json").json()
    left = {row["detector"]: row["left"] for row in told}
    assert left["request-shape"] == pytest.approx(log(300))
    assert left["identity"] == 0.0
    shutil.rmtree(folder)
    assert {row["left"] for row in reader.get(f"{where.path}?as=json").json()} == {None}


def test_a_piece_leads_to_its_page(console: Console) -> None:
    name, _ = added(console, others=OTHERS)
    page = shown(console, name)
    (link,) = re.findall(r'href="([^"]+/evidence/\d+)">request-shape</a></td><td>yes', page)
    assert "Alike." in console.visitor(Role.VIEWER).get(link).text


def test_a_group_that_sets_the_bar_itself_has_a_strict_answer(console: Console) -> None:
    name, _ = added(console)
    page = shown(console, name)
    assert [row[1] for row in rows_of(page)] == ["no", "no", "no"]
    assert "that is the strict answer, not the sure one" in page


def test_a_loss_too_small_to_see_that_costs_the_conviction_is_listed(console: Console) -> None:
    name, folder = added(console, others={**OTHERS, "extraction": log(499)})
    shown_by = {"request-shape": log(900), "no-ramp": log(510), "composite": log(90)}
    judged(folder, {**PARTS, "extraction": shown_by}, others={**OTHERS, "extraction": log(499)})
    # By hand: 900, 510 and 90 have the mean 500, 900 and 90 have 495, and ln 500/495 is 0.01.
    assert ("no-ramp", "no", "0.0", "6.2", "extraction") in rows_of(shown(console, name))


def test_what_is_not_convicted_is_not_said_to_be(console: Console) -> None:
    name, _ = added(console, Verdict.SUSPECTED)
    page = shown(console, name)
    assert "It is not convicted as it is" in page
    assert "Its scan convicted no group" in page
    assert "Still convicted" not in page
    assert {row[1] for row in rows_of(page)} == {"no"}


@pytest.mark.parametrize("watched", [True, False])
def test_of_a_watch_it_is_said_that_one_look_is_not_all(console: Console, watched: bool) -> None:
    name, _ = added(console, others=OTHERS, signs=() if watched else None)
    assert ("A watch convicts by all its looks" in shown(console, name)) is watched


def test_of_a_folder_that_is_gone_the_page_says_so_and_keeps_the_rest(console: Console) -> None:
    name, folder = added(console, others=OTHERS)
    shutil.rmtree(folder)
    page = shown(console, name)
    assert GONE in page
    assert rows_of(page) == []
    assert "The three axes" in page


def test_a_folder_that_is_no_scan_of_ours_is_no_error_of_the_server(console: Console) -> None:
    name, folder = added(console, others=OTHERS)
    for broken in (b"PAR1 not at all", b""):
        (folder / "details" / "groups.parquet").write_bytes(broken)
        assert GONE in shown(console, name)
    pl.DataFrame({"group": [1]}).write_parquet(folder / "details" / "groups.parquet")
    assert GONE in shown(console, name)


def test_findings_that_were_written_since_are_not_taken_for_those_that_are_shown(
    console: Console,
) -> None:
    name, folder = added(console, others=OTHERS)
    later = campaign("weighed", MEMBERS, verdict=Verdict.SUSPECTED, evidence=PIECES)
    scan_folder(folder, later)
    page = shown(console, name)
    assert OTHER in page
    assert rows_of(page) == []
