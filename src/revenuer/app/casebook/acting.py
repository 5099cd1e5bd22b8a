"""From a case to what is done about it: its newest scan, a preview, a proposal, and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from revenuer.app.casebook.approving import permitted
from revenuer.app.casebook.decisions import Synced, sync
from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.offering import Offered, Rung, offered_for, rungs_of
from revenuer.app.casebook.opening import Casebook
from revenuer.app.desk import open_desk
from revenuer.app.enforce import Done, decide, undo
from revenuer.app.enforce_limits import Grounds, Plan, Wish
from revenuer.app.enforce_plan import make_plan
from revenuer.app.enforce_shown import sample_notice
from revenuer.app.letting_go import release
from revenuer.app.saved import read_findings
from revenuer.app.sentences import action_for
from revenuer.casework.decisions import Decision
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError, RevenuerError, SourceError
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Policy
from revenuer.records import Campaign
from revenuer.store.casebook import cases
from revenuer.store.casebook.case_tables import case_sightings
from revenuer.store.casebook.cases import CaseRow


@dataclass(frozen=True, slots=True)
class Actionable:
    """A case, and what may be done about it.

    Attributes:
        row: The case.
        scan: The folder of its newest sighting.
        campaigns: Its campaigns that are in there.
        policy: What is allowed.
        policy_file: Where that was read; None for the defaults, which only watch.
        ladder: What the policy asks for by itself, by campaign.
        rungs: Actions by campaign, from the mildest.
        offered: Countermeasures by campaign.
        problem: Why nothing can be done from here; empty if it can.
        hint: What to set or to run then.
    """

    row: CaseRow
    scan: Path
    campaigns: tuple[Campaign, ...]
    policy: Policy
    policy_file: Path | None
    ladder: Mapping[str, Action]
    rungs: Mapping[str, tuple[Rung, ...]]
    offered: Mapping[str, tuple[Offered, ...]]
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a wish would do; nothing is written.

    Attributes:
        plan: Whom, what and until when.
        notice: What a customer would read; None where nobody is told.
        problem: Why it may not be proposed; empty if it may.
    """

    plan: Plan
    notice: Mapping[str, Any] | None
    problem: str


def actionable(
    casebook: Casebook,
    name: str,
    *,
    snapshot: Path,
    scan_folders: Sequence[str],
    actor: Actor,
) -> Actionable:
    """A case, the scan that it was seen in last, and what the policy allows.

    Args:
        casebook: Where.
        name: Of the case, or of a campaign.
        snapshot: Which snapshot it would be decided about.
        scan_folders: Folders below which scans lie that may be acted on.
        actor: Who asks.

    Raises:
        NotFoundError: There is no such case.
    """
    actor.needs(Right.PROPOSE)
    with casebook.reading() as connection:
        row = case_named(connection, name)
        ids = set(cases.campaigns_of(connection, row.case_id))
        wanted = select(case_sightings.c.folder).filter_by(sighting_id=row.sighting_id)
        scan = Path(connection.execute(wanted).scalar_one_or_none() or "")
    desk = open_desk(snapshot, casebook.keys)
    policy = desk.policy(None)
    problem, hint = _unreachable(scan, scan_folders)
    campaigns: tuple[Campaign, ...] = ()
    if not problem:
        try:
            found = read_findings(scan).campaigns
            campaigns = tuple(one for one in found if one.id in ids)
        except (RevenuerError, OSError) as failure:
            problem, hint = str(failure), "Scan again, and add what it finds to the casebook."
    if not problem and not campaigns:
        problem = f"The newest findings in {scan} have no campaign of this case any more."
        hint = "Add the newest scan to the casebook: `revenuer casebook add DIR`."
    return Actionable(
        row=row,
        scan=scan,
        campaigns=campaigns,
        policy=policy,
        policy_file=desk.policy_file(),
        ladder={one.id: action_for(one, policy) for one in campaigns},
        rungs={one.id: rungs_of(one, policy) for one in campaigns},
        offered={one.id: offered_for(one, policy) for one in campaigns},
        problem=problem,
        hint=hint,
    )


