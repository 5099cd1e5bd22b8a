"""Sharing: what left, what waits for a second person, and who is let in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.app.sharing import outbox, partners, requests
from revenuer.app.sharing.inbox_view import intel_folders, looking, summed_up
from revenuer.app.sharing.leaving import approve, decline
from revenuer.app.sharing.matching_approvals import asked_of_us
from revenuer.app.sharing.outbox import Sent
from revenuer.app.sharing.publishing import publish
from revenuer.app.sharing.push_requests import push_requests
from revenuer.app.sharing.record import Recorder
from revenuer.app.sharing.state import ShareState, open_state
from revenuer.app.sharing.steps import sharing_at
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Download, Goto, Page, Told, View, Visit
from revenuer.console.several import and_table
from revenuer.console.table import Column, Table, with_table
from revenuer.instants import micros
from revenuer.sharing.tlp import Tlp
from revenuer.store.access_tokens import TokenRow
from revenuer.store.matching_log import ApprovalRow
from revenuer.store.taxii_collections import Collection

STIX = "application/stix+json;version=2.1"
NOTHING_LEFT = (
    "Nothing left yet. Open a convicted case and choose Share, or use `revenuer share export`."
)


@dataclass(frozen=True, slots=True)
class Named:
    """A token with what it is for now."""

    row: TokenRow
    state: str


def us_of(at: str) -> int:
    """A time of an audit log in microseconds."""
    return micros(datetime.fromisoformat(at)) if at else 0


def _sent_state(one: Sent) -> str:
    if one.takes_back:
        return "takes back"
    if one.taken_back_by:
        return "taken back"
    return "shared" if one.receivers else "exported"


OUTBOX: Table[Sent] = Table(
    name="outbox",
    caption="bundles that left",
    columns=(
        Column("at", "When", lambda one: us_of(one.at), "time"),
        Column(
            "cluster", "Known to others as", lambda one: one.cluster or one.bundle, "code",
            lambda one: f"/sharing/sent/{one.sha256}",
        ),
        Column("case", "Case", lambda one: one.case or None, "code", minor=True),
        Column("state", "State", _sent_state, "state", choose=True),
        Column("tlp", "TLP", lambda one: one.tlp or None, "tlp", choose=True),
        Column("values", "Values", lambda one: one.values, "count"),
        Column("held", "Held back", lambda one: one.held_back, "count", minor=True),
        Column("to", "To", lambda one: ", ".join(one.receivers) or None),
        Column("by", "By", lambda one: one.by, minor=True),
        Column("asked_by", "Asked by", lambda one: one.asked_by or None, minor=True),
    ),
    empty=NOTHING_LEFT,
    sort="-at",
)  # fmt: skip
COLLECTIONS: Table[Collection] = Table(
    name="collections",
    caption="collections",
    columns=(
        Column("title", "Title", lambda one: one.title),
        Column("alias", "Alias", lambda one: one.alias),
        Column("root", "API root", lambda one: one.root, minor=True),
        Column("up_to", "Up to", lambda one: one.up_to, "tlp"),
        Column("readers", "Read by", lambda one: _who(one, "can_read") or None),
        Column("writers", "Added to by", lambda one: _who(one, "can_write") or None),
        Column("made", "Made", lambda one: one.created_us, "date", minor=True),
    ),
    empty="No collection is there. `revenuer share collection add TITLE` makes one.",
)
TOKENS: Table[Named] = Table(
    name="tokens",
    caption="tokens of partners",
    columns=(
        Column("partner", "Partner", lambda one: one.row.partner),
        Column("state", "State", lambda one: one.state, "state", choose=True),
        Column("scopes", "For", lambda one: ", ".join(one.row.scopes)),
        Column("identity", "Speaks for", lambda one: one.row.identity or None, "code", minor=True),
        Column("ends", "Ends", lambda one: one.row.expires_us, "date"),
        Column("made", "Made", lambda one: one.row.created_us, "date", minor=True),
        Column("token", "Token", lambda one: one.row.id, minor=True, hint="Its name, no secret"),
    ),
    empty="No partner is let in. `revenuer share token add PARTNER` makes a token.",
    first=False,
)
APPROVALS: Table[ApprovalRow] = Table(
    name="approvals",
    caption="approvals of private matching",
    columns=(
        Column("partner", "Partner", lambda one: one.partner),
        Column("kind", "May learn which", lambda one: one.kind),
        Column("by", "Approved by", lambda one: one.by),
        Column("why", "Why", lambda one: one.why, minor=True),
        Column("ends", "Until", lambda one: one.withdrawn_us or one.ends_us, "date"),
    ),
    empty="No peer may learn which values are in common.",
    first=False,
)


def recorder_of(visit: Visit) -> Recorder:
    """The folder of sharing that the settings name."""
    return sharing_at(visit.settings.share, visit.keys)


@contextmanager
def state_of(visit: Visit) -> Iterator[ShareState]:
    """The folder of sharing with its database."""
    recorder = recorder_of(visit)
    state = open_state(recorder.folder, visit.keys, visit.settings.share.database)
    try:
        yield state
    finally:
        state.database.close()


def waiting_in(visit: Visit) -> int:
    """Heaps that wait in the inboxes."""
    count = 0
    for folder in intel_folders(visit.casebook, actor=visit.actor):
        with looking(folder, visit.keys, visit.settings.share.database) as inbox:
            count += len(summed_up(inbox, every=False)) if inbox is not None else 0
    return count


def show_outbox(visit: Visit) -> Told:
    """What left, and what waits for a second person."""
    values = {"tab": "outbox", "waiting": waiting_in(visit), "set": bool(_folder(visit))}
    if not _folder(visit):
        nothing: dict[str, list[str]] = {"asked": [], "declined": [], "pushes": []}
        return View("sharing/outbox.html", "Sharing", values | nothing)
    recorder = recorder_of(visit)
    asked = requests.requests(recorder, actor=visit.actor)
    values |= {
        "asked": [one for one in reversed(asked) if one.waits],
        "declined": [one for one in reversed(asked) if not one.waits and not one.exported],
        "pushes": [one for one in push_requests(recorder, actor=visit.actor) if one.waits],
        "us": us_of,
        "folder": recorder.folder,
    }
    rows = outbox.outbox(recorder, actor=visit.actor)
    return with_table(visit, View("sharing/outbox.html", "Sharing", values), OUTBOX, rows)


def show_sent(visit: Visit) -> Told:
    """One bundle that left: who has it, and all that the log says of it."""
    recorder = recorder_of(visit)
    one = outbox.sent_named(recorder, visit.path["digest"], actor=visit.actor)
    asked = push_requests(recorder, actor=visit.actor)
    with state_of(visit) as state:
        found = partners.list_collections(state)
    takes = [each for each in found if _takes(each, one.tlp)] if one.tlp else found
    values = {
        "tab": "outbox",
        "one": one,
        "state": _sent_state(one),
        "collections": [(each.id, f"{each.title}, up to TLP:{each.up_to}") for each in takes],
        "pushes": [each for each in asked if each.sha256 == one.sha256],
        "us": us_of,
        "there": one.there is not None,
    }
    return View("sharing/sent.html", "A bundle that left", values)


def show_partners(visit: Visit) -> Told:
    """Collections, tokens and approvals, as the command line made them."""
    values = {"tab": "partners", "set": bool(_folder(visit)), "waiting": waiting_in(visit)}
    view = View("sharing/partners.html", "Sharing", values)
    if not _folder(visit):
        return view
    with state_of(visit) as state:
        collections = partners.list_collections(state)
        tokens = partners.list_tokens(state)
        _, approvals = asked_of_us(state, most=1)
    now_us = micros(visit.now)
    named = [Named(one, _token_state(one, now_us)) for one in tokens]
    told = with_table(visit, view, COLLECTIONS, collections)
    told = and_table(visit, told, TOKENS, named, called="tokens")
    return and_table(visit, told, APPROVALS, approvals, called="approvals")


def do_approve(visit: Visit) -> Told:
    """Let leave what another person asked for."""
    shown = approve(
        recorder_of(visit),
        visit.path["request"],
        four_eyes=visit.settings.share.four_eyes,
        actor=visit.actor,
        now=visit.now,
    )
    said = "It left: the bundle is written, and the log of sharing says so."
    return Goto(f"/sharing/sent/{shown.sha256}", said)


def do_decline(visit: Visit) -> Told:
    """Say no to a request, or take one's own back."""
    why, id_ = visit.form.get("why", ""), visit.path["request"]
    decline(recorder_of(visit), id_, why=why, actor=visit.actor, now=visit.now)
    return Goto("/sharing", "Declined. Nothing left.")


