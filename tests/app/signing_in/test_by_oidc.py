"""The organization's own sign-in: whom the provider signs for is let in, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from doors import ADMIN, NOW, ORIGIN, entries, visitor, who
from joserfc.jwk import RSAKey
from providers import Liar, consented, known_as, liar, provider

from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import add_person, change_person, list_people
from revenuer.app.signing_in.begun import StepGoneError
from revenuer.app.signing_in.by_oidc import ask_provider, check_oidc, sign_in_by_oidc
from revenuer.app.signing_in.invitations import reset
from revenuer.app.signing_in.own_means import own_means
from revenuer.app.signing_in.visitors import NotSignedInError, Visitor
from revenuer.casework.roles import Role
from revenuer.errors import ConfigError, NotAllowedError, SourceError
from revenuer.servers import ConsoleSettings, Means, OidcSettings

ANA = "ana@example.org"
ROLES = {"fraud": "analyst", "leads": "approver", "staff": "viewer"}


SECRETS: dict[str, str] = {}
"""Files of the secrets that providers know us by."""


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if find_spec("oidc_provider_mock") is None:
        pytest.skip("needs oidc-provider-mock")
    file = tmp_path_factory.mktemp("oidc") / "secret"
    file.write_text("hush\n")
    file.chmod(0o600)
    with provider() as url:
        SECRETS[url] = str(file)
        yield url


@pytest.fixture
def lying() -> Iterator[Liar]:
    with liar() as one:
        yield one


def door(issuer: str, *, holder: str = "this browser", **oidc: Any) -> Visitor:
    # The provider's clock is the real one.
    more = {"client_secret_file": SECRETS.get(issuer, ""), **oidc}
    settings = ConsoleSettings(oidc=OidcSettings(issuer=issuer, client_id="revenuer", **more))
    return visitor(datetime.now(UTC), holder=holder, settings=settings)


def register(casebook: Casebook, name: str = ANA) -> None:
    add_person(casebook, name, Role.ANALYST, actor=ADMIN, now=NOW)


def sign_in(casebook: Casebook, here: Visitor, sub: str, **more: str) -> tuple[str, str]:
    url = ask_provider(casebook, visitor=here, onwards="/cases")
    return sign_in_by_oidc(casebook, consented(url, sub, **more), visitor=here)


def test_whom_the_provider_names_is_let_in(casebook: Casebook, issuer: str) -> None:
    register(casebook)
    known_as(issuer, "sub-ana", email=ANA, email_verified=True)
    here = door(issuer)
    cookie, onwards = sign_in(casebook, here, "sub-ana")
    found = who(casebook, cookie, here.now)
    assert (found.actor.name, found.means, onwards) == (ANA, "oidc", "/cases")
    assert own_means(casebook, actor=found.actor, settings=here.settings).oidc == 1
    assert sign_in(casebook, door(issuer), "sub-ana")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": ANA},
        {"email": ANA, "email_verified": False},
        {"email": ANA, "email_verified": "true"},
        {"email": "eve@example.org", "email_verified": True},
        {"email": "feed", "email_verified": True},
        {"email": "not a name", "email_verified": True},
        {"email_verified": True},
        {"email": [ANA], "email_verified": True},
    ],
)
def test_a_name_that_is_not_verified_or_not_registered_is_nobodys(
    casebook: Casebook, issuer: str, claims: dict[str, Any]
) -> None:
    register(casebook)
    known_as(issuer, "sub-eve", **claims)
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer), "sub-eve")
    assert entries(casebook, "sign-in-failed")[0]["means"] == "oidc"
    assert len(list_people(casebook, actor=ADMIN)) == 4


def test_another_claim_may_name_the_person(casebook: Casebook, issuer: str) -> None:
    known_as(issuer, "sub-ana2", preferred_username="ana")
    here = door(issuer, person_claim="preferred_username")
    assert who(casebook, sign_in(casebook, here, "sub-ana2")[0], here.now).actor.name == "ana"


def test_a_group_registers_with_the_highest_role_of_its_groups(
    casebook: Casebook, issuer: str
) -> None:
    known_as(issuer, "sub-bea", email="bea@x.org", email_verified=True, groups=["staff", "leads"])
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer), "sub-bea")
    here = door(issuer, roles=ROLES)
    found = who(casebook, sign_in(casebook, here, "sub-bea")[0], here.now)
    assert (found.actor.name, found.actor.role) == ("bea@x.org", Role.APPROVER)
    known_as(issuer, "sub-cid", email="cid@x.org", email_verified=True, groups=["other"])
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer, roles=ROLES), "sub-cid")


def test_nobody_becomes_the_first_of_a_casebook_from_outside(tmp_path: Path, issuer: str) -> None:
    empty = open_casebook(f"sqlite:///{tmp_path}/empty.sqlite", tmp_path / "keys2", now=NOW)
    known_as(issuer, "sub-eve2", email="eve@x.org", email_verified=True, groups=["leads"])
    with pytest.raises(NotSignedInError):
        sign_in(empty, door(issuer, roles={"leads": "admin"}), "sub-eve2")
    assert not list_people(empty, actor=ADMIN)
    empty.database.close()


def test_an_address_that_went_to_another_person_does_not_let_that_one_in(
    casebook: Casebook, issuer: str
) -> None:
    register(casebook)
    for sub in ("sub-old", "sub-new"):
        known_as(issuer, sub, email=ANA, email_verified=True)
    sign_in(casebook, door(issuer), "sub-old")
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer), "sub-new")
    reset(casebook, ANA, actor=ADMIN, now=NOW, settings=ConsoleSettings())
    sign_in(casebook, door(issuer), "sub-new")
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer), "sub-old")


def test_whoever_changes_their_name_there_does_not_become_another_here(
    casebook: Casebook, issuer: str
) -> None:
    register(casebook)
    known_as(issuer, "sub-ana3", email=ANA, email_verified=True)
    sign_in(casebook, door(issuer), "sub-ana3")
    register(casebook, "boss@example.org")
    known_as(issuer, "sub-ana3", email="boss@example.org", email_verified=True)
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer), "sub-ana3")


def test_who_is_disabled_is_not_let_in(casebook: Casebook, issuer: str) -> None:
    register(casebook)
    known_as(issuer, "sub-ana4", email=ANA, email_verified=True)
    change_person(casebook, ANA, actor=ADMIN, now=NOW, disabled=True)
    with pytest.raises(NotSignedInError):
        sign_in(casebook, door(issuer), "sub-ana4")


def test_an_answer_counts_once_and_in_the_browser_that_asked(
    casebook: Casebook, issuer: str
) -> None:
    register(casebook)
    known_as(issuer, "sub-ana5", email=ANA, email_verified=True)
    here = door(issuer)
    answer = consented(ask_provider(casebook, visitor=here, onwards="/"), "sub-ana5")
    with pytest.raises(StepGoneError):
        sign_in_by_oidc(casebook, answer, visitor=replace(here, holder="the victim's browser"))
    with pytest.raises(StepGoneError):
        sign_in_by_oidc(casebook, {**answer, "state": "0" * 32}, visitor=here)
    sign_in_by_oidc(casebook, answer, visitor=here)
    with pytest.raises(StepGoneError):
        sign_in_by_oidc(casebook, answer, visitor=here)
    # A code that was used, under a state that was not.
    again = ask_provider(casebook, visitor=here, onwards="/")
    state = dict(parse_qsl(urlsplit(again).query))["state"]
    with pytest.raises(NotSignedInError):
        sign_in_by_oidc(casebook, {**answer, "state": state}, visitor=here)


@pytest.mark.parametrize(
    "change", [{"iss": "https://other.example"}, {"code": ""}, {"code": "x" * 5000}, {"code": "no"}]
)
def test_an_answer_that_is_not_the_providers_is_refused(
    casebook: Casebook, issuer: str, change: dict[str, str]
) -> None:
    register(casebook)
    known_as(issuer, "sub-ana6", email=ANA, email_verified=True)
    here = door(issuer)
    answer = consented(ask_provider(casebook, visitor=here, onwards="/"), "sub-ana6")
    with pytest.raises(NotSignedInError):
        sign_in_by_oidc(casebook, {**answer, **change}, visitor=here)


def test_who_refuses_there_is_not_let_in(casebook: Casebook, issuer: str) -> None:
    # This provider forgets the state when somebody refuses; others send it back.
    with pytest.raises((NotSignedInError, StepGoneError)):
        sign_in(casebook, door(issuer), "sub-ana", action="deny")
    here = door(issuer)
    url = ask_provider(casebook, visitor=here, onwards="/")
    state = dict(parse_qsl(urlsplit(url).query))["state"]
    with pytest.raises(NotSignedInError):
        sign_in_by_oidc(casebook, {"state": state, "error": "access_denied"}, visitor=here)


def told(casebook: Casebook, lying: Liar) -> str:
    """Sign in at a provider that lies."""
    here = door(lying.issuer)
    url = ask_provider(casebook, visitor=here, onwards="/")
    lying.asked = dict(parse_qsl(urlsplit(url).query))
    answer = {"state": lying.asked["state"], "code": "a code"}
    return sign_in_by_oidc(casebook, answer, visitor=here)[0]


def test_the_liar_is_believed_while_it_does_not_lie(casebook: Casebook, lying: Liar) -> None:
    register(casebook)
    assert told(casebook, lying)
    assert lying.asked["redirect_uri"] == f"{ORIGIN}/sign-in/oidc/return"
    assert set(lying.asked["scope"].split()) == {"openid", "email", "profile"}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": ["revenuer", "another"], "azp": "another"},
        {"nonce": "of another time"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": 7},
        {"at_hash": "of another token"},
        {"email": None},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(
    casebook: Casebook, lying: Liar, claims: dict[str, Any]
) -> None:
    register(casebook)
    register(casebook, "ada@example.org")
    lying.claims = claims
    with pytest.raises(NotSignedInError):
        told(casebook, lying)


def test_a_token_of_another_key_or_of_none_is_refused(casebook: Casebook, lying: Liar) -> None:
    register(casebook)
    honest = lying.key
    lying.shown = honest
    other = RSAKey.generate_key(2048, {"kid": "one"})
    secret = honest.as_pem(private=False)
    for key, header in (
        (other, {}),
        (honest, {"alg": "none"}),
        # The public key, taken for a secret that both know.
        (secret, {"alg": "HS256"}),
        (honest, {"alg": "RS512"}),
    ):
        lying.key, lying.header = key, header
        with pytest.raises(NotSignedInError):
            told(casebook, lying)
    for raw in ("", "x", "a.b.c", "{}"):
        lying.raw = raw or "."
        with pytest.raises(NotSignedInError):
            told(casebook, lying)
    lying.key, lying.header, lying.raw = honest, {}, ""
    assert told(casebook, lying)


def test_new_keys_of_the_provider_are_fetched_when_they_are_needed(
    casebook: Casebook, lying: Liar
) -> None:
    register(casebook)
    told(casebook, lying)
    told(casebook, lying)
    assert lying.fetched == 1
    lying.key = RSAKey.generate_key(2048, {"kid": "one"})
    told(casebook, lying)
    assert lying.fetched == 2


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://sso.example.org/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
    ids=str,
)
def test_what_a_provider_says_of_itself_must_be_of_itself_and_over_tls(
    casebook: Casebook, lying: Liar, metadata: dict[str, Any]
) -> None:
    lying.metadata = metadata
    with pytest.raises(ConfigError):
        ask_provider(casebook, visitor=door(lying.issuer), onwards="/")


def test_a_provider_that_is_gone_is_told_as_such(casebook: Casebook) -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        ask_provider(casebook, visitor=door("http://127.0.0.1:9"), onwards="/")


def test_settings_can_close_this_way(casebook: Casebook, issuer: str) -> None:
    here = door(issuer)
    closed = replace(here, settings=replace(here.settings, means=(Means.PASSKEY,)))
    with pytest.raises(NotAllowedError):
        ask_provider(casebook, visitor=closed, onwards="/")


@pytest.mark.parametrize(
    ("oidc", "says"),
    [
        ({"issuer": "http://sso.example.org"}, "not https"),
        ({"issuer": "https://sso.example.org", "client_id": ""}, "client_id"),
        ({"roles": {"fraud": "boss"}}, "boss"),
        ({"client_secret_file": "/nowhere/secret"}, "cannot be read"),
    ],
)
def test_wrong_settings_are_told_before_anybody_needs_them(oidc: dict[str, Any], says: str) -> None:
    given = {"issuer": "https://sso.example.org", "client_id": "revenuer", **oidc}
    with pytest.raises(ConfigError) as raised:
        check_oidc(ConsoleSettings(oidc=OidcSettings(**given)))
    assert says in raised.value.message


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, casebook: Casebook) -> None:
    file = tmp_path / "secret"
    file.write_text("hush\n")
    file.chmod(0o644)
    given = {"issuer": "https://sso.example.org", "client_id": "revenuer"}
    settings = ConsoleSettings(oidc=OidcSettings(**given, client_secret_file=str(file)))
    with pytest.raises(ConfigError, match="read by others"):
        check_oidc(settings)
    file.chmod(0o600)
    check_oidc(settings)


def test_who_must_sign_in_again_is_asked_again_there(casebook: Casebook, issuer: str) -> None:
    url = ask_provider(casebook, visitor=door(issuer), onwards="/me", again=True)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
