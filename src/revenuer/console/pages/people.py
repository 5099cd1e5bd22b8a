"""Who works with the casebook: registered, invited, given a role, let in no more."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.app.casebook.people import PERSON, SERVICE, add_person, change_person, list_people
from revenuer.app.signing_in.invitations import invite, open_invitations, reset, take_back
from revenuer.app.signing_in.own_means import OwnMeans, everybodys_means
from revenuer.app.signing_in.presence import Presence, presence
from revenuer.casework.roles import Right, Role
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.pages.signing_in import visitor_of
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError, NotFoundError
from revenuer.servers import Means
from revenuer.store.casebook.people import Person

PEOPLE = "/people"


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody, with what they sign in with and where they are."""

    person: Person
    means: OwnMeans
    presence: Presence
    invited_us: int

    @property
    def state(self) -> str:
        """How they stand, in a word."""
        if self.person.disabled_us:
            return "disabled"
        if self.person.kind == SERVICE:
            return "service"
        if self.means.count:
            return "active"
        return "invited" if self.invited_us else "no way in"

    @property
    def ways(self) -> str:
        """What they sign in with, in words."""
        found = []
        if self.means.passkeys:
            found.append(f"passkey × {len(self.means.passkeys)}")
        if self.means.password_us:
            found.append("password and code")
        if self.means.oidc:
            found.append(Means.OIDC.value.upper())
        return ", ".join(found)


def page_of(row: Row) -> str:
    """The page of somebody."""
    return f"{PEOPLE}/{row.person.name}"


TABLE: Table[Row] = Table(
    name="people",
    caption="people and services",
    columns=(
        Column(
            "name",
            "Name",
            lambda one: one.person.name,
            link=lambda one: f"{PEOPLE}/{one.person.name}",
        ),
        Column("role", "Role", lambda one: one.person.role, "state", choose=True),
        Column("state", "State", lambda one: one.state, "state", choose=True),
        Column("means", "Signs in with", lambda one: one.ways, minor=True),
        Column("sessions", "Sessions", lambda one: one.presence.sessions, "count", minor=True),
        Column("seen", "Last seen", lambda one: one.presence.seen_us, "time", minor=True),
        Column("since", "Since", lambda one: one.person.created_us, "date", minor=True),
    ),
    empty="Nobody is registered.",
    sort="name",
)


def show(visit: Visit) -> Told:
    """All of them."""
    values = {"roles": _roles()}
    view = View("people/people.html", "People", values)
    return with_table(visit, view, TABLE, _rows(visit))


def one(visit: Visit) -> Told:
    """One of them."""
    return _one(visit, visit.path["name"])


def register(visit: Visit) -> Told:
    """Somebody new; a person gets an invitation at once."""
    said = visit.form
    kind = SERVICE if said.get("kind") == SERVICE else PERSON
    made = add_person(
        visit.casebook,
        said.get("name", ""),
        _role(said.get("role", "")),
        actor=visit.actor,
        now=visit.now,
        kind=kind,
    )
    if kind == SERVICE:
        return Goto(f"{PEOPLE}/{made.name}", f"{made.name} is registered.")
    return _invited(visit, made.name)


def role(visit: Visit) -> Told:
    """Another role."""
    made = change_person(
        visit.casebook,
        visit.path["name"],
        actor=visit.actor,
        now=visit.now,
        role=_role(visit.form.get("role", "")),
        expected_version=_version(visit),
    )
    return Goto(f"{PEOPLE}/{made.name}", f"{made.name} is {made.role}.")


def disable(visit: Visit) -> Told:
    """In no more: sessions, invitations and tokens end at once."""
    made = _able(visit, disabled=True)
    return Goto(f"{PEOPLE}/{made.name}", f"{made.name} is let in no more; their sessions ended.")


def enable(visit: Visit) -> Told:
    """In again, with what they signed in with before."""
    made = _able(visit, disabled=False)
    return Goto(f"{PEOPLE}/{made.name}", f"{made.name} is let in again.")


