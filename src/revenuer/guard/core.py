"""The guard: what is known of callers, and what to do with a request of theirs.

It opens nothing and reads no clock. An adapter tells it what happens, in order, and does what
it says: `decide` for a request, `finish` for an answer, `offer` for a snapshot, `heed` for a
notice. One guard belongs to one thread.
"""

from __future__ import annotations

from typing import NamedTuple

from revenuer.guard.buckets import Buckets
from revenuer.guard.decision import NOTHING, Change, Decision, Reason
from revenuer.guard.events import Answer, Notice, Request, Standing
from revenuer.guard.fingerprint import Fingerprinter
from revenuer.guard.ladder import Action, Signal, after, raised
from revenuer.guard.metrics import Metrics
from revenuer.guard.policy import Policy
from revenuer.guard.reduce import can_reduce, changes_for
from revenuer.guard.rules import Allowance, rules_of, tightest
from revenuer.guard.snapshot import Fault, Snapshot, SnapshotFault

CLOCK_SKEW_S = 300.0
"""How far the publisher's clock may be ahead of the guard's. placeholder"""

CLOCK_STEP_S = 1.0
"""How far time may go back before buckets are filled: threads may overtake each other a little.
placeholder"""


class _Found(NamedTuple):
    """What the evidence says, before rates: the gravest of all that was found."""

    action: Action = Action.ALLOW
    reason: Reason = Reason.NOTHING
    evidence_id: str = ""
    expires_at: float | None = None
    note: str = ""


_CLEAN = _Found()


