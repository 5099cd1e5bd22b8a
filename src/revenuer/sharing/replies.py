"""What is said of another operator's object: seen here too, or agreed and disagreed with.

A reply is an object of its own maker's; it never changes the one that it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from revenuer.records import Campaign, Scanned
from revenuer.sharing.objects import extension_definition, profile_identity
from revenuer.sharing.profile import (
    CREATED,
    extension_of,
    name_based,
    stamp,
)
from revenuer.sharing.reidentify import band_bounds
from revenuer.sharing.terms import Producer, Terms, details_of_campaign, identity_of
from revenuer.sharing.tlp import marking
from revenuer.sharing.words import plain_copy

SIGHTED = frozenset({"campaign", "indicator", "infrastructure", "attack-pattern"})
"""Types that the profile has and that can be seen; STIX 2.1, section 5.2: domain objects."""


class Opinion(StrEnum):
    """How far one agrees; OASIS (2021), STIX 2.1, section 10.20."""

    STRONGLY_DISAGREE = "strongly-disagree"
    DISAGREE = "disagree"
    NEUTRAL = "neutral"
    AGREE = "agree"
    STRONGLY_AGREE = "strongly-agree"


def sighting_of(
    object_id: str, campaign: Campaign, scanned: Scanned, producer: Producer, terms: Terms
) -> dict[str, Any]:
    """A bundle that says that an object of another operator was seen in a campaign here.

    Args:
        object_id: What was seen, of a type of `SIGHTED`.
        campaign: In which campaign of one's own.
        scanned: The scan that it is from.
        producer: Who saw it.
        terms: Under which terms that is told.
    """
    details = details_of_campaign(campaign, producer, terms)
    modified = stamp(max(scanned.last, campaign.last_seen))
    said = {
        **_head("sighting", object_id, producer, terms, details.cluster),
        "created": stamp(details.window.first),
        "modified": modified,
        "confidence": details.confidence.value,
        "description": f"Seen here too. {plain_copy(details)}",
        "first_seen": stamp(details.window.first),
        "last_seen": stamp(details.window.last),
        "count": band_bounds(len(campaign.account_ids))[0],
        "sighting_of_ref": object_id,
        "where_sighted_refs": [producer.identity_id],
        "extensions": extension_of(details),
    }
    objects = [profile_identity(), extension_definition(), said]
    return _bundle(producer, terms, modified, objects)


def opinion_on(
    object_id: str, opinion: Opinion, why: str, producer: Producer, terms: Terms, at: datetime
) -> dict[str, Any]:
    """A bundle that says how far one agrees with an object of another operator.

    A later opinion on the same object is a newer version of the same opinion.

    Args:
        object_id: What it is about.
        opinion: How far.
        why: The reason, in a sentence that may leave.
        producer: Whose opinion it is.
        terms: Under which terms it is told.
        at: When.
    """
    said = {
        **_head("opinion", object_id, producer, terms),
        "created": CREATED,
        "modified": stamp(at),
        "explanation": why,
        "opinion": opinion.value,
        "object_refs": [object_id],
    }
    return _bundle(producer, terms, stamp(at), [said])


def _head(
    type_: str, object_id: str, producer: Producer, terms: Terms, cluster: str = ""
) -> dict[str, Any]:
    return {
        "type": type_,
        "spec_version": "2.1",
        "id": name_based(type_, producer.identity_id, cluster, object_id),
        "created_by_ref": producer.identity_id,
        "object_marking_refs": [terms.tlp.marking_id],
    }


def _bundle(
    producer: Producer, terms: Terms, modified: str, objects: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    said = objects[-1]["id"]
    return {
        "type": "bundle",
        "id": name_based("bundle", "reply", said, modified),
        "objects": [marking(terms.tlp), identity_of(producer), *objects],
    }
