"""What a plan is, and what the operator's policy and innocence set as its limits."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from revenuer.app.sentences import permit_holders
from revenuer.errors import NotAllowedError, SourceError
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Mode, Policy
from revenuer.records import Campaign, Findings, Verdict
from revenuer.reports.wording import counted
from revenuer.sources.small_table import read_small_table
from revenuer.store.docket import Covered

WEAKEST_SHOWN = 5
"""Members with the weakest evidence that a plan names."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan is made from.

    Attributes:
        scan: The scan's folder.
        policy: What the operator allows.
        permits: The permits table.
        accounts: The accounts table.
    """

    scan: Path
    policy: Policy
    permits: str | None = None
    accounts: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done.

    Attributes:
        campaign: Id of the campaign.
        action: What is done to its accounts.
        until: When it ends; None where `hours` says how long.
        hours: How long from when it is done; None where `until` says when.
        whole_campaign: Whether accounts that join the campaign later are covered.
        why: The reason, for those who read the log.
    """

    campaign: str
    action: Action
    until: datetime | None = None
    hours: float | None = None
    whole_campaign: bool = True
    why: str = ""

    def ends(self, now: datetime) -> datetime:
        """When it would end, done now."""
        return self.until if self.until is not None else now + timedelta(hours=self.hours or 0.0)


