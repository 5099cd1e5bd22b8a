"""Who is let in, with what, for what, how often, and what is left behind of it."""

from __future__ import annotations

import base64
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from served import ALL, Running, envelope, indicator, running

from revenuer.app.sharing.partners import revoke_token
from revenuer.cli.entry import run
from revenuer.sharing.tlp import Tlp

Fresh = Callable[..., str]


def status(server: Running, header: str) -> int:
    return httpx.get(server.url, headers={"authorization": header}, trust_env=False).status_code


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., object]:
    """A server of one's own: wrong tokens count against an address."""
    return lambda **more: running(tmp_path, **more)


def test_only_the_token_itself_lets_in(server: Running) -> None:
    token = server.token("carol")
    id_, secret = token.split("_", 2)[1:]
    assert status(server, f"Bearer {token}") == 200
    assert status(server, basic("carol", token)) == 200
    wrong = [
        f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
        f"Bearer {secret}",
        f"Bearer rvn_{id_}_",
        basic("ada", token),
        basic("carol", secret),
        f"Digest {token}",
        "Basic not-base64!",
        "Bearer",
    ]
    assert [status(server, one) for one in wrong] == [401] * len(wrong)


def test_a_revoked_token_is_of_no_use_at_once_and_changes_nothing(
    server: Running, ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh(readers=("ada", "dora"), writers=("dora",))
    token = server.token("dora")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/taxii+json"}
    with httpx.Client(headers=headers, trust_env=False) as dora:
        assert dora.post(url, content=envelope(indicator(1))).status_code == 202
        revoke_token(server.state, token.split("_")[1])
        # The same request again, over the same connection.
        assert dora.post(url, content=envelope(indicator(2))).status_code == 401
    assert ada.get(url).json()["objects"] == [indicator(1)]


def test_an_expired_token_is_of_no_use(server: Running) -> None:
    token = server.token("erin", hours=1 / 3600 / 2)
    time.sleep(0.6)
    assert status(server, f"Bearer {token}") == 401


@pytest.mark.parametrize(
    ("scopes", "codes"),
    [
        (("taxii:read",), (200, 403, 403)),
        (("taxii:write",), (403, 202, 403)),
        (("taxii:read", "taxii:write"), (200, 202, 403)),
        (ALL, (200, 202, 200)),
        (("matching",), (403, 403, 403)),
    ],
)
def test_a_token_is_for_what_it_says_alone(
    server: Running, fresh: Fresh, scopes: tuple[str, ...], codes: tuple[int, ...]
) -> None:
    url = fresh(readers=("fay",), writers=("fay",))
    full = {"authorization": f"Bearer {server.token('fay')}"}
    headers = {"content-type": "application/taxii+json"}
    with httpx.Client(headers=full | headers, trust_env=False) as client:
        client.post(url, content=envelope(indicator(1)))
        given = {"authorization": f"Bearer {server.token('fay', scopes=scopes)}"}
        told = (
            client.get(url, headers=given),
            client.post(url, content=envelope(indicator(2)), headers=given),
            client.delete(f"{url}{indicator(1)['id']}/", headers=given),
        )
    assert tuple(one.status_code for one in told) == codes


def test_secrets_are_kept_nowhere(server: Running) -> None:
    token = server.token("gus")
    secret = token.split("_", 2)[2].encode()
    assert status(server, f"Bearer {token}") == 200
    with sqlite3.connect(server.state.folder / "share.sqlite") as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path for path in server.folder.rglob("*") if path.is_file()]
    assert any(path.name == "share.sqlite" for path in files)
    assert not [path for path in files if secret in path.read_bytes()]
    assert [path for path in files if path.stat().st_mode & 0o077 and path.suffix != ".pub"] == []


def test_guessing_is_slowed_down_for_an_address(own: Callable[..., object]) -> None:
    with own() as server:
        token = server.token("ada")
        assert status(server, f"Bearer {token}") == 200
        codes = [status(server, f"Bearer {token[:-1]}-") for _ in range(30)]
        assert codes.count(429) >= 5
        assert set(codes) == {401, 429}


