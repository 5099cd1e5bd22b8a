from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from revenuer.errors import MatchError
from revenuer.matching.keyring import OVERLAP, GroupKey, KeyRing, quarter_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def key_at(moment: datetime, byte: bytes = b"k") -> GroupKey:
    name, begins, ends = quarter_of(moment)
    return GroupKey(name, byte * 32, begins, ends)


def test_quarters_follow_one_another_without_a_gap() -> None:
    moment, seen = datetime(2025, 1, 1, tzinfo=UTC), []
    for _ in range(8):
        name, begins, ends = quarter_of(moment)
        assert begins == moment
        assert quarter_of(ends - timedelta(seconds=1))[0] == name
        seen.append(name)
        moment = ends
    assert seen == [f"{year}q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]


def test_the_key_of_the_last_quarter_is_taken_for_a_while_and_not_used_for_new_things() -> None:
    old, new = key_at(datetime(2026, 8, 1, tzinfo=UTC)), key_at(NOW)
    ring = KeyRing([old, new])
    assert ring.current(new.begins) == new
    assert ring.named(old.id, new.begins) == old
    with pytest.raises(MatchError, match="out of its time"):
        ring.named(old.id, old.ends + OVERLAP)
    with pytest.raises(MatchError, match="out of its time"):
        ring.named(new.id, new.begins - timedelta(seconds=1))


def test_a_key_that_is_missing_is_named() -> None:
    with pytest.raises(MatchError, match="2026q4"):
        KeyRing([]).named("2026q4", NOW)
    with pytest.raises(MatchError, match="in its time"):
        KeyRing([]).current(NOW)


def test_purposes_and_keys_have_nothing_in_common() -> None:
    one, two = key_at(NOW), key_at(NOW, b"l")
    assert one.keyed(b"a", b"bc") != one.keyed(b"ab", b"c")
    assert one.keyed(b"a", b"b") != two.keyed(b"a", b"b")
    assert one.check() != two.check()
    assert one.check() == key_at(NOW).check()


def test_a_key_does_not_show_itself() -> None:
    assert "6b6b" not in repr(key_at(NOW))
    assert "kk" not in repr(key_at(NOW))
