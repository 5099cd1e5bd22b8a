"""What the guard decides, one case at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from guard_builders import (
    MADE_AT,
    NAMES,
    account,
    caller,
    guard_of,
    held_to,
    issue,
    listing,
    request_of,
    snapshot_of,
)

from revenuer.guard import (
    NOTHING,
    Action,
    Answer,
    Caller,
    Facts,
    Fault,
    Fingerprinter,
    Guard,
    Kind,
    Mode,
    Notice,
    Policy,
    Protocol,
    Reason,
    ReasoningSign,
    SnapshotFault,
    Standing,
)
from revenuer.guard.layout import Cause, Listing
from revenuer.guard.policy import Appeal, Exemption, Limit, Rate, Replayed

WIDE = held_to(requests_per_minute=6e6, requests_burst=1e6, tokens_per_minute=6e9, tokens_burst=1e9)
REFUSED = {Action.CHALLENGE, Action.BLOCK}


def test_a_stranger_passes_and_costs_no_object() -> None:
    assert guard_of({}).decide(request_of()) is NOTHING
    assert guard_of().decide(request_of()) is NOTHING


@pytest.mark.parametrize("action", list(Action)[1:])
def test_a_listed_caller_gets_what_the_snapshot_asks_for(action: Action) -> None:
    guard = guard_of(
        {account("a"): listing(action)}, throttle=WIDE, appeal=Appeal(url="https://a.example")
    )
    decision = guard.decide(request_of())
    assert (decision.action, decision.would_be) == (action, action)
    assert decision.passes == (action not in REFUSED)
    assert decision.reason is Reason.VERDICT
    assert decision.evidence_id == "campaign--c1"
    assert decision.expires_at == MADE_AT + 3600
    assert decision.appeal == "https://a.example"
    assert decision.note == "convicted"


@pytest.mark.parametrize("kind", Kind)
def test_a_verdict_may_be_about_an_account_an_organization_or_a_key(kind: Kind) -> None:
    guard = guard_of({NAMES.of(kind, "x"): listing(Action.BLOCK)})
    whole = Caller(*(NAMES.of(each, "x") for each in Kind))
    assert guard.decide(request_of(by=whole)).action is Action.BLOCK
    others = Caller(*(NAMES.of(each, "x" if each is not kind else "y") for each in Kind))
    assert guard.decide(request_of(by=others)) is NOTHING


def test_the_gravest_of_several_verdicts_holds() -> None:
    listed = {
        account("a"): listing(Action.TAG, evidence="mild"),
        NAMES.of(Kind.ORGANIZATION, "o"): listing(Action.BLOCK, evidence="grave"),
    }
    decision = guard_of(listed).decide(request_of(by=caller("a", "o")))
    assert (decision.action, decision.evidence_id) == (Action.BLOCK, "campaign--grave")


def test_the_policy_caps_what_a_snapshot_asks_for() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)}, at_most=Action.TAG)
    assert guard.decide(request_of()).action is Action.TAG


def test_verdicts_expire_one_by_one() -> None:
    listed = {
        account("a"): listing(Action.BLOCK, MADE_AT + 10),
        account("b"): listing(Action.BLOCK, MADE_AT + 20),
    }
    guard = guard_of(listed)

    def actions(now: float) -> list[Action]:
        return [guard.decide(request_of(now, caller(name))).action for name in "ab"]

    assert actions(MADE_AT + 9) == [Action.BLOCK, Action.BLOCK]
    assert actions(MADE_AT + 10) == [Action.ALLOW, Action.BLOCK]
    assert actions(MADE_AT + 20) == [Action.ALLOW, Action.ALLOW]
    assert guard.metrics.expired == 3


@pytest.mark.parametrize("action", list(Action))
def test_a_stale_snapshot_throttles_at_most_and_is_counted(action: Action) -> None:
    guard = guard_of({account("a"): listing(action, MADE_AT + 1e9)}, stale_s=60, throttle=WIDE)
    fresh = guard.decide(request_of(MADE_AT + 60))
    assert (fresh.action, guard.metrics.stale) == (action, 0)
    stale = guard.decide(request_of(MADE_AT + 60.1))
    assert stale.action == min(action, Action.THROTTLE)
    assert stale.passes
    assert guard.metrics.stale == 1
    assert guard.refresh(MADE_AT + 60.1).snapshot_stale == 1


def test_shadow_mode_changes_nothing_and_says_what_it_would_have_done() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)}, mode=Mode.SHADOW)
    decision = guard.decide(request_of())
    assert (decision.action, decision.passes, decision.changes) == (Action.ALLOW, True, ())
    assert (decision.would_be, decision.would_pass) == (Action.BLOCK, False)
    assert decision.shadowed
    assert decision.evidence_id == "campaign--c1"
    assert (guard.metrics.refused, guard.metrics.would_refuse) == (0, 1)


def test_shadow_is_the_default() -> None:
    assert Policy().mode is Mode.SHADOW


def test_a_throttled_caller_passes_while_the_bucket_lasts() -> None:
    slow = held_to(requests_per_minute=60, requests_burst=2)
    guard = guard_of({account("a"): listing(Action.THROTTLE)}, throttle=slow)
    passes = [guard.decide(request_of(MADE_AT + at)).passes for at in (0, 0, 0, 1, 1)]
    assert passes == [True, True, False, True, False]
    refused = guard.decide(request_of(MADE_AT + 1))
    assert refused.action is Action.THROTTLE
    assert refused.retry_after_s == pytest.approx(1.0)
    assert refused.reason is Reason.VERDICT
    assert guard.decide(request_of(MADE_AT + 1, caller("b"))) is NOTHING


def test_a_reduced_caller_is_held_to_the_throttled_rate_too() -> None:
    slow = held_to(requests_per_minute=60, requests_burst=1)
    guard = guard_of({account("a"): listing(Action.REDUCE)}, throttle=slow)
    first, second = (guard.decide(request_of()) for _ in range(2))
    assert (first.action, first.passes, bool(first.changes)) == (Action.REDUCE, True, True)
    assert (second.action, second.passes, second.changes) == (Action.REDUCE, False, ())


def test_tokens_are_charged_when_the_answer_is_known() -> None:
    rate = held_to(tokens_per_minute=600, tokens_burst=100)
    guard = guard_of({account("a"): listing(Action.THROTTLE)}, throttle=rate)
    asked = guard.decide(request_of(facts=Facts(input_tokens=40)))
    assert (asked.passes, asked.counted) == (True, 40)
    guard.finish(Answer(MADE_AT, caller(), asked, 140))
    late = guard.decide(request_of(MADE_AT, facts=Facts(input_tokens=0)))
    # 140 taken, 100 in the bucket, 10 a second.
    assert late.retry_after_s == pytest.approx(4.0)
    assert guard.decide(request_of(MADE_AT + 4.01, facts=Facts())).passes


def test_a_refused_request_takes_nothing_out_of_a_bucket() -> None:
    rate = held_to(requests_per_minute=60, requests_burst=5, tokens_per_minute=60, tokens_burst=10)
    guard = guard_of({account("a"): listing(Action.THROTTLE)}, throttle=rate)
    assert guard.decide(request_of(facts=Facts(input_tokens=10))).passes
    waits = [guard.decide(request_of(facts=Facts(input_tokens=10))).retry_after_s for _ in "abc"]
    assert waits == pytest.approx([10.0, 10.0, 10.0])
    assert [guard.decide(request_of(facts=Facts())).passes for _ in range(5)].count(True) == 4


def test_who_is_out_of_requests_and_tokens_is_told_the_longer_wait() -> None:
    for per_minute, longer in ((6, 10.0), (60, 5.0)):
        rate = held_to(
            requests_per_minute=per_minute,
            requests_burst=1,
            tokens_per_minute=120,
            tokens_burst=10,
        )
        guard = guard_of({account("a"): listing(Action.THROTTLE)}, throttle=rate)
        assert guard.decide(request_of(facts=Facts(input_tokens=10))).passes
        refused = guard.decide(request_of(facts=Facts(input_tokens=10)))
        assert refused.retry_after_s == pytest.approx(longer)


def test_ordinary_limits_hold_whoever_is_named_first() -> None:
    limits = (
        Limit("named", Rate(requests_per_minute=60, requests_burst=1), accounts=("a",)),
        Limit("again", Rate(requests_per_minute=60, requests_burst=9), accounts=("a",)),
        Limit("org", Rate(requests_per_minute=60, requests_burst=2), organizations=("o",)),
        Limit("free", Rate(requests_per_minute=60, requests_burst=3), cohorts=("free",)),
        Limit("all", Rate(requests_per_minute=60, requests_burst=4), cohorts=("*",)),
        Limit("rest", Rate(requests_per_minute=60, requests_burst=9), cohorts=("*", "free")),
    )
    guard = guard_of({}, limits=limits)

    def admitted(by: Caller) -> int:
        return sum(guard.decide(request_of(by=by)).passes for _ in range(9))

    assert admitted(caller("a", "o", "free")) == 1
    assert admitted(caller("b", "o", "free")) == 2
    assert admitted(caller("c", cohort="free")) == 3
    assert admitted(caller("d")) == 4
    refused = guard.decide(request_of(by=caller("d")))
    assert (refused.action, refused.reason) == (Action.THROTTLE, Reason.LIMIT)
    assert (refused.evidence_id, refused.note) == ("limit--all", "all")
    assert refused.expires_at == pytest.approx(MADE_AT + refused.retry_after_s)


def test_a_verdict_never_gives_more_than_an_ordinary_limit() -> None:
    limits = (Limit("all", Rate(requests_per_minute=60, requests_burst=1), cohorts=("*",)),)
    guard = guard_of({account("a"): listing(Action.THROTTLE)}, throttle=WIDE, limits=limits)
    assert [guard.decide(request_of()).passes for _ in range(3)] == [True, False, False]


def test_exempt_callers_are_tagged_at_most_until_the_exemption_ends() -> None:
    until = datetime.fromtimestamp(MADE_AT + 10, UTC)
    exemptions = (
        Exemption("permit 7", accounts=("a",), until=until),
        Exemption("partner", organizations=("o",)),
    )
    listed = {account(name): listing(Action.BLOCK) for name in "abc"}
    guard = guard_of(listed, exemptions=exemptions)
    assert guard.decide(request_of(MADE_AT + 9)).action is Action.TAG
    assert guard.decide(request_of(MADE_AT + 10)).action is Action.BLOCK
    assert guard.decide(request_of(MADE_AT + 11, caller("b", "o"))).action is Action.TAG
    assert guard.decide(request_of(MADE_AT + 11, caller("c", "p"))).action is Action.BLOCK
    assert guard.metrics.exempted == 2


def test_an_appeal_lifts_a_verdict_until_it_ends() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)})
    guard.heed(Notice(MADE_AT, account("a"), Standing.RELEASED, MADE_AT + 10))
    assert guard.decide(request_of(MADE_AT + 9)) is NOTHING
    assert guard.decide(request_of(MADE_AT + 10)).action is Action.BLOCK
    assert guard.metrics.released == 1


@pytest.mark.parametrize(
    ("action", "then"),
    [(Action.CHALLENGE, Action.REDUCE), (Action.BLOCK, Action.BLOCK), (Action.TAG, Action.TAG)],
)
def test_a_challenge_that_was_passed_opens_what_was_challenged(
    action: Action, then: Action
) -> None:
    guard = guard_of({account("a"): listing(action)}, throttle=WIDE)
    guard.heed(Notice(MADE_AT, account("a"), Standing.PASSED, MADE_AT + 10))
    assert guard.decide(request_of(MADE_AT + 9)).action is then
    assert guard.decide(request_of(MADE_AT + 10)).action is action


def test_notices_are_kept_in_bounded_memory() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)}, callers=3)
    guard.heed(Notice(MADE_AT, account("a"), Standing.RELEASED, MADE_AT + 99))
    for name in "bcd":
        guard.heed(Notice(MADE_AT, account(name), Standing.RELEASED, MADE_AT + 99))
    assert guard.decide(request_of()).action is Action.BLOCK


def test_replayed_reasoning_is_answered_by_the_policy() -> None:
    guard = guard_of({}, throttle=WIDE)
    signs = (ReasoningSign.EXPIRED, ReasoningSign.FOREIGN, ReasoningSign.OTHER_MODEL)
    decision = guard.decide(request_of(reasoning=signs))
    assert (decision.action, decision.reason) == (Action.THROTTLE, Reason.REASONING)
    assert decision.evidence_id == "reasoning--foreign"
    assert guard.metrics.reasoning == dict.fromkeys(signs, 1)


def test_the_policy_caps_what_reasoning_leads_to() -> None:
    guard = guard_of({}, at_most=Action.TAG, replayed=Replayed(foreign=Action.BLOCK))
    assert guard.decide(request_of(reasoning=(ReasoningSign.FOREIGN,))).action is Action.TAG


def test_the_longest_of_several_exemptions_holds() -> None:
    soon, late = (datetime.fromtimestamp(MADE_AT + after, UTC) for after in (10, 90))
    for order in ((soon, late), (late, soon)):
        exemptions = tuple(
            Exemption("permit", accounts=("a",), organizations=("o",), until=until)
            for until in order
        )
        listed = {account(name): listing(Action.BLOCK) for name in "ab"}
        guard = guard_of(listed, exemptions=exemptions)
        assert guard.decide(request_of(MADE_AT + 50)).action is Action.TAG
        assert guard.decide(request_of(MADE_AT + 50, caller("b", "o"))).action is Action.TAG


@pytest.mark.parametrize(
    ("verdict", "limit", "passing"),
    [
        # The tighter of the two for requests, and for tokens; where one names none, the other.
        ({"requests_per_minute": 60, "requests_burst": 5}, {"requests_per_minute": 60}, 2),
        ({"requests_per_minute": 60, "requests_burst": 2}, {"tokens_per_minute": 600}, 2),
        ({"tokens_per_minute": 60, "tokens_burst": 30}, {"requests_per_minute": 60}, 2),
        ({"tokens_per_minute": 60, "tokens_burst": 30}, {"tokens_per_minute": 60}, 3),
    ],
)
def test_both_a_verdicts_rate_and_an_ordinary_one_hold(
    verdict: dict[str, float], limit: dict[str, float], passing: int
) -> None:
    ordinary = Rate(**({"requests_burst": 2, "tokens_burst": 40} | limit))  # type: ignore[arg-type]
    guard = guard_of(
        {account("a"): listing(Action.THROTTLE)},
        throttle=held_to(**verdict),
        limits=(Limit("all", ordinary, cohorts=("*",)),),
    )
    asked = [guard.decide(request_of(facts=Facts(input_tokens=10))).passes for _ in range(8)]
    assert asked.count(True) == passing


def test_a_challenge_says_where_to_verify() -> None:
    appeal = Appeal(url="https://a.example", verify_url="https://v.example")
    listed = {account("a"): listing(Action.CHALLENGE), account("b"): listing(Action.BLOCK)}
    guard = guard_of(listed, appeal=appeal)
    assert guard.decide(request_of()).verify == "https://v.example"
    assert guard.decide(request_of(by=caller("b"))).verify == ""


def test_reasoning_that_the_policy_allows_is_counted_and_nothing_else() -> None:
    guard = guard_of({})
    assert guard.decide(request_of(reasoning=(ReasoningSign.UNBOUND,))) is NOTHING
    assert guard.metrics.reasoning == {ReasoningSign.UNBOUND: 1}


def test_a_body_that_nobody_could_read_is_throttled_instead_of_reduced() -> None:
    guard = guard_of({account("a"): listing(Action.REDUCE)}, throttle=WIDE)
    decision = guard.decide(request_of(facts=None))
    assert (decision.action, decision.passes, decision.changes) == (Action.THROTTLE, True, ())
    other = guard.decide(request_of(protocol=Protocol.OTHER))
    assert (other.action, other.changes) == (Action.THROTTLE, ())
    assert guard.metrics.unreadable == 2


@pytest.mark.parametrize("action", sorted(REFUSED))
def test_a_body_that_nobody_could_read_does_not_open_what_is_refused(action: Action) -> None:
    guard = guard_of({account("a"): listing(action)})
    assert not guard.decide(request_of(facts=None)).passes


def test_what_is_not_known_in_time_passes_and_is_counted() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)})
    decision = guard.open(request_of())
    assert (decision.action, decision.passes, decision.reason) == (
        Action.ALLOW,
        True,
        Reason.DEADLINE,
    )
    assert guard.metrics.deadline_misses == 1


def test_a_clock_that_goes_back_fills_the_buckets() -> None:
    slow = held_to(requests_per_minute=1, requests_burst=1)
    guard = guard_of({account("a"): listing(Action.THROTTLE)}, throttle=slow)
    assert guard.decide(request_of(MADE_AT + 100)).passes
    assert not guard.decide(request_of(MADE_AT + 100)).passes
    assert guard.decide(request_of(MADE_AT)).passes
    assert not guard.decide(request_of(MADE_AT - 0.5)).passes
    assert guard.metrics.clock_steps == 1


# --- snapshots --------------------------------------------------------------------------


def fault_of(found: SnapshotFault | None) -> Fault:
    assert found is not None
    return found.fault


def test_a_lower_number_is_a_replay_and_the_one_before_stays() -> None:
    guard = guard_of()
    blocked = {account("a"): listing(Action.BLOCK)}
    assert guard.offer(snapshot_of(blocked, sequence=5), MADE_AT) is None
    assert fault_of(guard.offer(snapshot_of({}, sequence=4), MADE_AT)) is Fault.REPLAYED
    assert guard.decide(request_of()).action is Action.BLOCK
    assert guard.offer(snapshot_of({}, sequence=6), MADE_AT) is None
    assert guard.decide(request_of()) is NOTHING
    assert (guard.metrics.swaps, guard.metrics.faults) == (2, {Fault.REPLAYED: 1})


def test_the_same_number_again_is_no_replay() -> None:
    guard = guard_of()
    same = snapshot_of({account("a"): listing(Action.BLOCK)}, sequence=5)
    assert [guard.offer(same, MADE_AT) for _ in range(2)] == [None, None]


def test_a_number_that_an_earlier_run_saw_is_remembered() -> None:
    guard = Guard(Policy(), NAMES, least_sequence=9)
    assert fault_of(guard.offer(snapshot_of({}, sequence=8), MADE_AT)) is Fault.REPLAYED


def test_fingerprints_of_another_key_are_refused() -> None:
    guard = guard_of()
    other = Fingerprinter(bytes(32)).key_id
    assert fault_of(guard.offer(snapshot_of({}, key=other), MADE_AT)) is Fault.OTHER_KEY


def test_a_snapshot_from_the_future_would_never_be_stale_and_is_refused() -> None:
    guard = guard_of()
    ahead = snapshot_of({}, made_at=MADE_AT + 301)
    assert fault_of(guard.offer(ahead, MADE_AT)) is Fault.FROM_THE_FUTURE
    assert guard.offer(ahead, MADE_AT + 2) is None


def test_a_fault_is_counted_and_changes_nothing() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)})
    fault = SnapshotFault(Fault.FORGED, "it is not signed")
    assert guard.offer(fault, MADE_AT) is fault
    assert guard.decide(request_of()).action is Action.BLOCK
    assert guard.metrics.faults == {Fault.FORGED: 1}


def test_gauges_tell_of_the_snapshot_in_force() -> None:
    guard = guard_of({account("a"): listing(Action.TAG)})
    metrics = guard.refresh(MADE_AT + 7)
    assert metrics.snapshot_age_s == 7
    assert (metrics.snapshot_sequence, metrics.snapshot_verdicts) == (1, 1)
    assert metrics.snapshot_stale == 0


def test_another_policy_comes_into_force_at_once() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)}, mode=Mode.SHADOW)
    assert guard.decide(request_of()).passes
    guard.adopt(Policy(mode=Mode.ENFORCE))
    assert not guard.decide(request_of()).passes


def test_samples_are_whole_and_named_for_prometheus() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)})
    guard.decide(request_of())
    guard.decide(request_of(by=caller("b")))
    samples = list(guard.refresh(MADE_AT).samples())
    found = {(one.name, one.labels): one.value for one in samples}
    assert found["revenuer_guard_decisions_total", (("action", "block"),)] == 1
    assert found["revenuer_guard_decisions_total", (("action", "allow"),)] == 1
    assert found["revenuer_guard_refused_total", ()] == 1
    assert found["revenuer_guard_lookups_total", ()] == 2
    assert len(found) == len(samples)
    assert all(one.help for one in samples)
    names = [one.name for one in samples]
    # Equal names follow each other.
    assert names == sorted(names, key=names.index)
    assert {one.kind for one in samples} == {"counter", "gauge"}
    assert all(one.kind == "gauge" or one.name.endswith("_total") for one in samples)


def test_every_number_of_the_metrics_is_shown() -> None:
    guard = guard_of({})
    metrics = guard.refresh(MADE_AT)
    for place, name in enumerate(metrics.__slots__):
        if isinstance(getattr(metrics, name), int | float):
            setattr(metrics, name, 1000 + place)
    shown = {one.value for one in metrics.samples()}
    numbers = [
        name for name in metrics.__slots__ if isinstance(getattr(metrics, name), int | float)
    ]
    assert shown >= {getattr(metrics, name) for name in numbers}


def test_a_cause_without_a_note_is_told_without() -> None:
    bare = Listing(Action.BLOCK, Cause("campaign--x"), MADE_AT + 5, 1.0)
    assert guard_of({account("a"): bare}).decide(request_of()).note == ""


def test_builders_make_a_head_that_is_read_back() -> None:
    assert snapshot_of({}, sequence=3).head.sequence == issue(3).sequence
