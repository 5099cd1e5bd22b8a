"""A password signs in only with a code; whoever guesses learns nothing, and waits."""

from __future__ import annotations

import statistics
import time

import pytest
from doors import ADMIN, NOW, PASSWORD, Ana, at, entries, invited, visitor, who, with_password
from sqlalchemy import select

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import change_person
from revenuer.app.signing_in.enrolling import authenticator_for, enrol_password
from revenuer.app.signing_in.own_means import fresh_codes, own_means, set_password
from revenuer.app.signing_in.own_password import fresh_authenticator
from revenuer.app.signing_in.sessions import resume
from revenuer.app.signing_in.visitors import NotSignedInError
from revenuer.app.signing_in.waits import TooSoonError
from revenuer.errors import ConfigError
from revenuer.servers import ConsoleSettings, Means
from revenuer.store.casebook.sign_in_means import ALL


@pytest.fixture
def ana(casebook: Casebook) -> Ana:
    return with_password(casebook)


def test_a_password_with_a_code_signs_in(ana: Ana) -> None:
    cookie = ana.sign_in(at(minutes=5))
    found = who(ana.casebook, cookie, at(minutes=5))
    assert (found.actor.name, found.means) == ("ana", "password")
    assert cookie != ana.cookie


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "000000"},
        {"password": "another password here"},
        {"password": ""},
        {"password": "x" * 100_000},
        {"name": "nobody"},
        {"name": "feed"},
        {"name": ""},
        {"name": "' OR 1=1 --"},
        {"code": "aaaa-bbbb-cccc-dddd"},
        {"name": "ada", "code": "000000"},
    ],
)
def test_anything_wrong_is_refused_in_the_same_words(ana: Ana, wrong: dict[str, str]) -> None:
    with pytest.raises(NotSignedInError) as refused:
        ana.sign_in(at(minutes=5), **wrong)
    assert refused.value.message == "That did not sign you in."
    assert len(entries(ana.casebook, "sign-in-failed")) == 1


def test_a_password_alone_never_signs_in(ana: Ana, casebook: Casebook) -> None:
    # Not even where no authenticator were kept: then no code is right.
    with casebook.database.writing() as connection:
        connection.execute(ALL[0].update().values(totp=b""))
    for code in ("", "000000", ana.code(at(minutes=5))):
        with pytest.raises(NotSignedInError):
            ana.sign_in(at(minutes=5), code=code)


def test_a_code_is_taken_once(ana: Ana) -> None:
    code = ana.code(at(minutes=5))
    ana.sign_in(at(minutes=5), code=code)
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=5), code=code)
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=5, seconds=20), code=code)


def test_the_code_of_the_enrolment_signs_nobody_in(casebook: Casebook) -> None:
    ana = with_password(casebook)
    with pytest.raises(NotSignedInError):
        ana.sign_in(NOW)


@pytest.mark.parametrize(("seconds", "is_in"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_clock_may_be_wrong_by_a_step(ana: Ana, seconds: int, is_in: bool) -> None:
    now = at(minutes=5)
    code = ana.code(at(minutes=5, seconds=seconds))
    if is_in:
        assert ana.sign_in(now, code=code)
    else:
        with pytest.raises(NotSignedInError):
            ana.sign_in(now, code=code)


def test_a_recovery_code_stands_in_once_and_only_beside_the_password(ana: Ana) -> None:
    book = ana.casebook
    actor = who(book, ana.cookie, NOW).actor
    codes = fresh_codes(book, actor=actor, visitor=visitor())
    assert len(set(codes)) == 10
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=1), code=codes[0], password="another password here")
    ana.sign_in(at(minutes=2), code=codes[0].upper().replace("-", " "))
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=3), code=codes[0])
    assert own_means(book, actor=actor, settings=ConsoleSettings()).codes == 9
    assert entries(book, "recovery-code-used")[0]["left"] == 9
    fresh_codes(book, actor=actor, visitor=visitor())
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=4), code=codes[1])


def test_nothing_secret_is_kept_or_logged(ana: Ana) -> None:
    book = ana.casebook
    codes = fresh_codes(book, actor=who(book, ana.cookie, NOW).actor, visitor=visitor())
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=1), name="hunter2 is my password")
    secrets = [PASSWORD, ana.secret, codes[0], codes[0].replace("-", ""), "hunter2", "192.0.2.7"]
    with book.reading() as connection:
        text = b"".join(book.audit(connection).lines()).decode()
        rows = [str(row) for table in ALL for row in connection.execute(select(table))]
    for secret in secrets:
        assert secret not in text
        assert not [row for row in rows if secret in row]
    # Whether it is the same name again can be seen, and no more.
    assert len(entries(book, "sign-in-failed")[0]["name"]) == 32


def test_waits_grow_by_name_and_end_with_the_right_code(ana: Ana) -> None:
    waits, now = [], at(minutes=1)
    for _ in range(20):
        try:
            ana.sign_in(now, code="000000")
        except TooSoonError as told:
            waits.append(told.wait_s)
            now = at(seconds=(now - NOW).total_seconds() + told.wait_s)
        except NotSignedInError:
            pass
    assert waits[:7] == [2, 4, 8, 16, 32, 64, 128]
    assert who(ana.casebook, ana.sign_in(at(minutes=30)), at(minutes=30))
    # The count of the name begins anew.
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=31), code="000000")
    ana.sign_in(at(minutes=31))


