"""What holds of every decision, whatever happened before."""

from __future__ import annotations

from typing import Any

from guard_builders import (
    ACTIONS,
    MADE_AT,
    NAMES,
    account,
    caller,
    guard_of,
    held_to,
    listing,
    request_of,
    snapshot_of,
)
from hypothesis import given
from hypothesis import strategies as st

from revenuer.guard import (
    Action,
    Answer,
    Decision,
    Facts,
    Guard,
    Kind,
    Mode,
    Notice,
    Policy,
    Protocol,
    ReasoningSign,
    Request,
    Standing,
)
from revenuer.guard.policy import Limit, Rate, Replayed

SIGNS = st.lists(st.sampled_from(list(ReasoningSign)), max_size=4).map(tuple)
FACTS = st.none() | st.builds(
    Facts,
    n=st.none() | st.integers(1, 64),
    max_tokens=st.none() | st.integers(1, 10**6),
    logprobs=st.booleans(),
    reasoning=st.booleans(),
    reasoning_tokens=st.none() | st.integers(1024, 10**5),
    input_tokens=st.integers(0, 10**6),
)
RATES = st.builds(
    Rate,
    requests_per_minute=st.floats(0, 600),
    requests_burst=st.floats(1, 20),
    tokens_per_minute=st.floats(0, 1e5),
    tokens_burst=st.floats(1, 1e5),
)
THROTTLES = st.builds(
    held_to,
    requests_per_minute=st.floats(0, 600),
    requests_burst=st.floats(1, 20),
    tokens_per_minute=st.floats(0, 1e5),
    tokens_burst=st.floats(1, 1e5),
)
NAMED = st.sampled_from("abcd")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["request", "answer", "notice", "snapshot", "open"]),
        st.floats(0, 30),
        NAMED,
        FACTS,
        SIGNS,
        st.sampled_from(list(Protocol)),
        st.sampled_from(list(Standing)),
        st.dictionaries(NAMED, st.tuples(ACTIONS, st.floats(0, 300)), max_size=4),
        st.integers(0, 10**6),
    ),
    max_size=30,
)
POLICIES = st.fixed_dictionaries(
    {
        "at_most": ACTIONS,
        "stale_s": st.floats(1, 500),
        "throttle": THROTTLES,
        "limits": st.lists(
            st.builds(Limit, st.just("l"), RATES, cohorts=st.just(("*",))), max_size=1
        ).map(tuple),
        "replayed": st.builds(Replayed, **dict.fromkeys(("foreign", "unbound"), ACTIONS)),
        "callers": st.integers(1, 4),
    }
)


def run(guard: Guard, events: list[Any]) -> list[tuple[float, Request, Decision]]:
    """Let a guard live through events; what it decided, with the time and the request."""
    now, sequence, decided = MADE_AT, 1, []
    last: dict[str, Decision] = {}
    for what, gap, name, facts, signs, protocol, standing, listed, tokens in events:
        now += gap
        request = Request(now, caller(name), protocol, facts, signs)
        if what == "request":
            last[name] = guard.decide(request)
            decided.append((now, request, last[name]))
        elif what == "open":
            decided.append((now, request, guard.open(request)))
        elif what == "answer" and name in last:
            guard.finish(Answer(now, caller(name), last.pop(name), tokens))
        elif what == "notice":
            guard.heed(Notice(now, account(name), standing, now + 20))
        elif what == "snapshot":
            sequence += 1
            listings = {
                account(who): listing(action, now + left) for who, (action, left) in listed.items()
            }
            assert guard.offer(snapshot_of(listings, sequence=sequence, made_at=now), now) is None
    return decided


