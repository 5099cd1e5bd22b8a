from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from visitors import Console

sys.path.insert(0, str(Path(__file__).parents[1] / "app" / "casebook"))

from case_builders import ANA, campaign, names, scan_folder
from tie_builders import crews, write_ties_of

from revenuer.app.casebook.add import add
from revenuer.app.casebook.graph import campaign_graph
from revenuer.app.casebook.tie_words import KINDS as CALLED
from revenuer.campaigns.web_drawing import EDGES_AT_MOST, NODES_AT_MOST
from revenuer.casework.roles import Role
from revenuer.console.graph_data import KINDS
from revenuer.features.tie_kinds import KINDS as TIE_KINDS


@pytest.fixture
def case(empty_console: Console, tmp_path: Path) -> str:
    """A case of sixty accounts in three crews, and five on their own."""
    one = campaign("tied", names("tied-acct", 60))
    folder = write_ties_of(scan_folder(tmp_path / "tied", one), crews(one, [10, 30, 15]))
    office = empty_console.office
    (done,) = add(office.casebook, [folder], actor=ANA, now=office.clock())
    return done.opened[0]


def test_the_page_tells_groups_and_ties_as_tables_too(empty_console: Console, case: str) -> None:
    page = empty_console.visitor(Role.VIEWER).get(f"/cases/{case}/graph").text
    assert "60 accounts of the newest sighting, in 3 groups that hang together" in page
    assert f'data-graph="/cases/{case}/graph.json"' in page
    for text in ("Group 1", "In no group", "TLS fingerprint", "none of 840 others"):
        assert text in page
    assert "tied-acct" not in page
    assert "card-secret" not in page


def test_the_script_is_given_what_the_server_laid_out(empty_console: Console, case: str) -> None:
    visitor = empty_console.visitor(Role.VIEWER)
    folded = visitor.get(f"/cases/{case}/graph.json").json()
    assert folded["nodes"]["kind"] == ["group"] * 4 + ["token"]
    assert folded["nodes"]["label"][0] == "Group 1 · 30"
    assert folded["unfolded"] == []
    group = int(folded["nodes"]["key"][2].removeprefix("g"))
    unfolded = visitor.get(f"/cases/{case}/graph.json?unfold={group}").json()
    nodes, edges = unfolded["nodes"], unfolded["edges"]
    assert nodes["kind"].count("member") == 10
    assert unfolded["unfolded"] == [group]
    # What was there before is where it was.
    place = dict(zip(nodes["key"], zip(nodes["x"], nodes["y"], strict=True), strict=True))
    for key, x, y in zip(*(folded["nodes"][name] for name in ("key", "x", "y")), strict=True):
        assert place[key] == (x, y)
    # Ten with a card, ten with the client; the other groups' lines to the client.
    assert edges["count"].count(1) == 20
    assert sorted(one for one in edges["count"] if one > 1) == [5, 15, 30]
    sizes = {len(column) for column in nodes.values()}
    assert len(sizes) == 1
    assert max(*edges["from"], *edges["to"]) < sizes.pop()


def test_links_of_the_table_unfold_without_script(empty_console: Console, case: str) -> None:
    visitor = empty_console.visitor(Role.VIEWER)
    page = visitor.get(f"/cases/{case}/graph").text
    link = re.search(r'href="(/cases/[^"]+/graph\?unfold=\d+#graph)">Group 3<', page)
    assert link is not None
    opened = visitor.get(link.group(1)).text
    assert re.search(rf'href="/cases/{case}/graph#graph">Group 3<', opened)
    assert ">unfolded<" in opened


def test_a_group_that_is_alone_is_unfolded_unless_the_query_folds_it(
    empty_console: Console, tmp_path: Path
) -> None:
    one = campaign("alone", names("alone-acct", 40))
    folder = write_ties_of(scan_folder(tmp_path / "alone", one), crews(one, [40]))
    office = empty_console.office
    (done,) = add(office.casebook, [folder], actor=ANA, now=office.clock())
    case, visitor = done.opened[0], empty_console.visitor(Role.VIEWER)
    path = f"/cases/{case}/graph"
    page = visitor.get(path).text
    (name,) = re.findall(r'data-unfolded="(\d+)"', page)
    assert f'href="{path}.json?unfold={name}"' in page
    assert f'href="{path}?unfold=#graph">' in page
    assert ">unfolded<" in page
    folded = visitor.get(f"{path}?unfold=").text
    assert 'data-unfolded=""' in folded
    assert f'href="{path}?unfold={name}#graph">' in folded
    # Sorting a table keeps it folded.
    assert f'href="{path}?unfold=&amp;sort=-members"' in folded
    # The script is given what it asks for, and nothing else.
    assert visitor.get(f"{path}.json").json()["nodes"]["kind"] == ["group"]
    kinds = visitor.get(f"{path}.json?unfold={name}").json()["nodes"]["kind"]
    assert kinds == ["unfolded"] + ["member"] * 40 + ["token"] * 2


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 40, "1 or 1=1", "٣", "999999"])
def test_an_unfolding_of_nothing_is_passed_over(
    empty_console: Console, case: str, asked: str
) -> None:
    visitor = empty_console.visitor(Role.VIEWER)
    answer = visitor.get(f"/cases/{case}/graph.json", params={"unfold": asked})
    assert answer.status_code == 200
    assert answer.json()["unfolded"] == []


def test_a_case_that_is_not_there_has_no_graph(empty_console: Console, case: str) -> None:
    visitor = empty_console.visitor(Role.VIEWER)
    assert visitor.get("/cases/case--none/graph").status_code == 404
    assert visitor.get("/cases/case--none/graph.json").status_code == 404


def test_tables_are_exported_each_for_itself(empty_console: Console, case: str) -> None:
    visitor = empty_console.visitor(Role.VIEWER)
    groups = visitor.get(f"/cases/{case}/graph?as=json").json()
    assert [one["members"] for one in groups] == [30, 15, 10, 5]
    ties = visitor.get(f"/cases/{case}/graph?ties.as=csv").text
    assert ties.splitlines()[0].startswith("kind,mark,members")
    assert len(ties.splitlines()) == 5


def test_a_large_campaign_is_drawn_within_bounds(empty_console: Console, tmp_path: Path) -> None:
    from console_world import large_scan

    office = empty_console.office
    one = large_scan(tmp_path / "large", 6_000)
    add(office.casebook, [tmp_path / "large"], actor=ANA, now=office.clock())
    seen = campaign_graph(office.casebook, one.id, actor=ANA, now=office.clock())
    everything = "&".join(f"unfold={group.name}" for group in seen.groups)
    visitor = empty_console.visitor(Role.VIEWER)
    drawn = visitor.get(f"/cases/{one.id}/graph.json?{everything}").json()
    assert len(drawn["nodes"]["key"]) == NODES_AT_MOST
    assert len(drawn["edges"]["from"]) <= EDGES_AT_MOST
    left = 6_000 - drawn["nodes"]["kind"].count("member")
    assert any(note.startswith(f"{left:,} members") for note in drawn["notes"])


def test_every_kind_of_tie_has_a_name_and_a_look_of_its_own() -> None:
    assert set(CALLED) == set(TIE_KINDS)
    assert set(KINDS) == {name for name, _ in CALLED.values()}
    assert len(set(KINDS.values())) == len(KINDS)
