"""What a plan is, and what the operator's policy and innocence set as its limits."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from revenuer.app.sentences import permit_holders
from revenuer.errors import NotAllowedError, SourceError
from revenuer.guard.countering import gravity_of
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Policy
from revenuer.records import Campaign, Findings, Verdict
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
        permitted: Fingerprints, as `shown` writes them, of those for whom the casebook has a
            permit that holds, whatever the permits table says.
    """

    scan: Path
    policy: Policy
    permits: str | None = None
    accounts: str | None = None
    permitted: frozenset[str] = frozenset()


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
        countermeasures: Ids of what its accounts get beside the action.
    """

    campaign: str
    action: Action
    until: datetime | None = None
    hours: float | None = None
    whole_campaign: bool = True
    why: str = ""
    countermeasures: tuple[str, ...] = ()

    @property
    def gravity(self) -> Action:
        """The action that it takes as much to decide as."""
        return gravity_of(self.action, self.countermeasures)

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


def persons_for(action: Action, policy: Policy) -> int:
    """How many persons must approve an action; 0 for nobody."""
    asked = policy.approval
    return asked.persons.get(action.word, 1) if action > asked.above else 0