def do_publish(visit: Visit) -> Told:
    """Put a bundle that left into a collection of our own server."""
    digest = visit.path["digest"]
    one = outbox.sent_named(recorder_of(visit), digest, actor=visit.actor)
    into = visit.form.get("collection", "")
    with state_of(visit) as state:
        file = Path(one.file)
        done = publish(state, file, digest, into, actor=visit.actor, now=visit.now)
    said = f"{done.taken} of {done.sent} objects are in the collection."
    if done.refused:
        said += f" Refused: {done.refused[0][0]}: {done.refused[0][1]}."
    return Goto(f"/sharing/sent/{digest}", said, failed=bool(done.refused))


def do_revoke(visit: Visit) -> Told:
    """Take back what left, as a bundle of new versions."""
    recorder, digest = recorder_of(visit), visit.path["digest"]
    why = visit.form.get("why", "")
    done, _ = outbox.take_back(recorder, digest, why=why, actor=visit.actor, now=visit.now)
    said = f"{done.objects} objects are taken back. Publish or push this bundle where the old went."
    one = outbox.sent_named(recorder, digest, actor=visit.actor)
    return Goto(f"/sharing/sent/{one.taken_back_by[0]}", said)


def download(visit: Visit) -> Told:
    """A bundle that left, as a file; that it was taken is written down."""
    digest = visit.path["digest"]
    recorder = recorder_of(visit)
    data = outbox.bytes_of(recorder, digest, actor=visit.actor, now=visit.now)
    return Download(data, f"revenuer-{digest[:12]}.json", STIX)


