"""What a new scan means for decisions in force: who joined their campaigns, and who is spared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from revenuer.app.desk import Desk
from revenuer.app.enforce_limits import Grounds, cleared_accounts, owners_of, spared_accounts
from revenuer.casework.decisions import Decision, Ledger, Step
from revenuer.errors import NotFoundError
from revenuer.guard.countering import gravity_of
from revenuer.guard.fingerprint import Kind, shown
from revenuer.guard.ladder import Action, action_named
from revenuer.guard.policy import Policy
from revenuer.records import Campaign, Findings
from revenuer.store.docket import Covered


def join(
    desk: Desk, grounds: Grounds, findings: Findings, policy_file: Path | None, now: datetime
) -> int:
    """Cover what joined the campaigns of decisions, and note who gets a tag at most.

    Args:
        desk: Where decisions are made.
        grounds: The scan, the policy, and the tables.
        findings: What the scan found.
        policy_file: The policy's file, remembered for later commands.
        now: The time.

    Returns:
        How many accounts joined.
    """
    ledger = desk.ledger()
    campaigns = {
        decision.id: campaign
        for decision in ledger.in_force(now)
        if (campaign := _campaign_of(decision, findings)) is not None
    }
    names = _names(desk, ledger, campaigns, now)
    grounds = _with_tables(desk, grounds, ledger, now)
    owners = owners_of(grounds.accounts, sorted(names)) if names else {}
    spared = spared_accounts(grounds, findings, owners, now) if names else {}
    cleared = cleared_accounts(findings)
    joined = 0
    for decision in ledger.in_force(now):
        campaign = campaigns.get(decision.id)
        if campaign is None or not _reaches_joiners(decision, campaign, grounds.policy):
            continue
        roll = [
            _covered(desk, decision, name, owners.get(name, ""), spared)
            for name in campaign.account_ids
            if name not in cleared
        ]
        known = set(decision.members) | ledger.cleared(now)
        new = [one for one in roll if one.member not in known]
        joined += _extend(desk, decision, new, spared, now)
    if policy_file is not None:
        desk.docket.keep_policy(policy_file)
    desk.docket.keep_standing(
        replace(
            desk.docket.standing(),
            spared=_spared_members(desk, spared, owners),
            cleared=tuple(desk.member(name) for name in sorted(cleared & names)),
        )
    )
    return joined


def _spared_members(
    desk: Desk, spared: Mapping[str, str], owners: Mapping[str, str]
) -> dict[str, str]:
    """Fingerprints of accounts that are spared, and of the organizations that these belong to.

    A guard takes the gravest of what is listed of an account and of its organization: one that is
    listed whole would hold the spared account too.
    """
    names = desk.fingerprints
    found = {desk.member(name): why for name, why in spared.items()}
    for name, why in spared.items():
        if owner := owners.get(name):
            found.setdefault(shown(names.of(Kind.ORGANIZATION, owner)), why)
    return found


def _with_tables(desk: Desk, grounds: Grounds, ledger: Ledger, now: datetime) -> Grounds:
    """The permits that decisions were made with, where a publication names none.

    Who joins may hold a permit that only the decision was told of.
    """
    for decision in ledger.in_force(now):
        if grounds.permits is not None:
            break
        with suppress(NotFoundError):
            kept = desk.docket.plan(decision.plan).grounds
            if kept.permits:
                accounts = grounds.accounts or kept.accounts
                grounds = replace(grounds, permits=kept.permits, accounts=accounts)
    return grounds


def _extend(
    desk: Desk,
    decision: Decision,
    roll: list[Covered],
    spared: Mapping[str, str],
    now: datetime,
) -> int:
    if not roll:
        return 0
    members = [one.member for one in roll]
    about = f"joined-{sha256(' '.join(members).encode()).hexdigest()[:16]}"
    # The roll first: an entry without one would leave its customers untold.
    desk.docket.keep_roll(decision.id, about, roll)
    tagged = [one.member for one in roll if one.account_id in spared]
    said = {"decision": decision.id, "members": members, "tagged": tagged}
    desk.record([(Step.EXTENDED, said)], now)
    return len(roll)


def _reaches_joiners(decision: Decision, campaign: Campaign, policy: Policy) -> bool:
    """Whether a decision covers who joins: it says so, and the campaign still deserves it."""
    if not decision.whole_campaign:
        return False
    allowed = {verdict.value for verdict in policy.approval.verdicts}
    if gravity_of(action_named(decision.action), decision.countermeasures) <= Action.TAG:
        allowed |= {"suspected", "undecided"}
    return campaign.verdict.value in allowed


def _campaign_of(decision: Decision, findings: Findings) -> Campaign | None:
    """The campaign of a decision, also where it grew into another."""
    return next(
        (
            campaign
            for campaign in findings.campaigns
            if decision.campaign in (campaign.id, *campaign.supersedes)
        ),
        None,
    )


def _names(
    desk: Desk, ledger: Ledger, campaigns: Mapping[str, Campaign], now: datetime
) -> set[str]:
    """Every account that a decision in force covers or may come to cover."""

    def each() -> Iterator[str]:
        for decision in ledger.in_force(now):
            for roll in desk.docket.rolls(decision.id).values():
                yield from (one.account_id for one in roll)
        for campaign in campaigns.values():
            yield from campaign.account_ids

    return set(each())


def _covered(
    desk: Desk, decision: Decision, name: str, owner: str, spared: Mapping[str, str]
) -> Covered:
    action = action_named(decision.action)
    if name in spared:
        action = min(action, Action.TAG)
    return Covered(name, owner, desk.member(name), action.word)
