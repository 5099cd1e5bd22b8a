"""What scans and watches found becomes cases, once each, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from case_builders import ANA, NOW, VIC, campaign, names, scan_folder

from revenuer.app.casebook.add import Added, add
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import list_cases, show_case


def added(casebook: Casebook, *folders: Path) -> list[Added]:
    return add(casebook, folders, actor=ANA, now=NOW)


def test_a_scan_opens_a_case_for_each_campaign(casebook: Casebook, tmp_path: Path) -> None:
    one, two = campaign("a", names("a", 5)), campaign("b", names("b", 9))
    (made,) = added(casebook, scan_folder(tmp_path / "scan", one, two))
    assert (made.is_new, made.campaigns, len(made.opened), made.grown) == (True, 2, 2, ())
    rows = list_cases(casebook, actor=VIC)
    assert sorted((row.accounts, row.state, row.verdict) for row in rows) == [
        (5, "open", "suspected"),
        (9, "open", "suspected"),
    ]
    view = show_case(casebook, "campaign--b", actor=VIC, now=NOW)
    (seen,) = view.seen
    assert seen.told is not None
    assert [piece.kind for piece in seen.told.evidence] == ["identity", "request-shape"]
    assert seen.told.evidence[0].exchange_ids == ("exchange-b-0", "exchange-b-1", "exchange-b-2")
    assert {name[:3] for name in view.names.values()} == {"fp-"}


def test_adding_again_changes_nothing(casebook: Casebook, tmp_path: Path) -> None:
    folder = scan_folder(tmp_path / "scan", campaign("a", names("a", 5)))
    (first,) = added(casebook, folder)
    before = list_cases(casebook, actor=VIC)
    (second,) = added(casebook, folder)
    assert (second.is_new, second.sighting) == (False, first.sighting)
    assert list_cases(casebook, actor=VIC) == before
