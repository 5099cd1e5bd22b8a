"""What of our bundles survives in MISP's own converter, and the losses that are known."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import Any

import polars as pl
import pytest

from revenuer.records import Campaign, Scanned
from revenuer.sharing.bundle import make_bundle
from revenuer.sharing.reidentify import review
from revenuer.sharing.terms import Producer, Terms

pytestmark = [
    pytest.mark.sharing,
    pytest.mark.skipif(
        importlib.util.find_spec("misp_stix_converter") is None, reason="run by `make test-sharing`"
    ),
]
CONVERT = """
import json, sys
import stix2
from misp_stix_converter import ExternalSTIX2toMISPParser
parser = ExternalSTIX2toMISPParser()
parser.load_stix_bundle(stix2.parse(sys.stdin.read(), allow_custom=True))
parser.parse_stix_bundle(single_event=True)
event = parser.misp_event
print(json.dumps({
    "info": event.info,
    "values": [[one.type, one.value] for one in event.attributes],
    "patterns": [str(one.value) for each in event.objects for one in each.attributes],
    "tags": [one.name for one in event.tags],
    "lost": [one for every in parser.errors.values() for one in every],
}))
"""
"""In a process of its own: what the converter imports changes how everything else is imported."""

KNOWN_LOSSES = frozenset({"infrastructure"})
"""Types that the converter drops; what they say stands in the campaign's description too."""


def converted(bundle: dict[str, Any]) -> dict[str, Any]:
    """What MISP's converter makes of a bundle."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CONVERT],
        input=json.dumps(bundle),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_misp_takes_the_values_the_label_and_drops_only_what_is_known(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    producer = Producer("Example Lab", b"w" * 32)
    told = converted(make_bundle(campaign, scanned, review(ties, group_keys=()), producer, Terms()))
    assert ["AS", "AS64500"] in told["values"]
    assert ["domain", "harvest.example"] in told["values"]
    assert any("t13d1516h2" in one for one in told["patterns"]), "as a pattern, if not as a value"
    assert "tlp:amber" in told["tags"]
    assert told["info"].startswith("Distillation cluster")
    assert {one.rpartition(": ")[2] for one in told["lost"]} <= KNOWN_LOSSES, told["lost"]
