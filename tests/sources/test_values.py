"""Single values: what each column takes, and what it says of what it does not take."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from revenuer.sources.columns import BOOL, FLOAT64, INT32, INT64, STRING, STRINGS, TIMESTAMP
from revenuer.sources.values import Reading, read_column

WHEN = datetime(2026, 2, 23, 9, 20, 0, 250000, UTC)
TYPED, TEXT = Reading(), Reading(typed=False)


def read(values, kind, how=TYPED, count=False):
    return read_column(values, kind, how, count=count)


@pytest.mark.parametrize(
    ("value", "how"),
    [
        ("2026-02-23T09:20:00.25Z", TYPED),
        ("2026-02-23 09:20:00.250000+00:00", TYPED),
        ("2026-02-23T10:20:00.25+01", TYPED),
        ("2026-02-23T10:20:00.25+0100", TYPED),
        ("2026-02-23T09:20:00.250000999Z", TYPED),
        (WHEN, TYPED),
        (1771838400.25, Reading(unit="s")),
        ("1771838400.25", Reading(unit="s", typed=False)),
        (1771838400250, Reading(unit="ms")),
        (1771838400250000, Reading(unit="us")),
        (1771838400250000000, Reading(unit="ns")),
        ("2026-02-23T09:20:00.25", Reading(zone=UTC)),
    ],
)
def test_a_moment_is_the_same_however_it_is_written(value, how):
    column = read([value], TIMESTAMP, how)
    assert column.bad == {}
    assert column.array.to_pylist() == [WHEN]


@pytest.mark.parametrize(
    ("value", "how", "reason"),
    [
        (WHEN.replace(tzinfo=None), TYPED, "offset"),
        ("soon", TYPED, "not an ISO 8601"),
        (True, TYPED, "true or false"),
        (1771838400, Reading(unit="ms"), "unit"),
        (1e300, Reading(unit="s"), "unit"),
        ("soon", Reading(unit="s"), "text"),
        (float("nan"), Reading(unit="s"), "not a timestamp"),
        ("9999-12-31T23:59:59-23:00", TYPED, "2199"),
    ],
)
def test_a_moment_that_is_none_says_why(value, how, reason):
    column = read([value], TIMESTAMP, how)
    assert reason in column.bad[0]
    assert column.array.null_count == 1


@pytest.mark.parametrize(
    ("value", "kind", "parsed"),
    [
        ("12", INT64, 12),
        ("12.0", INT64, 12),
        ("nan", INT32, None),
        ("-inf", FLOAT64, None),
        ("0.5", FLOAT64, 0.5),
        ("", FLOAT64, None),
        ("TRUE", BOOL, True),
        ("f", BOOL, False),
        ("0", BOOL, False),
        ("yes", BOOL, True),
        ('["a", "b"]', STRINGS, ["a", "b"]),
        ("a; b", STRINGS, ["a", "b"]),
        ("a|b", STRINGS, ["a", "b"]),
        ("a", STRINGS, ["a"]),
    ],
)
def test_csv_text_is_parsed_to_its_column(value, kind, parsed):
    assert read([value, None], kind, TEXT).array.to_pylist() == [parsed, None]


@pytest.mark.parametrize(
    ("value", "kind", "how"),
    [
        ("twelve", INT64, TEXT),
        ("1.5", INT64, TEXT),
        ("12", INT64, TYPED),
        (True, INT64, TYPED),
        ("maybe", BOOL, TEXT),
        (1, BOOL, TYPED),
        ('["a", 1]', STRINGS, TEXT),
        ('["a"', STRINGS, TEXT),
        (1.5, STRING, TYPED),
        (True, STRING, TYPED),
        ("\ud800", STRING, TYPED),
        (7, pa.binary(), TYPED),
    ],
)
def test_a_value_of_the_wrong_kind_is_bad_alone(value, kind, how):
    column = read([None, value], kind, how)
    assert list(column.bad) == [1]
    assert str(value) not in column.bad[1]


def test_an_id_may_be_a_whole_number():
    assert read([17, "a", None], STRING).array.to_pylist() == ["17", "a", None]


def test_only_counts_refuse_negative_numbers():
    assert read([-1], INT64).bad == {}
    assert "negative" in read([-1], INT64, count=True).bad[0]
