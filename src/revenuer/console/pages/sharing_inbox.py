"""What peers sent, which waits for a person; it shows nothing of whom it would meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from revenuer.app.sharing.inbox import decide
from revenuer.app.sharing.inbox_view import Heap, intel_folders, looking, summed_up, told_of
from revenuer.casework.roles import Right
from revenuer.console.objects import objects_of
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.several import and_table
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError, NotFoundError
from revenuer.instants import micros
from revenuer.sharing.profile import EXTENSION_ID
from revenuer.store.intel_objects import Kept, State

LONGEST_WHY = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """An object that a peer sent, and what its peer calls itself."""

    kept: Kept
    name: str


HEAPS: Table[Heap] = Table(
    name="inbox",
    caption="lists of peers",
    columns=(
        Column("name", "Peer", lambda one: one.name or one.source),
        Column(
            "cluster", "Its campaign", lambda one: one.cluster or "without one", "code",
            lambda one: f"/sharing/inbox/{one.cluster or one.source}",
        ),
        Column("state", "State", lambda one: one.state.value, "state", choose=True),
        Column("tlp", "TLP", lambda one: one.tlp.value, "tlp", choose=True),
        Column("objects", "Objects", lambda one: one.objects, "count"),
        Column("values", "Values", lambda one: _kinds(one) or None),
        Column("warned", "On warning lists", lambda one: one.warned, "count", minor=True),
        Column(
            "until", "Until", lambda one: micros(one.until) if one.until else None, "date",
            minor=True, hint="When the last of its values is over",
        ),
        Column("came", "Came", lambda one: micros(one.imported), "time"),
    ),
    empty="Nothing waits. `revenuer share pull` and `revenuer share import` bring what peers say.",
    sort="-came",
)  # fmt: skip
PIECES: Table[Piece] = Table(
    name="objects",
    caption="objects",
    columns=(
        Column("type", "Type", lambda one: one.kept.type, choose=True),
        Column("kind", "Kind", lambda one: one.kept.kind or None, choose=True),
        Column("value", "Value or statement", lambda one: one.kept.value or _said(one.kept),
               "value"),
        Column("state", "State", lambda one: one.kept.state.value, "state", choose=True),
        Column("tlp", "TLP", lambda one: one.kept.tlp, "tlp", choose=True),
        Column("since", "Since", lambda one: _us(one.kept.since), "date", minor=True),
        Column("until", "Until", lambda one: _us(one.kept.until), "date", minor=True),
        Column(
            "warnings", "Warning lists", lambda one: ", ".join(one.kept.warnings) or None
        ),
        Column("by", "Decided by", lambda one: one.kept.decided_by or None, minor=True),
        Column("why", "Why", lambda one: one.kept.why or None, minor=True),
        Column(
            "id", "Object", lambda one: one.kept.id, "code",
            lambda one: f"/sharing/inbox/{one.kept.id}", minor=True,
        ),
    ),
    empty="Nothing of it is here.",
)  # fmt: skip


def show_inbox(visit: Visit) -> Told:
    """What waits, by peer and cluster; with ?every=1 what was decided too."""
    every = visit.query.get("every") == "1"
    heaps: list[Heap] = []
    folders = intel_folders(visit.casebook, actor=visit.actor)
    empty = []
    for folder in folders:
        with looking(folder, visit.keys, visit.settings.share.database) as inbox:
            if inbox is None:
                empty.append(folder)
            else:
                heaps += summed_up(inbox, every=every)
    waiting = sum(one.state is State.WAITING for one in heaps)
    values = {
        "tab": "inbox",
        "waiting": waiting,
        "folders": folders,
        "without": empty,
        "every": every,
    }
    return with_table(visit, View("sharing/inbox.html", "Sharing", values), HEAPS, heaps)


def show_told(visit: Visit) -> Told:
    """All that a peer sent of an object, a campaign, or itself."""
    target = visit.path["target"]
    rows = sorted(_pieces(visit, target), key=lambda one: (not one.kept.value, one.kept.type))
    if not rows:
        raise NotFoundError("Nothing of it was imported.", "The inbox lists what was.")
    kept = [one.kept for one in rows]
    values = {
        "tab": "inbox",
        "target": target,
        "peers": sorted({(one.kept.creator, one.name) for one in rows}),
        "clusters": sorted({one.cluster for one in kept if one.cluster}),
        "origins": sorted({one.origin for one in kept}),
        "waiting": sum(one.state is State.WAITING for one in kept),
        "accepted": sum(one.state is State.ACCEPTED for one in kept),
        "warned": sum(bool(one.warnings) for one in kept),
        "clean": sum(one.state is State.WAITING and not one.warnings for one in kept),
        "sightings": [_read(one) for one in kept if one.type in ("sighting", "opinion")],
        "terms": next((_details(one) for one in kept if _details(one)), {}),
        "parts": objects_of(visit, map(_body, sorted(kept, key=lambda one: one.type))),
    }
    told: Told = View("sharing/told.html", "What a peer says", values)
    return and_table(visit, told, PIECES, rows, called="table")


def do_decide(visit: Visit) -> Told:
    """Accept or reject what waits of an object, a cluster or a peer."""
    target, why = visit.path["target"], visit.form.get("why", "").strip()
    said = visit.form.get("decision", "")
    if said not in ("accept", "reject"):
        raise ConfigError("Say whether it is accepted or rejected.")
    if not why:
        raise ConfigError("A decision has a reason.", "Say why; the log keeps it.")
    done = 0
    for folder in intel_folders(visit.casebook, actor=visit.actor):
        with looking(folder, visit.keys, visit.settings.share.database) as inbox:
            if inbox is None or not told_of(inbox, target):
                continue
            done += len(
                decide(
                    inbox,
                    target,
                    accept=said == "accept",
                    by=visit.actor.name,
                    why=why[:LONGEST_WHY],
                    now=visit.now,
                    despite=visit.form.get("despite") == "1",
                )
            )
    if not done:
        raise NotFoundError("Nothing of it waits for that.", "The inbox lists what does.")
    what = "accepted; the next scan listens to it" if said == "accept" else "rejected"
    return Goto("/sharing/inbox", f"{done} objects {what}.")


def _pieces(visit: Visit, target: str) -> Iterator[Piece]:
    for folder in intel_folders(visit.casebook, actor=visit.actor):
        with looking(folder, visit.keys, visit.settings.share.database) as inbox:
            if inbox is not None:
                names = inbox.objects.names()
                for one in told_of(inbox, target):
                    yield Piece(one, names.get(one.creator, ""))


def _kinds(one: Heap) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in one.kinds.items())


def _us(at: Any) -> int | None:
    return micros(at) if at is not None else None


def _body(one: Kept) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(one.body)
    return found


def _details(one: Kept) -> dict[str, Any]:
    found = _body(one).get("extensions", {}).get(EXTENSION_ID, {})
    return dict(found) if isinstance(found, dict) else {}


def _said(one: Kept) -> str:
    body = _body(one)
    return str(body.get("name") or body.get("opinion") or body.get("description") or "")


def _read(one: Kept) -> dict[str, Any]:
    body = _body(one)
    return {
        "type": one.type,
        "what": body.get("opinion") or f"seen {body.get('count', 1)} times",
        "of": body.get("sighting_of_ref") or ", ".join(body.get("object_refs", ())),
        "said": body.get("explanation") or body.get("description") or "",
        "at": micros(one.modified),
    }


PAGES = (
    Page("/sharing/inbox", Right.READ, show_inbox, "What peers sent, which waits for a person.",
         "Sharing"),
    Page("/sharing/inbox/{target}", Right.WORK, show_told,
         "All that a peer sent of one campaign, value by value.", "Sharing"),
    Action("/sharing/inbox/{target}/decision", Right.WORK, do_decide,
           "Accept or reject what a peer sent."),
)  # fmt: skip
