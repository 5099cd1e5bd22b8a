"""Taking back what was shared: a new version that says so, never a deletion.

A receiver that deletes an object meets an older version of it elsewhere and believes that one;
a revoked version is newer than all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from revenuer.sharing.profile import name_based, stamp

STEP = timedelta(milliseconds=1)


def revoked(objects: Sequence[Mapping[str, Any]], identity_id: str, at: datetime) -> dict[str, Any]:
    """The bundle that takes back an operator's own objects.

    Args:
        objects: As they were shared.
        identity_id: The operator's: only the maker of an object may revoke it.
        at: When.

    Returns:
        A bundle; without objects if none of them is the operator's.
    """
    mine = [dict(one) for one in objects if one.get("created_by_ref") == identity_id]
    versions = [_revoked(one, at) for one in mine if "modified" in one]
    used = {ref for one in versions for ref in one.get("object_marking_refs", ())}
    markings = [dict(one) for one in objects if one.get("id") in used]
    maker = [dict(one) for one in objects if one.get("id") == identity_id]
    name = name_based("bundle", "revoked", identity_id, stamp(at), *(one["id"] for one in versions))
    return {
        "type": "bundle",
        "id": name,
        "objects": [*markings, *maker, *versions] if versions else [],
    }


def _revoked(one: dict[str, Any], at: datetime) -> dict[str, Any]:
    before = datetime.fromisoformat(one["modified"]).astimezone(UTC)
    # Never older than what it takes back, whatever a clock says.
    return {**one, "modified": stamp(max(at, before + STEP)), "revoked": True}
