"""Applications are read from anything that a stranger can send."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from revenuer.access.applications import COLUMNS, Application, Programme, read

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*COLUMNS, "extra"]), ANYTHING))
def test_any_row_is_read_or_left_and_never_raises(row: dict[str, object]) -> None:
    found = read(row)
    assert found is None or isinstance(found, Application)


@given(st.permutations(list(COLUMNS)))
def test_the_order_of_columns_means_nothing(order: list[str]) -> None:
    row = {"application_id": "a", "signup_asn": 7, "applied_at": "2026-02-05T18:00:00Z"}
    full = {name: row.get(name, "x") for name in order}
    assert read(full) == read({name: full[name] for name in COLUMNS})


def test_words_for_nothing_are_unknown() -> None:
    words: tuple[object, ...] = (
        "",
        " ",
        "NULL",
        "none",
        "N/A",
        "unknown",
        "0",
        "-",
        0,
        float("nan"),
        [],
        {},
        True,
    )
    for word in words:
        found = read({"application_id": "a", "device_fingerprint": word})
        assert found is not None
        assert found.device_fingerprint is None, word


def test_overlong_values_are_unknown_and_not_cut() -> None:
    found = read({"application_id": "a", "payment_fingerprint": "p" * 513, "referral": "r" * 512})
    assert found is not None
    assert found.payment_fingerprint is None
    assert found.referral == "r" * 512


def test_an_application_without_a_name_is_none() -> None:
    assert read({"email_domain": "example.org"}) is None
    assert read({"application_id": "a\x00b"}) is None


def test_a_programme_is_one_of_ours_or_unknown() -> None:
    read_one = [read({"application_id": "a", "programme": p}) for p in ("Education", "military")]
    assert [found and found.programme for found in read_one] == [Programme.EDUCATION, None]


def test_times_of_all_tables_are_one() -> None:
    at = datetime(2026, 2, 5, 18, tzinfo=UTC)
    for raw in (at, at.isoformat(), "2026-02-05 19:00:00+01:00"):
        found = read({"application_id": "a", "applied_at": raw})
        assert found is not None
        assert found.applied_us == 1770314400000000
