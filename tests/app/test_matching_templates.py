"""Templates of one operator's campaign, compared with another's through a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from revenuer.app.sharing.intel import CLEAR, MATCHES
from revenuer.app.sharing.matching_desk import (
    compare_indicators,
    compare_templates,
    pseudonym,
    tell_templates,
)
from revenuer.app.sharing.matching_keys import make_group_key, ring_at, take_group_keys
from revenuer.app.sharing.state import ShareState, open_state
from revenuer.app.sketching import strongest_capability
from revenuer.errors import MatchError, NotFoundError
from revenuer.features.keyed import SketchKey, sketch_prompts
from revenuer.features.prompts import read_prompts
from revenuer.features.sketches import READINGS
from revenuer.matching.templates import sketch_key_of

TEMPLATE = (
    "You are a careful tutor. Solve the task below and show every step of the working, number the "
    "steps, and give the final answer on a line of its own after the word RESULT. Task: {}"
)
OTHER = (
    "Rate the two replies that follow from one to ten for accuracy and tone, give a short reason "
    "for each score and end with the letter of the better one. Replies: {}"
)
SUBJECTS = ("bread", "roads", "lamps", "tides", "maps", "stoves", "kites", "bells", "ropes")


def prompts(template: str, offset: int) -> list[str]:
    return [
        template.format(f"{subject} number {offset + place}, sold in {offset * place + 7} towns")
        for place, subject in enumerate(SUBJECTS)
    ]


def sketches(texts: list[str], key: SketchKey) -> list[bytes]:
    frame = pl.DataFrame(
        {
            "account_id": [""] * len(texts),
            "exchange_id": range(len(texts)),
            "prompt": texts,
            "system_prompt": pl.Series([None] * len(texts), dtype=pl.String),
            "tool_count": [0] * len(texts),
        }
    )
    read = read_prompts(frame, chars=1600)
    unread = [np.full(len(texts), np.nan) for _ in READINGS]
    made = sketch_prompts(read, pa.array(texts), unread, strongest_capability(read), key)
    return list(made.to_pylist())


class Operator:
    """Who has a scan with sketches, and the group's key."""

    def __init__(self, folder: Path, key_file: Path) -> None:
        self.folder = folder
        self.keys = folder / "keys"
        self.state: ShareState = open_state(folder / "state", self.keys)
        take_group_keys(self.keys, key_file)

    def scan(self, campaign: str, texts: list[str], verdict: str = "convicted") -> Path:
        key = sketch_key_of(ring_at(self.keys).current(datetime.now(UTC)))
        folder = self.folder / "scan"
        folder.mkdir(exist_ok=True)
        told = {"campaigns": [{"id": campaign, "verdict": verdict}]}
        (folder / "campaigns.json").write_text(json.dumps(told))
        data = [base64.b64encode(each).decode() for each in sketches(texts, key)]
        pl.DataFrame(
            {
                "campaign_id": campaign,
                "account_id": [f"{campaign}-{place % 3}" for place in range(len(texts))],
                "kind": "prompt-sketch",
                "value": [f"{key.id}:{text}" for text in data],
                "holders": pl.Series([0] * len(texts), dtype=pl.Int64),
            }
        ).write_parquet(folder / "ties.parquet")
        return folder


@pytest.fixture
def operator(tmp_path: Path) -> Callable[[str], Operator]:
    key_file = tmp_path / "group.key"
    make_group_key(key_file, "labs", datetime.now(UTC))
    return lambda name: Operator(tmp_path / name, key_file)


def test_the_same_template_is_found_and_says_whose_accounts_have_it(
    operator: Callable[[str], Operator],
) -> None:
    ada, bob = operator("ada"), operator("bob")
    data = tell_templates(ada.state, ada.keys, ada.scan("ours", prompts(TEMPLATE, 3)))
    scan = bob.scan("theirs", prompts(TEMPLATE, 90), "suspected")
    (alike,) = compare_templates(bob.state, data, scan, intel=bob.folder / "intel")
    assert alike.campaign == "theirs"
    assert alike.cluster == f"cluster--{pseudonym(ada.state, 'ours')}"
    assert alike.convicted
    assert alike.resemblance > 0.5
    rows = pl.read_parquet(bob.folder / "intel" / MATCHES)
    assert set(rows["account_id"]) == {"theirs-0", "theirs-1", "theirs-2"}
    assert set(rows["kind"]) == {"prompt-sketch"}
    told = data.decode()
    assert "ours" not in told
    assert not [word for word in ("tutor", "RESULT", *SUBJECTS) if word in told]