def _folder(visit: Visit) -> str:
    return visit.settings.share.folder


def _who(one: Collection, what: str) -> str:
    names = [name for name, given in sorted(one.access.items()) if getattr(given, what)]
    return ", ".join("everybody" if name == "*" else name for name in names)


def _takes(one: Collection, tlp: str) -> bool:
    order = list(Tlp)
    return order.index(Tlp(tlp)) <= order.index(Tlp(one.up_to))


def _token_state(one: TokenRow, now_us: int) -> str:
    if one.revoked_us:
        return "taken back"
    return "open" if one.expires_us > now_us else "ended"


PAGES = (
    Page("/sharing", Right.READ, show_outbox, "What left, and what waits for approval.",
         "Sharing", nav=True, key="s"),
    Page("/sharing/partners", Right.READ, show_partners,
         "Who is let in: collections, tokens, approvals.", "Sharing"),
    Page("/sharing/sent/{digest}", Right.READ, show_sent, "One bundle that left.", "Sharing"),
    Action("/sharing/sent/{digest}/publish", Right.APPROVE, do_publish,
           "Put a bundle into a collection of our own server."),
    Action("/sharing/sent/{digest}/revoke", Right.APPROVE, do_revoke, "Take back what left."),
    Action("/sharing/sent/{digest}/file", Right.PROPOSE, download,
           "A bundle that left, as a file."),
    Action("/sharing/requests/{request}/approve", Right.APPROVE, do_approve,
           "Let leave what another person asked for."),
    Action("/sharing/requests/{request}/decline", Right.PROPOSE, do_decline,
           "Decline a request to share."),
)  # fmt: skip
