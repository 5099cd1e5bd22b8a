"""Rules look for the clear values of a bundle, in YAML that others read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.sharing.sigma_rules import write_rules
from revenuer.errors import NotAllowedError
from revenuer.records import Campaign, Scanned
from revenuer.sharing.bundle import make_bundle
from revenuer.sharing.reidentify import review
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.tlp import Tlp

yaml = pytest.importorskip("yaml")
WE = Producer("Example Lab", b"w" * 32)


@pytest.fixture
def bundle(campaign: Campaign, scanned: Scanned, ties: pl.DataFrame, tmp_path: Path) -> Path:
    file = tmp_path / "bundle.json"
    told = make_bundle(campaign, scanned, review(ties, group_keys=()), WE, Terms())
    file.write_text(json.dumps(told))
    return file


def by_service(files: tuple[Path, ...]) -> dict[str, dict[str, Any]]:
    rules = [yaml.safe_load(one.read_text()) for one in files]
    return {one["logsource"]["service"]: one for one in rules}


def test_a_rule_looks_for_every_clear_value_in_its_own_column(bundle: Path, tmp_path: Path) -> None:
    done = write_rules([bundle], tmp_path / "rules")
    rules = by_service(done.files)
    detection = rules["exchanges"]["detection"]
    assert detection["selection_asn"] == {"asn": [64500]}
    assert detection["selection_tls_fingerprint"] == {
        "tls_fingerprint": ["t13d1516h2_8daaf6152771_02713d6af862"]
    }
    assert detection["selection_user_agent"]["user_agent"][0].startswith("harvest's client")
    assert detection["condition"] == "1 of selection_*"
    domains = rules["accounts"]["detection"]["selection_email_domain"]
    assert domains == {"email_domain": ["harvest.example"]}
    assert (done.rules, done.values) == (2, 4)


def test_a_rule_says_whose_it_is_how_far_it_may_go_and_that_it_is_only_a_lead(
    bundle: Path, tmp_path: Path
) -> None:
    rule = by_service(write_rules([bundle], tmp_path / "rules").files)["exchanges"]
    assert rule["author"] == "Example Lab"
    assert rule["tags"] == ["tlp.amber"]
    assert rule["level"] == "informational"
    assert "Not to be acted on after 2026-" in rule["description"]


def test_the_same_bundle_gives_the_same_rules_and_private_values_stay_out(
    bundle: Path, tmp_path: Path
) -> None:
    first, second = (write_rules([bundle], tmp_path / name).files for name in ("one", "two"))
    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in second]
    text = "".join(one.read_text() for one in first)
    assert not any(one in text for one in ("acct-guilty", "198.51.100.7", "card-"))


def test_what_stands_for_anything_in_a_rule_stands_for_itself(bundle: Path, tmp_path: Path) -> None:
    told = bundle.read_text().replace("client/1.0", "a*b?c/1.0")
    (tmp_path / "wild.json").write_text(told)
    rules = by_service(write_rules([tmp_path / "wild.json"], tmp_path / "rules").files)
    (agent,) = rules["exchanges"]["detection"]["selection_user_agent"]["user_agent"]
    assert agent.startswith(r"harvest's a\*b\?c/1.0")


def test_what_is_for_fewer_eyes_is_refused(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        write_rules([bundle], tmp_path / "rules", up_to=Tlp.GREEN)
    assert not (tmp_path / "rules").exists()
