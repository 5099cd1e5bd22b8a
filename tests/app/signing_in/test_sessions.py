"""Sessions: who shows the right secret in time is somebody, and nobody else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import change_person
from revenuer.app.signing_in.own_sessions import end_others, end_own, own_sessions
from revenuer.app.signing_in.sessions import SignedIn, begin, end, resume
from revenuer.casework.roles import Actor, Role
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.servers import ConsoleSettings
from revenuer.store.casebook.sessions import console_sessions

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)


def after(**length: float) -> datetime:
    return NOW + timedelta(**length)


def resumed(casebook: Casebook, cookie: str, at: datetime) -> SignedIn:
    found = resume(casebook, cookie, at)
    assert found is not None
    return found


def said(casebook: Casebook) -> list[tuple[str, object]]:
    with casebook.reading() as connection:
        entries = list(casebook.audit(connection).entries())
    return [(entry.kind, entry.body.get("why", "")) for entry in entries]


def test_whoever_began_a_session_is_known_by_it(casebook: Casebook) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW, client="Firefox on Linux")
    found = resumed(casebook, cookie, after(minutes=1))
    assert (found.actor.name, found.actor.role, found.means) == ("ana", Role.ANALYST, "passkey")
    assert found.actor.login == f"console {found.session}"
    assert (found.begun_us, found.renewed) == (1763888400_000_000 + 31_536_000_000_000, None)


def test_neither_secret_nor_address_is_kept(casebook: Casebook) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW, address="192.0.2.77")
    secret = cookie.partition(".")[2]
    with casebook.reading() as connection:
        kept = str(connection.execute(select(console_sessions)).all())
        log = b"".join(casebook.audit(connection).lines()).decode()
    for text in (kept, log):
        assert secret not in text
        assert "192.0.2.77" not in text


@pytest.mark.parametrize(
    "forge",
    [
        lambda cookie: "",
        lambda cookie: cookie[:-1],
        lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
        lambda cookie: "0" * 24 + cookie[24:],
        lambda cookie: cookie.partition(".")[0] + ".",
        lambda cookie: cookie + "x",
        lambda cookie: cookie.upper(),
        lambda cookie: cookie + "\n",
        lambda cookie: "' OR 1=1 --." + "A" * 43,
    ],
)
def test_a_forged_cookie_is_nobody(casebook: Casebook, forge: object) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW)
    assert callable(forge)
    assert resume(casebook, forge(cookie), after(seconds=1)) is None
    assert resume(casebook, cookie, after(seconds=1)) is not None


def test_a_session_ends_unused(casebook: Casebook) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW)
    assert resume(casebook, cookie, after(minutes=31)) is None
    assert said(casebook)[-1] == ("session-ended", "over")
    assert resume(casebook, cookie, after(minutes=1)) is None


def test_a_session_that_is_used_ends_all_the_same(casebook: Casebook) -> None:
    cookie, at = begin(casebook, "ana", "passkey", now=NOW), NOW
    while at < after(hours=11, minutes=45):
        at += timedelta(minutes=10)
        cookie = resumed(casebook, cookie, at).renewed or cookie
    assert resume(casebook, cookie, after(hours=12)) is None


def test_settings_say_how_long(casebook: Casebook) -> None:
    short = ConsoleSettings(idle_minutes=2, longest_hours=0.1)
    cookie = begin(casebook, "ana", "passkey", now=NOW, settings=short)
    assert resume(casebook, cookie, after(minutes=2)) is None
    other = begin(casebook, "ana", "passkey", now=NOW, settings=short)
    for minute in (1, 2, 3, 4, 5):
        resumed(casebook, other, after(minutes=minute))
    assert resume(casebook, other, after(minutes=6)) is None


def test_the_secret_is_replaced_and_the_old_one_fades(casebook: Casebook) -> None:
    old = begin(casebook, "ana", "passkey", now=NOW)
    assert resumed(casebook, old, after(minutes=14)).renewed is None
    first = resumed(casebook, old, after(minutes=15))
    assert first.renewed is not None
    assert first.renewed != old
    # A request that was under way still has the old one; its forms hold.
    beside = resumed(casebook, old, after(minutes=15, seconds=5))
    assert (beside.renewed, beside.csrf) == (None, first.csrf)
    assert resumed(casebook, first.renewed, after(minutes=15, seconds=9)).renewed is None
    assert resumed(casebook, old, after(minutes=15, seconds=50)).session == first.session


def test_an_old_secret_after_the_new_one_was_shown_ends_the_session(casebook: Casebook) -> None:
    old = begin(casebook, "ana", "passkey", now=NOW)
    new = resumed(casebook, old, after(minutes=15)).renewed or ""
    resumed(casebook, new, after(minutes=16))
    assert resume(casebook, old, after(minutes=17)) is None
    assert resume(casebook, new, after(minutes=17)) is None
    assert said(casebook)[-1] == ("session-ended", "copied")


def test_a_new_secret_that_never_arrived_is_made_again(casebook: Casebook) -> None:
    old = begin(casebook, "ana", "passkey", now=NOW)
    lost = resumed(casebook, old, after(minutes=15)).renewed or ""
    again = resumed(casebook, old, after(minutes=18)).renewed or ""
    assert again not in ("", lost)
    assert resume(casebook, lost, after(minutes=18)) is None
    resumed(casebook, again, after(minutes=19))


def test_another_role_counts_at_once_and_renews(casebook: Casebook) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW)
    change_person(casebook, "ana", actor=ADMIN, now=NOW, role=Role.VIEWER)
    found = resumed(casebook, cookie, after(seconds=1))
    assert found.actor.role is Role.VIEWER
    assert found.renewed is not None
    assert resumed(casebook, found.renewed, after(seconds=2)).renewed is None


def test_who_is_disabled_is_out_at_once_and_not_in_again_when_enabled(casebook: Casebook) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW)
    change_person(casebook, "ana", actor=ADMIN, now=NOW, disabled=True)
    assert said(casebook)[-1] == ("session-ended", "disabled")
    change_person(casebook, "ana", actor=ADMIN, now=NOW, disabled=False)
    assert resume(casebook, cookie, after(seconds=1)) is None


@pytest.mark.parametrize("name", ["nobody", "feed"])
def test_strangers_and_services_do_not_sign_in(casebook: Casebook, name: str) -> None:
    with pytest.raises(NotAllowedError):
        begin(casebook, name, "passkey", now=NOW)


def test_whoever_signs_out_is_out(casebook: Casebook) -> None:
    cookie = begin(casebook, "ana", "passkey", now=NOW)
    id_ = resumed(casebook, cookie, NOW).session
    assert end(casebook, id_, after(seconds=1))
    assert not end(casebook, id_, after(seconds=1))
    assert resume(casebook, cookie, after(seconds=2)) is None
    assert said(casebook)[-1] == ("session-ended", "signed-out")


def test_people_end_their_own_sessions_and_nobody_elses(casebook: Casebook) -> None:
    kept, gone, third = (begin(casebook, "ana", "passkey", now=NOW) for _ in range(3))
    hers = begin(casebook, "ada", "passkey", now=NOW)
    ana = resumed(casebook, kept, NOW)
    assert len(own_sessions(casebook, actor=ana.actor, now=NOW)) == 3
    with pytest.raises(NotFoundError):
        end_own(casebook, resumed(casebook, hers, NOW).session, actor=ana.actor, now=NOW)
    end_own(casebook, resumed(casebook, gone, NOW).session, actor=ana.actor, now=NOW)
    assert resume(casebook, gone, NOW) is None
    assert end_others(casebook, ana.session, actor=ana.actor, now=NOW) == 1
    assert resume(casebook, third, NOW) is None
    assert resume(casebook, kept, NOW) is not None
    assert resume(casebook, hers, NOW) is not None


def test_forms_of_two_sessions_have_nothing_in_common(casebook: Casebook) -> None:
    one, other = (
        resumed(casebook, begin(casebook, "ana", "passkey", now=NOW), NOW) for _ in range(2)
    )
    assert one.csrf != other.csrf
    assert one.session not in one.csrf


def test_sessions_that_nobody_came_back_to_are_put_away(casebook: Casebook) -> None:
    begin(casebook, "ana", "passkey", now=NOW)
    begin(casebook, "ada", "passkey", now=after(hours=1))
    with casebook.reading() as connection:
        left = connection.execute(select(console_sessions.c.person)).scalars().all()
    assert left == ["ada"]
    assert ("session-ended", "over") in said(casebook)
