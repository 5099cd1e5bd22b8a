"""The same request twice is one change and one answer."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from office import FOUNDER, Office, caller, served
from sqlalchemy import func, select, update

from revenuer.app.casebook.audit import read_audit
from revenuer.casework.roles import Role
from revenuer.store.casebook.idempotency import repeated_requests

NEW = {"name": "nia", "role": "analyst"}


def key() -> dict[str, str]:
    return {"idempotency-key": str(uuid.uuid4())}


def added(office: Office, name: str) -> int:
    """How often the audit log says that somebody was registered."""
    entries = read_audit(office.casebook, actor=FOUNDER, kind="person-added", limit=10_000)
    return sum(one.body["person"] == name for one in entries)


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What threads that begin at the same moment come back with."""
    start = threading.Barrier(count)

    def run(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_a_repeated_request_gets_the_same_answer_and_changes_nothing(
    small_office: Office,
) -> None:
    with small_office.client() as ada:
        same = key()
        first = ada.post("/v1/people", json=NEW, headers=same)
        again = ada.post("/v1/people", json=NEW, headers=same)
        assert (first.status_code, first.content) == (201, again.content)
        assert first.status_code == again.status_code
        assert first.headers["etag"] == again.headers["etag"]
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        assert ada.post("/v1/people", json=NEW, headers=key()).status_code == 409
    assert added(small_office, "nia") == 1


def test_a_key_is_for_one_request_and_one_token(small_office: Office) -> None:
    other = small_office.token("ada")
    with small_office.client() as ada, small_office.client(other) as also:
        same = key()
        ada.post("/v1/people", json=NEW, headers=same)
        for changed in ({**NEW, "role": "viewer"}, {**NEW, "name": "nib"}):
            told = ada.post("/v1/people", json=changed, headers=same)
            assert told.status_code == 422
            assert told.json()["type"] == "urn:revenuer:problem:key-reused"
        elsewhere = {"person": "bot", "hours": 1}
        assert ada.post("/v1/tokens", json=elsewhere, headers=same).status_code == 422
        assert also.post("/v1/people", json=NEW, headers=same).status_code == 409


@pytest.mark.parametrize("said", ["", "a b", "x" * 256, "\u00e9"])
def test_a_key_that_is_none_is_refused(small_office: Office, said: str) -> None:
    with small_office.client() as ada:
        headers = {"idempotency-key": said.encode("latin-1")}
        told = ada.post("/v1/people", json=NEW, headers=headers)  # type: ignore[arg-type]
        assert told.status_code == 400
    assert not added(small_office, "nia")


def test_what_failed_may_be_tried_again_under_its_key(small_office: Office) -> None:
    with small_office.client() as ada:
        same = key()
        url = "/v1/people/nia"
        assert ada.patch(url, json={"role": "viewer"}, headers=same).status_code == 404
        ada.post("/v1/people", json=NEW)
        told = ada.patch(url, json={"role": "viewer"}, headers=same)
        assert (told.status_code, told.json()["role"]) == (200, "viewer")


def test_an_answer_is_kept_for_a_day(small_office: Office) -> None:
    long = small_office.token("ada", hours=72.0)
    with small_office.client(long) as ada:
        same = key()
        ada.post("/v1/people", json=NEW, headers=same)
        small_office.clock.now += timedelta(hours=23)
        assert ada.post("/v1/people", json=NEW, headers=same).status_code == 201
        small_office.clock.now += timedelta(hours=2)
        assert ada.post("/v1/people", json=NEW, headers=same).status_code == 409
        # What is over is gone from the database with the next request.
        with small_office.casebook.reading() as connection:
            count = connection.execute(select(func.count()).select_from(repeated_requests))
            assert count.scalar_one() == 0


def test_no_answer_is_readable_in_the_database(small_office: Office) -> None:
    with small_office.client() as ada:
        said = {"person": "bot", "hours": 1}
        told = ada.post("/v1/tokens", json=said, headers=key())
        secret = told.json()["token"].split("_", 2)[2].encode()
    place = small_office.folder / "casebook.sqlite"
    with sqlite3.connect(place) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (kept,) = base.execute("SELECT answer FROM repeated_requests").fetchone()
    assert len(kept) > 100
    assert secret not in place.read_bytes()


def test_reading_in_the_clear_is_written_down_each_time(small_office: Office) -> None:
    said = {
        "holder": "acct-lab",
        "kind": "account",
        "purpose": "evaluation",
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_until": "2027-11-01T00:00:00Z",
        "text": "Words.",
    }
    with small_office.client(Role.ANALYST) as ann:
        permit = ann.post("/v1/permits", json=said).json()["id"]
        same = key()
        for _ in range(2):
            told = ann.post(f"/v1/permits/{permit}/unmasked", headers=same)
            assert "idempotent-replayed" not in told.headers
    entries = read_audit(small_office.casebook, actor=FOUNDER, kind="permit-read")
    assert len(entries) == 2


def test_many_at_once_are_one_change_and_one_answer(office: Office) -> None:
    same = key()
    with served(office) as one, served(office) as two:

        def ask(number: int) -> tuple[int, bytes]:
            with caller((one, two)[number % 2], office.tokens["ada"]) as ada:
                told = ada.post("/v1/people", json=NEW, headers=same)
                return told.status_code, told.content

        told = together(8, ask)
    assert {status for status, _ in told} <= {201, 409}
    assert len({body for status, body in told if status == 201}) == 1
    assert added(office, "nia") == 1


def test_a_server_that_died_before_the_change_leaves_it_to_be_done(
    small_office: Office,
) -> None:
    with small_office.client() as ada:
        same = key()
        ada.post("/v1/people", json=NEW, headers=same)
        forget(small_office, committed=False)
        # Another may still be at it.
        assert ada.post("/v1/people", json=NEW, headers=same).status_code == 409
        small_office.clock.now += timedelta(minutes=3)
        told = ada.post("/v1/people", json=NEW, headers=same)
        assert told.json()["type"] == "urn:revenuer:problem:conflict"
    assert added(small_office, "nia") == 1


def test_a_server_that_died_after_the_change_does_not_do_it_again(
    small_office: Office,
) -> None:
    with small_office.client() as ada:
        same = key()
        said = {"person": "bot", "hours": 1}
        ada.post("/v1/tokens", json=said, headers=same)
        forget(small_office, committed=True)
        small_office.clock.now += timedelta(minutes=3)
        told = ada.post("/v1/tokens", json=said, headers=same)
        assert told.status_code == 409
        assert told.json()["type"] == "urn:revenuer:problem:answer-lost"
        tokens = ada.get("/v1/tokens?limit=200").json()["items"]
    assert sum(one["person"] == "bot" for one in tokens) == 2


def forget(office: Office, *, committed: bool) -> None:
    """As if the server had died: before its change, or before it kept the answer."""
    values: dict[str, Any] = {"status": 0, "answer": b""}
    if not committed:
        values["committed_us"] = 0
    with office.casebook.database.writing() as connection:
        connection.execute(update(repeated_requests).values(**values))