def test_too_many_requests_of_a_token_are_429_and_others_go_on(own: Callable[..., object]) -> None:
    with own(environment={"REVENUER_SERVER__REQUESTS_PER_MINUTE": "10"}) as server:
        tokens = [server.token("ada"), server.token("ada")]
        codes = [status(server, f"Bearer {tokens[0]}") for _ in range(14)]
        assert codes[:10] == [200] * 10
        assert 429 in codes[10:]
        told = httpx.get(
            server.url, headers={"authorization": f"Bearer {tokens[0]}"}, trust_env=False
        )
        assert told.status_code == 429
        assert 1 <= int(told.headers["retry-after"]) <= 60
        assert told.headers["content-type"] == "application/taxii+json;version=2.1"
        assert status(server, f"Bearer {tokens[1]}") == 200


def test_bytes_of_a_day_come_to_an_end(own: Callable[..., object]) -> None:
    with own(environment={"REVENUER_SERVER__MB_PER_DAY": "1"}) as server:
        server.tokens["ada"] = server.token("ada")
        id_ = server.collection("much", readers=("ada",), writers=("ada",))
        url = f"{server.root}collections/{id_}/objects/"
        with server.client("ada", headers={"content-type": "application/taxii+json"}) as ada:
            big = envelope(*(indicator(n, description="x" * 9000) for n in range(60)))
            assert ada.post(url, content=big).status_code == 202
            codes = [ada.get(url).status_code for _ in range(3)]
    assert codes == [200, 429, 429]


# --- who made what ----------------------------------------------------------------


def test_nobody_changes_or_deletes_what_another_added(
    ada: httpx.Client, bob: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    for version in (indicator(1, version=1, revoked=True), indicator(1, version=2)):
        assert bob.post(url, content=envelope(version)).json()["failure_count"] == 1
    assert bob.delete(f"{url}{indicator(1)['id']}/").status_code == 403
    assert ada.get(url).json()["objects"] == [indicator(1)]
    # The same version is no change.
    assert bob.post(url, content=envelope(indicator(1))).json()["success_count"] == 1


def test_nobody_speaks_for_an_identity_of_another(
    server: Running, ada: httpx.Client, fresh: Fresh
) -> None:
    lab = "identity--00000000-0000-4000-8000-00000000000a"
    url = fresh(readers=("ada", "lab"), writers=("ada", "lab"))
    token = server.token("lab", identity=lab)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/taxii+json"}
    one = indicator(1, created_by_ref=lab)
    forged = ada.post(url, content=envelope(one)).json()
    assert forged["failures"][0]["message"].startswith("it says that it is made by an identity")
    assert ada.get(url).json() == {}
    told = httpx.post(url, content=envelope(one), headers=headers, trust_env=False).json()
    assert told["success_count"] == 1


# --- for whom it is marked --------------------------------------------------------


@pytest.mark.parametrize(
    ("up_to", "taken"),
    [(Tlp.GREEN, [1, 2, 3]), (Tlp.AMBER_STRICT, [1, 2, 3, 4]), (Tlp.RED, [1, 2, 3, 4, 5, 6])],
)
def test_a_collection_takes_in_what_its_circle_may_see(
    ada: httpx.Client, fresh: Fresh, up_to: Tlp, taken: list[int]
) -> None:
    url = fresh(up_to=up_to)
    partly = [{"marking_ref": Tlp.RED.marking_id, "selectors": ["name"]}]
    every = [
        indicator(1),
        indicator(2, object_marking_refs=[Tlp.CLEAR.marking_id]),
        indicator(3, object_marking_refs=[Tlp.GREEN.marking_id]),
        indicator(4, object_marking_refs=[Tlp.GREEN.marking_id, Tlp.AMBER_STRICT.marking_id]),
        indicator(5, object_marking_refs=[Tlp.RED.marking_id]),
        indicator(6, object_marking_refs=[Tlp.CLEAR.marking_id], granular_markings=partly),
    ]
    status = ada.post(url, content=envelope(*every)).json()
    assert [one["id"] for one in status["successes"]] == [indicator(n)["id"] for n in taken]
    assert ada.get(url).json()["objects"] == [every[n - 1] for n in taken]


@pytest.mark.parametrize("wrong", [7, "red", [7, None], {"a": 1}])
def test_markings_of_another_type_break_nothing(
    ada: httpx.Client, fresh: Fresh, wrong: object
) -> None:
    one = indicator(1, object_marking_refs=wrong, granular_markings=wrong)
    assert ada.post(fresh(), content=envelope(one)).json()["total_count"] == 1


# --- the command line -------------------------------------------------------------


def test_tokens_are_made_listed_and_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--state", str(tmp_path / "state"), "--keys", str(tmp_path / "keys")]
    assert run(["share", "token", "add", "lab-b", "--for", "2h", *own]) == 0
    token = capsys.readouterr().out.strip()
    assert run(["share", "token", "list", *own]) == 0
    listed = capsys.readouterr().out
    id_ = token.split("_")[1]
    assert id_ in listed
    assert token.split("_", 2)[2] not in listed
    assert run(["share", "token", "revoke", id_, *own]) == 0
    assert run(["share", "token", "revoke", "000000000000", *own]) == 1
    log = tmp_path / "state" / "audit.jsonl"
    capsys.readouterr()
    assert run(["audit", "verify", str(log)]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["token", "add", "Not A Name"], "is no name of a partner"),
        (["token", "add", "a", "--scope", "taxii:all"], "No scope is called"),
        (["token", "add", "a", "--identity", "me"], "is no STIX identity"),
        (["token", "add", "a", "--certificate", __file__], "holds no certificate"),
        (["collection", "add", "x", "--alias", "../x"], "cannot stand in a URL"),
        (["collection", "add", "x", "--root", "collections"], "cannot stand in a URL"),
        (["collection", "add", "x", "--reader", "A B"], "is no name of a partner"),
        (["collection", "allow", "nowhere", "--reader", "a"], "There is no collection"),
    ],
)
def test_what_cannot_be_made_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    own = ["--state", str(tmp_path / "state"), "--keys", str(tmp_path / "keys")]
    assert run(["share", *arguments, *own]) == 1
    assert words in capsys.readouterr().err


