"""What is held stays, and nobody outside is told why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from revenuer.app.casebook.erasure import erase, list_erasures
from revenuer.app.casebook.erasure_plan import plan_erasure
from revenuer.app.casebook.holding import NOT_DISCLOSED, list_holds, place_hold, release_hold
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.places import Around
from revenuer.casework.roles import Actor, Role
from revenuer.errors import ConfigError, ConflictError, NotAllowedError, NotFoundError
from revenuer.store.casebook.vault import data_keys

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)
WHY = "Smith versus Example, subpoena 17"


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    yield opened
    opened.database.close()


def around(casebook: Casebook) -> Around:
    return Around(casebook.keys)


def test_what_is_held_is_not_erased_and_the_answer_says_not_why(casebook: Casebook) -> None:
    place_hold(casebook, account="acct-1", why=WHY, actor=ADMIN, now=NOW)
    assert plan_erasure(casebook, around(casebook), "acct-1", actor=ADMIN, now=NOW).held
    with pytest.raises(NotAllowedError) as refused:
        erase(casebook, around(casebook), "acct-1", why="request 4", actor=ADMIN, now=NOW)
    assert refused.value.message == NOT_DISCLOSED
    for word in ("hold", "Smith", "subpoena", "legal hold"):
        assert word not in refused.value.message
    assert list_erasures(casebook, actor=ADMIN) == []
    with casebook.reading() as connection:
        assert not casebook.vault.is_shredded(connection, casebook.subject("acct-1"))
        kinds = [entry.kind for entry in casebook.audit(connection).entries()]
    assert kinds == ["opened", "held", "erasure-refused"]


def test_a_hold_that_is_lifted_lets_the_account_be_erased(casebook: Casebook) -> None:
    first = place_hold(casebook, account="acct-1", why=WHY, actor=ADMIN, now=NOW)
    later = NOW + timedelta(hours=1)
    second = place_hold(casebook, account="acct-1", why="another", actor=ADMIN, now=later)
    release_hold(casebook, first, why="settled", actor=ADMIN, now=NOW)
    # Each hold stands by itself.
    with pytest.raises(NotAllowedError):
        erase(casebook, around(casebook), "acct-1", why="request 4", actor=ADMIN, now=NOW)
    release_hold(casebook, second.removeprefix("hold--")[:13], why="too", actor=ADMIN, now=NOW)
    done = erase(casebook, around(casebook), "acct-1", why="request 4", actor=ADMIN, now=NOW)
    assert done.state == "done"
    told = list_holds(casebook, actor=ADMIN)
    assert [(one.why, one.released_why) for one in told] == [(WHY, "settled"), ("another", "too")]
    with pytest.raises(ConflictError):
        release_hold(casebook, first, why="again", actor=ADMIN, now=NOW)


def test_reasons_lie_sealed_and_not_in_the_log(casebook: Casebook) -> None:
    place_hold(casebook, account="acct-1", why=WHY, actor=ADMIN, now=NOW)
    with casebook.reading() as connection:
        lines = b"".join(casebook.audit(connection).lines())
    assert b"Smith" not in lines
    assert b"acct-1" not in lines
    with casebook.database.writing() as connection:
        connection.execute(data_keys.delete())
    assert [one.why for one in list_holds(casebook, actor=ADMIN)] == [""]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.APPROVER])
def test_only_admins_hold_release_and_see_holds(casebook: Casebook, role: Role) -> None:
    actor = Actor("bob", role)
    with pytest.raises(NotAllowedError):
        place_hold(casebook, account="acct-1", why=WHY, actor=actor, now=NOW)
    with pytest.raises(NotAllowedError):
        list_holds(casebook, actor=actor)
    with pytest.raises(NotAllowedError):
        erase(casebook, around(casebook), "acct-1", why="r", actor=actor, now=NOW)


def test_a_hold_needs_a_reason_and_one_thing(casebook: Casebook) -> None:
    with pytest.raises(ConfigError):
        place_hold(casebook, account="acct-1", why=" ", actor=ADMIN, now=NOW)
    with pytest.raises(ConfigError):
        place_hold(casebook, account="acct-1", case="case--1", why=WHY, actor=ADMIN, now=NOW)
    with pytest.raises(ConfigError):
        place_hold(casebook, why=WHY, actor=ADMIN, now=NOW)
    with pytest.raises(NotFoundError):
        place_hold(casebook, case="case--none", why=WHY, actor=ADMIN, now=NOW)
    with pytest.raises(NotFoundError):
        release_hold(casebook, "hold--none", why=WHY, actor=ADMIN, now=NOW)
