"""Plans and decisions as every face tells them: the notice, where they stand, every step since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from revenuer.app.desk import Desk
from revenuer.app.enforce_limits import Plan
from revenuer.app.telling import customers_of
from revenuer.casework.decisions import Decision, Status
from revenuer.guard.policy import Policy
from revenuer.reports.notices import Customer, Occasion, notice_of


def sample_notice(plan: Plan, policy: Policy, *, show_ids: bool) -> dict[str, Any] | None:
    """What the first customer would read; None where nobody is told."""
    spared = {one.member for one in plan.spared}
    given = (one for one in plan.roll() if one.member not in spared)
    adapted = bool(plan.wish.countermeasures)
    first = next(customers_of(given, adapted=adapted), None)
    if first is None:
        return None
    customer, action = first
    if not show_ids:
        names = tuple("<account>" for _ in customer.account_ids)
        customer = Customer(customer.kind, f"<{customer.kind}>", names)
    occasion = Occasion(
        decision="decision--…",
        evidence_id=plan.campaign.id,
        at=plan.until,
        until=plan.until,
        approved=bool(plan.persons),
        appeal=policy.appeal,
        adapted=adapted,
    )
    notice = notice_of(customer, action, occasion)
    # When it is done is not known yet.
    return {key: value for key, value in notice.items() if key not in ("at", "decision")}


def standing(one: Decision, now: datetime) -> str:
    """Where a decision stands at a time, also where nobody wrote down yet that it is over."""
    over = one.status is Status.IN_FORCE and not one.holds(now)
    return Status.EXPIRED.value if over else one.status.value


def shown_history(desk: Desk, decision: Decision) -> list[tuple[str, str, str]]:
    """The steps of the audit log that are about a decision: when, kind, and by whom."""
    found = []
    for entry in desk.audit.entries():
        body = entry.body
        if decision.id in (body.get("decision"), *body.get("decisions", ())) or (
            body.get("plan") == decision.plan
        ):
            said = " ".join(str(body[key]) for key in ("by", "endpoint", "event") if key in body)
            found.append((entry.at, entry.kind, said))
    return found
