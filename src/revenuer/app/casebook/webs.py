"""What ties the members of campaigns, kept when a folder is added.

The folder may be gone when somebody looks, so the casebook keeps its own: members by their
numbers, values as keyed fingerprints, sealed with the key of the case. Values in the clear stay
in the scan's folder. Only the newest sighting's is kept, however often a watch looks; what was
there before says where groups lie, so that a picture stays as people know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import Connection

from revenuer.app.casebook.folders import Seen
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.web_pieces import packed, unpacked
from revenuer.app.ties import FILE
from revenuer.campaigns.webs import web_of
from revenuer.errors import SourceError
from revenuer.guard.fingerprint import Kind
from revenuer.records import Campaign
from revenuer.store.casebook.cases import cases_of
from revenuer.store.casebook.rosters import known_numbers
from revenuer.store.casebook.sightings import told_by
from revenuer.store.casebook.webs import keep_web, webs_of

MARK_BYTES = 8
_COLUMNS = ("account_id", "kind", "value", "holders", "first_seen", "last_seen")


def keep_webs(
    casebook: Casebook,
    change: Change,
    seen: Seen,
    numbers: Mapping[str, int],
    owners: Mapping[str, str],
    at_us: int,
) -> int:
    """Keep what ties the members of a folder's campaigns; of one without ties, nothing.

    Args:
        casebook: Where.
        change: The transaction that adds the folder.
        seen: The folder.
        numbers: The number of each account.
        owners: The case of each campaign.
        at_us: The time of the sighting.

    Returns:
        Of how many campaigns something is kept now that was not before.

    Raises:
        SourceError: The folder's ties cannot be read.
    """
    path = seen.folder / FILE
    if not path.exists():
        return 0
    kept = 0
    known = webs_of(change.connection, owners)
    for campaign in seen.findings.campaigns:
        row = known.get(campaign.id)
        if row is not None and (row.at_us, row.sighting_id) >= (at_us, seen.id):
            continue
        rows = _ties(casebook, path, campaign, numbers)
        if not rows.height:
            continue
        clear = None
        if row is not None:
            clear = casebook.vault.unseal(change.connection, row.owner, row.sealed)
        members = np.unique(np.array([numbers[name] for name in campaign.account_ids], np.int64))
        others = max(seen.findings.scanned.accounts - members.size, 0)
        web = web_of(members, rows, others, None if clear is None else unpacked(clear))
        owner = owners[campaign.id]
        keep_web(
            change.connection,
            campaign=campaign.id,
            sighting=seen.id,
            at_us=at_us,
            owner=owner,
            sealed=casebook.vault.seal(change.connection, owner, packed(web)),
        )
        kept += 1
    return kept


def lacks_webs(connection: Connection, seen: Seen, at_us: int) -> bool:
    """Whether a folder that was added before has ties that may have been missing then."""
    if not (seen.folder / FILE).exists():
        return False
    known = webs_of(connection, [one.id for one in seen.findings.campaigns])
    newest = [known.get(one.id) for one in seen.findings.campaigns]
    return any(row is None or (row.at_us, row.sighting_id) < (at_us, seen.id) for row in newest)


def fill_webs(casebook: Casebook, change: Change, seen: Seen, at_us: int) -> int:
    """Keep the ties of a folder that was added before it had any; that they came is recorded.

    Who was erased since, and what is no longer told of a campaign, stays so.

    Returns:
        Of how many campaigns.

    Raises:
        SourceError: The folder's ties cannot be read.
    """
    connection = change.connection
    rows = told_by(connection, seen.id)
    told = casebook.vault.unseal_all(connection, [(row.owner, row.sealed) for row in rows])
    still = {row.campaign_id for row, body in zip(rows, told, strict=True) if body}
    campaigns = [one for one in seen.findings.campaigns if one.id in still]
    subject_of = {
        name: casebook.subject(name) for name in {n for one in campaigns for n in one.account_ids}
    }
    subjects = casebook.names_of(connection, subject_of.values()).keys()
    given = known_numbers(connection, subjects)
    numbers = {name: given[subject] for name, subject in subject_of.items() if subject in given}
    whole = [
        replace(one, account_ids=tuple(name for name in one.account_ids if name in numbers))
        for one in campaigns
    ]
    narrowed = replace(seen, findings=replace(seen.findings, campaigns=tuple(whole)))
    owners = cases_of(connection, still)
    kept = keep_webs(casebook, change, narrowed, numbers, owners, at_us)
    if kept:
        change.record("ties-added", {"sighting": seen.id, "campaigns": kept})
    return kept


def _ties(
    casebook: Casebook, path: Path, campaign: Campaign, numbers: Mapping[str, int]
) -> pl.DataFrame:
    """What `web_of` asks for, of one campaign; a value is hashed once, however many have it."""
    people = pl.DataFrame(
        {
            "account_id": list(campaign.account_ids),
            "member": [numbers[name] for name in campaign.account_ids],
        },
        schema={"account_id": pl.String, "member": pl.Int64},
    )
    try:
        rows = (
            pl.scan_parquet(path)
            .filter(pl.col("campaign_id") == campaign.id)
            .select(_COLUMNS)
            .collect()
        )
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise SourceError(
            f"{path} is no table of ties: {type(problem).__name__}.",
            "Scan again with this version; nothing was added.",
        ) from problem
    rows = rows.drop_nulls(["kind", "value"]).join(people, on="account_id")
    values = rows.select("kind", "value").unique(maintain_order=True)
    marks = [_mark(casebook, kind, value) for kind, value in values.iter_rows()]
    marked = values.with_columns(mark=pl.Series(marks, dtype=pl.UInt64))
    return rows.join(marked, on=["kind", "value"]).select(
        "member",
        "kind",
        "mark",
        outside=pl.col("holders").fill_null(0).cast(pl.Int64),
        first_us=_us("first_seen"),
        last_us=_us("last_seen"),
    )


def _mark(casebook: Casebook, kind: str, value: str) -> int:
    # With a key: there are only so many addresses to try.
    keyed = casebook.fingerprints.of(Kind.ACCOUNT, f"tie {kind} {value}")
    return int.from_bytes(keyed[:MARK_BYTES], "big")


def _us(name: str) -> pl.Expr:
    return pl.col(name).dt.epoch("us").fill_null(0)
