"""What stands against a plan, and what a person should know before they approve it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from revenuer.app.countermeasures import unfit_countermeasures
from revenuer.app.enforce_limits import Plan, Planned
from revenuer.guard.fingerprint import Fingerprinter, Kind, shown
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Mode, Policy
from revenuer.records import Verdict
from revenuer.reports.wording import counted


def obstacles(plan: Plan, policy: Policy, now: datetime) -> Iterator[str]:
    """Why a plan may not be carried out."""
    action = plan.wish.gravity
    yield from forbidden(action, plan.campaign.verdict, policy)
    yield from unfit_countermeasures(plan.wish.countermeasures, policy)
    if plan.until <= now:
        yield "it would be over before it began"
    if not plan.members:
        yield "no account is left to do something about"
    elif action > Action.TAG and not plan.hit:
        yield "every account holds a permit or is exempt: they get a tag at most"


def unspared(
    plan: Plan, permitted: Collection[str], spared: Collection[str], names: Fingerprinter
) -> Iterator[str]:
    """Why a plan may not be carried out: it hits holders of permits.

    Who publishes with the casebook's permits has their holders spared, now and later; nobody
    should be blocked since that was forgotten.

    Args:
        plan: The plan.
        permitted: For whom the casebook has a permit that holds.
        spared: Members that the snapshot spares already.
        names: Turn ids into fingerprints.
    """
    if plan.wish.gravity <= Action.TAG or not permitted:
        return
    hit = {
        one.member
        for one in plan.hit
        if one.member not in spared and (one.member in permitted or _owner(one, names) in permitted)
    }
    if hit:
        yield (
            f"{counted(len(hit), 'account')} of this campaign would be hit although the casebook "
            "has a permit that holds for them, and this snapshot does not know of it: publish "
            "the newest scan with `--permits casebook`"
        )


def _owner(one: Planned, names: Fingerprinter) -> str:
    if not one.organization_id:
        return ""
    return shown(names.of(Kind.ORGANIZATION, one.organization_id))


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
    action, campaign = plan.wish.gravity, plan.campaign
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
        yield "no accounts table says whose accounts these are: each is told by itself"
