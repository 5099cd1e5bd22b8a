"""`share export` and `share revoke`: what leaves of a campaign, looked at before it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from revenuer.app.enforce_plan import campaign_named
from revenuer.app.saved import read_findings
from revenuer.app.sharing.record import Recorder
from revenuer.app.ties import read_ties
from revenuer.disk import put
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.records import Campaign, Verdict
from revenuer.sharing.bundle import bundle_text, make_bundle
from revenuer.sharing.reidentify import Review, review
from revenuer.sharing.revocation import revoked
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.tlp import Tlp


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to share.

    Attributes:
        campaign: Its id, or the beginning of it.
        scan: The folder of the scan.
        terms: Under which terms.
        name: What the operator calls itself.
        suspected: Whether a campaign that is only suspected may be shared.
        group_keys: Ids of keys that the sharing group has: sketches under them may leave.
        without: Kinds that stay, though they might leave.
    """

    campaign: str
    scan: Path
    terms: Terms = field(default_factory=Terms)
    name: str = "A model provider"
    suspected: bool = False
    group_keys: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what would leave, and what stays.

    Attributes:
        campaign: The campaign, as the operator knows it.
        cluster: As receivers will know it.
        found: Each value that leaves, and what is held back.
        bundle: The bundle.
        text: Its bytes, as they will be written.
        tlp: Who may see it.
    """

    campaign: Campaign
    cluster: str
    found: Review
    bundle: Mapping[str, Any]
    text: str
    tlp: Tlp = Tlp.AMBER

    @property
    def sha256(self) -> str:
        """Digest of the bytes."""
        return sha256(self.text.encode()).hexdigest()


def preview(wanted: Wanted, recorder: Recorder) -> Preview:
    """Make the bundle and write nothing.

    Raises:
        NotFoundError: There is no such campaign, or no ties of it.
        NotAllowedError: It is neither convicted nor, where that was asked for, suspected.
    """
    findings = read_findings(wanted.scan)
    campaign = campaign_named(findings, wanted.campaign)
    may_be_shared(campaign, suspected=wanted.suspected)
    ties = read_ties(wanted.scan).filter(
        (pl.col("campaign_id") == campaign.id) & ~pl.col("kind").is_in(wanted.without)
    )
    found = review(ties, group_keys=wanted.group_keys)
    producer = Producer(wanted.name, recorder.secret)
    bundle = make_bundle(campaign, findings.scanned, found, producer, wanted.terms)
    cluster, text = producer.cluster(campaign.id), bundle_text(bundle)
    return Preview(campaign, cluster, found, bundle, text, wanted.terms.tlp)


def may_be_shared(campaign: Campaign, *, suspected: bool) -> None:
    """Refuse what nobody should be warned of.

    Raises:
        NotAllowedError: It is neither convicted nor, where that was asked for, suspected.
    """
    if campaign.verdict is Verdict.CONVICTED:
        return
    if campaign.verdict is not Verdict.SUSPECTED:
        raise NotAllowedError(
            f"{campaign.id} is {campaign.verdict.value}: there is nothing to warn others of.",
            "Only convicted campaigns are shared, and suspected ones with --suspected.",
        )
    if not suspected:
        raise NotAllowedError(
            f"{campaign.id} is only suspected.",
            "With --suspected it is shared as such, with low confidence.",
        )


def export(
    shown: Preview,
    out: Path,
    recorder: Recorder,
    *,
    by: str,
    now: datetime,
    about: Mapping[str, str] | None = None,
) -> None:
    """Write what was looked at, and write down that it leaves.

    The log comes first: what may have left without a trace is worse than a trace of nothing.

    Args:
        shown: What a person saw.
        out: The file.
        recorder: Writes it down.
        by: Who exports.
        now: When.
        about: What else the log says of it, such as who asked for it.
    """
    body = {
        **(about or {}),
        "cluster": shown.cluster,
        "campaign": shown.campaign.id,
        "bundle": str(shown.bundle["id"]),
        "file": str(out.resolve()),
        "sha256": shown.sha256,
        "objects": len(shown.bundle["objects"]),
        "tlp": shown.tlp.value,
        "values": len(shown.found.leaving),
        "held_back": sum(one.values for one in shown.found.held),
        "by": by,
    }
    recorder.record([("exported", body)], now)
    put(out, shown.text.encode())


@dataclass(frozen=True, slots=True)
class Revoked:
    """What was taken back.

    Attributes:
        objects: How many objects.
        foreign: Objects of others in the same file, which stay as they are.
        bundle: The new versions.
    """

    objects: int
    foreign: int
    bundle: Mapping[str, Any]


def revoke(
    shared: Path, out: Path, recorder: Recorder, *, by: str, why: str, now: datetime
) -> Revoked:
    """Write new versions, marked as revoked, of the own objects of an exported bundle.

    Raises:
        NotFoundError: The file holds no object of this operator.
    """
    objects = objects_of(shared)
    bundle = revoked(objects, Producer("", recorder.secret).identity_id, now)
    versions = [one for one in bundle["objects"] if one.get("revoked")]
    if not versions:
        raise NotFoundError(
            f"{shared} holds nothing that this operator shared.",
            "Only what was made with the same sharing key can be taken back.",
        )
    done = Revoked(len(versions), 0, bundle)
    done = replace(done, foreign=len(objects) - len(bundle["objects"]))
    text = bundle_text(bundle)
    body = {
        "bundle": str(bundle["id"]),
        "file": str(out.resolve()),
        "of": sha256(shared.read_bytes()).hexdigest(),
        "objects": done.objects,
        "sha256": sha256(text.encode()).hexdigest(),
        "by": by,
        "why": why,
    }
    recorder.record([("revoked", body)], now)
    put(out, text.encode())
    return done


def objects_of(shared: Path) -> Sequence[Mapping[str, Any]]:
    """The objects of a bundle that this program wrote."""
    try:
        objects = json.loads(shared.read_text("utf-8"))["objects"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise NotFoundError(
            f"{shared} is no bundle.", "Name a file that `revenuer share export` wrote."
        ) from problem
    return [one for one in objects if isinstance(one, dict)]
