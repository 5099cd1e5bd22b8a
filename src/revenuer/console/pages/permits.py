"""Permits: what was declared and agreed, how much of it is used, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revenuer.app.casebook import permit_views as views
from revenuer.app.casebook import permits as app
from revenuer.app.casebook.permit_views import Seen, Written
from revenuer.app.casebook.sparing import spare_at_once
from revenuer.casework.permit_growth import NEARLY
from revenuer.casework.permits import Permit, State
from revenuer.casework.roles import Right
from revenuer.console.asked import text_in, version_in, words_in
from revenuer.console.page import Action, Page, Told, View, Visit
from revenuer.console.pages.permit_request import SECTION, back
from revenuer.console.table import Column, Table, with_table
from revenuer.instants import micros

PERMITS: Table[Seen] = Table(
    name="permits",
    caption="permits",
    columns=(
        Column(
            "permit", "Permit", lambda one: one.permit.id, "code",
            lambda one: f"/permits/{one.permit.id}",
        ),
        Column("standing", "Standing", lambda one: one.said, "state", choose=True),
        Column("outgrown", "Outgrown", lambda one: ", ".join(each.kind.value for each in one.growth)
               or None),
        Column("asks", "Asks for", lambda one: _asks(one.permit), choose=True),
        Column("purpose", "Purpose", lambda one: one.permit.purpose.value, choose=True),
        Column("holder", "Holder", lambda one: one.permit.subject, "subject", minor=True),
        Column("kind", "Of", lambda one: one.permit.kind, choose=True, minor=True),
        Column("used", "Used", lambda one: one.used, "share",
               hint="The largest share of a bound"),
        Column("exchanges", "Exchanges", lambda one: one.counted.exchanges, "count", minor=True),
        Column("until", "Until", lambda one: micros(one.permit.ends()), "date"),
        Column("by", "Asked by", lambda one: one.permit.asked_by or one.permit.requested_by,
               choose=True, minor=True),
    ),
    empty="No permit was asked for. Customers who distil or evaluate openly can hold one.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """What was used of a bound.

    Attributes:
        what: Of what.
        used: How much.
        most: What was agreed; None for any amount.
        share: Of the two; None without a bound.
        kind: How its bar is drawn: empty, `warn` or `bad`.
    """

    what: str
    used: int
    most: int | None
    share: float | None
    kind: str


def standing(visit: Visit) -> Told:
    """Permits: the outgrown first."""
    seen = views.list_permits(visit.casebook, actor=visit.actor, now=visit.now)
    values = {
        "active": [one for one in seen if one.said == "active"],
        "outgrown": [one for one in seen if one.growth],
        "asked": [one for one in seen if _asks(one.permit) is not None],
        "nearly": [
            one for one in seen
            if one.said == "active" and not one.growth and (one.used or 0.0) >= NEARLY
        ],
    }  # fmt: skip
    return with_table(visit, View("permits/permits.html", SECTION, values), PERMITS, seen)


def show(visit: Visit) -> Told:
    """One permit: its terms, what is used of them, and what was written, masked."""
    seen, written = views.show_permit(
        visit.casebook, visit.path["permit"], actor=visit.actor, now=visit.now
    )
    return _shown(visit, seen, written, unmasked=False)


def unmask(visit: Visit) -> Told:
    """What was written about a permit, in the clear; that is recorded."""
    seen, written = views.show_permit(
        visit.casebook, visit.path["permit"], actor=visit.actor, now=visit.now, unmask=True
    )
    return _shown(visit, seen, written, unmasked=True)


def grant(visit: Visit) -> Told:
    """Grant what another asked for."""
    made = app.grant_permit(
        visit.casebook,
        visit.path["permit"],
        four_eyes=visit.settings.permits.four_eyes,
        text=text_in(visit.form, "text"),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    spare_at_once(visit.casebook, visit.settings.casebook.snapshots, visit.now)
    return back(made, "Granted. Scans with `--permits casebook` know of it.")


def refuse(visit: Visit) -> Told:
    """Refuse what is asked for; a permit whose extension is refused goes on as it was."""
    made = app.refuse_permit(
        visit.casebook,
        visit.path["permit"],
        text=words_in(visit.form, "text", "Why"),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    return back(made, "Refused. Its holder can appeal.")


def revoke(visit: Visit) -> Told:
    """Take a permit back, from now on or as if it had never been."""
    made = app.revoke_permit(
        visit.casebook,
        visit.path["permit"],
        text=words_in(visit.form, "text", "Why"),
        actor=visit.actor,
        now=visit.now,
        void=visit.form.get("void") == "yes",
        expected_version=version_in(visit.form),
    )
    spare_at_once(visit.casebook, visit.settings.casebook.snapshots, visit.now)
    return back(made, "Taken back. Its holder can appeal.")


def _shown(visit: Visit, seen: Seen, written: list[Written], *, unmasked: bool) -> Told:
    one = seen.permit
    asking = one.asked_by if one.asked is not None else one.requested_by
    mine = visit.settings.permits.four_eyes and asking.casefold() == visit.actor.name.casefold()
    values = {
        "section": SECTION,
        "seen": seen,
        "one": one,
        "written": written,
        "unmasked": unmasked,
        "asks": _asks(one),
        "mine": mine,
        "asking": asking,
        "granted": one.state is State.GRANTED,
        "closed": one.state in (State.REFUSED, State.REVOKED, State.VOID),
        "bounds": [
            _bound("Exchanges", seen.counted.exchanges, one.terms.max_exchanges),
            _bound("Tokens", seen.counted.tokens, one.terms.max_tokens),
        ],
        "time": _time(one, visit.now),
        "from_us": micros(one.terms.valid_from),
        "until_us": micros(one.ends()),
        "requested_us": micros(one.requested_at),
        "decided_us": micros(one.decided_at) if one.decided_at else 0,
        "revoked_us": micros(one.revoked_at) if one.revoked_at else 0,
        "asked_until_us": micros(one.asked.valid_until) if one.asked else 0,
        "changes": _changes(one),
    }
    title = f"Permit {one.id.partition('--')[2][:8]}: {one.purpose.value}"
    return View("permits/permit.html", title, values)


def _bound(what: str, used: int, most: int | None) -> Bound:
    share = used / most if most else None
    kind = "bad" if share is not None and share > 1 else ""
    if share is not None and NEARLY <= share <= 1:
        kind = "warn"
    return Bound(what, used, most, share, kind)


def _time(one: Permit, now: datetime) -> float:
    whole = (one.ends() - one.terms.valid_from).total_seconds()
    gone = (now - one.terms.valid_from).total_seconds()
    return min(max(gone / whole, 0.0), 1.0) if whole > 0 else 1.0


def _changes(one: Permit) -> list[tuple[str, str, str]]:
    """What other terms would change: what, from, to."""
    if one.asked is None:
        return []
    before, then = one.terms, one.asked
    rows = (
        ("Until", f"{before.valid_until:%Y-%m-%d}", f"{then.valid_until:%Y-%m-%d}"),
        ("Exchanges", _most(before.max_exchanges), _most(then.max_exchanges)),
        ("Tokens", _most(before.max_tokens), _most(then.max_tokens)),
        ("Models", ", ".join(before.models) or "all", ", ".join(then.models) or "all"),
    )
    return [row for row in rows if row[1] != row[2]]


def _most(number: int | None) -> str:
    return f"{number:,}" if number is not None else "any number"


def _asks(one: Permit) -> str | None:
    """What waits for somebody to say yes or no."""
    if one.asked is not None:
        return "other terms"
    return "a permit" if one.state is State.REQUESTED else None


_ONE = "/permits/{permit}"
PAGES = (
    Page(
        "/permits", Right.READ, standing, "Permits for declared use, the outgrown first.", SECTION,
        nav=True, key="p",
    ),
    Page(_ONE, Right.READ, show, "A permit: terms, use against terms, and its story.", SECTION),
    Action(f"{_ONE}/unmask", Right.UNMASK, unmask, "Read what was written; that is recorded."),
    Action(f"{_ONE}/grant", Right.GRANT, grant, "Grant what another asked for."),
    Action(f"{_ONE}/refuse", Right.GRANT, refuse, "Refuse what is asked for."),
    Action(f"{_ONE}/revoke", Right.GRANT, revoke, "Take a permit back."),
)  # fmt: skip
