"""`share abuse`: a report for one network, from a scan's findings and ties."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from revenuer.app.enforce_plan import campaign_named
from revenuer.app.saved import read_findings
from revenuer.app.sharing.export import may_be_shared
from revenuer.app.sharing.record import Recorder
from revenuer.app.ties import read_ties
from revenuer.disk import put
from revenuer.errors import ConfigError, NotFoundError
from revenuer.records import Campaign
from revenuer.reports.abuse import Complaint, Source, complaint_json, complaint_text
from revenuer.sharing.reidentify import OUTSIDERS_A_MEMBER
from revenuer.sharing.terms import Producer
from revenuer.sharing.words import behaviour_of, confidence_of, likelihood_of


@dataclass(frozen=True, slots=True)
class Provider:
    """Who is told.

    Attributes:
        name: What it is called.
        networks: The numbers of its autonomous systems.
    """

    name: str
    networks: tuple[str, ...]


def provider_of(name: str, networks: tuple[str, ...]) -> Provider:
    """The provider that a person named.

    Args:
        name: A name, or the number of its network such as `AS64500`.
        networks: Numbers of its networks, with or without `AS`.

    Raises:
        ConfigError: No network is named, or one is no number.
    """
    numbered = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
    said = list(networks) + ([name] if numbered.fullmatch(name) else [])
    found = [numbered.fullmatch(one) for one in said]
    wrong = [one for one, match in zip(said, found, strict=True) if match is None]
    if wrong or not said:
        what = f"{wrong[0]!r} is no network" if wrong else f"No network of {name} is named"
        raise ConfigError(f"{what}.", "Name each with --asn NUMBER.")
    return Provider(name, tuple(dict.fromkeys(match[1] for match in found if match)))


def complaint(
    campaign: str,
    scan: Path,
    provider: Provider,
    recorder: Recorder,
    *,
    reporter: str,
    contact: str = "",
    suspected: bool = False,
) -> Complaint:
    """What a network is told of a campaign: its own addresses and nothing else.

    Raises:
        NotFoundError: There is no such campaign, or it did not use that network.
        NotAllowedError: It is neither convicted nor, where that was asked for, suspected.
    """
    found = campaign_named(read_findings(scan), campaign)
    may_be_shared(found, suspected=suspected)
    ties = (
        read_ties(scan).filter(campaign_id=found.id, kind="address").filter(pl.col("exchanges") > 0)
    )
    values = ties.group_by("value").agg(
        pl.col("network").unique(),
        members=pl.col("account_id").n_unique(),
        others=pl.col("holders").max(),
        requests=pl.col("exchanges").sum(),
        first=pl.col("first_seen").min(),
        last=pl.col("last_seen").max(),
    )
    # In that network and in no other: an address that moved is not held against its new owner.
    known = values.filter(pl.col("network").list.len() == 1).with_columns(
        pl.col("network").list.first()
    )
    mine = known.filter(pl.col("network").is_in(list(provider.networks)))
    fair = mine.filter(pl.col("others") <= OUTSIDERS_A_MEMBER * pl.col("members"))
    if fair.is_empty():
        raise NotFoundError(
            f"The campaign used no address that is for certain of {provider.name}.",
            "The scan's ties.parquet names the networks that it used.",
        )
    return _said(
        found,
        provider,
        Producer(reporter, recorder.secret),
        contact,
        tuple(
            Source(row["value"], row["first"], row["last"], row["requests"], row["others"])
            for row in fair.sort("value").iter_rows(named=True)
        ),
        elsewhere=values.height - mine.height,
        withheld=mine.height - fair.height,
    )


def _said(
    campaign: Campaign,
    provider: Provider,
    producer: Producer,
    contact: str,
    sources: tuple[Source, ...],
    *,
    elsewhere: int,
    withheld: int,
) -> Complaint:
    odds = likelihood_of(campaign)
    return Complaint(
        provider=provider.name,
        networks=provider.networks,
        reporter=producer.name,
        contact=contact,
        reference=producer.cluster(campaign.id),
        behaviour=behaviour_of(campaign),
        likelihood=f"{odds.term} ({odds.low_percent} to {odds.high_percent} %)",
        confidence=confidence_of(campaign).level.value,
        sources=sources,
        elsewhere=elsewhere,
        withheld=withheld,
    )


def write_complaint(
    said: Complaint, out: Path, recorder: Recorder, *, by: str, now: datetime
) -> tuple[Path, Path]:
    """Write the report as JSON and as text beside it, and write down that it leaves."""
    machine: Mapping[str, Any] = complaint_json(said)
    files = {
        out: json.dumps(machine, indent=1, ensure_ascii=False) + "\n",
        out.with_name(f"{out.name}.txt"): complaint_text(said),
    }
    body = {
        "cluster": said.reference,
        "provider": said.provider,
        "addresses": len(said.sources),
        "sha256": [sha256(text.encode()).hexdigest() for text in files.values()],
        "by": by,
    }
    recorder.record([("abuse-reported", body)], now)
    for path, text in files.items():
        put(path, text.encode())
    first, second = files
    return first, second
