"""A plan as it is answered: whom, what, until when, and what speaks against it."""

from __future__ import annotations

from datetime import datetime

from revenuer.api.casebook.words import Shown
from revenuer.app.countermeasures import cards_of
from revenuer.app.enforce_limits import Plan
from revenuer.app.enforce_shown import sample_notice
from revenuer.countermeasures import Card
from revenuer.guard.policy import Policy

MOST_MEMBERS = 100


class PlannedAccount(Shown):
    """An account of the campaign.

    Attributes:
        subject: Its fingerprint.
        action: What would be done to it.
        holds_now: What is done to it now.
        spared: Why it gets no more than a tag; null if it is not spared.
        log_e_value: What the scan knows of it, nats; null if nothing.
        cited: Pieces of evidence that name it.
    """

    subject: str
    action: str
    holds_now: str
    spared: str | None
    log_e_value: float | None
    cited: int


class ShownCountermeasure(Shown):
    """What accounts would get beside the action.

    Attributes:
        id: Its name.
        version: Grows when what it does changes.
        title: What it does.
        lossless: Whether each answer is distributed as without it.
        changes_for_customers: What a customer who is wrongly given it sees and loses.
        cost: What it costs to serve.
        known_breaks: How a student gets around it.
    """

    id: str
    version: int
    title: str
    lossless: bool
    changes_for_customers: str
    cost: str
    known_breaks: list[str]


class ShownPlan(Shown):
    """What would be done, and what speaks against it.

    Attributes:
        digest: Names it; another as soon as whom, what, how long, verdict or policy change.
        campaign: The campaign.
        verdict: On it.
        probability: Of it.
        action: What is done.
        countermeasures: What its accounts would get beside the action.
        until: When it would end, done now.
        whole_campaign: Whether accounts that join later are covered.
        why: The reason.
        ladder: What the policy asks for by itself.
        approvers_needed: How many must approve.
        accounts: That would get what was asked for.
        customers: To whom they belong.
        spared: Accounts that get no more than a tag.
        cleared: Accounts left out as innocent.
        innocents_nearby: As the scan counted them.
        changes: Accounts by what holds now and what would hold.
        obstacles: Why it may not be done; empty if it may.
        notes: What a person should know before.
        notice: What each customer would read; null where nobody is told.
        members: Its accounts, those with the weakest evidence first, the first hundred.
    """

    digest: str
    campaign: str
    verdict: str
    probability: float
    action: str
    countermeasures: list[ShownCountermeasure]
    until: datetime
    whole_campaign: bool
    why: str
    ladder: str
    approvers_needed: int
    accounts: int
    customers: int
    spared: int
    cleared: int
    innocents_nearby: int
    changes: dict[str, int]
    obstacles: list[str]
    notes: list[str]
    notice: str | None
    members: list[PlannedAccount]


def shown_plan(plan: Plan, policy: Policy) -> ShownPlan:
    """A plan as it is answered; its members by their fingerprints."""
    notice = sample_notice(plan, policy, show_ids=False)
    return ShownPlan(
        digest=plan.digest,
        campaign=plan.campaign.id,
        verdict=plan.campaign.verdict.value,
        probability=plan.campaign.probability,
        action=plan.wish.action.word,
        countermeasures=[_card(card) for card in cards_of(plan.wish.countermeasures)],
        until=plan.until,
        whole_campaign=plan.wish.whole_campaign,
        why=plan.wish.why,
        ladder=plan.ladder.word,
        approvers_needed=plan.persons,
        accounts=len(plan.hit),
        customers=plan.customers,
        spared=len(plan.spared),
        cleared=plan.cleared,
        innocents_nearby=plan.campaign.innocents_nearby,
        changes=plan.changes(),
        obstacles=list(plan.obstacles),
        notes=list(plan.notes),
        notice=notice["text"] if notice is not None else None,
        members=[
            PlannedAccount(
                subject=one.member,
                action=one.action.word,
                holds_now=one.holds.word,
                spared=one.spared or None,
                log_e_value=one.log_e_value,
                cited=one.cited,
            )
            for one in plan.members[:MOST_MEMBERS]
        ],
    )


def _card(card: Card) -> ShownCountermeasure:
    return ShownCountermeasure(
        id=card.id,
        version=card.version,
        title=card.title,
        lossless=card.lossless,
        changes_for_customers=card.changes_for_customers,
        cost=card.cost,
        known_breaks=list(card.known_breaks),
    )