@given(policy=POLICIES, events=EVENTS)
def test_shadow_never_changes_traffic_and_tells_what_enforcing_would_do(
    policy: dict[str, Any], events: list[Any]
) -> None:
    shadow = run(Guard(Policy(mode=Mode.SHADOW, **policy), NAMES), events)
    enforced = run(Guard(Policy(mode=Mode.ENFORCE, **policy), NAMES), events)
    for (_, _, watched), (_, _, acted) in zip(shadow, enforced, strict=True):
        assert watched.action is Action.ALLOW
        assert watched.passes
        assert watched.changes == ()
        assert watched.retry_after_s == 0
        assert (watched.would_be, watched.would_pass) == (acted.action, acted.passes)
        assert watched.evidence_id == acted.evidence_id


@given(policy=POLICIES, events=EVENTS)
def test_every_decision_is_whole(policy: dict[str, Any], events: list[Any]) -> None:
    guard = Guard(Policy(mode=Mode.ENFORCE, **policy), NAMES)
    decided = run(guard, events)
    for now, request, decision in decided:
        assert decision.passes or decision.action >= Action.THROTTLE
        assert decision.passes == (
            decision.retry_after_s == 0 and decision.action < Action.CHALLENGE
        )
        if decision.action is not Action.ALLOW:
            assert decision.evidence_id
            assert decision.appeal
            assert decision.expires_at is None or decision.expires_at > now
        if decision.changes:
            assert decision.action is Action.REDUCE
            assert request.facts is not None
    metrics = guard.metrics
    assert sum(metrics.acted) == sum(metrics.would) == len(decided)
    assert metrics.refused == sum(not decision.passes for _, _, decision in decided)


@given(policy=POLICIES, listed=ACTIONS, more=ACTIONS, signs=SIGNS, extra=SIGNS, facts=FACTS)
def test_more_evidence_never_lowers_the_action(
    policy: dict[str, Any],
    listed: Action,
    more: Action,
    signs: tuple[ReasoningSign, ...],
    extra: tuple[ReasoningSign, ...],
    facts: Facts | None,
) -> None:
    by = caller("a", "o")

    def action(listings: dict[bytes, Any], replayed: tuple[ReasoningSign, ...]) -> Action:
        guard = guard_of(listings, **policy)
        return guard.decide(request_of(by=by, facts=facts, reasoning=replayed)).action

    one = {account("a"): listing(listed)}
    two = one | {NAMES.of(Kind.ORGANIZATION, "o"): listing(more)}
    graver = {account("a"): listing(max(listed, more))}
    assert action(two, signs) >= action(one, signs) >= action({}, signs)
    assert action(graver, signs) >= action(one, signs)
    assert action(one, signs + extra) >= action(one, signs)


@given(policy=POLICIES, action=ACTIONS, age=st.floats(0, 1e6), left=st.floats(0.1, 1e6))
def test_a_stale_snapshot_never_refuses_but_for_its_rate(
    policy: dict[str, Any], action: Action, age: float, left: float
) -> None:
    now = MADE_AT + age
    guard = guard_of({account("a"): listing(action, now + left)}, **policy)
    decision = guard.decide(request_of(now))
    if age > policy["stale_s"]:
        assert decision.action <= Action.THROTTLE
    assert decision.passes or decision.retry_after_s > 0 or decision.action >= Action.CHALLENGE


@given(
    gaps=st.lists(st.floats(0, 20), min_size=1, max_size=40),
    rate=st.floats(1, 600),
    burst=st.floats(1, 20),
)
def test_a_throttled_caller_gets_no_more_than_the_rate(
    gaps: list[float], rate: float, burst: float
) -> None:
    guard = guard_of(
        {account("a"): listing(Action.THROTTLE, MADE_AT + 1e6)},
        throttle=held_to(requests_per_minute=rate, requests_burst=burst),
    )
    now, passed = MADE_AT, []
    for gap in gaps:
        now += gap
        if guard.decide(request_of(now)).passes:
            passed.append(now)
    for first, start in enumerate(passed):
        allowed = burst + rate / 60 * (passed[-1] - start + 2e-6)
        assert len(passed) - first <= allowed + 1e-6 * burst
