"""What waits for a person besides cases: one line a kind, and the few that are most urgent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from revenuer.api.casebook.places import snapshots
from revenuer.app.admission import showing
from revenuer.app.casebook import erasure, permit_views
from revenuer.app.casebook.appeal_views import list_appeals
from revenuer.app.casebook.enforcement_overview import look_over
from revenuer.app.sharing.push_requests import push_requests
from revenuer.app.sharing.requests import requests
from revenuer.casework.roles import Right
from revenuer.console.page import Visit
from revenuer.console.pages.appeal_entry import office
from revenuer.console.pages.plans import plan_url
from revenuer.console.pages.sharing import recorder_of, us_of, waiting_in
from revenuer.console.pages.signups import signup_url
from revenuer.instants import micros

URGENT = 6
"""Things that are named. placeholder"""
FAR_US = 2**62
"""Later than every deadline."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    Attributes:
        what: What is to be done, in words.
        name: Its id.
        where: Its page.
        since_us: Since when, microseconds since the epoch.
        until_us: By when; 0 where nobody set a time.
        yours: Whether who looks may do it, as far as this page can tell.
    """

    what: str
    name: str
    where: str
    since_us: int
    until_us: int = 0
    yours: bool = False


@dataclass(frozen=True, slots=True)
class Heap:
    """All that waits of one kind.

    Attributes:
        kind: What.
        where: Their list.
        count: How many wait.
        yours: For how many who looks may do it.
        late: How many are late; None where nobody set a time.
        items: Those that may be named as urgent.
    """

    kind: str
    where: str
    count: int
    yours: int
    late: int | None = None
    items: tuple[Item, ...] = ()


def heaps(visit: Visit) -> tuple[list[Heap], list[str]]:
    """Everything that waits, kind by kind, as far as who looks may see it; and what is unread."""
    found: list[Heap] = []
    plans, problems = _plans(visit)
    found += [plans, _appeals(visit), *_signups(visit), *_permits(visit), *_sharing(visit)]
    found += _erasures(visit)
    return found, problems


def most_urgent(found: list[Heap], now_us: int) -> list[Item]:
    """The few to see first: the late, then one's own, then by deadline and age."""
    every = [item for heap in found for item in heap.items]

    def rank(one: Item) -> tuple[bool, bool, int, int]:
        late = 0 < one.until_us <= now_us
        return (not late, not one.yours, one.until_us or FAR_US, one.since_us)

    return sorted(every, key=rank)[:URGENT]


def _heap(kind: str, where: str, items: list[Item], now_us: int | None = None) -> Heap:
    late = None if now_us is None else sum(0 < one.until_us <= now_us for one in items)
    yours = sum(one.yours for one in items)
    return Heap(kind, where, len(items), yours, late, tuple(items))


def _plans(visit: Visit) -> tuple[Heap, list[str]]:
    seen = look_over(visit.casebook, snapshots(visit.settings), actor=visit.actor, now=visit.now)
    items = [
        Item(
            f"Approve or refuse: {one.proposal.action}",
            one.proposal.plan,
            plan_url(one.place, one.proposal.plan),
            micros(one.proposal.made_at),
            yours=one.unfit is None,
        )
        for one in seen.waiting
    ]
    problems = [f"{one.name}: {one.problem}" for one in seen.places if one.problem]
    return _heap("Enforcement plans", "/enforcement", items), problems


def _appeals(visit: Visit) -> Heap:
    rows = list_appeals(office(visit), actor=visit.actor, now=visit.now, open_only=True)
    items = [
        Item(
            "Answer an appeal" if one.due.what == "answer" else "Decide an appeal",
            one.appeal.appeal_id,
            f"/appeals/{one.appeal.appeal_id}",
            one.appeal.opened_us,
            micros(one.due.at),
            # What nobody hears yet is for everybody who may give it to somebody.
            yours=one.appeal.assigned_to == visit.actor.name
            or (not one.appeal.assigned_to and visit.actor.may(Right.WORK)),
        )
        for one in rows
    ]
    where = "/appeals?" + urlencode([("is-due", "answer"), ("is-due", "decision")])
    return _heap("Appeals", where, items, micros(visit.now))


def _signups(visit: Visit) -> Iterator[Heap]:
    if visit.admission is None:
        return
    desk, mine = visit.admission.desk(), visit.actor.may(Right.WORK)
    many, late = showing.count_held(desk, actor=visit.actor, now=visit.now)
    # Only those that may be named are unsealed.
    oldest = showing.held(desk, actor=visit.actor, limit=URGENT) if many else []
    items = tuple(
        Item(
            "Accept or refuse a sign-up",
            one.application_id,
            signup_url(one.application_id),
            micros(one.since),
            micros(one.until) if one.until else 0,
            mine,
        )
        for one in oldest
    )
    yield Heap("Sign-ups", "/sign-ups", many, many if mine else 0, late, items)


def _permits(visit: Visit) -> Iterator[Heap]:
    grants = visit.actor.may(Right.GRANT)
    items = []
    for one in permit_views.asked_permits(visit.casebook, actor=visit.actor):
        asking = (one.asked_by if one.asked is not None else one.requested_by).casefold()
        own = visit.settings.permits.four_eyes and asking == visit.actor.name.casefold()
        what = "Decide about other terms" if one.asked is not None else "Grant or refuse a permit"
        since = micros(one.requested_at)
        items.append(Item(what, one.id, f"/permits/{one.id}", since, yours=grants and not own))
    where = "/permits?" + urlencode([("is-asks", "a permit"), ("is-asks", "other terms")])
    yield _heap("Permits asked for", where, items)
    grown, _ = permit_views.count_outgrown(visit.casebook, actor=visit.actor)
    if grown:
        yield Heap("Permits outgrown", "/permits", grown, grown if grants else 0)


def _sharing(visit: Visit) -> Iterator[Heap]:
    if visit.settings.share.folder:
        recorder, approves = recorder_of(visit), visit.actor.may(Right.APPROVE)
        four_eyes, me = visit.settings.share.four_eyes, visit.actor.name
        exports = [
            Item("Let a bundle leave, or not", one.id, f"/sharing/requests/{one.id}",
                 us_of(one.at), yours=approves and not (four_eyes and one.by == me))
            for one in requests(recorder, actor=visit.actor) if one.waits
        ]  # fmt: skip
        yield _heap("Exports", "/sharing", exports)
        pushes = [
            Item(f"Send a bundle to {one.peer}, or not", one.id, f"/sharing/pushes/{one.id}",
                 us_of(one.at), yours=approves and not (four_eyes and one.by == me))
            for one in push_requests(recorder, actor=visit.actor) if one.waits
        ]  # fmt: skip
        yield _heap("Pushes to peers", "/sharing", pushes)
    if lists := waiting_in(visit):
        mine = lists if visit.actor.may(Right.WORK) else 0
        yield Heap("Lists of peers", "/sharing/inbox", lists, mine)


def _erasures(visit: Visit) -> Iterator[Heap]:
    if not visit.actor.may(Right.ERASE):
        return
    undone = [
        one for one in erasure.list_erasures(visit.casebook, actor=visit.actor)
        if one.state != erasure.DONE
    ]  # fmt: skip
    me = visit.actor.name
    yours = sum(one.state != erasure.ASKED or one.asked_by != me for one in undone)
    yield Heap("Erasures", "/records", len(undone), yours)
