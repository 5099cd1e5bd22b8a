"""The guard as every adapter asks it: who, what, may it pass, and with which changes.

No I/O and no waiting: a lookup in memory and one partial read of the body. What goes wrong in
here lets the request pass, and is counted; a verdict that was found holds however late it was.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping

from revenuer.errors import ConfigError
from revenuer.gateway.bindings import NOTHING_TAKEN, Bindings
from revenuer.gateway.bound_answers import dumps, loads
from revenuer.gateway.countering import Countering, Treatment
from revenuer.gateway.facts import NOTHING_ASKED, Asked, read_facts
from revenuer.gateway.gate_counts import Counts
from revenuer.gateway.identity import Identities, Known
from revenuer.gateway.refusals import refusal_of
from revenuer.gateway.routes import Route, route_of
from revenuer.gateway.ruling import Asking, Ruling
from revenuer.guard import (
    Action,
    Answer,
    Caller,
    Decision,
    Facts,
    Guard,
    Policy,
    ReasoningSign,
    Request,
    apply,
)
from revenuer.guard.fingerprint import SIZE

logger = logging.getLogger(__name__)

MARKS = frozenset((b"x-revenuer-action", b"x-revenuer-evidence"))
"""Headers by which the upstream learns of a tag; a client's own are taken off."""
CODED = b"content-encoding"
NOBODY = Known(Caller(bytes(SIZE)), "unknown", None, None)
"""Who asks, where finding it out failed."""


# An enum's member is looked up slowly, and this one at each request.
_ALLOW = Action.ALLOW


