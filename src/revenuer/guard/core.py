"""The guard: what is known of callers, and what to do with a request of theirs.

It opens nothing and reads no clock. An adapter tells it what happens, in order, and does what
it says: `decide` for a request, `finish` for an answer, `offer` for a snapshot, `heed` for a
notice. One guard belongs to one thread.
"""

from __future__ import annotations

from typing import NamedTuple

from revenuer.guard.decision import NOTHING, Change, Decision, Reason
from revenuer.guard.events import Answer, Facts, Notice, Protocol, Request, Standing
from revenuer.guard.faults import SnapshotFault
from revenuer.guard.fingerprint import Fingerprinter
from revenuer.guard.ladder import Action, Signal, after, raised
from revenuer.guard.metrics import Metrics
from revenuer.guard.policy import Policy
from revenuer.guard.rates import Rates
from revenuer.guard.reduce import can_reduce, changes_for
from revenuer.guard.rules import Allowance, rules_of, tightest
from revenuer.guard.snapshot import Snapshot, taken

CLOCK_STEP_S = 1.0
"""How far time may go back before buckets are filled: threads may overtake each other a little.
placeholder"""


MOST_REDUCTIONS = 1024
"""Reductions that are kept instead of being worked out again. placeholder"""

# An enum's member is looked up slowly, and these stand in the hottest path.
_THROTTLE, _REDUCE, _CHALLENGE = Action.THROTTLE, Action.REDUCE, Action.CHALLENGE


class _Found(NamedTuple):
    """What the evidence says, before rates: the gravest of all that was found."""

    action: Action = Action.ALLOW
    reason: Reason = Reason.NOTHING
    evidence_id: str = ""
    expires_at: float | None = None
    note: str = ""
    given: tuple[str, ...] = ()


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
        self._rates = Rates(policy.callers)
        self._reductions: dict[tuple[object, ...], tuple[Change, ...]] = {}
        self._appeal = policy.appeal.url or policy.appeal.text

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
            self._rates.charge(account, answer.now, more, decision.tokens_per_s)

    def offer(self, snapshot: Snapshot | SnapshotFault, now: float) -> SnapshotFault | None:
        """Put new verdicts in force, if they are newer than those that are.

        Args:
            snapshot: What `read_snapshot` gave, once its signature was verified; or why there
                is none, so that it is counted.
            now: When it was found.

        Returns:
            None if it is in force now, else why the one before stays.
        """
        if isinstance(snapshot, Snapshot):
            found = taken(snapshot, self._fingerprints.key_id, self._sequence, now)
        else:
            found = snapshot
        if isinstance(found, SnapshotFault):
            self.metrics.faults[found.fault] += 1
            return found
        self.snapshot, self._sequence = found, found.head.sequence
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
        metrics.buckets_forgotten = self._rates.forgotten
        metrics.callers = len(self._rates)
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
            found = found._replace(action=after(found.action, Signal.EXEMPT), given=())
        return found

    def _verdict(
        self, snapshot: Snapshot, number: int, fingerprint: bytes, now: float, found: _Found
    ) -> _Found:
        """What a listed verdict leads to, if that is graver than what was found."""
        metrics, listed = self.metrics, snapshot.at(number)
        action, given = min(listed.action, self._rules.at_most), listed.cause.given
        if listed.expires_at <= now:
            metrics.expired += 1
            action, given = after(action, Signal.EXPIRED), ()
        elif now - snapshot.made_at > self._rules.stale_s:
            metrics.stale += 1
            action, given = after(action, Signal.STALE), ()
        if self._standing:
            if self._standing.get((fingerprint, Standing.RELEASED), now) > now:
                metrics.released += 1
                action, given = after(action, Signal.RELEASED), ()
            if self._standing.get((fingerprint, Standing.PASSED), now) > now:
                metrics.passed += 1
                action = after(action, Signal.PASSED)
        if action <= found.action:
            return found
        metrics.found += 1
        (evidence_id, note, _), until = listed.cause, listed.expires_at
        held = self._rules.given(given, now) if given else ()
        return _Found(action, Reason.VERDICT, evidence_id, until, note, held)

    def _replayed(self, request: Request, found: _Found) -> _Found:
        for sign in request.reasoning:
            self.metrics.reasoning[sign] += 1
            action = min(self._rules.replayed[sign], self._rules.at_most)
            if raised(found.action, action) is not found.action:
                evidence_id, given = f"reasoning--{sign}", found.given
                found = _Found(action, Reason.REASONING, evidence_id, None, sign.value, given)
        return found

    # --- what is done about it ---------------------------------------------------------

    def _weigh(self, request: Request, found: _Found, limit: Allowance | None) -> Decision:
        """From what was found to what is done: rates, what can be reduced, shadow mode."""
        action, reason, evidence_id, expires_at, note, given = found
        if action is Action.REDUCE and (request.facts is None or not can_reduce(request.protocol)):
            self.metrics.unreadable += 1
            action = after(action, Signal.UNREADABLE)
        allowance = limit
        if action >= _THROTTLE:
            throttle = self._rules.throttle
            allowance = throttle if limit is None else tightest(throttle, limit)
        passes, wait, counted = action < _CHALLENGE, 0.0, 0
        if passes and allowance is not None:
            counted = request.facts.input_tokens if request.facts is not None else 0
            wait = self._rates.take(request.caller.account, request.now, counted, allowance)
            if wait:
                passes = False
                if action < _THROTTLE:
                    reason, evidence_id = Reason.LIMIT, f"limit--{allowance.name}"
                    expires_at, note = request.now + wait, allowance.name
                action = after(action, Signal.OVER_LIMIT)
        done, goes, told_wait = action, passes, wait
        changes: tuple[Change, ...] = ()
        if self._rules.shadow:
            done, goes, told_wait = after(action, Signal.SHADOW), True, 0.0
        elif passes and action is _REDUCE and request.facts is not None:
            changes = self._changes(request.protocol, request.facts)
        self._count(done, goes, action, passes, reason)
        return Decision(
            done,
            goes,
            reason,
            evidence_id,
            expires_at,
            self._appeal if action else "",
            self.policy.appeal.verify_url if action is _CHALLENGE else "",
            changes,
            told_wait,
            action,
            passes,
            note,
            allowance.tokens_per_s if passes and allowance is not None else 0.0,
            counted,
            given if goes and not self._rules.shadow else (),
        )

    def _count(
        self, done: Action, goes: bool, action: Action, passes: bool, reason: Reason
    ) -> None:
        """Count what is done, and what an enforced policy would do."""
        metrics = self.metrics
        metrics.acted[done] += 1
        metrics.refused += not goes
        metrics.would[action] += 1
        metrics.would_refuse += not passes
        if reason is not Reason.NOTHING:
            metrics.reasons[reason] += 1

    def _changes(self, protocol: Protocol, facts: Facts) -> tuple[Change, ...]:
        """What to change in a request; most ask for the same as one before."""
        # All but the prompt's length, of which no change depends.
        key = (protocol, facts[:-1])
        known = self._reductions.get(key)
        if known is None:
            if len(self._reductions) >= MOST_REDUCTIONS:
                self._reductions.clear()
            known = changes_for(protocol, facts, self.policy.reduce)
            self._reductions[key] = known
        return known

    def _start_over(self, now: float) -> None:
        """Fill the buckets after time went back: kept as they are, they would never fill."""
        self.metrics.clock_steps += 1
        self._rates.clear()
        self._latest = now
