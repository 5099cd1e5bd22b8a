"""Objects that are the same whoever writes them: the profile's own, techniques, observables."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import rfc8785

from revenuer.sharing.profile import (
    CREATED,
    EXTENSION_ID,
    PROFILE_IDENTITY_ID,
    VERSION,
    name_based,
    schema_text,
)

SCO_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""Of the ids of cyber-observable objects; STIX 2.1, section 2.9."""


def profile_identity() -> dict[str, Any]:
    """Who made the profile's own objects: the project, not an operator."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": PROFILE_IDENTITY_ID,
        "created": CREATED,
        "modified": CREATED,
        "name": "Revenuer sharing profile",
        "description": "The open profile for indicators of distillation campaigns; no operator.",
        "identity_class": "system",
    }


def extension_definition() -> dict[str, Any]:
    """The definition that travels with every bundle."""
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": EXTENSION_ID,
        "created_by_ref": PROFILE_IDENTITY_ID,
        "created": CREATED,
        "modified": CREATED,
        "name": "Distillation campaign",
        "description": (
            "What an object says of a campaign that harvests a language model's answers through "
            "many accounts to train another model: method, window, pseudonymous cluster, "
            "behaviour, confidence and likelihood apart, response, expiry, TLP, legal basis and "
            "permitted use."
        ),
        "schema": schema_text(),
        "version": VERSION,
        "extension_types": ["property-extension"],
    }


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique of MITRE ATLAS that a campaign uses."""

    external_id: str
    name: str


TECHNIQUES = {
    one.external_id: one
    for one in (
        Technique("AML.T0024.002", "Extract AI Model"),
        Technique("AML.T0024", "Exfiltration via AI Inference API"),
        Technique("AML.T0005.001", "Train Proxy via Replication"),
        Technique("AML.T0008.005", "AI Service Proxies"),
        Technique("AML.T0021", "Establish Accounts"),
        Technique("AML.T0040", "AI Model Inference API Access"),
        Technique("AML.T0065", "LLM Prompt Crafting"),
    )
}
"""Names of MITRE ATLAS 5.6.1, (c) The MITRE Corporation, Apache-2.0; reproduced with thanks."""


def attack_pattern(number: str) -> dict[str, Any]:
    """A technique of MITRE ATLAS; of the profile, so that all who use it mean one object."""
    technique = TECHNIQUES[number]
    return {
        "type": "attack-pattern",
        "spec_version": "2.1",
        "id": name_based("attack-pattern", number),
        "created_by_ref": PROFILE_IDENTITY_ID,
        "created": CREATED,
        "modified": CREATED,
        "name": technique.name,
        "description": f"{number} of MITRE ATLAS, (c) The MITRE Corporation, Apache-2.0.",
        "external_references": [
            {
                "source_name": "mitre-atlas",
                "external_id": number,
                "url": f"https://atlas.mitre.org/techniques/{number}",
            }
        ],
    }


def observable_of(kind: str, value: str) -> dict[str, Any] | None:
    """The cyber-observable object of a value; None where STIX has none for it.

    Source: OASIS (2021), STIX 2.1, section 2.9: ids from the properties that identify it.
    """
    if kind == "asn":
        type_ = "autonomous-system"
        told: dict[str, Any] = {"number": int(value)}
    elif kind == "email-domain":
        type_, told = "domain-name", {"value": value}
    else:
        return None
    id_ = f"{type_}--{uuid.uuid5(SCO_NAMESPACE, rfc8785.dumps(told).decode())}"
    return {"type": type_, "spec_version": "2.1", "id": id_, **told}