class Gate:
    """Decides on requests; one belongs to one thread.

    Args:
        guard: The core.
        identities: Finds out who asks.
        clock: Seconds since the epoch.
        bindings: Reads and binds reasoning blocks; None where they are left alone.
        countering: Carries countermeasures out; None for one with nothing but the policy.
    """

    def __init__(
        self,
        guard: Guard,
        identities: Identities,
        clock: Callable[[], float] = time.time,
        bindings: Bindings | None = None,
        countering: Countering | None = None,
    ) -> None:
        self.guard = guard
        self.identities = identities
        self.bindings = bindings
        self.countering = countering or Countering(guard.policy)
        self.counts = Counts()
        self._clock = clock
        self._deadline_s = guard.policy.deadline_ms / 1000
        self._prefix = os.urandom(8).hex()
        self._serial = 0

    def adopt(self, policy: Policy) -> None:
        """Go on under another policy, from the next request on.

        Raises:
            ConfigError: It logs otherwise, which the recorder is told only when it starts.
        """
        if policy == self.guard.policy:
            return
        if policy.log != self.guard.policy.log:
            raise ConfigError("Another [log] needs a restart; nothing of the file is in force.")
        # First what can refuse it.
        self.countering.adopt(policy)
        self.guard.adopt(policy)
        self._deadline_s = policy.deadline_ms / 1000
        if self.bindings is not None:
            self.bindings.adopt(policy)
        self.counts.adopted += 1

    def refused_file(self) -> None:
        """Count a file of settings that could not be taken up."""
        self.counts.refused_files += 1

    @property
    def inspected_bytes(self) -> int:
        """How much of a body is read."""
        return self.guard.policy.inspected_bytes

    def needs_whole(
        self, method: bytes, path: bytes, fields: Mapping[bytes, bytes], address: bytes
    ) -> bool:
        """Whether a body over the cap must be read all the same.

        Where its caller is listed, or a long body would be a way around a reduction; and where it
        may hold bindings of ours.
        """
        try:
            if self.bindings is not None and self.bindings.needs_whole(method, path):
                return True
            snapshot = self.guard.snapshot
            if snapshot is None:
                return False
            callers = [known.caller for known in self.identities.of(fields, address)]
            keys = [key for c in callers for key in (c.account, c.organization, c.api_key)]
            return any(key is not None and snapshot.find(key) >= 0 for key in keys)
        except Exception:
            self._failed()
            return False

    def rule(
        self,
        method: bytes,
        path: bytes,
        fields: Mapping[bytes, bytes],
        body: bytes | None,
        address: bytes,
    ) -> Ruling:
        """Decide on a request.

        Args:
            method: Such as `POST`.
            path: Normalised.
            fields: Headers, names in lower case.
            body: The whole body; None where it is over the cap or not there.
            address: Where it came from.
        """
        return self.rule_on(self.asking(method, path, fields, address), body)

    def asking(
        self, method: bytes, path: bytes, fields: Mapping[bytes, bytes], address: bytes
    ) -> Asking:
        """What a head says; see `rule`. Not to be kept where nobody was found to ask."""
        route = route_of(method, path)
        try:
            callers = tuple(self.identities.of(fields, address))
        except Exception:
            self._failed()
            callers = ()
        return Asking(route, path, callers, CODED not in fields)

    def rule_on(self, asking: Asking, body: bytes | None) -> Ruling:
        """Decide on a request whose head was looked at.

        Args:
            asking: What its head says.
            body: See `rule`.
        """
        begun = time.perf_counter()
        route, path, callers, reads = asking
        if not callers:
            return self._passed_by(route)
        facts: Facts | None = None
        asked = NOTHING_ASKED
        taken = NOTHING_TAKEN
        bindings = self.bindings
        if body and reads:
            try:
                if route.operation:
                    facts, asked = read_facts(route.protocol, body)
                if bindings is not None:
                    taken = bindings.take_off(body, route, path, callers, asked.model)
                    body = taken.body or body
            except Exception:
                self._failed()
                return self._passed_by(route, asked)
        ruling = self.rule_for(callers[0], route, facts, asked, body, begun, taken.signs)
        for known in callers[1:]:
            other = self.rule_for(known, route, facts, asked, body, begun, taken.signs)
            if other.decision.would_be > ruling.decision.would_be:
                ruling = other
        # Who sends bodies that are not read here would send bindings on to the server.
        if bindings is not None and reads and ruling.answer is None:
            binding = bindings.for_answer(route, callers, asked.model)
            ruling = ruling._replace(body=ruling.body or taken.body, binding=binding)
        return ruling

    def _passed_by(self, route: Route, asked: Asked = NOTHING_ASKED) -> Ruling:
        """What is done with a request that could not be looked at."""
        decision = self.guard.open(Request(self._clock(), NOBODY.caller, route.protocol))
        return Ruling(decision, NOBODY, route, asked, self._next_id())

    def rule_for(
        self,
        known: Known,
        route: Route,
        facts: Facts | None,
        asked: Asked,
        body: bytes | None = None,
        begun: float | None = None,
        signs: tuple[ReasoningSign, ...] = (),
    ) -> Ruling:
        """Decide on a request that an adapter has read itself.

        Args:
            known: Who asks.
            route: What kind of request it is.
            facts: What its body asks for; None where it could not be read.
            asked: The same, for the log.
            body: The whole body, to be changed; None where the adapter applies the changes.
            begun: When reading it began, on the performance counter.
            signs: What is wrong with the reasoning blocks that it replays.
        """
        begun = time.perf_counter() if begun is None else begun
        request = Request(self._clock(), known.caller, route.protocol, facts, signs)
        try:
            decision = self.guard.decide(request)
            ruling = self._carried_out(decision, known, route, asked, body)
        except Exception:
            self._failed()
            decision = self.guard.open(request)
            ruling = Ruling(decision, known, route, asked, self._next_id())
        if time.perf_counter() - begun > self._deadline_s:
            self.counts.late += 1
        return ruling

    def _carried_out(
        self,
        decision: Decision,
        known: Known,
        route: Route,
        asked: Asked,
        body: bytes | None,
    ) -> Ruling:
        self._serial += 1
        exchange_id = f"{self._prefix}-{self._serial:x}"
        if decision.action is _ALLOW:
            return Ruling(decision, known, route, asked, exchange_id)
        if not decision.passes:
            status, answer = refusal_of(decision, route.protocol, exchange_id)
            wait = max(1, round(decision.retry_after_s + 0.5)) if status == 429 else 0
            headers = b"retry-after: %d\r\n" % wait if wait else b""
            # 403 is final for an SDK; without this word some try it again.
            headers += b"" if wait else b"x-should-retry: false\r\n"
            return Ruling(decision, known, route, asked, exchange_id, status, answer, headers)
        treatment = None
        if decision.countermeasures:
            treatment = self.countering.treatment(decision.countermeasures, route.protocol)
        changed = self._changed(decision, treatment, known.caller, body)
        headers = b"x-revenuer-action: %b\r\n" % decision.action.word.encode()
        if decision.evidence_id:
            headers += b"x-revenuer-evidence: %b\r\n" % decision.evidence_id.encode()
        return Ruling(
            decision, known, route, asked, exchange_id, 0, None, headers, changed, None, treatment
        )

    def _changed(
        self, decision: Decision, treatment: Treatment | None, caller: Caller, body: bytes | None
    ) -> bytes | None:
        """The body as it goes on; None where it goes on as it came."""
        if body is None or not (decision.changes or treatment):
            return None
        given = loads(body)
        tree = apply(given, decision.changes) if decision.changes else given
        if treatment is not None:
            tree = self.countering.amended(treatment, tree, caller)
        if tree is given:
            return None
        self.counts.rewritten += 1
        return dumps(tree)

    def finish(self, ruling: Ruling, tokens: int) -> None:
        """Charge an answer's tokens to its caller."""
        try:
            answer = Answer(self._clock(), ruling.known.caller, ruling.decision, tokens)
            self.guard.finish(answer)
        except Exception:
            self._failed()

    def _next_id(self) -> str:
        self._serial += 1
        return f"{self._prefix}-{self._serial:x}"

    def _failed(self) -> None:
        self.counts.failures += 1
        if self.counts.failures in (1, 10, 100) or self.counts.failures % 1000 == 0:
            logger.exception("The guard failed %d times; requests pass.", self.counts.failures)
