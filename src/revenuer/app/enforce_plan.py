"""What enforcing a decision on a campaign would do: whom, until when, and what speaks against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from revenuer.app.desk import SHORTEST_NAME, Desk
from revenuer.app.enforce_limits import (
    Grounds,
    Plan,
    Planned,
    Wish,
    cleared_accounts,
    owners_of,
    persons_for,
    spared_accounts,
)
from revenuer.app.enforce_obstacles import notes, obstacles, unspared
from revenuer.app.saved import read_findings, reading_scan
from revenuer.app.sentences import Sentenced, action_for, whole_organizations
from revenuer.casework.chain import canonical
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.errors import NotFoundError
from revenuer.guard.fingerprint import Kind, shown
from revenuer.guard.ladder import Action
from revenuer.guard.layout import Cause
from revenuer.guard.policy import Policy
from revenuer.guard.snapshot import Snapshot
from revenuer.records import Campaign, Findings


def make_plan(desk: Desk, grounds: Grounds, wish: Wish, now: datetime) -> Plan:
    """What a decision would do; nothing is written.

    Raises:
        NotFoundError: The scan has no such campaign.
        SourceError: A table cannot be read.
    """
    findings = read_findings(grounds.scan)
    campaign = campaign_named(findings, wish.campaign)
    policy = grounds.policy
    ladder = action_for(campaign, policy)
    members, cleared = _members(desk, grounds, findings, campaign, wish.action, now)
    acted_on = {
        one.account_id: Sentenced(one.action, campaign.probability, Cause(campaign.id))
        for one in members
    }
    whole = whole_organizations(acted_on, grounds.accounts, policy.whole_organizations)
    draft = Plan(
        digest="",
        wish=wish,
        campaign=campaign,
        until=wish.ends(now),
        members=members,
        organizations={name: one.action for name, one in whole.items()},
        cleared=cleared,
        ladder=ladder,
        persons=persons_for(wish.gravity, policy),
        obstacles=(),
        notes=(),
    )
    decided = [one for one in desk.ledger().in_force(now) if one.campaign == campaign.id]
    spared = desk.docket.standing().spared
    against = (
        *obstacles(draft, policy, now),
        *unspared(draft, grounds.permitted, spared, desk.fingerprints),
    )
    return replace(
        draft,
        digest=_digest(desk, draft, policy),
        obstacles=against,
        notes=tuple(notes(draft, policy, now, len(decided), known_owners=bool(grounds.accounts))),
    )


def campaign_named(findings: Findings, name: str) -> Campaign:
    """The campaign whose id this is, or begins.

    Raises:
        NotFoundError: There is none, or there are several.
    """
    short = name.removeprefix("campaign--")
    found = [
        one
        for one in findings.campaigns
        if one.id == name
        or (len(short) >= SHORTEST_NAME and one.id.removeprefix("campaign--").startswith(short))
    ]
    exact = [one for one in found if one.id == name] or found
    if len(exact) == 1:
        return exact[0]
    raise NotFoundError(
        f"The scan has {'no' if not exact else len(exact)} campaign {name!r}.",
        "The report and campaigns.json name them.",
    )


def _members(
    desk: Desk,
    grounds: Grounds,
    findings: Findings,
    campaign: Campaign,
    action: Action,
    now: datetime,
) -> tuple[tuple[Planned, ...], int]:
    """The accounts of a campaign, the weakest evidence first, and how many are left out."""
    innocent, fingerprints = desk.ledger().cleared(now), desk.fingerprints
    cleared = {
        name
        for name in campaign.account_ids
        if innocent and shown(fingerprints.of(Kind.ACCOUNT, name)) in innocent
    }
    cleared |= cleared_accounts(findings) & set(campaign.account_ids)
    names = [name for name in campaign.account_ids if name not in cleared]
    owners = owners_of(grounds.accounts, names)
    spared = spared_accounts(grounds, findings, owners, now)
    weights = _weights(grounds.scan, campaign.id)
    cited = Counter(name for piece in campaign.evidence for name in piece.account_ids)
    holds = _holding(desk, now)
    found = []
    for name in names:
        key = fingerprints.of(Kind.ACCOUNT, name)
        why = spared.get(name, "")
        found.append(
            Planned(
                account_id=name,
                organization_id=owners[name],
                member=shown(key),
                action=min(action, Action.TAG) if why else action,
                spared=why,
                holds=holds(key),
                log_e_value=weights.get(name),
                cited=cited[name],
            )
        )
    found.sort(key=lambda one: (_weight(one), one.cited, one.account_id))
    return tuple(found), len(cleared)


def _weight(one: Planned) -> float:
    return 0.0 if one.log_e_value is None else one.log_e_value


def _holding(desk: Desk, now: datetime) -> Callable[[bytes], Action]:
    """What the snapshot does to a fingerprint now."""
    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    if not isinstance(snapshot, Snapshot):
        return lambda key: Action.ALLOW

    def look(key: bytes) -> Action:
        listed = snapshot.get(key)
        counts = listed is not None and listed.expires_at > now.timestamp()
        return listed.action if listed is not None and counts else Action.ALLOW

    return look


def _weights(scan: Path, campaign: str) -> dict[str, float]:
    """What a scan knows of each account of a campaign, nats."""
    path = scan / "accounts.parquet"
    if not path.exists():
        return {}
    with reading_scan(scan):
        table = pl.scan_parquet(path).filter(pl.col("campaign_id") == campaign)
        return dict(table.select("account_id", "log_e_value").collect().drop_nulls().iter_rows())


def _digest(desk: Desk, plan: Plan, policy: Policy) -> str:
    wish = plan.wish
    names = desk.fingerprints
    said: dict[str, Any] = {
        "campaign": plan.campaign.id,
        "verdict": plan.campaign.verdict.value,
        "action": wish.action.word,
        "until": wish.until.isoformat() if wish.until else "",
        "hours": wish.hours or 0,
        "whole_campaign": wish.whole_campaign,
        "why": wish.why,
        "members": sorted([one.member, one.action.word] for one in plan.members),
        "organizations": sorted(
            [shown(names.of(Kind.ORGANIZATION, name)), action.word]
            for name, action in plan.organizations.items()
        ),
        "policy": sha256(msgspec.json.encode(policy, order="deterministic")).hexdigest(),
    }
    if wish.countermeasures:
        said["countermeasures"] = sorted(wish.countermeasures)
    return sha256(b"revenuer plan 1\0" + canonical(said)).hexdigest()
