"""What every detector must hold to, whatever it looks for."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from revenuer import detectors
from revenuer.detector import (
    BehaviourDetector,
    ContentDetector,
    Detector,
    LinkDetector,
    Maturity,
    TextLinkDetector,
)
from revenuer.detectors import DETECTORS, ENTRY_POINT_GROUP, load_detectors
from revenuer.features.prompts import COLUMNS as PROMPT_COLUMNS
from revenuer.features.prompts import read_prompts
from revenuer.features.tables import PEER_MATCHES
from revenuer.records import Axis, Channel, Method
from revenuer.sources.columns import SHAPES

FOLDERS = Path(detectors.__file__).parent
KINDS = (BehaviourDetector, ContentDetector, LinkDetector, TextLinkDetector)
COLUMNS = {f"{table}.{column}" for table, shape in SHAPES.items() for column in shape.types}
COLUMNS |= {f"peer_matches.{column}" for column in PEER_MATCHES.names}
NO_SAMPLE = dict.fromkeys(PROMPT_COLUMNS, pl.String) | {"tool_count": pl.Int32}
every_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda each: each.card.id)


def folder_of(detector: Detector) -> Path:
    return FOLDERS / detector.card.id.replace("-", "_")


def cases_of(detector: Detector) -> list[dict[str, Any]]:
    text = (folder_of(detector) / "cases.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def test_ids_are_unique() -> None:
    repeated = Counter(each.card.id for each in DETECTORS)
    assert [name for name, times in repeated.items() if times > 1] == []


def test_every_folder_is_registered() -> None:
    there = {path.parent.name for path in FOLDERS.glob("*/detector.py")}
    assert there == {folder_of(each).name for each in DETECTORS}


@every_detector
def test_it_is_of_exactly_one_kind(detector: Detector) -> None:
    assert sum(isinstance(detector, kind) for kind in KINDS) == 1


@every_detector
def test_it_lives_in_the_folder_of_its_id(detector: Detector) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", detector.card.id)
    home = f"revenuer.detectors.{folder_of(detector).name}.detector"
    assert type(detector).__module__ == home
    assert (folder_of(detector) / f"test_{folder_of(detector).name}.py").is_file()


@every_detector
def test_its_card_is_complete(detector: Detector) -> None:
    card = detector.card
    empty = [spec.name for spec in fields(card) if not getattr(card, spec.name)]
    assert not empty
    assert isinstance(card.axis, Axis)
    assert isinstance(card.maturity, Maturity)
    assert card.version >= 1
    assert all(re.fullmatch(r"AML\.(T\d{4}(\.\d{3})?|CS\d{4})", each) for each in card.atlas)
    assert re.search(r"\b(19|20)\d\d\b", card.source), "a source has a year"
    assert card.runbook.endswith(".")


@every_detector
def test_it_needs_columns_that_the_contract_has(detector: Detector) -> None:
    assert set(detector.card.needs) <= COLUMNS


@every_detector
def test_its_cases_name_both_sides(detector: Detector) -> None:
    fires = Counter(bool(case["fires"]) for case in cases_of(detector))
    assert fires[True] >= 4
    assert fires[False] >= 4


@every_detector
def test_its_cases_are_told_apart_by_name(detector: Detector) -> None:
    names = Counter(case.get("name") or case.get("prompt") for case in cases_of(detector))
    assert [name for name, times in names.items() if times > 1 or not name] == []


@every_detector
def test_nothing_to_read_is_no_evidence(detector: Detector) -> None:
    none = read_prompts(pl.DataFrame(schema=NO_SAMPLE), chars=1000)
    if isinstance(detector, ContentDetector):
        assert detector.score(none).shape == (0,)
    elif isinstance(detector, TextLinkDetector):
        assert detector.read(none).is_empty()


@every_detector
def test_what_it_says_of_itself_uses_the_words_of_the_field(detector: Detector) -> None:
    if isinstance(detector, LinkDetector | TextLinkDetector):
        assert isinstance(detector.channel, Channel)
        assert isinstance(detector.private, bool)
    if isinstance(detector, ContentDetector):
        assert detector.method is None or isinstance(detector.method, Method)
    phrase = getattr(detector, "phrase", "say")
    assert phrase
    assert not phrase.endswith(".")


def test_a_third_partys_detector_is_loaded_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs.py").write_text("DETECTOR = 'a detector of theirs'\n")
    about = tmp_path / "theirs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\ntheirs = theirs:DETECTOR\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert load_detectors() == (*DETECTORS, "a detector of theirs")


def test_ours_alone_are_loaded_where_nobody_adds_any() -> None:
    assert load_detectors() == DETECTORS
    assert isinstance(detectors, ModuleType)
