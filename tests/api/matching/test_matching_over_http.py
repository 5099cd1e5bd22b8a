"""Private matching between two operators in two processes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import httpx
import msgspec
import polars as pl
import pytest
from matching_pair import (
    ADA_ALONE,
    BOB_ALONE,
    COMMON,
    OURS,
    SPELLED,
    THEIRS,
    Pair,
    ada_rows,
    bob_controls,
    bob_rows,
    done,
    says,
    write_scan,
)

from revenuer.app.sharing.intel import MATCHES
from revenuer.app.sharing.matching_desk import identity_of, pseudonym
from revenuer.app.sharing.matching_keys import ring_at
from revenuer.app.sharing.matching_rows import SCHEMA
from revenuer.app.sharing.matching_values import CONTROL, read_values
from revenuer.matching.canonical import MatchKind, canonical
from revenuer.matching.elements import Element, element_of
from revenuer.matching.intersection import Intersecting
from revenuer.matching.oprf import blind


def test_an_asker_learns_which_cluster_and_how_many_and_the_scan_side_gets_its_rows(
    two: Pair,
) -> None:
    told = json.loads(done(two.bob_asks()))
    cluster = f"cluster--{pseudonym(two.ada.state, OURS)}"
    assert {(one["campaign"], one["cluster"]) for one in told["meetings"]} == {(THEIRS, cluster)}
    assert {one["kind"]: (one["matched"], one["of"]) for one in told["meetings"]} == {
        "address": (2, 2),
        "address-block": (2, 3),
        "payment-fingerprint": (2, 4),
    }
    assert {one["peer_says"] for one in told["meetings"]} == {"convicted"}
    rows = pl.read_parquet(two.bob / "intel" / MATCHES)
    assert rows.schema == SCHEMA
    met = rows.filter(pl.col("cluster").is_not_null())
    assert set(met.filter(role="campaign")["account_id"]) == {"bob-0", "bob-1"}
    assert set(met["cluster"]) == {cluster}
    assert set(rows["source"]) == {told["source"]}
    assert OURS not in json.dumps(told)
    assert (two.bob / "intel" / MATCHES).stat().st_mode & 0o077 == 0


def test_ordinary_accounts_are_asked_for_among_the_suspects_and_kept_as_such(two: Pair) -> None:
    """The one that meets something is counted, and so are those that meet nothing."""
    told = json.loads(done(two.bob_asks()))
    rows = pl.read_parquet(two.bob / "intel" / MATCHES)
    controls = rows.filter(role="control")
    assert set(controls["account_id"]) == {f"ordinary-{n}" for n in range(40)}
    met = controls.filter(pl.col("cluster").is_not_null())
    assert met.select("account_id", "kind").rows() == [("ordinary-7", "payment-fingerprint")]
    assert {one["kind"]: (one["asked"], one["met"]) for one in told["controls"]} == {
        "address": (40, 0),
        "address-block": (0, 0),
        "payment-fingerprint": (40, 1),
    }
    # No meeting is of an ordinary account, and none of their values is in the file.
    assert {one["campaign"] for one in told["meetings"]} == {THEIRS}
    assert not set(rows["unit"]) & {value for _, _, value in bob_controls()}
    # Neighbours on the net are one thing; the rest are things of their own.
    addresses = rows.filter(kind="address")
    of = dict(addresses.select("account_id", "unit").iter_rows())
    assert of["bob-0"] == addresses.filter(account_id="bob-0")["unit"].item()
    near = addresses.filter(account_id="ordinary-8")["unit"].to_list()
    assert of["bob-0"] in near
    assert len({of[f"ordinary-{n}"] for n in range(5)}) == 1


def test_a_question_does_not_show_who_is_a_suspect(two: Pair) -> None:
    """Values of campaigns and of controls lie in one random order, over all questions."""
    values = read_values(two.bob / "scan")
    asked = values.asked(MatchKind.PAYMENT)
    assert len(asked) == len({one.value for one in asked}) == 4 + 41
    assert [one.value for one in asked] == sorted(one.value for one in asked)
    both = next(one for one in asked if one.value == ADA_ALONE[0])
    assert {campaign for campaign, _ in both.holders} == {CONTROL}


def test_asking_again_replaces_what_the_peer_said(two: Pair) -> None:
    done(two.bob_asks())
    first = pl.read_parquet(two.bob / "intel" / MATCHES).drop("matched_at")
    done(two.bob_asks())
    assert pl.read_parquet(two.bob / "intel" / MATCHES).drop("matched_at").equals(first)


def test_a_value_that_innocents_have_more_than_members_takes_no_part(two: Pair) -> None:
    told = json.loads(
        done(two.ada_says("build", "--from", str(two.scan), "--kind", "address-block", "--json"))
    )
    assert told["kinds"] == [{"kind": "address-block", "values": 2, "bucket_size": 16}]
    done(two.ada_says("build", "--from", str(two.scan)))


@contextmanager
def recorded(url: str) -> Iterator[tuple[str, bytearray]]:
    """A place that passes everything on to a server and keeps all bytes of both directions."""
    target, seen, lock = urlsplit(url), bytearray(), threading.Lock()
    listening = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        # Either end may be gone already when the other has nothing more to say.
        with suppress(OSError):
            while data := source.recv(65_536):
                with lock:
                    seen.extend(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def carry(client: socket.socket) -> None:
        with client, socket.create_connection((target.hostname, target.port)) as server:
            back = threading.Thread(target=pump, args=(server, client))
            back.start()
            pump(client, server)
            back.join()

    def serve() -> None:
        carried = []
        with suppress(OSError):
            while True:
                carried.append(threading.Thread(target=carry, args=(listening.accept()[0],)))
                carried[-1].start()
        for each in carried:
            each.join()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", seen
    finally:
        # Wakes the thread that waits for the next connection.
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(timeout=10)
        listening.close()


def traces(two: Pair) -> Iterator[bytes]:
    """Everything that would give a value away: itself, its hashes, its digest under the key."""
    spelled = {SPELLED.get(value, value) for values in COMMON.values() for value in values}
    values = {value for values in COMMON.values() for value in values} | spelled
    rows = [*ada_rows(), *bob_rows()]
    names = {row[1] for row in rows} | {OURS, THEIRS}
    texts = [*values, *ADA_ALONE, *BOB_ALONE, *names, "203.0.113.0/24"]
    for text in texts:
        yield text.encode()
        yield base64.b64encode(text.encode()).rstrip(b"=")
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            yield from forms(hashlib.new(name, text.encode()).digest())
    key = ring_at(two.bob / "keys").keys[0]
    yield from forms(key.secret)
    for kind, values_of in COMMON.items():
        for value in values_of:
            element = element_of(key, MatchKind(kind), canonical(MatchKind(kind), value), 12)
            yield from forms(element.digest)


def forms(data: bytes) -> Iterator[bytes]:
    yield data
    yield data.hex().encode()
    # Wherever in a longer base64 text it would begin.
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data)
        yield text[4 if shift else 0 : -4]


def test_nothing_of_a_value_is_on_the_wire(two: Pair) -> None:
    with recorded(two.ada.base) as (url, seen):
        told = json.loads(done(two.bob_asks(url=url, alone=True)))
        count = [*two.to_ada(url), "--kind", "payment-fingerprint", "--json"]
        place = ["--from", str(two.bob / "scan")]
        assert json.loads(done(two.bob_says("psi", *place, *count)))[0]["common"] == 2
    assert told["meetings"]
    data = bytes(seen)
    assert len(data) > 100_000
    assert b"/matching/v1/ask" in data
    # The search finds what is there: the kind and the token are sent in the clear.
    assert b"payment-fingerprint" in data
    assert two.ada.tokens["bob"].encode() in data
    decoded = unpacked(data)
    assert len(decoded) > 50_000
    for trace in traces(two):
        assert trace not in data
        assert trace not in decoded


def unpacked(data: bytes) -> bytes:
    """All that lies in base64 in the messages, decoded."""
    found = bytearray()
    for text in re.findall(rb'"([A-Za-z0-9+/]{40,}={0,2})"', data):
        found += base64.b64decode(text + b"=" * (-len(text) % 4))
    return bytes(found)


def test_the_holder_writes_down_who_asked_how_much_and_which_buckets_and_no_value(
    two: Pair,
) -> None:
    done(two.bob_asks())
    told = json.loads(done(two.ada_says("log", "--json")))
    newest = told["questions"][0]
    assert newest["partner"] == "bob"
    assert newest["form"] == "membership"
    assert newest["elements"] == len(newest["buckets"]) == 64
    entries = [entry for entry in two.ada.state.audit.entries() if entry.kind == "matching-asked"]
    assert entries[-1].body["question"] == newest["question"]
    data = (two.ada.folder / "state" / "audit.jsonl").read_bytes()
    data += (two.ada.folder / "state" / "share.sqlite").read_bytes()
    data += (two.ada.folder / "state" / "matching.edition").read_bytes()
    for text in [*COMMON["payment-fingerprint"], *COMMON["address"], *ADA_ALONE, *BOB_ALONE]:
        assert text.encode() not in data


def test_the_asker_writes_down_what_it_asked_before_it_asked(two: Pair) -> None:
    result = two.bob_asks(pin="00" * 32)
    assert result.returncode == 1
    log = (two.bob / "state" / "audit.jsonl").read_text()
    assert log.splitlines()[-1].count('"kind":"matching-asking"') == 1


def test_another_key_than_the_pinned_one_is_refused(two: Pair) -> None:
    other = json.loads(done(two.bob_says("keys", "--json")))["pin"]
    result = two.bob_asks(pin=other)
    assert result.returncode == 1
    assert "not signed with the key that is pinned" in result.stderr
    before = json.loads(done(two.ada_says("log", "--json")))["questions"]
    assert two.bob_asks(pin=other).returncode == 1
    assert json.loads(done(two.ada_says("log", "--json")))["questions"] == before


def test_a_group_key_of_the_same_name_that_is_another_one_is_seen(
    two: Pair, tmp_path: Path
) -> None:
    eve = tmp_path / "eve"
    eve.mkdir()
    write_scan(eve / "scan", bob_rows(), {THEIRS: "suspected"})
    done(says(eve, "share", "match", "keygen", "labs", "--out", str(tmp_path / "key")))
    done(says(eve, "share", "match", "take", str(tmp_path / "key")))
    place = ["--from", str(eve / "scan"), "--intel", str(eve / "intel")]
    result = says(eve, "share", "match", "ask", *place, *two.to_ada())
    assert result.returncode == 1
    assert "is another one than ours" in result.stderr
    assert not (eve / "intel" / MATCHES).exists()


def test_a_peer_that_says_it_is_somebody_else_is_not_asked(two: Pair) -> None:
    named = json.loads(done(two.bob_asks()))["source"]
    assert named == identity_of(two.ada.state)
    place = ["--from", str(two.bob / "scan"), "--intel", str(two.bob / "intel")]
    done(two.bob_says("ask", *place, *two.to_ada(), "--source", named))
    result = two.bob_says("ask", *place, *two.to_ada(), "--source", named[:-1] + "x")
    assert result.returncode == 1
    assert "would count as two" in result.stderr


def test_without_the_group_key_nothing_is_asked(two: Pair, tmp_path: Path) -> None:
    eve = tmp_path / "eve"
    eve.mkdir()
    write_scan(eve / "scan", bob_rows(), {THEIRS: "suspected"})
    place = ["--from", str(eve / "scan"), "--intel", str(eve / "intel")]
    result = says(eve, "share", "match", "ask", *place, *two.to_ada())
    assert result.returncode == 1
    assert "which is not here" in result.stderr


def question(two: Pair, client: httpx.Client) -> dict[str, object]:
    """A question that would be answered."""
    signed = client.get(f"{two.ada.base}matching/v1/card").json()
    card = json.loads(base64.b64decode(signed["card"]))
    blinded = b"".join(blind([bytes([number]) * 32 for number in range(64)]).elements)
    return {
        "edition": card["edition"],
        "kind": "payment-fingerprint",
        "nonce": base64.b64encode(hashlib.sha256(blinded).digest()[:16]).decode(),
        "buckets": list(range(64)),
        "blinded": base64.b64encode(blinded).decode(),
    }


def test_a_question_is_answered_once(two: Pair) -> None:
    url = f"{two.ada.base}matching/v1/ask"
    with two.ada.client("bob") as client:
        body = question(two, client)
        assert client.post(url, json=body).status_code == 200
        again = client.post(url, json=body)
    assert again.status_code == 409
    assert again.json()["title"] == "This question was answered already."


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"edition": base64.b64encode(b"x" * 16).decode()}, 410),
        ({"kind": "password"}, 400),
        ({"kind": "phone"}, 404),
        ({"buckets": [4096] * 64}, 400),
        ({"blinded": base64.b64encode(b"\xff" * 2048).decode()}, 400),
        ({"value": "pay_1"}, 400),
        ({"nonce": 7}, 400),
    ],
    ids=["edition", "kind", "kind not offered", "bucket", "elements", "more", "type"],
)
def test_hostile_questions_get_a_clear_error_and_are_told_no_more(
    two: Pair, change: dict[str, object], status: int
) -> None:
    with two.ada.client("bob") as client:
        body = {**question(two, client), **change}
        answer = client.post(f"{two.ada.base}matching/v1/ask", json=body)
    assert answer.status_code == status
    assert answer.json()["title"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"[" * 100_000, {}, 400),
        (b"\xff" * 100, {}, 400),
        (b" " * 200_000, {}, 413),
        (b"x", {"content-encoding": "br"}, 415),
        (b"x", {"authorization": "Bearer rvn_000000000000_" + "A" * 43}, 401),
    ],
    ids=["deep", "no text", "long", "packing", "token"],
)
def test_hostile_bodies_get_a_clear_error(
    two: Pair, body: bytes, headers: dict[str, str], status: int
) -> None:
    with two.ada.client("bob") as client:
        answer = client.post(f"{two.ada.base}matching/v1/ask", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["title"]


def test_a_token_that_is_not_for_matching_is_refused(two: Pair) -> None:
    token = two.ada.token("carl", scopes=("taxii:read",))
    with httpx.Client(headers={"authorization": f"Bearer {token}"}, trust_env=False) as client:
        assert client.get(f"{two.ada.base}matching/v1/card").status_code == 403
        assert client.post(f"{two.ada.base}matching/v1/ask", content=b"{}").status_code == 403
        for path in ("psi/payment-fingerprint", "psi/nothing"):
            assert client.get(f"{two.ada.base}matching/v1/{path}").status_code in {403, 404}


def test_a_peer_over_its_limit_is_told_when_to_come_again(two: Pair) -> None:
    two.ada.tokens["dora"] = two.ada.token("dora")
    codes, after = [], ""
    # Eight counts a day are allowed: a ninth is one too many.
    for number in range(9):
        asking = Intersecting([Element(bytes([number]) * 32, 0)], reveal=False, rng=Random(number))
        with two.ada.client("dora") as client:
            answer = client.post(
                f"{two.ada.base}matching/v1/psi/payment-fingerprint/count", content=asking.request
            )
        codes.append(answer.status_code)
        after = answer.headers.get("retry-after", "")
    assert codes == [200] * 8 + [429]
    assert 86_000 < int(after) <= 86_401


def test_elements_are_told_only_after_a_named_person_approved_it(two: Pair) -> None:
    place = ["--from", str(two.bob / "scan"), *two.to_ada(), "--kind", "payment-fingerprint"]
    refused = two.bob_says("psi", *place, "--elements", "--json")
    assert refused.returncode == 1
    assert "Nobody has approved" in refused.stderr
    given = ["--kind", "payment-fingerprint", "--by", "Ann Lee", "--why", "agreement 7"]
    approval = done(two.ada_says("approve", "bob", *given)).strip()
    told = json.loads(done(two.bob_says("psi", *place, "--elements", "--json")))
    assert sorted(told[0]["values"]) == sorted(COMMON["payment-fingerprint"])
    # For that kind alone, and until it is taken back.
    other = ["--from", str(two.bob / "scan"), *two.to_ada(), "--kind", "address", "--elements"]
    assert two.bob_says("psi", *other).returncode == 1
    done(two.ada_says("withdraw", approval, "--by", "Ann Lee"))
    assert two.bob_says("psi", *place, "--elements").returncode == 1
    steps = [(entry.kind, entry.body) for entry in two.ada.state.audit.entries()]
    approved = [body for kind, body in steps if kind == "matching-approved"]
    assert approved[-1]["by"] == "Ann Lee"
    assert approved[-1]["why"] == "agreement 7"
    assert [body["approval"] for kind, body in steps if kind == "matching-withdrawn"] == [approval]


def test_new_tables_are_served_without_a_restart_and_have_new_keys(two: Pair) -> None:
    def card() -> dict[str, object]:
        with two.ada.client("bob") as client:
            signed = client.get(f"{two.ada.base}matching/v1/card").json()
        found: dict[str, object] = msgspec.json.decode(base64.b64decode(signed["card"]))
        return found

    before = card()
    done(two.ada_says("build", "--from", str(two.scan)))
    after = card()
    assert before["edition"] != after["edition"]
    assert before["offers"] != after["offers"]
    assert before["check"] == after["check"]
    done(two.bob_asks())


def test_a_group_key_file_that_others_can_read_is_refused(two: Pair, tmp_path: Path) -> None:
    done(says(two.bob, "share", "match", "keygen", "other", "--out", str(tmp_path / "key")))
    (tmp_path / "key").chmod(0o644)
    result = two.bob_says("take", str(tmp_path / "key"))
    assert result.returncode == 1
    assert "can be read by others" in result.stderr


def test_a_key_of_a_known_name_is_never_replaced(two: Pair, tmp_path: Path) -> None:
    done(says(two.bob, "share", "match", "keygen", "labs", "--out", str(tmp_path / "key")))
    result = two.bob_says("take", str(tmp_path / "key"))
    assert result.returncode == 1
    assert "Another group key is called" in result.stderr
    done(two.bob_asks())


def test_a_token_never_crosses_the_network_in_the_clear(two: Pair) -> None:
    result = two.bob_asks(url="http://matching.example.org")
    assert result.returncode == 1
    assert "in the clear" in result.stderr
