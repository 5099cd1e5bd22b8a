"""What ties the members of campaigns: a row a campaign, of the newest sighting that told it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from revenuer.store.casebook.case_tables import case_webs
from revenuer.store.casebook.many_rows import batches


def keep_web(
    connection: Connection, *, campaign: str, sighting: str, at_us: int, owner: str, sealed: bytes
) -> None:
    """Keep what ties a campaign's members, instead of what was kept before.

    Args:
        connection: A transaction that writes.
        campaign: Its id, known to `cases`.
        sighting: The sighting that tells it.
        at_us: The time of that.
        owner: The case with whose key it is sealed.
        sealed: What ties them.
    """
    connection.execute(delete(case_webs).where(case_webs.c.campaign_id == campaign))
    row = {"campaign_id": campaign, "sighting_id": sighting, "at_us": at_us}
    connection.execute(insert(case_webs).values(**row, owner=owner, sealed=sealed))


def webs_of(connection: Connection, campaigns: Iterable[str]) -> dict[str, Row[Any]]:
    """The row of each campaign that has one."""
    found: dict[str, Row[Any]] = {}
    for some in batches(sorted(set(campaigns))):
        rows = connection.execute(select(case_webs).where(case_webs.c.campaign_id.in_(some)))
        found.update((row.campaign_id, row) for row in rows)
    return found
