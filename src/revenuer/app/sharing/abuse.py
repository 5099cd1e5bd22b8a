"""`share abuse`: a report for one network or reseller, from a scan's findings and ties."""

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
from revenuer.features.tie_kinds import END_USER_OF
from revenuer.records import Campaign
from revenuer.reports.abuse import Complaint, EndUser, Source, complaint_json, complaint_text
from revenuer.sharing.reidentify import OUTSIDERS_A_MEMBER
from revenuer.sharing.terms import Producer
from revenuer.sharing.words import behaviour_of, confidence_of, likelihood_of


@dataclass(frozen=True, slots=True)
class Provider:
    """Who is told.

    Attributes:
        name: What it is called.
        networks: The numbers of its autonomous systems.
        reseller: Its id in the log, where it resells; empty for a network.
    """

    name: str
    networks: tuple[str, ...]
    reseller: str = ""

    @property
    def column(self) -> str:
        """The column of ties that says what is its."""
        return "reseller" if self.reseller else "network"

    @property
    def named(self) -> tuple[str, ...]:
        """How that column names it."""
        return (self.reseller,) if self.reseller else self.networks


def provider_of(name: str, networks: tuple[str, ...], reseller: str = "") -> Provider:
    """The provider that a person named.

    Args:
        name: A name, or the number of its network such as `AS64500`; empty for the reseller's id.
        networks: Numbers of its networks, with or without `AS`.
        reseller: Its `reseller_id` in the log.

    Raises:
        ConfigError: Neither a network nor a reseller is named, or both, or one is no number.
    """
    if reseller:
        if networks:
            raise ConfigError(
                "A report is for a network or for a reseller.", "Write one for each of them."
            )
        return Provider(name or reseller, (), reseller)
    if not name:
        raise ConfigError("Nobody is named.", "Name --provider, or --reseller.")
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
    """What a network or a reseller is told of a campaign: what is its own, and nothing else.

    Raises:
        NotFoundError: There is no such campaign, or it used nothing of theirs.
        NotAllowedError: It is neither convicted nor, where that was asked for, suspected.
    """
    found = campaign_named(read_findings(scan), campaign)
    may_be_shared(found, suspected=suspected)
    ties = read_ties(scan).filter(pl.col("exchanges") > 0, campaign_id=found.id)
    addresses = _by_value(ties.filter(kind="address"), provider.column)
    customers = _by_value(ties.filter(kind="end-user"), provider.column)
    mine = addresses.filter(pl.col("whose").is_in(list(provider.named)))
    theirs = customers.filter(pl.col("whose").is_in(list(provider.named)))
    fair = pl.col("others") <= OUTSIDERS_A_MEMBER * pl.col("members")
    sources, end_users = mine.filter(fair), theirs.filter(fair)
    if not provider.reseller:
        end_users = end_users.clear()
    if sources.is_empty() and end_users.is_empty():
        what = "customer and no address" if provider.reseller else "address"
        raise NotFoundError(
            f"The campaign used no {what} that is for certain of {provider.name}.",
            f"The scan's ties.parquet names the {provider.column}s that it used.",
        )
    shown = len(provider.reseller) + len(END_USER_OF)
    withheld = mine.height - sources.height
    if provider.reseller:
        withheld += theirs.height - end_users.height
    return _said(
        found,
        provider,
        Producer(reporter, recorder.secret),
        contact,
        tuple(Source(*row) for row in sources.select(SHOWN).sort("value").iter_rows()),
        tuple(
            EndUser(name[shown:], *rest)
            for name, *rest in end_users.select(SHOWN).sort("value").iter_rows()
        ),
        elsewhere=addresses.height - mine.height,
        withheld=withheld,
    )


SHOWN = ("value", "first", "last", "requests", "others")


def _by_value(ties: pl.DataFrame, whose: str) -> pl.DataFrame:
    """A row a value: whose it is, null where that is not certain, and how it was used.

    In that network and in no other: an address that moved is not held against its new owner.
    """
    values = ties.group_by("value").agg(
        pl.col(whose).unique().alias("whose"),
        members=pl.col("account_id").n_unique(),
        others=pl.col("holders").max(),
        requests=pl.col("exchanges").sum(),
        first=pl.col("first_seen").min(),
        last=pl.col("last_seen").max(),
    )
    one = pl.col("whose").list.len() == 1
    return values.with_columns(whose=pl.when(one).then(pl.col("whose").list.first()))


def _said(
    campaign: Campaign,
    provider: Provider,
    producer: Producer,
    contact: str,
    sources: tuple[Source, ...],
    end_users: tuple[EndUser, ...],
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
        reseller=provider.reseller,
        end_users=end_users,
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
        "end_users": len(said.end_users),
        "sha256": [sha256(text.encode()).hexdigest() for text in files.values()],
        "by": by,
    }
    recorder.record([("abuse-reported", body)], now)
    for path, text in files.items():
        put(path, text.encode())
    first, second = files
    return first, second
