"""A report for an authority: facts apart from inference, nobody named, custody that checks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.saved import read_findings
from revenuer.casework.chain import entry_of, is_signed
from revenuer.cli.exits import Exit
from revenuer.enforcement.verdict_keys import read_public_key
from revenuer.records import Attribution, Axis, Evidence
from revenuer.reports.campaigns_json import to_json

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"


def report(share: Any, scan: Path, out: Path, *more: str) -> Any:
    return share("report", NAME, "--from", str(scan), "--out", str(out), *more)


def page(share: Any, scan: Path, tmp_path: Path, *more: str) -> str:
    ran = report(share, scan, tmp_path / "r.html", *more)
    assert ran.code == Exit.DONE, ran.err
    return (tmp_path / "r.html").read_text("utf-8")


def attributed(scan: Path, *kinds: str) -> None:
    """Let a person have entered a name, on such evidence of coordination."""
    findings = read_findings(scan)
    evidence = tuple(Evidence(kind, Axis.COORDINATION, "9 of 9", 3.0) for kind in kinds)
    said = Attribution("Example Org", 0.5, ("a reseller",))
    campaigns = [replace(one, attribution=said, evidence=evidence) for one in findings.campaigns]
    text = to_json(replace(findings, campaigns=tuple(campaigns)))
    (scan / "campaigns.json").write_text(text, encoding="utf-8")


def test_facts_stand_apart_from_inference(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    text = page(share, campaign_scan, tmp_path, "--as", "Lab A")
    heads = re.findall(r"<h2>\d ([^<]+)</h2>", text)
    assert heads == [
        "Judgement",
        "What was observed",
        "What is inferred",
        "Rival explanations",
        "Attribution",
        "Limits",
        "Chain of custody",
    ]
    observed = text[text.index("What was observed") : text.index("What is inferred")]
    assert "2,345 requests" in observed
    assert "9 accounts" in observed
    assert "likely" not in observed
    judgement = text[text.index("Judgement") : text.index("What was observed")]
    assert "very likely (80 to 95 %)" in judgement
    assert "moderate" in judgement


def test_nobody_is_named(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    text = page(share, campaign_scan, tmp_path)
    assert not [word for word in ("acct-", "198.51.100.7", "64500", NAME) if word in text]
    assert "Actor: <strong>unknown</strong>" in text


def test_the_page_loads_nothing(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    text = page(share, campaign_scan, tmp_path)
    assert "default-src 'none'" in text
    assert not re.search(r"<script|src=|url\(|@import|href=", text)


def test_the_manifest_is_what_the_audit_log_signed(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    text = page(share, campaign_scan, tmp_path)
    manifest, line, _, rest = (tmp_path / "r.manifest.json").read_bytes().split(b"\n")
    assert not rest
    for one in json.loads(manifest)["files"]:
        data = (campaign_scan / one["name"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(data), sha256(data).hexdigest())
        assert one["sha256"] in text
    entry = entry_of(line + b"\n")
    log = (tmp_path / "state" / "audit.jsonl").read_bytes()
    assert line in log
    key = read_public_key(tmp_path / "state" / "audit.jsonl.pub")
    assert is_signed(entry, key.verifies)
    assert entry.body["manifest_sha256"] == sha256(manifest).hexdigest()
    for word in (entry.hash, entry.signature, sha256(manifest).hexdigest()):
        assert word in text.replace("&#43;", "+")


def test_the_report_itself_is_in_the_log_too(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    text = page(share, campaign_scan, tmp_path)
    last = (tmp_path / "state" / "audit.jsonl").read_bytes().splitlines(keepends=True)[-1]
    digests = entry_of(last).body["sha256"]
    assert digests["r.html"] == sha256(text.encode()).hexdigest()


def test_networks_alone_name_nobody(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    attributed(campaign_scan, "network")
    text = page(share, campaign_scan, tmp_path)
    assert "Example Org" not in text
    assert '<tr class="reached"><td>L1</td>' in text


def test_a_name_needs_two_families_and_two_people(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    attributed(campaign_scan, "network", "identity")
    out = tmp_path / "r.html"
    for people in ((), ("--author", "ada"), ("--author", "ada", "--approver", "ada")):
        ran = report(share, campaign_scan, out, *people)
        assert ran.code == Exit.ERROR
        assert "would name an organization" in ran.err
        assert not out.exists()
    text = page(share, campaign_scan, tmp_path, "--author", "ada", "--approver", "bob")
    assert "Actor: <strong>Example Org</strong>. Rivals: a reseller." in text
    assert '<tr class="reached"><td>L3</td>' in text
    assert b'"approver":"bob"' in (tmp_path / "r.manifest.json").read_bytes()


def test_hostile_names_stay_text(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    text = page(share, campaign_scan, tmp_path, "--as", "<script>alert(1)</script>")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_pdf_lies_beside_it(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", exc_type=ImportError)
    page(share, campaign_scan, tmp_path, "--pdf")
    made = (tmp_path / "r.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert len(made) > 10_000
