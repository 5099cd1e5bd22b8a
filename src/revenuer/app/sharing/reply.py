"""`share reply`: seen here too, or agreed and disagreed with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from revenuer.app.enforce_plan import campaign_named
from revenuer.app.saved import read_findings
from revenuer.app.sharing.export import may_be_shared
from revenuer.app.sharing.record import Recorder
from revenuer.disk import put
from revenuer.errors import ConfigError
from revenuer.sharing.bundle import bundle_text
from revenuer.sharing.profile import UUID
from revenuer.sharing.replies import SIGHTED, Opinion, opinion_on, sighting_of
from revenuer.sharing.terms import Producer, Terms

NAMED = re.compile(rf"[a-z][a-z0-9-]{{2,80}}--{UUID}")


def seen_here(
    object_id: str,
    campaign: str,
    scan: Path,
    recorder: Recorder,
    *,
    name: str,
    terms: Terms,
    suspected: bool = False,
) -> Mapping[str, Any]:
    """Make the bundle that says that an object was seen in a campaign of ours.

    Raises:
        ConfigError: The object is of a type that nobody sees.
        NotFoundError: There is no such campaign.
        NotAllowedError: It is neither convicted nor, where that was asked for, suspected.
    """
    if _type_of(object_id) not in SIGHTED:
        raise ConfigError(
            f"{object_id} cannot be seen in a log.", f"One of {', '.join(sorted(SIGHTED))} can."
        )
    findings = read_findings(scan)
    found = campaign_named(findings, campaign)
    may_be_shared(found, suspected=suspected)
    producer = Producer(name, recorder.secret)
    return sighting_of(object_id, found, findings.scanned, producer, terms)


def opined(
    object_id: str,
    opinion: Opinion,
    why: str,
    recorder: Recorder,
    *,
    name: str,
    terms: Terms,
    now: datetime,
) -> Mapping[str, Any]:
    """Make the bundle that says how far we agree with an object.

    Raises:
        ConfigError: It is no id of an object.
    """
    _type_of(object_id)
    return opinion_on(object_id, opinion, why, Producer(name, recorder.secret), terms, now)


def write_reply(
    bundle: Mapping[str, Any], out: Path, recorder: Recorder, *, by: str, now: datetime
) -> None:
    """Write a reply, and write down that it leaves."""
    text = bundle_text(bundle)
    body = {
        "object": str(bundle["objects"][-1]["id"]),
        "sha256": sha256(text.encode()).hexdigest(),
        "by": by,
    }
    recorder.record([("replied", body)], now)
    put(out, text.encode())


def _type_of(object_id: str) -> str:
    if not NAMED.fullmatch(object_id):
        raise ConfigError("That is no id of a STIX object.", "It is like campaign--<uuid>.")
    return object_id.partition("--")[0]