def preview(
    casebook: Casebook,
    about: Actionable,
    wish: Wish,
    *,
    snapshot: Path,
    actor: Actor,
    now: datetime,
) -> Previewed:
    """What a wish would do, and what speaks against it; nothing is written.

    Raises:
        NotFoundError: The case has no such campaign, or nothing can be done about it from here.
    """
    actor.needs(Right.PROPOSE)
    _reachable(about, wish)
    desk = open_desk(snapshot, casebook.keys)
    plan = make_plan(desk, _grounds(casebook, about, now), wish, now)
    problem = "; ".join(plan.obstacles)
    return Previewed(plan, sample_notice(plan, about.policy, show_ids=False), problem)


def propose(
    casebook: Casebook,
    about: Actionable,
    wish: Wish,
    *,
    digest: str,
    snapshot: Path,
    actor: Actor,
    now: datetime,
) -> Done:
    """Propose a plan that was looked at; where the policy wants no approval, it is done.

    Raises:
        NotFoundError: The case has no such campaign, or nothing can be done about it from here.
        NotAllowedError: The plan is another by now, or may not be carried out.
        ConflictError: It was carried out already, and is in force.
    """
    actor.needs(Right.PROPOSE)
    _reachable(about, wish)
    desk = open_desk(snapshot, casebook.keys)
    return decide(
        desk,
        _grounds(casebook, about, now),
        wish,
        digest=digest,
        by=actor.name,
        now=now,
        policy_file=about.policy_file,
        again=False,
    )


def _grounds(casebook: Casebook, about: Actionable, now: datetime) -> Grounds:
    return Grounds(about.scan, about.policy, permitted=permitted(casebook, now))


def take_back(
    casebook: Casebook,
    snapshot: Path,
    name: str,
    *,
    why: str,
    accounts: Sequence[str] = (),
    releases: bool = True,
    actor: Actor,
    now: datetime,
) -> Decision:
    """Take a decision back, at once; or let some of its accounts go, and leave it to the others.

    Raises:
        NotFoundError: There is no such decision, or it does not cover one of them.
        NotAllowedError: The actor may not, it is over already, or there is no reason.
    """
    actor.needs(Right.APPROVE)
    desk = open_desk(snapshot, casebook.keys)
    if accounts:
        return release(desk, name, accounts=accounts, by=actor.name, why=why, now=now)[0]
    return undo(desk, name, by=actor.name, why=why, now=now, releases=releases)[0]


def carry_over(
    casebook: Casebook, snapshots: Sequence[str], *, actor: Actor, now: datetime
) -> Synced | None:
    """Let cases follow what was just decided, where the actor may work on them."""
    if not actor.may(Right.WORK):
        return None
    return sync(casebook, snapshots, actor=actor, now=now)


def _unreachable(scan: Path, folders: Sequence[str]) -> tuple[str, str]:
    """Why a scan may not be acted on from here, and what to set; both empty if it may."""
    if not scan.parts:
        return "The casebook does not know where this case was seen.", "Add its newest scan again."
    roots = [Path(folder).resolve() for folder in folders]
    found = scan.resolve()
    if not any(found != root and found.is_relative_to(root) for root in roots):
        said = ", ".join(map(str, roots)) or "none is set"
        return (
            f"Its newest findings lie in {scan}, which is not below a folder that may be acted on "
            f"from here ({said}).",
            f'Set in the configuration: [api] scan_folders = ["{scan.parent}"]',
        )
    if not found.is_dir():
        return f"Its newest findings lay in {scan}, which is gone.", "Scan again, and add it."
    return "", ""


def _reachable(about: Actionable, wish: Wish) -> None:
    if about.problem:
        raise SourceError(about.problem, about.hint)
    if wish.campaign not in {one.id for one in about.campaigns}:
        raise NotFoundError(
            f"{about.row.case_id} has no campaign {wish.campaign!r} in its newest scan.",
            "Look at the case again.",
        )
