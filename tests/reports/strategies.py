"""Any findings at all, for hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

from hypothesis import strategies as st

from revenuer.records import (
    Attribution,
    Axis,
    Campaign,
    Evidence,
    Findings,
    InnocentExplanation,
    Leak,
    Method,
    Pivot,
    Scanned,
    Verdict,
)

T = TypeVar("T")
TEXT = st.text(max_size=20)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
COUNT = st.integers(0, 10**12)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
TIMES = st.datetimes(
    datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.one_of(st.just(UTC), OFFSETS)
)  # fmt: skip


def findings(floats: st.SearchStrategy[float]) -> st.SearchStrategy[Findings]:
    """Findings whose numbers come from `floats`."""
    return st.builds(Findings, scanned(floats), st.lists(campaigns(floats), max_size=3).map(tuple))


def scanned(floats: st.SearchStrategy[float]) -> st.SearchStrategy[Scanned]:
    versions = st.dictionaries(TEXT, st.integers(1, 9), max_size=3)
    return st.builds(
        Scanned, COUNT, COUNT, COUNT, TIMES, TIMES, floats, TEXT, TEXT, versions, TEXTS
    )


def campaigns(floats: st.SearchStrategy[float]) -> st.SearchStrategy[Campaign]:
    return st.builds(
        Campaign,
        id=TEXT,
        verdict=st.sampled_from(Verdict),
        probability=floats,
        log_e_value=floats,
        axes=st.fixed_dictionaries(dict.fromkeys(Axis, floats)),
        account_ids=TEXTS,
        exchanges=COUNT,
        tasks=COUNT,
        output_tokens=COUNT,
        reasoning_tokens=COUNT,
        first_seen=TIMES,
        last_seen=TIMES,
        detected_at=TIMES,
        methods=st.lists(st.sampled_from(Method), max_size=3).map(tuple),
        capabilities=st.dictionaries(TEXT, floats, max_size=3),
        taxonomy=st.dictionaries(TEXT, TEXTS.filter(bool), max_size=3),
        attribution=st.builds(Attribution, TEXT, st.none() | floats, TEXTS),
        innocents_nearby=COUNT,
        leaked_before_detection=st.builds(Leak, COUNT, COUNT, floats),
        pivots=tuples(st.builds(Pivot, TIMES, TEXT, TEXT, floats, st.none() | floats)),
        evidence=tuples(
            st.builds(Evidence, TEXT, st.sampled_from(Axis), TEXT, floats, TEXTS, TEXTS)
        ),
        innocent_explanations=tuples(st.builds(InnocentExplanation, TEXT, TEXT, st.booleans())),
        supersedes=TEXTS,
    )


def tuples(items: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(items, max_size=2).map(tuple)
