"""Applications that come at the same time are written together, each with its own outcome."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from case_builders import ANA, VIC

sys.path.insert(0, str(Path(__file__).parents[2] / "access"))

from rows import application

from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.together import Asked, Together, _carry_out
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Role
from revenuer.errors import NotAllowedError
from revenuer.store.casebook import applications as store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHARED = {"payment_fingerprint": "pay-pool", "device_fingerprint": "dev-pool"}


@pytest.fixture
def desk(casebook: Casebook) -> Desk:
    return Desk(casebook, Tables(), AccessPolicy())


def told(casebook: Casebook) -> list[tuple[str, int]]:
    """Who had how many applications judged, from the log."""
    with casebook.reading() as connection:
        assert casebook.audit(connection).flaws() == []
        return [
            (entry.body["by"], entry.body["applications"])
            for entry in casebook.audit(connection).entries()
            if entry.kind == "applications-assessed"
        ]


def transactions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each change that the desk begins."""
    begun: list[int] = []
    changing = Desk.changing

    def counted(self: Desk, *given: object, **more: object) -> object:
        begun.append(1)
        return changing(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "changing", counted)
    return begun


def test_many_at_once_take_few_transactions_and_each_gets_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, ready, begun = Together(), Barrier(24), transactions(desk, monkeypatch)

    def one(n: int) -> str:
        actor = Actor(f"service-{n}", Role.ANALYST, token=f"token-{n}")
        ready.wait()
        (made,) = together.assess(
            desk, [application(application_id=f"a-{n}")], actor=actor, now=NOW
        )
        return made.application_id

    with ThreadPoolExecutor(24) as threads:
        answered = list(threads.map(one, range(24)))
    assert answered == [f"a-{n}" for n in range(24)]
    assert sorted(told(desk.casebook)) == sorted((f"service-{n}", 1) for n in range(24))
    assert len(begun) < 24


def test_the_later_is_judged_after_the_earlier_of_the_same_transaction(desk: Desk) -> None:
    asked = [Asked([application(application_id="a", **SHARED)], ANA, NOW) for _ in range(3)]
    _carry_out(desk, asked)
    assert all(one.told for one in asked)
    name = desk.name("a")
    with desk.casebook.reading() as connection:
        assert store.applications_of(connection, [name])[name].version == 3
    assert told(desk.casebook) == [("ana", 1)] * 3


def test_who_fails_fails_alone(desk: Desk) -> None:
    good = [Asked([application(application_id=f"a-{n}")], ANA, NOW) for n in range(3)]
    plain = application(application_id="odd")
    odd = Asked([plain, None], ANA, NOW)  # type: ignore[list-item]
    _carry_out(desk, [*good[:2], odd, *good[2:]])
    assert [one.failure for one in good] == [None, None, None]
    assert all(one.told for one in good)
    assert odd.failure is not None
    assert odd.told is None
    # Nothing of the one that failed is kept, by itself or in a half.
    assert told(desk.casebook) == [("ana", 1)] * 3
    assert desk.judge.history.find(desk.name("odd")) is None


def test_who_may_not_is_told_so_and_holds_nobody_up(desk: Desk) -> None:
    together = Together()
    with pytest.raises(NotAllowedError):
        together.assess(desk, [application()], actor=VIC, now=NOW)
    assert len(together.assess(desk, [application()], actor=ANA, now=NOW)) == 1
