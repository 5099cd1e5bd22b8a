"""A feed for MISP: what was exported as STIX, as static files that any web server can serve.

MISP drops what its converter does not know, infrastructure and opinions among it, so the feed is
written for it: an event a campaign, an attribute a value, the plain words as a comment.

| in the folder | holds |
|---|---|
| `manifest.json` | every event, in short |
| `hashes.csv` | which value is in which event, as MD5, for MISP's own look-ups |
| `UUID.json` | an event |
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.app.sharing.exported import read_exported
from revenuer.disk import put
from revenuer.errors import ConfigError, NothingToReadError
from revenuer.sharing.intake import Read, Taken
from revenuer.sharing.profile import details_of
from revenuer.sharing.tlp import Tlp

ATTRIBUTES = {
    "asn": ("AS", ""),
    "email-domain": ("domain", ""),
    "user-agent": ("user-agent", ""),
    # MISP has no type for it; as text it is there to be read and searched for.
    "tls-fingerprint": ("other", "JA4. "),
}
"""MISP's type of each kind of value, and what the comment says first."""
THREAT, DONE = 2, 2
"""Medium, and analysis completed, as MISP counts them."""
READABLE = 0o644
"""A feed is for a web server to read."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What was written.

    Attributes:
        events: Campaigns.
        values: In all of them.
        left_out: Values that MISP has no type for, or that were taken back.
        files: The files.
    """

    events: int
    values: int
    left_out: int
    files: tuple[Path, ...]


def write_feed(bundles: Sequence[Path], out: Path, *, up_to: Tlp = Tlp.AMBER) -> Fed:
    """Write the campaigns of some bundles as a feed; what was in the folder of it is replaced.

    Args:
        bundles: As `share export` writes them.
        out: Folder of the feed.
        up_to: The strictest label that whoever gets the feed may see.

    Raises:
        NothingToReadError: No bundle holds a campaign that stands.
        NotAllowedError: Something is for fewer eyes than the feed is.
        ConfigError: pymisp is not installed.
    """
    events, left_out = [], 0
    for read in read_exported(bundles, up_to):
        for campaign in (one for one in read.taken if one.type == "campaign" and not one.revoked):
            event, without = _event(campaign, read)
            events.append(event)
            left_out += without
    if not events:
        raise NothingToReadError("No campaign that stands is in the bundles.")
    return _write(events, out, left_out)


def _event(campaign: Taken, read: Read) -> tuple[Any, int]:
    """One campaign as an event, and how many of its values are not in it."""
    try:
        from pymisp import MISPEvent, MISPOrganisation
    except ImportError as problem:
        raise ConfigError(
            "A feed for MISP needs a package that is not installed.", "Install `revenuer[misp]`."
        ) from problem
    event = MISPEvent()
    event.uuid = _uuid(campaign.id)
    event.info = str(campaign.body.get("name", "Distillation campaign"))
    event.date = (campaign.since or campaign.modified).date()
    event.timestamp = event.publish_timestamp = campaign.modified
    event.published, event.analysis, event.threat_level_id = True, DONE, THREAT
    maker = MISPOrganisation()
    maker.name = read.names.get(campaign.creator, campaign.creator)
    maker.uuid = _uuid(campaign.creator)
    event.Orgc = maker
    for tag in _tags(campaign):
        event.add_tag(tag)
    told = [one for one in read.taken if one.kind and one.cluster == campaign.cluster]
    for one in told:
        if one.kind in ATTRIBUTES and not one.revoked:
            _attribute(event, one)
    event.add_attribute(
        "comment",
        str(campaign.body.get("description", "")),
        uuid=_uuid(campaign.id, last="f"),
        timestamp=campaign.modified,
        to_ids=False,
    )
    return event, sum(one.kind not in ATTRIBUTES or one.revoked for one in told)


def _attribute(event: Any, one: Taken) -> None:
    type_, said = ATTRIBUTES[one.kind]
    until = f"until {one.until:%Y-%m-%d}" if one.until else "open"
    event.add_attribute(
        type_,
        f"AS{one.value}" if one.kind == "asn" else one.value,
        uuid=_uuid(one.id),
        timestamp=one.modified,
        comment=f"{said}{one.body.get('name', '')}; {until}",
        # One match alone is nothing to act on.
        to_ids=False,
        **_seen(one.since, one.until),
    )


def _seen(since: datetime | None, until: datetime | None) -> Mapping[str, datetime]:
    return {"first_seen": since} if since and until and since <= until else {}


def _tags(campaign: Taken) -> list[str]:
    details = details_of(campaign.body)
    methods = () if details is None else details.methods
    return [f"tlp:{campaign.tlp.value}", *(f"distillation:method={one.value}" for one in methods)]


def _uuid(id_: str, *, last: str = "") -> str:
    """The UUID of a STIX id; another one of the same with another last digit."""
    uuid = id_.partition("--")[2]
    if not last:
        return uuid
    return uuid[:-1] + ("e" if uuid[-1] == last else last)


def _write(events: Sequence[Any], out: Path, left_out: int) -> Fed:
    out.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, Any] = {}
    hashes, files, values = [], [], 0
    for event in sorted(events, key=lambda one: str(one.uuid)):
        told = event.to_feed(with_meta=True)["Event"]
        manifest |= told.pop("_manifest")
        hashes += [f"{one},{told['uuid']}" for one in told.pop("_hashes")]
        values += len(told["Attribute"]) - 1
        files.append(out / f"{told['uuid']}.json")
        put(files[-1], _text({"Event": told}), READABLE)
    hashed = "".join(f"{line}\n" for line in sorted(hashes)).encode()
    put(out / "hashes.csv", hashed, READABLE)
    # What names the events comes last: a reader never misses one.
    put(out / "manifest.json", _text(manifest), READABLE)
    return Fed(len(events), values, left_out, (*files, out / "manifest.json", out / "hashes.csv"))


def _text(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, default=str) + "\n").encode()
