"""Who shares, under which terms, and what every object of a campaign then says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from revenuer.records import Campaign
from revenuer.sharing.profile import CREATED, Details, Manner, Response, Said, Window, name_based
from revenuer.sharing.reidentify import band
from revenuer.sharing.tlp import Tlp
from revenuer.sharing.words import attribution_of, behaviour_of, confidence_of, likelihood_of

PEER_SIGHTING = "peer-sighting"
"""The kind of evidence that other operators' words are."""
VALID_DAYS = 60
"""For how long an indicator holds: addresses and clients change hands. placeholder"""
COARSE_SHARE = 0.05
"""Shares of the capabilities are told in steps of this size. placeholder"""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Producer:
    """Who shares, and the key that its pseudonyms are made with.

    Attributes:
        name: As receivers read it; may be a pseudonym too.
        secret: 32 bytes; with it one could tell which campaign a pseudonym stands for.
    """

    name: str
    secret: bytes = field(repr=False)

    @property
    def identity_id(self) -> str:
        """The id of its identity: the same for as long as it keeps its key."""
        return name_based("identity", self._named(b"share identity", ""))

    def cluster(self, campaign_id: str) -> str:
        """The pseudonym of a campaign."""
        return f"cluster--{uuid.UUID(self._named(b'share cluster', campaign_id))}"

    def _named(self, what: bytes, text: str) -> str:
        return blake2b(text.encode(), key=self.secret, digest_size=16, person=what).hexdigest()


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms something is shared.

    Attributes:
        tlp: Who may see it.
        legal_basis: Why it may be shared.
        permitted_use: What a receiver may do with it.
        response: What was done about the campaign.
        valid_days: For how long it holds.
    """

    tlp: Tlp = Tlp.AMBER
    legal_basis: str = "legitimate interest in the security of the service"
    permitted_use: tuple[str, ...] = (
        "finding the same campaign in own logs",
        "review by a person before any action",
    )
    response: Response = Response.UNDISCLOSED
    valid_days: int = VALID_DAYS


def identity_of(producer: Producer) -> dict[str, Any]:
    """The identity of an operator."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": producer.identity_id,
        "created": CREATED,
        "modified": CREATED,
        "name": producer.name,
        "identity_class": "organization",
    }


def details_of_campaign(campaign: Campaign, producer: Producer, terms: Terms) -> Details:
    """What every object of a campaign says."""
    last = day_of(campaign.last_seen) + ONE_DAY
    return Details(
        methods=tuple(map(Manner, campaign.methods)) or (Manner.UNDETERMINED,),
        window=Window(first=day_of(campaign.first_seen), last=last),
        cluster=producer.cluster(campaign.id),
        verdict=_own_verdict(campaign),
        behaviour=behaviour_of(campaign),
        confidence=confidence_of(campaign),
        likelihood=likelihood_of(campaign),
        response=terms.response,
        expires=last + timedelta(days=terms.valid_days),
        tlp=terms.tlp,
        legal_basis=terms.legal_basis,
        permitted_use=terms.permitted_use,
        accounts=band(len(campaign.account_ids)),
        exchanges=band(campaign.exchanges),
        capabilities={
            name: round(round(share / COARSE_SHARE) * COARSE_SHARE, 2)
            for name, share in sorted(campaign.capabilities.items())
            if share >= COARSE_SHARE
        }
        or None,
        attribution=attribution_of(campaign),
    )


def _own_verdict(campaign: Campaign) -> Said:
    """What our own evidence suffices for: who is told is not to hear its own word back."""
    helped = any(one.kind == PEER_SIGHTING and one.log_e_value > 0 for one in campaign.evidence)
    return Said.SUSPECTED if helped else Said(campaign.verdict.value)


def day_of(at: datetime) -> datetime:
    """When the day of a time began."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
