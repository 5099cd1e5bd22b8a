"""The Traffic Light Protocol 2.0: who may see what is shared, as STIX marks it.

Source:
    FIRST (2022), "Traffic Light Protocol (TLP) version 2.0"; OASIS, STIX common objects,
    the extension "tlp-2.0", which publishes one marking for each label under a fixed id.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
PUBLISHED = "2022-10-01T00:00:00.000Z"


class Tlp(StrEnum):
    """A label, the widest circle first."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"

    @property
    def meaning(self) -> str:
        """Who may see it, in plain words."""
        return MEANINGS[self]

    @property
    def marking_id(self) -> str:
        """The id of its marking definition."""
        return MARKING_IDS[self]


MEANINGS = {
    Tlp.CLEAR: "anybody",
    Tlp.GREEN: "the community of those who defend models, not the public",
    Tlp.AMBER: "the receiving organization and those of its clients who need to know",
    Tlp.AMBER_STRICT: "the receiving organization only",
    Tlp.RED: "the named receivers only, nobody else",
}
MARKING_IDS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
OF_TLP_1 = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    # Amber was split in two; what did not say "clients too" is read as the stricter.
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER_STRICT,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
"""The markings of version 1 that STIX 2.1 predefines, and how they are read."""


def marking(tlp: Tlp) -> dict[str, Any]:
    """The marking definition of a label, as it is published.

    Examples:
        >>> marking(Tlp.AMBER)["name"]
        'TLP:AMBER'
    """
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": tlp.marking_id,
        "created": PUBLISHED,
        "name": f"TLP:{tlp.value.upper()}",
        "extensions": {EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value}},
    }


def label_of(marking_refs: Iterable[str]) -> Tlp | None:
    """The strictest label among an object's markings; None if it carries none.

    Examples:
        >>> label_of([Tlp.GREEN.marking_id, Tlp.RED.marking_id])
        <Tlp.RED: 'red'>
    """
    by_id = {id_: tlp for tlp, id_ in MARKING_IDS.items()} | OF_TLP_1
    found = [by_id[ref] for ref in marking_refs if ref in by_id]
    return max(found, key=list(Tlp).index, default=None)