def invite_again(visit: Visit) -> Told:
    """A new link; those before are void."""
    return _invited(visit, visit.path["name"])


def no_invitation(visit: Visit) -> Told:
    """The link is void."""
    take_back(visit.casebook, visit.path["name"], actor=visit.actor, now=visit.now)
    return Goto(f"{PEOPLE}/{visit.path['name']}", "The invitation is void.")


def reset_means(visit: Visit) -> Told:
    """Nothing signs them in any more but a new link."""
    settings = visit.settings.console
    row, path = reset(
        visit.casebook, visit.path["name"], actor=visit.actor, now=visit.now, settings=settings
    )
    return _one(visit, row.person, link=visitor_of(visit).site + path)


def _invited(visit: Visit, name: str) -> Told:
    row, path = invite(
        visit.casebook, name, actor=visit.actor, now=visit.now, settings=visit.settings.console
    )
    return _one(visit, row.person, link=visitor_of(visit).site + path)


def _one(visit: Visit, name: str, *, link: str = "") -> Told:
    row = next((one for one in _rows(visit) if one.person.name == name), None)
    if row is None:
        raise NotFoundError(f"Nobody is called {name} here.", "The list of people has all names.")
    values = {
        "row": row,
        "link": link,
        "roles": _roles(service=row.person.kind == SERVICE),
        "own": row.person.name == visit.actor.name,
    }
    return View("people/person.html", row.person.name, values)


def _rows(visit: Visit) -> list[Row]:
    settings = visit.settings.console
    means = everybodys_means(visit.casebook, actor=visit.actor, settings=settings)
    seen = presence(visit.casebook, actor=visit.actor, now=visit.now)
    waiting = open_invitations(visit.casebook, actor=visit.actor, now=visit.now)
    until = {one.person: one.expires_us for one in waiting}
    return [
        Row(one, means[one.name], seen.get(one.name, Presence()), until.get(one.name, 0))
        for one in list_people(visit.casebook, actor=visit.actor)
        if one.name in means
    ]


def _able(visit: Visit, *, disabled: bool) -> Person:
    return change_person(
        visit.casebook,
        visit.path["name"],
        actor=visit.actor,
        now=visit.now,
        disabled=disabled,
        expected_version=_version(visit),
    )


def _version(visit: Visit) -> int | None:
    said = visit.form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _role(said: str) -> Role:
    try:
        return Role(said)
    except ValueError:
        raise ConfigError(f"{said!r} is no role.", f"Roles are {', '.join(Role)}.") from None


def _roles(*, service: bool = False) -> list[tuple[str, str]]:
    words = {
        Role.VIEWER: "viewer: reads what is masked",
        Role.ANALYST: "analyst: works on cases, unmasks, proposes",
        Role.APPROVER: "approver: decides what others proposed",
        Role.ADMIN: "admin: says who is what, holds and erases",
    }
    most = Role.ANALYST.rank if service else Role.ADMIN.rank
    return [(role.value, said) for role, said in words.items() if role.rank <= most]


PAGES = (
    Page(PEOPLE, Right.MANAGE, show, "Who works with the casebook.", "People", nav=True, key="w"),
    Page("/people/{name}", Right.MANAGE, one, "A person: role, ways in, invitation.", "People"),
    Action(PEOPLE, Right.MANAGE, register, "Register somebody, and invite them."),
    Action("/people/{name}/role", Right.MANAGE, role, "Give somebody another role."),
    Action("/people/{name}/disable", Right.MANAGE, disable, "Let somebody in no more."),
    Action("/people/{name}/enable", Right.MANAGE, enable, "Let somebody in again."),
    Action("/people/{name}/invite", Right.MANAGE, invite_again, "Make an invitation."),
    Action("/people/{name}/no-invitation", Right.MANAGE, no_invitation, "Take it back."),
    Action("/people/{name}/reset", Right.MANAGE, reset_means, "Take away their ways in."),
)
