"""TLS, client certificates, and what is refused without them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from certificates import Authority
from served import ALL, Running, running
from taxii2client.v21 import Server

from revenuer.app.sharing.partners import add_token
from revenuer.cli.entry import run


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "authority")


@pytest.fixture(scope="module")
def mutual(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Running]:
    """A server that wants a certificate of each client."""
    own = authority.issue("server")
    arguments = ["--certificate", str(own), "--client-ca", str(authority.file)]
    with running(tmp_path_factory.mktemp("mutual"), arguments) as one:
        yield one


def client(authority: Authority, certificate: Path | None, token: str = "") -> httpx.Client:
    context = ssl.create_default_context(cafile=str(authority.file))
    if certificate is not None:
        context.load_cert_chain(certificate)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(verify=context, headers=headers, trust_env=False)


def test_a_certificate_alone_lets_its_partner_in(mutual: Running, authority: Authority) -> None:
    known, other = authority.issue("known"), authority.issue("other")
    add_token(mutual.state, "ada", scopes=ALL, hours=1, certificate=known, certificate_alone=True)
    mutual.collection("hers", readers=("ada",), alias="hers")
    with client(authority, known) as ada:
        assert ada.get(mutual.url).status_code == 200
        assert ada.get(f"{mutual.root}collections/hers/").json()["title"] == "hers"
    with client(authority, other) as stranger:
        assert stranger.get(mutual.url).status_code == 401


def test_taxii2_client_comes_in_with_its_certificate(
    mutual: Running, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    # requests would take these for the authorities instead of those that it is given.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    known = authority.issue("taxii2-client")
    add_token(mutual.state, "bob", scopes=ALL, hours=1, certificate=known, certificate_alone=True)
    found = Server(mutual.url, cert=str(known), verify=str(authority.file))
    assert found.title == "Revenuer"


def test_a_token_that_was_taken_is_of_no_use_without_the_certificate(
    mutual: Running, authority: Authority
) -> None:
    own, thief = authority.issue("owner"), authority.issue("thief")
    token = add_token(mutual.state, "carol", scopes=ALL, hours=1, certificate=own)[1]
    for certificate, status in ((own, 200), (thief, 401)):
        with client(authority, certificate, token) as one:
            assert one.get(mutual.url).status_code == status
    with client(authority, own) as without:
        assert without.get(mutual.url).status_code == 401


@pytest.mark.parametrize("whose", ["nobody's", "another authority's"])
def test_without_a_certificate_of_the_authority_there_is_no_connection(
    mutual: Running, authority: Authority, tmp_path: Path, whose: str
) -> None:
    shown = None if whose == "nobody's" else Authority(tmp_path, "another").issue("eve")
    with client(authority, shown) as one, pytest.raises(httpx.TransportError):
        one.get(mutual.url)


def test_a_certificate_cannot_be_claimed_by_a_header(mutual: Running, authority: Authority) -> None:
    known, other = authority.issue("claimed"), authority.issue("claimant")
    add_token(mutual.state, "dora", scopes=ALL, hours=1, certificate=known, certificate_alone=True)
    headers = {
        "x-forwarded-client-cert": "".join(known.read_text().split()[:9]),
        "x-ssl-client-verify": "SUCCESS",
        "revenuer.certificate": "dora",
    }
    with client(authority, other) as one:
        assert one.get(mutual.url, headers=headers).status_code == 401


def test_old_tls_is_not_spoken(mutual: Running, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.file))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with httpx.Client(verify=context, trust_env=False) as one, pytest.raises(httpx.ConnectError):
        one.get(mutual.url)


def test_our_client_pulls_over_mutual_tls(
    mutual: Running, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = authority.issue("puller")
    token = add_token(mutual.state, "erin", scopes=ALL, hours=1, certificate=own)[1]
    mutual.collection("for erin", readers=("erin",))
    monkeypatch.setenv("REVENUER_SHARE_TOKEN", token)
    folders = ["--state", str(tmp_path / "s"), "--keys", str(tmp_path / "k"), "--out"]
    command = [
        "share",
        "pull",
        mutual.url,
        "--collection",
        "for erin",
        *folders,
        str(tmp_path / "in"),
    ]
    tls = ["--ca", str(authority.file), "--certificate", str(own)]
    assert run([*command, *tls]) == 0
    assert run(command) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "in the clear"),
        (["--client-ca", __file__], "needs server.certificate"),
        (["--certificate", __file__], "cannot be used"),
    ],
)
def test_what_would_not_be_safe_does_not_start(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    with pytest.raises(AssertionError, match=words), running(tmp_path, arguments):
        pass
