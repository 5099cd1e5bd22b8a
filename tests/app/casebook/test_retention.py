"""What has been kept long enough goes, what is held stays, and the log says what went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from revenuer.app.casebook import retention
from revenuer.app.casebook.holding import place_hold, release_hold
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.retention import AGEING, plan_retention, retain, rules_of
from revenuer.casework.inventory import CARDS
from revenuer.casework.retention import SINCE
from revenuer.casework.roles import Actor, Role
from revenuer.errors import NotAllowedError
from revenuer.instants import micros
from revenuer.settings import RetentionSettings
from revenuer.store.casebook.case_tables import case_texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)
SETTINGS = RetentionSettings(texts_days=30)


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    with opened.changing(ADMIN, NOW) as change:
        for number in range(12):
            owner = opened.subject(f"acct-{number % 3}")
            sealed = opened.vault.seal(change.connection, owner, b"a prompt")
            values = {
                "text_id": f"text--{number}",
                "case_id": f"case--{number % 2}",
                "owner": owner,
                "chars": 8,
                "digest": "",
                # Every second one is older than thirty days.
                "kept_us": micros(NOW - timedelta(days=29 + number % 2 * 2)),
                "sealed": sealed,
            }
            change.connection.execute(insert(case_texts).values(values))
    yield opened
    opened.database.close()


def texts(casebook: Casebook) -> int:
    with casebook.reading() as connection:
        return connection.execute(select(func.count()).select_from(case_texts)).scalar_one()


def test_the_plan_says_what_is_due_and_changes_nothing(casebook: Casebook) -> None:
    (due,) = plan_retention(casebook, SETTINGS, actor=ADMIN, now=NOW)
    assert (due.kind, due.table, due.rows, due.how) == ("texts", "case_texts", 6, "deleted")
    assert texts(casebook) == 12


def test_what_is_due_goes_and_the_log_says_so(casebook: Casebook) -> None:
    (gone,) = retain(casebook, SETTINGS, actor=ADMIN, now=NOW)
    assert (gone.rows, texts(casebook)) == (6, 6)
    assert retain(casebook, SETTINGS, actor=ADMIN, now=NOW) == []
    with casebook.reading() as connection:
        newest = list(casebook.audit(connection).entries())[-1]
    assert (newest.kind, newest.body["rows"]) == ("aged-out", 6)


def test_what_is_held_stays_until_it_is_released(casebook: Casebook) -> None:
    hold = place_hold(casebook, account="acct-1", why="17", actor=ADMIN, now=NOW)
    (gone,) = retain(casebook, SETTINGS, actor=ADMIN, now=NOW)
    assert gone.rows == 4
    release_hold(casebook, hold, why="done", actor=ADMIN, now=NOW)
    (gone,) = retain(casebook, SETTINGS, actor=ADMIN, now=NOW)
    assert gone.rows == 2


def test_a_run_that_is_stopped_is_gone_on_with(
    casebook: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    real, calls = retention._some, []

    def stops(*given: object) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(retention, "_some", stops)
    with pytest.raises(KeyboardInterrupt):
        retain(casebook, SETTINGS, actor=ADMIN, now=NOW)
    assert texts(casebook) == 10
    monkeypatch.setattr(retention, "_some", real)
    (gone,) = retain(casebook, SETTINGS, actor=ADMIN, now=NOW)
    assert (gone.rows, texts(casebook)) == (4, 6)


def test_zero_days_keep_for_ever(casebook: Casebook) -> None:
    kept = replace(SETTINGS, texts_days=0)
    assert retain(casebook, kept, actor=ADMIN, now=NOW + timedelta(days=9999)) == []


def test_only_admins_let_things_go(casebook: Casebook) -> None:
    with pytest.raises(NotAllowedError):
        retain(casebook, SETTINGS, actor=Actor("bob", Role.APPROVER), now=NOW)


def test_every_kind_has_a_setting_and_ages_somewhere() -> None:
    assert set(rules_of(SETTINGS)) == set(SINCE)
    assert {one.kind for one in AGEING} == set(SINCE)


def test_every_table_with_a_retention_ages() -> None:
    aged = {one.table.name for one in AGEING}
    told = {card.table for card in CARDS if card.retention}
    # What stays of these is a skeleton that counts, and steps that every process follows.
    assert told - aged == {"appeals", "permits", "access_steps"}
    assert aged <= told


def test_each_rule_runs_on_both_databases(casebook: Casebook) -> None:
    later = NOW + timedelta(days=5000)
    with casebook.reading() as connection:
        for one in AGEING:
            where = one.where(micros(later), frozenset({"x", "y"}))
            assert connection.execute(select(func.count()).where(where)).scalar_one() >= 0
