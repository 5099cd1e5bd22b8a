"""Lengths of time and moments as a person types them."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from revenuer.cli.durations import hours_of, moment_of

COMMAND = click.Command("x")
ANY = (click.Context(COMMAND), click.Option(["--x"]))


@pytest.mark.parametrize(
    ("text", "hours"),
    [("90m", 1.5), ("72h", 72.0), (" 3d ", 72.0), ("2w", 336.0), ("1.5h", 1.5), (None, None)],
)
def test_a_length_in_hours(text: str | None, hours: float | None) -> None:
    assert hours_of(*ANY, text) == hours


@pytest.mark.parametrize("text", ["", "72", "h", "0h", "-1h", "1y", "nanh", "infh", "99999d"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(click.BadParameter):
        hours_of(*ANY, text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T12:00Z", datetime(2027, 1, 31, 12, tzinfo=UTC)),
        ("2027-01-31T12:00+02:00", datetime(2027, 1, 31, 10, tzinfo=UTC)),
        (None, None),
    ],
)
def test_a_moment_is_in_utc(text: str | None, moment: datetime | None) -> None:
    assert moment_of(*ANY, text) == moment


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-13-01", "12:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(click.BadParameter):
        moment_of(*ANY, text)
