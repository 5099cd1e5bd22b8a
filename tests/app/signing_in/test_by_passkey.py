"""Passkeys: for one person, one site and one question, or for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from authenticators import PRESENT, Authenticator
from doors import ADMIN, NOW, ORIGIN, at, entries, show_passkey, visitor, who, with_passkey

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import change_person
from revenuer.app.signing_in.begun import StepGoneError
from revenuer.app.signing_in.by_passkey import ask_for_passkey, sign_in_by_passkey
from revenuer.app.signing_in.enrolling import ask_invited, enrol_passkey
from revenuer.app.signing_in.own_means import (
    add_passkey,
    ask_for_another,
    own_means,
    remove_passkey,
)
from revenuer.app.signing_in.sessions import resume
from revenuer.app.signing_in.visitors import NotSignedInError
from revenuer.app.signing_in.waits import TooSoonError
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError
from revenuer.servers import ConsoleSettings


def test_a_passkey_signs_in_without_a_name(casebook: Casebook) -> None:
    key, first = with_passkey(casebook)
    cookie = show_passkey(casebook, key, at(minutes=5))
    found = who(casebook, cookie, at(minutes=5))
    assert (found.actor.name, found.means) == ("ana", "passkey")
    assert cookie != first
    made = own_means(casebook, actor=found.actor, settings=ConsoleSettings()).passkeys[0]
    assert (made.label, made.transports, made.sign_count) == ("laptop", "internal", 1)


def wrong_origin(key: Authenticator) -> None:
    key.origin = "http://localhost.example.org:8450"


def wrong_port(key: Authenticator) -> None:
    key.origin = "http://localhost:8451"


def wrong_site(key: Authenticator) -> None:
    key.site = "example.org"


def not_verified(key: Authenticator) -> None:
    key.flags = PRESENT


def other_key(key: Authenticator) -> None:
    key.key = Authenticator(ORIGIN, "localhost").key


def other_person(key: Authenticator) -> None:
    key.handle = bytes(32)


def not_counted_on(key: Authenticator) -> None:
    # A copy that was used less often than the original.
    key.count = 0


@pytest.mark.parametrize(
    "wrong",
    [wrong_origin, wrong_port, wrong_site, not_verified, other_key, other_person, not_counted_on],
)
def test_an_answer_that_does_not_fit_is_nobodys(
    casebook: Casebook, wrong: Callable[[Authenticator], None]
) -> None:
    key, _ = with_passkey(casebook)
    key.count = 4
    show_passkey(casebook, key, at(minutes=1))
    wrong(key)
    with pytest.raises(NotSignedInError):
        show_passkey(casebook, key, at(minutes=2))
    assert entries(casebook, "sign-in-failed")[0]["means"] == "passkey"


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", '{"rawId": 7}', '{"rawId": "AAAA", "response": {}}', "x" * 100_000,
     '{"rawId": "AAAA", "response": {"userHandle": null}}'],
)  # fmt: skip
def test_an_answer_that_is_none_is_nobodys(casebook: Casebook, answer: str) -> None:
    with_passkey(casebook)
    step = ask_for_passkey(casebook, visitor=visitor())["step"]
    with pytest.raises(NotSignedInError):
        sign_in_by_passkey(casebook, step, answer, visitor=visitor())


def test_an_answer_is_taken_once(casebook: Casebook) -> None:
    key, _ = with_passkey(casebook)
    asked = ask_for_passkey(casebook, visitor=visitor())
    answer = key.show(asked["options"])
    sign_in_by_passkey(casebook, asked["step"], answer, visitor=visitor())
    with pytest.raises(StepGoneError):
        sign_in_by_passkey(casebook, asked["step"], answer, visitor=visitor())
    again = ask_for_passkey(casebook, visitor=visitor())
    with pytest.raises(NotSignedInError):
        sign_in_by_passkey(casebook, again["step"], answer, visitor=visitor())


def test_an_answer_counts_in_the_browser_that_asked_and_in_time(casebook: Casebook) -> None:
    key, _ = with_passkey(casebook)
    asked = ask_for_passkey(casebook, visitor=visitor())
    answer = key.show(asked["options"])
    for door in (visitor(holder="another browser"), visitor(at(minutes=11))):
        with pytest.raises(StepGoneError):
            sign_in_by_passkey(casebook, asked["step"], answer, visitor=door)


def test_a_step_of_another_kind_ends_nothing(casebook: Casebook) -> None:
    key, cookie = with_passkey(casebook)
    actor = who(casebook, cookie, NOW).actor
    asked = ask_for_another(casebook, actor=actor, visitor=visitor())
    with pytest.raises(StepGoneError):
        sign_in_by_passkey(casebook, asked["step"], key.show(asked["options"]), visitor=visitor())


def test_guesses_with_passkeys_wait_by_address(casebook: Casebook) -> None:
    key, _ = with_passkey(casebook)
    other = replace(key, key=Authenticator(ORIGIN, "localhost").key)
    with pytest.raises(TooSoonError):  # noqa: PT012
        for _ in range(30):
            with pytest.raises(NotSignedInError):
                show_passkey(casebook, other, at(minutes=1))
    # A person's own name is not held up by strangers who guess passwords or keys elsewhere.
    here = visitor(at(minutes=1), address="198.51.100.9")
    key.count = 9
    assert show_passkey(casebook, key, at(minutes=1), door=here)


def test_passkeys_are_bound_to_a_name_and_not_to_an_address(casebook: Casebook) -> None:
    for origin in ("http://127.0.0.1:8450", "http://[::1]:8450"):
        with pytest.raises(ConfigError, match="by an address"):
            ask_for_passkey(casebook, visitor=visitor(origin=origin))


def test_the_public_name_counts_whatever_the_host_header_said(casebook: Casebook) -> None:
    settings = ConsoleSettings(public_url="https://console.example.org")
    door = visitor(settings=settings, origin="https://evil.example")
    options = ask_for_passkey(casebook, visitor=door)["options"]
    assert options["rpId"] == "console.example.org"
    assert options["userVerification"] == "required"


def test_a_disabled_persons_key_signs_nobody_in(casebook: Casebook) -> None:
    key, _ = with_passkey(casebook)
    change_person(casebook, "ana", actor=ADMIN, now=NOW, disabled=True)
    with pytest.raises(NotSignedInError):
        show_passkey(casebook, key, at(minutes=1))


def test_another_key_is_added_and_the_first_removed(casebook: Casebook) -> None:
    key, cookie = with_passkey(casebook)
    actor = who(casebook, cookie, NOW).actor
    first = own_means(casebook, actor=actor, settings=ConsoleSettings()).passkeys[0]
    with pytest.raises(ConfigError, match="Nothing would be left"):
        remove_passkey(casebook, first.id, actor=actor, visitor=visitor())
    asked = ask_for_another(casebook, actor=actor, visitor=visitor())
    assert asked["options"]["excludeCredentials"][0]["id"]
    other = Authenticator(ORIGIN, "localhost", id=b"another key of ana")
    answer = other.make(asked["options"])
    add_passkey(casebook, asked["step"], answer, "  blue\nkey ", actor=actor, visitor=visitor())
    elsewhere = show_passkey(casebook, key, at(minutes=1))
    remove_passkey(casebook, first.id, actor=actor, visitor=visitor(at(minutes=2)))
    assert resume(casebook, elsewhere, at(minutes=2)) is None
    assert resume(casebook, cookie, at(minutes=2)) is not None
    with pytest.raises(NotSignedInError):
        show_passkey(casebook, key, at(minutes=3))
    assert show_passkey(casebook, other, at(minutes=3))
    with pytest.raises(NotFoundError):
        remove_passkey(casebook, first.id, actor=actor, visitor=visitor())


def test_a_key_is_one_persons(casebook: Casebook) -> None:
    key, _ = with_passkey(casebook)
    _, hers = with_passkey(casebook, "ada")
    ada = who(casebook, hers, NOW).actor
    asked = ask_for_another(casebook, actor=ada, visitor=visitor())
    with pytest.raises(NotAllowedError, match="already"):
        add_passkey(
            casebook, asked["step"], key.make(asked["options"]), "", actor=ada, visitor=visitor()
        )


def test_a_registration_without_verification_is_none(casebook: Casebook) -> None:
    with pytest.raises(NotAllowedError, match="No passkey"):
        with_passkey(casebook, flags=PRESENT)


def test_a_registration_of_another_origin_is_none(casebook: Casebook) -> None:
    from doors import invited

    code = invited(casebook, "ana")
    asked = ask_invited(casebook, code, "ana", visitor=visitor())
    other = Authenticator("https://evil.example", "localhost")
    with pytest.raises(NotAllowedError, match="No passkey"):
        enrol_passkey(
            casebook, code, asked["step"], other.make(asked["options"]), "", visitor=visitor()
        )
