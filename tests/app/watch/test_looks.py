"""When a watch looks next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from revenuer.app.watch.looks import Due, next_look, reached
from revenuer.settings import WatchSettings
from revenuer.store.watch_books import Entry, LookEntry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 6, 1, 9, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 2, tzinfo=UTC)


def entry(first: datetime, last: datetime, rows: int = 1000, **more: datetime) -> Entry:
    reached = more.get("reached", last)
    return Entry(f"{first:%d%H}", rows, 0, 0, first, last, reached)


def due(
    segments: list[Entry],
    last: LookEntry | None = None,
    *,
    ended: bool = False,
    not_after: datetime | None = None,
    **settings: int,
) -> Due | None:
    return next_look(segments, last, WatchSettings(**settings), not_after=not_after, ended=ended)


def test_nothing_is_due_before_the_first_exchange() -> None:
    assert due([]) is None
    assert due([Entry("1", 0, 3, 0, None, None, None)], ended=True) is None


def test_the_first_look_is_at_midnight_once_late_exchanges_had_their_time() -> None:
    assert due([entry(START, MIDNIGHT + timedelta(minutes=9))]) is None
    found = due([entry(START, MIDNIGHT + timedelta(minutes=10))])
    assert found == Due(1, MIDNIGHT, START, MIDNIGHT - 28 * DAY)


def test_looks_follow_one_another() -> None:
    segments = [entry(START, START + 5 * DAY)]
    second = due(segments, LookEntry(1, MIDNIGHT, START))
    assert second is not None
    assert (second.number, second.at, second.since) == (2, MIDNIGHT + DAY, MIDNIGHT)


def test_looks_may_be_as_often_as_every_hour() -> None:
    found = due([entry(START + timedelta(minutes=5), START + 2 * HOUR)], look_hours=1)
    assert found is not None
    assert found.at == START + HOUR


def test_a_stream_that_ended_is_looked_at_to_its_end_once() -> None:
    segments = [entry(START, START + 2 * HOUR)]
    last = due(segments, ended=True)
    assert last is not None
    assert last.at == START + 2 * HOUR + timedelta(microseconds=1)
    assert due(segments, LookEntry(1, last.at, START), ended=True) is None


def test_the_end_is_behind_the_last_midnight() -> None:
    segments = [entry(START, MIDNIGHT + HOUR)]
    first = due(segments, ended=True)
    assert first is not None
    assert first.at == MIDNIGHT
    second = due(segments, LookEntry(1, MIDNIGHT, START), ended=True)
    assert second is not None
    assert second.at == MIDNIGHT + HOUR + timedelta(microseconds=1)


def test_days_without_a_stream_are_not_looked_at_and_are_no_evidence() -> None:
    again = MIDNIGHT + 9 * DAY + HOUR
    segments = [entry(START, MIDNIGHT - HOUR), entry(again, again + 2 * DAY)]
    found = due(segments, LookEntry(1, MIDNIGHT, START))
    assert found is not None
    assert found.at == MIDNIGHT + 10 * DAY
    assert found.since == MIDNIGHT + 9 * DAY


def test_a_few_rows_with_a_wrong_clock_do_not_move_the_stream() -> None:
    honest = entry(START, START + HOUR)
    ahead = entry(START, START + 900 * DAY, rows=3)
    assert reached([honest, ahead], None) == START + HOUR + DAY
    assert reached([honest], START + timedelta(minutes=30)) == START + timedelta(minutes=30)


def test_the_end_of_a_stream_is_not_where_a_wrong_clock_says() -> None:
    wrong = entry(START, START + 900 * DAY, reached=START + HOUR)
    found = due([wrong], LookEntry(1, MIDNIGHT, START), ended=True)
    assert found is not None
    assert found.at <= START + HOUR + DAY + timedelta(microseconds=1)


def test_exchanges_from_long_ago_do_not_make_looks_at_every_day_since() -> None:
    old = entry(datetime(1970, 1, 1, tzinfo=UTC), START, reached=START)
    found = due([old, entry(START, START + DAY)])
    assert found is not None
    assert found.since >= START - 28 * DAY
