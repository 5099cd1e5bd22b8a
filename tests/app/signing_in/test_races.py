"""What two do at once, on SQLite and on PostgreSQL: a code, an invitation, a new secret."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from authenticators import Authenticator
from doors import (
    NOW,
    ORIGIN,
    Ana,
    at,
    invited,
    visitor,
    with_password,
    with_people,
)

from revenuer.app.casebook.opening import Casebook
from revenuer.app.signing_in.enrolling import ask_invited, enrol_passkey
from revenuer.app.signing_in.invitations import InvitationGoneError
from revenuer.app.signing_in.sessions import SignedIn, begin, resume
from revenuer.app.signing_in.visitors import NotSignedInError
from revenuer.app.signing_in.waits import TooSoonError


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    with with_people(casebook_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def ana(casebook: Casebook) -> Ana:
    return with_password(casebook)


def resumed(casebook: Casebook, cookie: str, now: object) -> SignedIn:
    found = resume(casebook, cookie, now)
    assert found is not None
    return found


def test_two_who_take_it_up_at_once_are_one(casebook: Casebook) -> None:
    code = invited(casebook, "ana")
    asked = [ask_invited(casebook, code, "", visitor=visitor()) for _ in range(4)]

    def one(number: int) -> bool:
        key = Authenticator(ORIGIN, "localhost", id=b"%016d" % number)
        made = key.make(asked[number]["options"])
        try:
            enrol_passkey(casebook, code, asked[number]["step"], made, "", visitor=visitor())
        except InvitationGoneError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1


def test_two_at_once_with_one_code_are_one(ana: Ana) -> None:
    now = at(minutes=5)

    def one(_: int) -> bool:
        try:
            ana.sign_in(now)
        except NotSignedInError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1


def test_many_guesses_at_once_are_as_many_as_one_after_another(ana: Ana) -> None:
    now = at(minutes=1)

    def guess(_: int) -> type[Exception]:
        try:
            ana.sign_in(now, code="000000")
        except (NotSignedInError, TooSoonError) as told:
            return type(told)
        raise AssertionError("a guess was right")

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(guess, range(12)))
    assert told.count(NotSignedInError) == 5


def test_two_requests_at_once_get_one_new_secret(casebook: Casebook) -> None:
    old = begin(casebook, "ana", "passkey", now=NOW)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: resumed(casebook, old, at(minutes=15)), range(8)))
    new = [one.renewed for one in found if one.renewed]
    assert len(new) == 1
    resumed(casebook, new[0] or "", at(minutes=16))