def test_rights_are_changed_by_name(server: Running, eve: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    id_ = url.split("/")[-3]
    own = ["--state", str(server.state.folder), "--keys", str(server.folder / "keys")]
    assert eve.get(url).status_code == 404
    assert run(["share", "collection", "allow", id_, "--reader", "eve", *own]) == 0
    assert eve.get(url).status_code == 200
    assert run(["share", "collection", "allow", id_, "--nobody", "eve", *own]) == 0
    assert eve.get(url).status_code == 404


# --- the audit log ----------------------------------------------------------------


def test_what_cannot_be_written_down_does_not_happen(own: Callable[..., object]) -> None:
    with own() as server:
        server.tokens["ada"] = server.token("ada")
        id_ = server.collection("audited", readers=("ada",), writers=("ada",))
        url = f"{server.root}collections/{id_}/objects/"
        log = server.state.folder / "audit.jsonl"
        with server.client("ada", headers={"content-type": "application/taxii+json"}) as ada:
            assert ada.post(url, content=envelope(indicator(1))).status_code == 202
            whole = log.read_bytes()
            # Somebody changes what stands in the log.
            log.write_bytes(whole.replace(b'"new":1', b'"new":0'))
            told = [
                ada.get(url),
                ada.post(url, content=envelope(indicator(2))),
                ada.delete(f"{url}{indicator(1)['id']}/"),
            ]
            assert [one.status_code for one in told] == [503] * 3
            assert not [
                one for one in told if "indicator--" in one.text or "/" in one.json()["title"]
            ]
            log.write_bytes(whole)
            assert ada.get(url).json()["objects"] == [indicator(1)]


def test_every_page_is_in_the_log_before_it_leaves(
    server: Running, bob: httpx.Client, ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    ada.post(url, content=envelope(*(indicator(n) for n in range(5))))
    manifest = ada.get(f"{url}../manifest/").json()["objects"]
    bob.get(url, params={"limit": 2})
    bob.get(f"{url}{indicator(4)['id']}/")
    told = [one for one in server.state.audit.entries() if one.kind == "taxii-read"][-2:]
    dates = [(one.body["first"], one.body["last"], one.body["objects"]) for one in told]
    added = [one["date_added"] for one in manifest]
    assert dates == [(added[0], added[1], 2), (added[4], added[4], 1)]
    assert {one.body["partner"] for one in told} == {"bob"}
    assert [one.body["endpoint"] for one in told] == ["objects", "object"]