class Guard:
    """Decides on requests.

    Args:
        policy: What the operator decided.
        fingerprints: Makes the fingerprints of the ids in the policy; adapters make those of
            callers with the same.
        least_sequence: The highest sequence number that an earlier run has seen.

    Attributes:
        policy: The policy in force.
        metrics: What was counted.
        snapshot: The verdicts in force; None before the first.
    """

    def __init__(
        self, policy: Policy, fingerprints: Fingerprinter, *, least_sequence: int = 0
    ) -> None:
        self.metrics = Metrics()
        self.snapshot: Snapshot | None = None
        self._fingerprints = fingerprints
        self._sequence = least_sequence
        self._standing: dict[tuple[bytes, Standing], float] = {}
        self._latest = float("-inf")
        self.adopt(policy)

    def adopt(self, policy: Policy) -> None:
        """Go on under another policy; buckets start full."""
        self.policy = policy
        self._rules = rules_of(policy, self._fingerprints)
        self._requests, self._tokens = Buckets(policy.callers), Buckets(policy.callers)

    def decide(self, request: Request) -> Decision:
        """What to do with a request."""
        now = request.now
        if now < self._latest - CLOCK_STEP_S:
            self._start_over(now)
        elif now > self._latest:
            self._latest = now
        found = self._evidence(request)
        allowance = self._rules.allowance(request.caller)
        if found is _CLEAN and allowance is None:
            self.metrics.acted[0] += 1
            self.metrics.would[0] += 1
            return NOTHING
        return self._weigh(request, found, allowance)

    def open(self, request: Request) -> Decision:
        """The decision where nothing was known in time: the request passes, and is counted."""
        metrics = self.metrics
        action = after(Action.ALLOW, Signal.LATE)
        metrics.deadline_misses += 1
        metrics.acted[action] += 1
        metrics.would[action] += 1
        metrics.reasons[Reason.DEADLINE] += 1
        return Decision(action=action, reason=Reason.DEADLINE, would_be=action)

    def finish(self, answer: Answer) -> None:
        """Charge an answer's tokens to its caller."""
        decision = answer.decision
        more = answer.tokens - decision.counted
        if decision.tokens_per_s and more > 0:
            account = answer.caller.account
            self._tokens.charge(account, answer.now, more, rate_per_s=decision.tokens_per_s)

    def offer(self, snapshot: Snapshot | SnapshotFault, now: float) -> SnapshotFault | None:
        """Put new verdicts in force, if they are newer than those that are.

        Args:
            snapshot: What `read_snapshot` gave, once its signature was verified; or why there
                is none, so that it is counted.
            now: When it was found.

        Returns:
            None if it is in force now, else why the one before stays.
        """
        fault = snapshot if isinstance(snapshot, SnapshotFault) else self._unfit(snapshot, now)
        if fault is not None:
            self.metrics.faults[fault.fault] += 1
            return fault
        assert isinstance(snapshot, Snapshot)
        self.snapshot, self._sequence = snapshot, snapshot.head.sequence
        self.metrics.swaps += 1
        return None

    def heed(self, notice: Notice) -> None:
        """Remember a verdict that was lifted or a challenge that was passed."""
        key = (notice.fingerprint, notice.standing)
        self._standing.pop(key, None)
        if len(self._standing) >= self.policy.callers:
            del self._standing[next(iter(self._standing))]
        self._standing[key] = notice.until

    def refresh(self, now: float) -> Metrics:
        """The metrics, with their gauges as they are now."""
        metrics, snapshot = self.metrics, self.snapshot
        metrics.buckets_forgotten = self._requests.forgotten + self._tokens.forgotten
        metrics.callers = max(len(self._requests), len(self._tokens))
        if snapshot is not None:
            metrics.snapshot_age_s = max(now - snapshot.made_at, 0.0)
            metrics.snapshot_stale = int(now - snapshot.made_at > self._rules.stale_s)
            metrics.snapshot_sequence = snapshot.head.sequence
            metrics.snapshot_verdicts = len(snapshot)
        return metrics

    # --- what the evidence says --------------------------------------------------------

    def _evidence(self, request: Request) -> _Found:
        """The gravest of what is known of the caller and of what the request replays."""
        now, caller, snapshot = request.now, request.caller, self.snapshot
        found = _CLEAN
        if snapshot is not None:
            find, metrics = snapshot.find, self.metrics
            metrics.lookups += 1
            number = find(caller.account)
            if number >= 0:
                found = self._verdict(snapshot, number, caller.account, now, found)
            for fingerprint in (caller.organization, caller.api_key):
                if fingerprint is not None:
                    metrics.lookups += 1
                    number = find(fingerprint)
                    if number >= 0:
                        found = self._verdict(snapshot, number, fingerprint, now, found)
        if request.reasoning:
            found = self._replayed(request, found)
        if found is not _CLEAN and self._rules.exempts(caller, now):
            self.metrics.exempted += 1
            found = found._replace(action=after(found.action, Signal.EXEMPT))
        return found

    def _verdict(
        self, snapshot: Snapshot, number: int, fingerprint: bytes, now: float, found: _Found
    ) -> _Found:
        """What a listed verdict leads to, if that is graver than what was found."""
        metrics, listed = self.metrics, snapshot.at(number)
        action = min(listed.action, self._rules.at_most)
        if listed.expires_at <= now:
            metrics.expired += 1
            action = after(action, Signal.EXPIRED)
        elif now - snapshot.made_at > self._rules.stale_s:
            metrics.stale += 1
            action = after(action, Signal.STALE)
        if self._standing:
            if self._standing.get((fingerprint, Standing.RELEASED), now) > now:
                metrics.released += 1
                action = after(action, Signal.RELEASED)
            if self._standing.get((fingerprint, Standing.PASSED), now) > now:
                metrics.passed += 1
                action = after(action, Signal.PASSED)
        if action <= found.action:
            return found
        metrics.found += 1
        cause = listed.cause
        return _Found(action, Reason.VERDICT, cause.evidence_id, listed.expires_at, cause.note)

    def _replayed(self, request: Request, found: _Found) -> _Found:
        for sign in request.reasoning:
            self.metrics.reasoning[sign] += 1
            action = min(self._rules.replayed[sign], self._rules.at_most)
            if raised(found.action, action) is not found.action:
                found = _Found(action, Reason.REASONING, f"reasoning--{sign}", None, sign.value)
        return found

    # --- what is done about it ---------------------------------------------------------

    def _weigh(self, request: Request, found: _Found, limit: Allowance | None) -> Decision:
        """From what was found to what is done: rates, what can be reduced, shadow mode."""
        action, reason, evidence_id, expires_at, note = found
        if action is Action.REDUCE and (request.facts is None or not can_reduce(request.protocol)):
            self.metrics.unreadable += 1
            action = after(action, Signal.UNREADABLE)
        allowance = limit
        if action >= Action.THROTTLE:
            throttle = self._rules.throttle
            allowance = throttle if limit is None else tightest(throttle, limit)
        passes, wait, counted = action < Action.CHALLENGE, 0.0, 0
        if passes and allowance is not None:
            counted = request.facts.input_tokens if request.facts is not None else 0
            wait = self._take(request.caller.account, request.now, counted, allowance)
            if wait:
                passes = False
                if action < Action.THROTTLE:
                    reason, evidence_id = Reason.LIMIT, f"limit--{allowance.name}"
                    expires_at, note = request.now + wait, allowance.name
                action = after(action, Signal.OVER_LIMIT)
        tokens_per_s = allowance.tokens_per_s if passes and allowance is not None else 0.0
        changes: tuple[Change, ...] = ()
        if passes and action is Action.REDUCE and request.facts is not None:
            changes = changes_for(request.protocol, request.facts, self.policy.reduce)
        appeal = self.policy.appeal
        decided = Decision(
            action,
            passes,
            reason,
            evidence_id,
            expires_at,
            (appeal.url or appeal.text) if action else "",
            changes,
            wait,
            action,
            passes,
            note,
            tokens_per_s,
            counted,
        )
        return self._counted(decided)

    def _take(self, account: bytes, now: float, tokens: int, allowance: Allowance) -> float:
        """Take a request and its tokens out of the caller's buckets, both or neither."""
        by_request, by_token = allowance.requests_per_s, allowance.tokens_per_s
        wait = 0.0
        if by_request:
            wait = self._requests.wait(
                account, now, 1.0, rate_per_s=by_request, burst=allowance.requests_burst
            )
        if by_token:
            more = self._tokens.wait(
                account, now, tokens, rate_per_s=by_token, burst=allowance.tokens_burst
            )
            wait = max(wait, more)
        if wait:
            return wait
        if by_request:
            self._requests.charge(account, now, 1.0, rate_per_s=by_request)
        if by_token:
            self._tokens.charge(account, now, tokens, rate_per_s=by_token)
        return 0.0

    def _counted(self, decided: Decision) -> Decision:
        """The decision as it takes effect, counted."""
        metrics = self.metrics
        metrics.would[decided.would_be] += 1
        metrics.would_refuse += not decided.passes
        if decided.reason is not Reason.NOTHING:
            metrics.reasons[decided.reason] += 1
        if self._rules.shadow:
            action = after(decided.action, Signal.SHADOW)
            decided = decided._replace(action=action, passes=True, changes=(), retry_after_s=0.0)
        metrics.acted[decided.action] += 1
        metrics.refused += not decided.passes
        return decided

    # --- snapshots and clocks ----------------------------------------------------------

    def _unfit(self, snapshot: Snapshot, now: float) -> SnapshotFault | None:
        head = snapshot.head
        if head.fingerprint_key != self._fingerprints.key_id:
            return SnapshotFault(
                Fault.OTHER_KEY, "its fingerprints were made with another key than this guard's"
            )
        if head.sequence < self._sequence:
            return SnapshotFault(
                Fault.REPLAYED, f"number {head.sequence} comes after number {self._sequence}"
            )
        if snapshot.made_at > now + CLOCK_SKEW_S:
            return SnapshotFault(
                Fault.FROM_THE_FUTURE,
                f"it was made {snapshot.made_at - now:,.0f} seconds from now; a clock is wrong",
            )
        return None

    def _start_over(self, now: float) -> None:
        """Fill the buckets after time went back: kept as they are, they would never fill."""
        self.metrics.clock_steps += 1
        self._requests.clear()
        self._tokens.clear()
        self._latest = now