@dataclass(frozen=True, slots=True)
class Planned:
    """An account of the campaign.

    Attributes:
        account_id: Its id.
        organization_id: Whose it is; empty if unknown.
        member: Its fingerprint.
        action: What would be done to it.
        spared: Why it gets no more than a tag; empty if it is not spared.
        holds: What the snapshot does to it now.
        log_e_value: What the scan knows of it, nats; None if nothing.
        cited: Pieces of evidence that name it.
    """

    account_id: str
    organization_id: str
    member: str
    action: Action
    spared: str
    holds: Action
    log_e_value: float | None
    cited: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, and what speaks against it.

    Attributes:
        digest: Names the plan; another as soon as whom, what, how long, verdict or policy change.
        wish: What was asked for.
        campaign: The campaign.
        until: When it would end, done now.
        members: Its accounts, those with the weakest evidence first.
        organizations: Organizations that would be listed whole, with what is done to them.
        cleared: Accounts left out since another campaign that they are in was cleared, or since
            they were found innocent.
        ladder: What the policy asks for by itself.
        persons: How many must approve; 0 if nobody.
        obstacles: Why it may not be done; empty if it may.
        notes: What a person should know before.
    """

    digest: str
    wish: Wish
    campaign: Campaign
    until: datetime
    members: tuple[Planned, ...]
    organizations: Mapping[str, Action]
    cleared: int
    ladder: Action
    persons: int
    obstacles: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def hit(self) -> tuple[Planned, ...]:
        """Accounts that would get what was asked for."""
        return tuple(one for one in self.members if not one.spared)

    @property
    def spared(self) -> tuple[Planned, ...]:
        """Accounts that get no more than a tag."""
        return tuple(one for one in self.members if one.spared)

    @property
    def customers(self) -> int:
        """Organizations concerned; accounts of which nobody knows whose they are count as one."""
        return len({one.organization_id or f"\0{one.account_id}" for one in self.hit})

    def changes(self) -> dict[str, int]:
        """Accounts by what holds now and what would hold: `allow -> block`."""
        found = Counter((one.holds, max(one.holds, one.action)) for one in self.members)
        return {f"{before} -> {then}": count for (before, then), count in sorted(found.items())}

    def roll(self) -> list[Covered]:
        """Its accounts, for the docket."""
        return [
            Covered(one.account_id, one.organization_id, one.member, one.action.word)
            for one in self.members
        ]


def cleared_accounts(findings: Findings) -> frozenset[str]:
    """Accounts of cleared campaigns."""
    return frozenset(
        account
        for campaign in findings.campaigns
        if campaign.verdict is Verdict.CLEARED
        for account in campaign.account_ids
    )


def owners_of(accounts: str | None, names: Iterable[str]) -> dict[str, str]:
    """Whose accounts these are; empty where nobody says.

    Raises:
        SourceError: The accounts table cannot be read.
    """
    found = dict.fromkeys(names, "")
    if accounts is not None:
        with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
            table, lost = read_small_table("accounts", accounts, Path(work))
        if lost:
            raise SourceError(
                f"{lost:,} rows of the accounts {accounts} cannot be used",
                "Nothing is done: correct them; `revenuer inspect` shows what they lack.",
            )
        rows = table.select("account_id", "organization_id").drop_nulls().iter_rows()
        found.update((account, owner) for account, owner in rows if account in found)
    return found


def spared_accounts(
    grounds: Grounds, findings: Findings, owners: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """Accounts that get no more than a tag, and why.

    Args:
        grounds: The permits, and the policy with its exemptions.
        findings: The scan.
        owners: Organizations by account; only these accounts are looked at.
        now: The time.
    """
    moments = (now, findings.scanned.last)
    held = permit_holders(grounds.permits, grounds.accounts, moments)
    found = dict.fromkeys(held & owners.keys(), "holds a permit")
    for exemption in grounds.policy.exemptions:
        if exemption.until is not None and exemption.until <= now:
            continue
        exempt, organizations = set(exemption.accounts), set(exemption.organizations)
        for account, owner in owners.items():
            if account in exempt or (owner and owner in organizations):
                found.setdefault(account, "the policy exempts it")
    return found


def fitting(plan: Plan, digest: str) -> Plan:
    """A plan that may be carried out, and is the one that was looked at.

    Args:
        plan: As it is now.
        digest: Of the one that was looked at, or how that begins; empty for this one.

    Raises:
        NotAllowedError: It is another, or something stands against it.
    """
    if digest and not plan.digest.startswith(digest):
        raise NotAllowedError(
            f"The plan is {plan.digest[:12]} now, not {digest[:12]}: the scan, the policy, the "
            "permits or the accounts changed since it was looked at.",
            "Nothing was done. Look at the new plan; an approval is for one plan only.",
        )
    if plan.obstacles:
        raise NotAllowedError(
            f"{plan.campaign.id} may not get a {plan.wish.action}: {'; '.join(plan.obstacles)}.",
            "Nothing was done. Take a milder action, or change the policy.",
        )
    return plan


def obstacles(plan: Plan, policy: Policy, now: datetime) -> Iterator[str]:
    """Why a plan may not be carried out."""
    action = plan.wish.action
    yield from forbidden(action, plan.campaign.verdict, policy)
    if plan.until <= now:
        yield "it would be over before it began"
    if not plan.members:
        yield "no account is left to do something about"
    elif action > Action.TAG and not plan.hit:
        yield "every account holds a permit or is exempt: they get a tag at most"


def persons_for(action: Action, policy: Policy) -> int:
    """How many persons must approve an action; 0 for nobody."""
    asked = policy.approval
    return asked.persons.get(action.word, 1) if action > asked.above else 0


def forbidden(action: Action, verdict: Verdict, policy: Policy) -> Iterator[str]:
    """Why a policy allows no such action about a campaign, whoever is in it."""
    if verdict is Verdict.CLEARED:
        yield "the campaign was cleared: nothing is done about it"
    elif action > Action.TAG and verdict.value not in {
        allowed.value for allowed in policy.approval.verdicts
    }:
        yield f"the campaign is {verdict.value}, and the policy allows it a tag at most"
    if action > Action.TAG and policy.mode is Mode.SHADOW:
        # Customers would be told of something that no guard does.
        yield "the policy only watches (mode = shadow), and allows a tag at most"
    if action > policy.at_most:
        yield f"the policy allows {policy.at_most} at most"
    if action >= Action.CHALLENGE and not policy.appeal.url:
        yield f"a {action} needs a place to object, and the policy has no appeal.url"
    if action is Action.CHALLENGE and not policy.appeal.verify_url:
        yield "a challenge needs a place to verify, and the policy has no appeal.verify_url"


def notes(
    plan: Plan, policy: Policy, now: datetime, decided: int, *, known_owners: bool
) -> Iterator[str]:
    """What a person should know before approving a plan.

    Args:
        plan: The plan.
        policy: What the operator allows.
        now: The time.
        decided: Decisions on the same campaign that are in force.
        known_owners: Whether the accounts table says whose accounts are.
    """
    action, campaign = plan.wish.action, plan.campaign
    if campaign.innocents_nearby:
        yield (
            f"{counted(campaign.innocents_nearby, 'innocent account')} nearby, which share "
            "something with the campaign; none of them is acted on"
        )
    unnamed = sum(not one.cited for one in plan.hit)
    if campaign.evidence and unnamed:
        yield f"{counted(unnamed, 'account')} that no piece of evidence names"
    if action > plan.ladder:
        yield f"this is graver than what the policy asks for by itself, which is {plan.ladder}"
    if plan.cleared:
        yield f"{counted(plan.cleared, 'account')} left out: cleared before"
    if decided:
        yield f"{counted(decided, 'decision')} on this campaign in force; the gravest holds"
    if plan.until - now > timedelta(seconds=policy.stale_s) and action > Action.THROTTLE:
        yield (
            f"guards throttle at most once the snapshot is {policy.stale_s / 3600:g} hours old: "
            "`revenuer enforce settle`, a watch or the next publication keeps it fresh"
        )
    if not known_owners:
        yield "whose accounts these are is not known: each account is told by itself (--accounts)"
