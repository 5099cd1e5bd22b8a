"""What earlier looks found, in the findings of a later one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from revenuer.app.watch.detections import Earlier, with_earlier
from revenuer.records import Axis, Campaign, Findings, Leak, Scanned, Verdict

DAY = timedelta(days=1)
START = datetime(2026, 6, 1, tzinfo=UTC)
SCANNED = Scanned(10, 10, 5, START, START + DAY, 0.05, "b", "c", {}, ())


def campaign(
    name: str, *accounts: str, verdict: Verdict = Verdict.CONVICTED, exchanges: int = 10
) -> Campaign:
    return Campaign(
        id=name,
        verdict=verdict,
        probability=0.9,
        log_e_value=9.0,
        axes=dict.fromkeys(Axis, 9.0),
        account_ids=accounts,
        exchanges=exchanges,
        tasks=exchanges,
        output_tokens=100 * exchanges,
        reasoning_tokens=0,
        first_seen=START,
        last_seen=START + DAY,
        detected_at=START + DAY,
        leaked_before_detection=Leak(exchanges, 100 * exchanges, 24.0),
    )


def findings(*campaigns: Campaign) -> Findings:
    return Findings(SCANNED, campaigns)


def after(before: Findings | None, *now: Campaign, day: int = 2) -> tuple[Campaign, ...]:
    earlier = Earlier(before, START - 20 * DAY, START + day * DAY, 7 * DAY)
    return with_earlier(findings(*now), earlier).campaigns


def test_a_first_conviction_is_of_this_look() -> None:
    (found,) = after(None, campaign("c", "a", "b"))
    assert found.detected_at == START + 2 * DAY
    assert found.leaked_before_detection == Leak(10, 1000, 48.0)


def test_a_conviction_keeps_its_time_and_what_had_leaked() -> None:
    before = findings(*after(None, campaign("c", "a", "b")))
    (found,) = after(before, campaign("c", "a", "b", "d", exchanges=50), day=9)
    assert found.detected_at == START + 2 * DAY
    assert found.leaked_before_detection.exchanges == 10
    assert found.exchanges == 50


def test_a_suspicion_is_no_detection() -> None:
    before = findings(campaign("c", "a", "b", verdict=Verdict.SUSPECTED))
    (found,) = after(before, campaign("c", "a", "b", exchanges=30), day=5)
    assert found.detected_at == START + 5 * DAY
    assert found.leaked_before_detection.exchanges == 30


def test_campaigns_that_merge_leaked_what_both_leaked() -> None:
    before = findings(campaign("c", "a"), campaign("d", "b", exchanges=7))
    merged = replace(campaign("c", "a", "b", exchanges=90), supersedes=("d",))
    (found,) = after(before, merged)
    assert found.leaked_before_detection.exchanges == 17


def test_a_convicted_campaign_that_nothing_is_said_of_stays() -> None:
    before = findings(campaign("c", "a", "b"), campaign("s", "x", verdict=Verdict.SUSPECTED))
    assert [one.id for one in after(before, campaign("d", "q"))] == ["d", "c"]


def test_but_not_with_accounts_that_this_look_places_elsewhere() -> None:
    before = findings(campaign("c", "a", "b"))
    _, kept = after(before, campaign("d", "b"))
    assert kept.account_ids == ("a",)
    assert [one.id for one in after(before, campaign("d", "a", "b"))] == ["d"]


def test_and_not_for_ever() -> None:
    before = findings(campaign("c", "a"))
    earlier = Earlier(before, START + 2 * DAY, START + 30 * DAY, 7 * DAY)
    assert with_earlier(findings(), earlier).campaigns == ()


def test_a_conviction_that_this_look_takes_back_is_taken_back() -> None:
    before = findings(campaign("c", "a", "b"))
    (found,) = after(before, campaign("c", "a", "b", verdict=Verdict.CLEARED))
    assert found.verdict is Verdict.CLEARED


def test_the_promise_says_that_it_holds_for_all_looks_together() -> None:
    earlier = Earlier(None, START, START + DAY, 7 * DAY)
    assert "each calendar week" in with_earlier(findings(), earlier).scanned.promise[-1]
    earlier = Earlier(None, START, START + DAY, 3 * DAY)
    assert "each 3 days" in with_earlier(findings(), earlier).scanned.promise[-1]
