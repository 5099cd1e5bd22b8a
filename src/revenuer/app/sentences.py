"""What a policy asks to be done about the accounts of a scan's campaigns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from revenuer.errors import SourceError
from revenuer.guard.ladder import Action
from revenuer.guard.layout import Cause
from revenuer.guard.policy import Policy, Step
from revenuer.records import Campaign, Verdict
from revenuer.sources.small_table import read_small_table


@dataclass(frozen=True, slots=True)
class Sentenced:
    """What a policy asks to be done about one account."""

    action: Action
    probability: float
    cause: Cause


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a policy asks to be done about a scan's campaigns.

    Attributes:
        accounts: By account.
        cleared: Accounts that it would be about, were they not in a cleared campaign too.
    """

    accounts: Mapping[str, Sentenced]
    cleared: int


def sentences(campaigns: Iterable[Campaign], policy: Policy) -> Sentences:
    """What a policy asks to be done about the accounts of campaigns, the gravest for each."""
    campaigns = tuple(campaigns)
    clear = {
        account
        for campaign in campaigns
        if campaign.verdict is Verdict.CLEARED
        for account in campaign.account_ids
    }
    found: dict[str, Sentenced] = {}
    for campaign in campaigns:
        action = action_for(campaign, policy)
        if action is Action.ALLOW:
            continue
        one = Sentenced(action, campaign.probability, _cause(campaign))
        for account in campaign.account_ids:
            before = found.get(account)
            if before is None or _graver(one, before):
                found[account] = one
    kept = {account: one for account, one in found.items() if account not in clear}
    return Sentences(kept, len(found) - len(kept))


def action_for(campaign: Campaign, policy: Policy) -> Action:
    """The gravest action of the policy's steps that fit a campaign; `allow` if none does."""
    fitting = [step.action for step in policy.ladder if _fits(step, campaign)]
    return min(max(fitting, default=Action.ALLOW), policy.at_most)


def _fits(step: Step, campaign: Campaign) -> bool:
    # Spelled the same; what is cleared has no word in a policy.
    if campaign.verdict.value != step.verdict.value:
        return False
    if campaign.probability < step.probability_at_least:
        return False
    shown = {axis.value: nats for axis, nats in campaign.axes.items()}
    if any(shown.get(axis, 0.0) < least for axis, least in step.nats_at_least.items()):
        return False
    return not step.methods or any(method.value in step.methods for method in campaign.methods)


def _graver(one: Sentenced, other: Sentenced) -> bool:
    return (one.action, one.probability) > (other.action, other.probability)


def _cause(campaign: Campaign) -> Cause:
    methods = ", ".join(method.value for method in campaign.methods)
    return Cause(
        campaign.id, f"{campaign.verdict.value}: {methods}" if methods else campaign.verdict
    )


def permit_holders(
    permits: str | None, accounts: str | None, moments: Iterable[datetime]
) -> frozenset[str]:
    """Accounts that held a permit at one of some moments.

    Args:
        permits: The permits table; None for no permits.
        accounts: The accounts table, for permits of organizations.
        moments: Such as now, and when the logs end.

    Raises:
        SourceError: A permit cannot be read, or nobody says which accounts it is for.
    """
    if permits is None:
        return frozenset()
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        table, lost = read_small_table("permits", permits, Path(work))
        if lost:
            # What cannot be read may be what would have kept somebody from harm.
            raise SourceError(
                f"{lost:,} rows of the permits {permits} cannot be used",
                "Nothing is published: correct them; `revenuer inspect` shows what they lack.",
            )
        valid = table.filter(
            pl.any_horizontal(
                (pl.col("valid_from") <= at) & (pl.col("valid_until") > at) for at in moments
            )
        )
        holders = set(valid["account_id"].drop_nulls())
        organizations = valid["organization_id"].drop_nulls()
        if organizations.len() and accounts is None:
            raise SourceError(
                "some permits are for organizations, and no table says which accounts are theirs",
                "Give --accounts FILE.",
            )
        if organizations.len() and accounts is not None:
            owned, _ = read_small_table("accounts", accounts, Path(work))
            theirs = owned.filter(pl.col("organization_id").is_in(organizations.implode()))
            holders |= set(theirs["account_id"])
    return frozenset(holders)


def whole_organizations(
    listed: Mapping[str, Sentenced], accounts: str | None, least: int
) -> dict[str, Sentenced]:
    """Organizations all of whose accounts are listed, with the mildest of their actions.

    Args:
        listed: Accounts that are.
        accounts: The accounts table; without it there are none.
        least: How many accounts one must have; 0 is no organization at all.
    """
    if accounts is None or not least or not listed:
        return {}
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        table, lost = read_small_table("accounts", accounts, Path(work))
    if lost:
        # One of them may be the innocent that an organization has.
        raise SourceError(
            f"{lost:,} rows of the accounts {accounts} cannot be used",
            "Correct them, or set whole_organizations to 0.",
        )
    owned = table.drop_nulls("organization_id").unique(["organization_id", "account_id"])
    whole = (
        owned.group_by("organization_id")
        .agg(
            pl.col("account_id").sort(),
            every=pl.col("account_id").is_in(list(listed)).all(),
        )
        .filter(pl.col("every") & (pl.col("account_id").list.len() >= least))
        .sort("organization_id")
    )
    return {
        name: min((listed[one] for one in members), key=lambda one: (one.action, one.probability))
        for name, members in whole.select("organization_id", "account_id").iter_rows()
    }
