"""A campaign as a STIX 2.1 bundle: the same findings, the same bytes.

Times come from the findings, ids from the pseudonym and the content. An object of a later scan
has the same id and a later `modified`, which is what STIX calls a new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from revenuer.records import Campaign, Scanned
from revenuer.sharing.objects import (
    TECHNIQUES,
    attack_pattern,
    extension_definition,
    observable_of,
    profile_identity,
)
from revenuer.sharing.patterns import pattern_of
from revenuer.sharing.profile import (
    Said,
    extension_of,
    name_based,
    stamp,
)
from revenuer.sharing.reidentify import Leaving, Review, band, band_bounds
from revenuer.sharing.terms import (
    ONE_DAY,
    Producer,
    Terms,
    day_of,
    details_of_campaign,
    identity_of,
)
from revenuer.sharing.tlp import marking
from revenuer.sharing.words import plain_copy

LABELS = {
    "asn": "Network",
    "tls-fingerprint": "TLS fingerprint",
    "user-agent": "User agent",
    "email-domain": "Mail domain",
    "system-prompt-sketch": "Sketch of a system prompt",
    "prompt-sketch": "Sketch of a prompt",
}


def make_bundle(
    campaign: Campaign, scanned: Scanned, found: Review, producer: Producer, terms: Terms
) -> dict[str, Any]:
    """All that leaves of a campaign.

    Args:
        campaign: Convicted or suspected.
        scanned: The scan that it is from.
        found: What the re-identification check lets through.
        producer: Who shares.
        terms: Under which terms.
    """
    maker = _Maker(campaign, scanned, producer, terms)
    objects = list(maker.objects(found.leaving))
    name = name_based("bundle", maker.details.cluster, producer.identity_id, maker.modified)
    return {"type": "bundle", "id": name, "objects": objects}


def bundle_text(bundle: Mapping[str, Any]) -> str:
    """A bundle as it is written."""
    return json.dumps(bundle, indent=1, ensure_ascii=False) + "\n"


class _Maker:
    """Makes the objects of one campaign."""

    def __init__(
        self, campaign: Campaign, scanned: Scanned, producer: Producer, terms: Terms
    ) -> None:
        self.campaign, self.producer, self.terms = campaign, producer, terms
        self.details = details_of_campaign(campaign, producer, terms)
        # By the day, like all times that leave but the scan's own.
        self.created = stamp(day_of(campaign.first_seen))
        self.modified = stamp(max(scanned.last, campaign.last_seen))
        self.short = self.details.cluster.removeprefix("cluster--")[:8]
        self.campaign_id = self.id("campaign")

    def id(self, type_: str, *parts: str) -> str:
        """The id of an object of this campaign."""
        return name_based(type_, self.producer.identity_id, self.details.cluster, *parts)

    def objects(self, leaving: Sequence[Leaving]) -> Iterator[dict[str, Any]]:
        """Every object, what is referred to before what refers to it."""
        yield marking(self.terms.tlp)
        yield profile_identity()
        yield extension_definition()
        yield identity_of(self.producer)
        said = [self._campaign()]
        said += self._techniques()
        for one in leaving:
            said += self._indicator(one)
        networks = [one for one in leaving if one.kind == "asn"]
        if networks:
            said += self._infrastructure(networks)
        # Two values may have one observable: each object stands once.
        unique = {each["id"]: each for each in said}
        yield from unique.values()
        yield self._container(list(unique))

    def _common(self, type_: str, *parts: str) -> dict[str, Any]:
        return {
            "type": type_,
            "spec_version": "2.1",
            "id": self.id(type_, *parts),
            "created_by_ref": self.producer.identity_id,
            "created": self.created,
            "modified": self.modified,
            "object_marking_refs": [self.terms.tlp.marking_id],
        }

    def _told(self, type_: str, *parts: str, **more: Any) -> dict[str, Any]:
        """An object with the extension and the confidence."""
        details = msgspec.structs.replace(self.details, **more)
        return {
            **self._common(type_, *parts),
            "confidence": self.details.confidence.value,
            "extensions": extension_of(details),
        }

    def _link(self, source: str, verb: str, target: str) -> dict[str, Any]:
        return {
            **self._common("relationship", source, verb, target),
            "relationship_type": verb,
            "source_ref": source,
            "target_ref": target,
        }

    def _campaign(self) -> dict[str, Any]:
        details = self.details
        return {
            **self._told("campaign"),
            "name": f"Distillation cluster {self.short}",
            "description": plain_copy(details),
            "first_seen": stamp(details.window.first),
            "last_seen": stamp(details.window.last),
            "objective": "Training data for another model",
        }

    def _techniques(self) -> Iterator[dict[str, Any]]:
        for number in self.campaign.taxonomy.get("atlas", ()):
            if number in TECHNIQUES:
                technique = attack_pattern(number)
                yield technique
                yield self._link(self.campaign_id, "uses", technique["id"])

    def _indicator(self, one: Leaving) -> Iterator[dict[str, Any]]:
        first, last = self._seen(one)
        kind, value = one.kind, one.value
        keyed = {} if one.key_id is None else {"key_id": one.key_id}
        shown = value if one.key_id is None else f"under key {one.key_id}"
        convicted = self.details.verdict is Said.CONVICTED
        indicator = {
            **self._told(
                "indicator", kind, one.key_id or "", value, kind=kind, tier=one.tier.value, **keyed
            ),
            "name": f"{LABELS[kind]} {shown} of distillation cluster {self.short}",
            "description": f"{LABELS[kind]} shown by {band(one.members)} accounts of the cluster. "
            + plain_copy(self.details),
            "indicator_types": ["malicious-activity" if convicted else "anomalous-activity"],
            "pattern": pattern_of(kind, value),
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": stamp(first),
            "valid_until": stamp(self.details.expires),
        }
        yield indicator
        yield self._link(indicator["id"], "indicates", self.campaign_id)
        observable = observable_of(kind, value)
        if observable is None or not one.exchanges:
            return
        yield observable
        seen = {
            **self._told("observed-data", kind, value, kind=kind, tier=one.tier.value),
            "first_observed": stamp(first),
            "last_observed": stamp(last),
            "number_observed": band_bounds(one.exchanges)[0],
            "object_refs": [observable["id"]],
        }
        yield seen
        yield self._link(indicator["id"], "based-on", seen["id"])

    def _seen(self, one: Leaving) -> tuple[datetime, datetime]:
        window = self.details.window
        if one.first is None or one.last is None:
            return window.first, window.last
        return day_of(one.first), day_of(one.last) + ONE_DAY

    def _infrastructure(self, networks: Sequence[Leaving]) -> Iterator[dict[str, Any]]:
        found = {
            **self._told("infrastructure"),
            "name": f"Networks of distillation cluster {self.short}",
            "description": "The networks that the cluster sends from. A network is no operator: "
            "it names nobody. " + plain_copy(self.details),
            "infrastructure_types": ["unknown"],
            "first_seen": stamp(self.details.window.first),
            "last_seen": stamp(self.details.window.last),
        }
        yield found
        yield self._link(self.campaign_id, "uses", found["id"])
        for one in networks:
            observable = observable_of(one.kind, one.value)
            assert observable is not None
            yield observable
            yield self._link(found["id"], "consists-of", observable["id"])

    def _container(self, refs: list[str]) -> dict[str, Any]:
        """A report of what is convicted, a grouping of what is still looked at."""
        name = f"Distillation cluster {self.short}"
        text = plain_copy(self.details)
        if self.details.verdict is Said.CONVICTED:
            return {
                **self._told("report"),
                "name": name,
                "description": text,
                "report_types": ["campaign"],
                "published": self.modified,
                "object_refs": refs,
            }
        grouped = {"name": name, "description": text, "context": "unspecified"}
        return {**self._told("grouping"), **grouped, "object_refs": refs}