@pytest.mark.parametrize("kind", ["prompt-sketch", "system-prompt-sketch"])
def test_sketches_that_accepted_indicators_name_are_compared_too(
    operator: Callable[[str], Operator], kind: str
) -> None:
    """Both use the group's key, so what a peer's bundle names is found where prompts differ."""
    ada, bob = operator("ada"), operator("bob")
    theirs = pl.read_parquet(ada.scan("ours", prompts(TEMPLATE, 3)) / "ties.parquet")
    intel = bob.folder / "intel"
    intel.mkdir()
    cluster = f"cluster--{pseudonym(ada.state, 'ours')}"
    named = {"kind": pl.lit(kind), "cluster": pl.lit(cluster), "source": pl.lit("identity--ada")}
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    rows = theirs.select("value", **named, since=never, until=never)
    # Another peer's, under a key that we do not have, and one that is no sketch.
    stray = rows.head(2).with_columns(
        source=pl.lit("identity--eve"), value=pl.Series(["other:AAAA", "other:!!"])
    )
    pl.concat([rows, stray]).write_parquet(intel / CLEAR)
    scan = bob.scan("theirs", prompts(TEMPLATE, 90), "suspected")
    ties = pl.read_parquet(scan / "ties.parquet").with_columns(kind=pl.lit(kind))
    ties.write_parquet(scan / "ties.parquet")
    (alike,) = compare_indicators(bob.state, scan, intel=intel)
    assert (alike.campaign, alike.cluster, alike.accounts) == ("theirs", cluster, 3)
    kept = pl.read_parquet(intel / MATCHES)
    assert set(kept["account_id"]) == {"theirs-0", "theirs-1", "theirs-2"}
    assert set(kept["kind"]) == {kind}
    assert set(kept["source"]) == {"identity--ada"}
    bob.scan("theirs", prompts(OTHER, 90), "suspected")
    ties.with_columns(
        pl.read_parquet(scan / "ties.parquet")["value"], kind=pl.lit(kind)
    ).write_parquet(scan / "ties.parquet")
    assert compare_indicators(bob.state, scan, intel=intel) == []
    assert pl.read_parquet(intel / MATCHES).is_empty()


def test_without_an_indicator_of_a_sketch_there_is_nothing_to_compare(
    operator: Callable[[str], Operator],
) -> None:
    bob = operator("bob")
    scan = bob.scan("theirs", prompts(TEMPLATE, 90))
    with pytest.raises(NotFoundError, match="no accepted indicator of a sketch"):
        compare_indicators(bob.state, scan, intel=bob.folder / "intel")


def test_another_template_is_not_taken_for_it(operator: Callable[[str], Operator]) -> None:
    ada, bob = operator("ada"), operator("bob")
    data = tell_templates(ada.state, ada.keys, ada.scan("ours", prompts(TEMPLATE, 3)))
    scan = bob.scan("theirs", prompts(OTHER, 90))
    assert compare_templates(bob.state, data, scan, intel=bob.folder / "intel") == []
    assert pl.read_parquet(bob.folder / "intel" / MATCHES).is_empty()


def test_sketches_of_another_key_are_no_match_but_a_clear_error(
    operator: Callable[[str], Operator], tmp_path: Path
) -> None:
    ada = operator("ada")
    data = tell_templates(ada.state, ada.keys, ada.scan("ours", prompts(TEMPLATE, 3)))
    make_group_key(tmp_path / "next.key", "others", datetime.now(UTC))
    eve = Operator(tmp_path / "eve", tmp_path / "next.key")
    with pytest.raises(MatchError, match="no prompt sketches under the key labs"):
        compare_templates(
            eve.state, data, eve.scan("theirs", prompts(TEMPLATE, 90)), intel=tmp_path / "intel"
        )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"schema":"revenuer/templates/1","source":"a b","key":"k","clusters":[]}',
        b'{"schema":"revenuer/templates/2","source":"a","key":"k","clusters":[]}',
        b'{"schema":"revenuer/templates/1","source":"a","key":"k","clusters":[],"more":1}',
    ],
    ids=["empty", "bare", "deep", "name", "schema", "more"],
)
def test_what_is_no_file_of_templates_is_refused(
    operator: Callable[[str], Operator], data: bytes
) -> None:
    bob = operator("bob")
    scan = bob.scan("theirs", prompts(TEMPLATE, 1))
    with pytest.raises(MatchError, match="not what it should be"):
        compare_templates(bob.state, data, scan, intel=bob.folder / "intel")
    assert not (bob.folder / "intel").exists()


def test_the_key_changes_with_the_quarter(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    keys = [
        make_group_key(tmp_path / name, "labs", at)
        for name, at in (("one", now), ("two", now + timedelta(days=92)))
    ]
    assert keys[0].id != keys[1].id
    assert sketch_key_of(keys[0]).secret != sketch_key_of(keys[1]).secret