def test_waits_do_not_grow_for_ever(casebook: Casebook) -> None:
    short = ConsoleSettings(free_failures=1, longest_wait_minutes=1)
    ana, longest, now = with_password(casebook), 0, 60.0
    for _ in range(14):
        try:
            ana.sign_in(at(seconds=now), code="1", visitor=visitor(at(seconds=now), settings=short))
        except TooSoonError as told:
            longest = max(longest, told.wait_s)
            now += told.wait_s
        except NotSignedInError:
            pass
    assert longest == 60


def test_whoever_guesses_from_one_address_waits_whatever_the_names(ana: Ana) -> None:
    now = at(minutes=1)
    with pytest.raises(TooSoonError):  # noqa: PT012
        for number in range(30):
            with pytest.raises(NotSignedInError):
                ana.sign_in(now, name=f"guess{number}", code="000000")
    # Others are not held up, elsewhere.
    assert ana.sign_in(now, visitor=visitor(now, address="198.51.100.1"))


def test_a_network_of_ipv6_is_one_address(ana: Ana) -> None:
    now = at(minutes=1)
    with pytest.raises(TooSoonError):  # noqa: PT012
        for number in range(30):
            door = visitor(now, address=f"2001:db8:0:1::{number + 1:x}")
            with pytest.raises(NotSignedInError):
                ana.sign_in(now, name=f"guess{number}", code="000000", visitor=door)


def test_names_that_nobody_has_wait_like_others(ana: Ana) -> None:
    def told(name: str, seconds: int) -> list[str]:
        found = []
        for number in range(8):
            now = at(minutes=1, seconds=seconds)
            door = visitor(now, address=f"192.0.2.{number}")
            with pytest.raises((NotSignedInError, TooSoonError)) as refused:
                ana.sign_in(now, name=name, code="000000", visitor=door)
            found.append(str(refused.value))
        return found

    assert told("ana", 0) == told("nobody", 0)


@pytest.mark.slow
def test_names_that_nobody_has_take_as_long(ana: Ana) -> None:
    free = ConsoleSettings(free_failures=20)
    seconds: dict[str, list[float]] = {"ana": [], "nobody": [], "feed": []}
    for number in range(18):
        for name, found in seconds.items():
            now = at(days=1 + 2 * number)
            begun = time.thread_time()
            with pytest.raises(NotSignedInError):
                ana.sign_in(now, name=name, code="1", visitor=visitor(now, settings=free))
            found.append(time.thread_time() - begun)
    known, *others = (statistics.median(found) for found in seconds.values())
    for other in others:
        assert abs(other - known) < 0.15 * known, seconds


def test_who_is_disabled_does_not_sign_in(ana: Ana) -> None:
    change_person(ana.casebook, "ana", actor=ADMIN, now=NOW, disabled=True)
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=5))


def test_settings_can_close_this_way(ana: Ana) -> None:
    only = ConsoleSettings(means=(Means.PASSKEY,))
    with pytest.raises(NotSignedInError):
        ana.sign_in(at(minutes=5), visitor=visitor(at(minutes=5), settings=only))


@pytest.mark.parametrize(
    "password",
    ["short", "eleven char", "password1234", "123456789012", "qwertyuiop12", "aaaaaaaaaaaaaaaa",
     "revenuerconsole", "x" * 257],
)  # fmt: skip
def test_what_is_tried_first_is_no_password(casebook: Casebook, password: str) -> None:
    code, door = invited(casebook, "ana"), visitor()
    step, _ = authenticator_for(casebook, code, visitor=door)
    with pytest.raises(ConfigError, match="password"):
        enrol_password(
            casebook, code, "ana", password, step=step, first_code="000000", visitor=door
        )


def test_passwords_that_look_the_same_are_the_same(casebook: Casebook) -> None:
    ana = with_password(casebook)
    actor = who(casebook, ana.cookie, NOW).actor
    step, secret = fresh_authenticator(casebook, visitor=visitor())
    ana.secret = secret
    composed, apart = "caf\u00e9 on the quiet quay", "cafe\u0301 on the quiet quay"
    set_password(casebook, composed, step, ana.code(NOW), actor=actor, visitor=visitor())
    ana.sign_in(at(minutes=5), password=apart)


def test_a_new_password_ends_other_sessions(ana: Ana) -> None:
    book = ana.casebook
    other = ana.sign_in(at(minutes=5))
    here = ana.sign_in(at(minutes=6))
    now = at(minutes=7)
    actor = who(book, here, now).actor
    step, secret = fresh_authenticator(book, visitor=visitor(now))
    old, ana.secret = ana.secret, secret
    new = "three tame otters dancing"
    set_password(book, new, step, ana.code(now), actor=actor, visitor=visitor(now))
    assert resume(book, other, now) is None
    assert resume(book, here, now) is not None
    later = at(minutes=9)
    with pytest.raises(NotSignedInError):
        ana.sign_in(later)
    with pytest.raises(NotSignedInError):
        ana.sign_in(later, password=new, code=Ana(book, "ana", old, "").code(later))
    ana.sign_in(later, password=new)
