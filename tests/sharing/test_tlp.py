"""The labels are those that OASIS published, and the strictest one counts."""

from __future__ import annotations

import pytest
import stix2
import stix2validator

from revenuer.sharing.tlp import OF_TLP_1, Tlp, label_of, marking


@pytest.mark.parametrize("tlp", Tlp)
def test_a_marking_is_valid_stix(tlp: Tlp) -> None:
    found = marking(tlp)
    # The validator knows no extension but by its schema, and warns of that alone.
    assert stix2validator.validate_instance(found).is_valid
    assert stix2.parse(found)["name"] == f"TLP:{tlp.value.upper()}"


def test_the_strictest_of_several_markings_counts() -> None:
    refs = [Tlp.GREEN.marking_id, Tlp.AMBER_STRICT.marking_id, Tlp.AMBER.marking_id]
    assert label_of(refs) is Tlp.AMBER_STRICT


def test_markings_of_version_1_are_read_as_stix_defines_them() -> None:
    theirs = {
        each.id: each.definition.tlp
        for each in (stix2.TLP_WHITE, stix2.TLP_GREEN, stix2.TLP_AMBER, stix2.TLP_RED)
    }
    assert set(theirs) == set(OF_TLP_1)
    assert {theirs[id_]: label.value for id_, label in OF_TLP_1.items()} == {
        "white": "clear",
        "green": "green",
        "amber": "amber+strict",
        "red": "red",
    }


def test_no_label_is_none() -> None:
    assert label_of(["marking-definition--00000000-0000-4000-8000-000000000000"]) is None
    assert label_of([]) is None
