"""Invitations: once, in time, for one person; the first admin is the first and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from authenticators import Authenticator
from doors import (
    ADMIN,
    NOW,
    ORIGIN,
    PASSWORD,
    at,
    code_of,
    entries,
    invited,
    show_passkey,
    visitor,
    who,
    with_passkey,
    with_password,
)
from sqlalchemy import select

from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import change_person, list_people
from revenuer.app.signing_in.enrolling import (
    ask_invited,
    authenticator_for,
    enrol_passkey,
    enrol_password,
)
from revenuer.app.signing_in.invitations import (
    InvitationGoneError,
    first_invitation,
    invite,
    look_at,
    reset,
    take_back,
)
from revenuer.app.signing_in.own_means import (
    SignInAgainError,
    ask_for_another,
    ask_for_authenticator,
    fresh_codes,
    remove_passkey,
    remove_password,
    set_password,
)
from revenuer.app.signing_in.sessions import resume
from revenuer.app.signing_in.visitors import NotSignedInError
from revenuer.casework.roles import Actor, Role
from revenuer.errors import (
    ConfigError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    RevenuerError,
)
from revenuer.servers import ConsoleSettings
from revenuer.store.casebook.sign_in_steps import invitations

SETTINGS = ConsoleSettings()


def taken_up(casebook: Casebook, code: str, name: str, key: bytes) -> str:
    asked = ask_invited(casebook, code, name, visitor=visitor())
    made = Authenticator(ORIGIN, "localhost", id=key).make(asked["options"])
    return enrol_passkey(casebook, code, asked["step"], made, "", visitor=visitor())


def test_an_invitation_is_taken_up_once(casebook: Casebook) -> None:
    code = invited(casebook, "ana")
    cookie = taken_up(casebook, code, "", b"first key of all")
    assert who(casebook, cookie, NOW).actor.name == "ana"
    for again in (
        lambda: look_at(casebook, code, now=NOW),
        lambda: taken_up(casebook, code, "", b"k"),
    ):
        with pytest.raises(InvitationGoneError):
            again()


def test_what_is_no_code_leads_nowhere(casebook: Casebook) -> None:
    code = invited(casebook, "ana")
    for wrong in ("", "x", code[:-1], code[:12] + "-" + "A" * 43, "0" * 12 + code[12:], code + "x"):
        with pytest.raises(InvitationGoneError):
            look_at(casebook, wrong, now=NOW)
    with pytest.raises(InvitationGoneError):
        look_at(casebook, code, now=at(hours=73))
    assert look_at(casebook, code, now=at(hours=71)).person == "ana"


def test_the_code_is_kept_nowhere(casebook: Casebook) -> None:
    secret = invited(casebook, "ana")[13:]
    with casebook.reading() as connection:
        assert secret not in str(connection.execute(select(invitations)).all())
        assert secret not in b"".join(casebook.audit(connection).lines()).decode()


def test_a_newer_invitation_voids_the_one_before(casebook: Casebook) -> None:
    old, new = invited(casebook, "ana"), invited(casebook, "ana")
    with pytest.raises(InvitationGoneError):
        look_at(casebook, old, now=NOW)
    take_back(casebook, "ana", actor=ADMIN, now=NOW)
    with pytest.raises(InvitationGoneError):
        look_at(casebook, new, now=NOW)


def test_who_is_disabled_cannot_take_it_up(casebook: Casebook) -> None:
    code = invited(casebook, "ana")
    change_person(casebook, "ana", actor=ADMIN, now=NOW, disabled=True)
    change_person(casebook, "ana", actor=ADMIN, now=NOW, disabled=False)
    with pytest.raises(InvitationGoneError):
        look_at(casebook, code, now=NOW)


@pytest.mark.parametrize("name", ["nobody", "feed"])
def test_only_registered_persons_are_invited(casebook: Casebook, name: str) -> None:
    with pytest.raises(NotFoundError):
        invite(casebook, name, actor=ADMIN, now=NOW, settings=SETTINGS)


def test_only_who_manages_invites(casebook: Casebook) -> None:
    ana = Actor("ana", Role.APPROVER)
    for ask in (invite, reset):
        with pytest.raises(NotAllowedError):
            ask(casebook, "ana", actor=ana, now=NOW, settings=SETTINGS)


def test_nobody_gets_a_way_in_behind_their_back(casebook: Casebook) -> None:
    with_passkey(casebook)
    with pytest.raises(ConflictError):
        invite(casebook, "ana", actor=ADMIN, now=NOW, settings=SETTINGS)


def test_a_reset_takes_all_away(casebook: Casebook) -> None:
    key, cookie = with_passkey(casebook)
    _, path = reset(casebook, "ana", actor=ADMIN, now=NOW, settings=SETTINGS)
    assert resume(casebook, cookie, NOW) is None
    with pytest.raises(NotSignedInError):
        show_passkey(casebook, key, at(minutes=1))
    assert entries(casebook, "means-reset") == [{"by": "ada", "person": "ana"}]
    assert entries(casebook, "session-ended")[-1]["why"] == "reset"
    taken_up(casebook, code_of(path), "", b"a new key of ana")


def test_a_wrong_first_code_changes_nothing(casebook: Casebook) -> None:
    code, door = invited(casebook, "ana"), visitor()
    step, _ = authenticator_for(casebook, code, visitor=door)
    with pytest.raises(ConfigError, match="authenticator"):
        enrol_password(casebook, code, "", PASSWORD, step=step, first_code="000000", visitor=door)
    assert look_at(casebook, code, now=NOW).used_us == 0
    assert not entries(casebook, "means-added")


def test_means_are_changed_only_soon_after_signing_in(casebook: Casebook) -> None:
    ana = with_password(casebook)
    late = visitor(at(minutes=11))
    actor = who(casebook, ana.cookie, at(minutes=11)).actor
    for change in (
        lambda: ask_for_another(casebook, actor=actor, visitor=late),
        lambda: ask_for_authenticator(casebook, actor=actor, visitor=late),
        lambda: set_password(casebook, PASSWORD, "", "", actor=actor, visitor=late),
        lambda: remove_password(casebook, actor=actor, visitor=late),
        lambda: remove_passkey(casebook, "x", actor=actor, visitor=late),
        lambda: fresh_codes(casebook, actor=actor, visitor=late),
    ):
        with pytest.raises(SignInAgainError):
            change()


def test_the_last_way_in_stays(casebook: Casebook) -> None:
    ana = with_password(casebook)
    actor = who(casebook, ana.cookie, NOW).actor
    with pytest.raises(ConfigError, match="Nothing would be left"):
        remove_password(casebook, actor=actor, visitor=visitor())
    ana.sign_in(at(minutes=1))


@pytest.fixture
def empty(tmp_path: Path) -> Casebook:
    return open_casebook(f"sqlite:///{tmp_path}/empty.sqlite", tmp_path / "empty", now=NOW)


def test_the_first_admin_registers_with_the_first_code(empty: Casebook) -> None:
    root = Actor("root", Role.ADMIN, "root")
    path = first_invitation(empty, actor=root, now=NOW, settings=SETTINGS)
    assert path.startswith("/welcome?code=")
    cookie = taken_up(empty, code_of(path), "Ada", b"key of the first")
    found = who(empty, cookie, NOW)
    assert (found.actor.name, found.actor.role) == ("ada", Role.ADMIN)
    assert [one.name for one in list_people(empty, actor=found.actor)] == ["ada"]
    assert first_invitation(empty, actor=root, now=NOW, settings=SETTINGS) == ""
    with pytest.raises(InvitationGoneError):
        taken_up(empty, code_of(path), "eve", b"key of a later one")
    empty.database.close()


def test_the_first_code_is_void_once_anybody_is_registered(empty: Casebook) -> None:
    from revenuer.app.casebook.people import add_person

    root = Actor("root", Role.ADMIN, "root")
    code = code_of(first_invitation(empty, actor=root, now=NOW, settings=SETTINGS))
    asked = ask_invited(empty, code, "eve", visitor=visitor())
    add_person(empty, "ada", Role.ADMIN, actor=root, now=NOW)
    made = Authenticator(ORIGIN, "localhost").make(asked["options"])
    with pytest.raises(InvitationGoneError):
        enrol_passkey(empty, code, asked["step"], made, "", visitor=visitor())
    empty.database.close()


@pytest.mark.parametrize("name", ["", "a b", "../etc", "x" * 80, "<b>"])
def test_the_first_admin_needs_a_name(empty: Casebook, name: str) -> None:
    root = Actor("root", Role.ADMIN, "root")
    code = code_of(first_invitation(empty, actor=root, now=NOW, settings=SETTINGS))
    with pytest.raises(RevenuerError, match="is no name"):
        ask_invited(empty, code, name, visitor=visitor())
    empty.database.close()
