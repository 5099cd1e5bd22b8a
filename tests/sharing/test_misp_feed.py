"""A feed holds what the bundles hold, in MISP's own types, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.sharing.misp_feed import write_feed
from revenuer.errors import NotAllowedError, NothingToReadError
from revenuer.records import Campaign, Scanned
from revenuer.sharing.bundle import make_bundle
from revenuer.sharing.reidentify import review
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.tlp import Tlp

pymisp = pytest.importorskip("pymisp")
WE = Producer("Example Lab", b"w" * 32)


@pytest.fixture
def bundle(campaign: Campaign, scanned: Scanned, ties: pl.DataFrame, tmp_path: Path) -> Path:
    file = tmp_path / "bundle.json"
    told = make_bundle(campaign, scanned, review(ties, group_keys=()), WE, Terms())
    file.write_text(json.dumps(told))
    return file


def test_misp_reads_every_clear_value_in_a_type_of_its_own(bundle: Path, tmp_path: Path) -> None:
    done = write_feed([bundle], tmp_path / "feed")
    assert (done.events, done.values) == (1, 4)
    event = pymisp.MISPEvent()
    event.load_file(str(done.files[0]))
    told = {one.type: one for one in event.attributes}
    assert told["AS"].value == "AS64500"
    assert told["domain"].value == "harvest.example"
    assert told["user-agent"].value.startswith("harvest's client")
    assert told["other"].value == "t13d1516h2_8daaf6152771_02713d6af862"
    assert not any(one.to_ids for one in event.attributes)
    assert {tag.name for tag in event.tags} == {
        "tlp:amber",
        "distillation:method=cot-exfiltration",
    }
    assert event.Orgc.name == "Example Lab"


def test_the_manifest_names_every_event_and_the_hashes_find_every_value(
    bundle: Path, tmp_path: Path
) -> None:
    feed = tmp_path / "feed"
    write_feed([bundle], feed)
    (uuid,) = json.loads((feed / "manifest.json").read_text())
    assert (feed / f"{uuid}.json").exists()
    lines = (feed / "hashes.csv").read_text().split()
    digest = hashlib.md5(b"harvest.example", usedforsecurity=False).hexdigest()
    assert f"{digest},{uuid}" in lines


def test_the_same_bundle_gives_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    first = write_feed([bundle], tmp_path / "one")
    second = write_feed([bundle], tmp_path / "two")
    assert [one.read_bytes() for one in first.files] == [one.read_bytes() for one in second.files]


def test_nothing_private_is_in_it(bundle: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    done = write_feed([bundle], feed)
    whole = b"".join(one.read_bytes() for one in done.files)
    for word in (b"acct-guilty", b"campaign--0f0f", b"198.51.100.7", b"card-"):
        assert word not in whole


def test_what_is_for_fewer_eyes_is_not_fed(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError, match="TLP:AMBER"):
        write_feed([bundle], tmp_path / "feed", up_to=Tlp.GREEN)
    assert not (tmp_path / "feed").exists()


def test_what_was_taken_back_is_no_event(bundle: Path, tmp_path: Path) -> None:
    told = json.loads(bundle.read_text())
    for one in told["objects"]:
        one["revoked"] = True
    bundle.write_text(json.dumps(told))
    with pytest.raises(NothingToReadError):
        write_feed([bundle], tmp_path / "feed")
