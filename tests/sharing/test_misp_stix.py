"""What of our bundles survives in MISP's own converter, and the losses that are known."""

from __future__ import annotations

import json

import polars as pl
import pytest

from revenuer.records import Campaign, Scanned
from revenuer.sharing.bundle import make_bundle
from revenuer.sharing.reidentify import review
from revenuer.sharing.terms import Producer, Terms

pytestmark = pytest.mark.sharing
converter = pytest.importorskip("misp_stix_converter", reason="run by `make test-sharing`")

KNOWN_LOSSES = frozenset({"infrastructure"})
"""Types that the converter drops; what they say stands in the campaign's description too."""


@pytest.mark.filterwarnings("ignore")
def test_misp_takes_the_values_the_label_and_drops_only_what_is_known(
    campaign: Campaign, scanned: Scanned, ties: pl.DataFrame
) -> None:
    import stix2

    producer = Producer("Example Lab", b"w" * 32)
    told = make_bundle(campaign, scanned, review(ties, group_keys=()), producer, Terms())
    parser = converter.ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.parse(json.dumps(told), allow_custom=True))
    parser.parse_stix_bundle(single_event=True)
    event = parser.misp_event
    values = {(one.type, one.value) for one in event.attributes}
    assert ("AS", "AS64500") in values
    assert ("domain", "harvest.example") in values
    patterns = {one.value for each in event.objects for one in each.attributes}
    assert any("t13d1516h2" in str(one) for one in patterns), "as a pattern, if not as a value"
    assert "tlp:amber" in {one.name for one in event.tags}
    assert event.info.startswith("Distillation cluster")
    said = " ".join(one for every in parser.errors.values() for one in every)
    lost = {one.rpartition(": ")[2] for every in parser.errors.values() for one in every}
    assert lost <= KNOWN_LOSSES, said
