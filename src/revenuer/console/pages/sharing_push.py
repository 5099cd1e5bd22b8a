"""Pushing to another operator's server: looked at, asked for, and let go by another person."""

from __future__ import annotations

from revenuer.app.sharing import pushing
from revenuer.app.sharing.outbox import sent_named
from revenuer.app.sharing.push_requests import push_named
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.pages.sharing import recorder_of, us_of
from revenuer.errors import NotFoundError, PeerError


def show_plan(visit: Visit) -> Told:
    """Choose a peer, and look at what would be sent there; nobody is called."""
    recorder, share = recorder_of(visit), visit.settings.share
    digest = visit.path["digest"]
    names = [one.name for one in share.peers]
    name = visit.query.get("peer", "") or (names[0] if len(names) == 1 else "")
    plan = None
    if name:
        plan = pushing.plan_push(recorder, share, digest, name, actor=visit.actor)
    values = {
        "digest": digest,
        "sent": sent_named(recorder, digest, actor=visit.actor),
        "peers": [(one, one) for one in names],
        "chosen": name,
        "plan": plan,
        "four_eyes": share.four_eyes,
    }
    return View("sharing/push.html", "Push to another operator", values)


def do_ask(visit: Visit) -> Told:
    """Ask for it to be sent; nothing is sent yet."""
    made = pushing.ask_push(
        recorder_of(visit),
        visit.settings.share,
        visit.path["digest"],
        visit.form.get("peer", ""),
        actor=visit.actor,
        now=visit.now,
    )
    return Goto(f"/sharing/pushes/{made.id}", "Asked. Nothing was sent yet.")


def show_push(visit: Visit) -> Told:
    """A push that somebody asked for, as it would be sent now."""
    recorder, share = recorder_of(visit), visit.settings.share
    one = push_named(recorder, visit.path["push"], actor=visit.actor)
    plan, problem = None, ""
    if one.waits:
        try:
            plan = pushing.plan_push(recorder, share, one.sha256, one.peer, actor=visit.actor)
            problem = plan.problem
        except NotFoundError as gone:
            problem = gone.message
        if plan is not None and (plan.peer.url, plan.peer.collection) != (one.url, one.collection):
            problem = "The settings name another server or collection by now. Decline it."
    values = {
        "one": one,
        "plan": plan,
        "problem": problem,
        "mine": one.by == visit.actor.name,
        "four_eyes": share.four_eyes,
        "at_us": us_of(one.at),
    }
    return View("sharing/pushed.html", f"Push to {one.peer}", values)


def do_approve(visit: Visit) -> Told:
    """Send what another person asked for; whatever comes of it is on its page."""
    recorder, id_ = recorder_of(visit), visit.path["push"]
    url = f"/sharing/pushes/{id_}"
    try:
        done = pushing.approve_push(
            recorder, visit.settings.share, id_, actor=visit.actor, now=visit.now
        )
    except PeerError as problem:
        said = f"{problem.message} {problem.hint}".strip()
        return Goto(url, f"It was not sent, or not wholly. {said}", failed=True)
    said = f"{done.taken} of {done.sent} objects are there."
    if done.refused:
        said += f" Refused: {done.refused[0][0]}: {done.refused[0][1]}."
    return Goto(url, said, failed=bool(done.refused))


def do_decline(visit: Visit) -> Told:
    """Say no to a push, or take one's own request back."""
    why, id_ = visit.form.get("why", ""), visit.path["push"]
    pushing.decline_push(recorder_of(visit), id_, why=why, actor=visit.actor, now=visit.now)
    return Goto("/sharing", "Declined. Nothing was sent.")


PAGES = (
    Page("/sharing/sent/{digest}/push", Right.PROPOSE, show_plan,
         "What would be sent to another operator's server.", "Sharing"),
    Action("/sharing/sent/{digest}/push", Right.PROPOSE, do_ask,
           "Ask for a bundle to be sent to another operator's server."),
    Page("/sharing/pushes/{push}", Right.PROPOSE, show_push,
         "A push that somebody asked for.", "Sharing"),
    Action("/sharing/pushes/{push}/approve", Right.APPROVE, do_approve,
           "Send what another person asked to be sent."),
    Action("/sharing/pushes/{push}/decline", Right.PROPOSE, do_decline,
           "Decline to send something."),
)  # fmt: skip
