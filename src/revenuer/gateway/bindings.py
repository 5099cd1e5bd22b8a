"""Bindings of reasoning blocks on the wire: taken off requests before the upstream reads them.

See `revenuer.guard.reasoning` for what a binding is. Everything here is only reached where the
configuration switches it on; a request or an answer without blocks passes as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from revenuer.gateway.bound_answers import Counts, bound_answer, dumps, loads
from revenuer.gateway.config import Reasoning
from revenuer.gateway.identity import Known
from revenuer.gateway.passages import Passage
from revenuer.gateway.routes import WITH_BLOCKS, Route, may_carry_blocks
from revenuer.guard import Caller, Policy, Protocol, ReasoningSign
from revenuer.guard.fingerprint import SIZE
from revenuer.guard.reasoning import MARK, Presentations, ReasoningBinder
from revenuer.guard.reasoning_blocks import MARKS, Binding, signs_of, unbind

HOUR_S = 3600.0
BOUND = MARK.encode()
TILDE = b"~"
ESCAPE = b"\\u00"
"""A key that is spelled with escapes is a key all the same."""
ALL_SIGNS = (*MARKS, ESCAPE)
SIGNS_OF_BLOCKS = {
    Protocol.ANTHROPIC_MESSAGES: (b"signature", b"redacted_thinking", ESCAPE),
    Protocol.OPENAI_RESPONSES: (b"encrypted_content", ESCAPE),
}
"""A body of a protocol without any of these has no block, and is not read."""


class Taken(NamedTuple):
    """What was found in a request.

    Attributes:
        body: The body without our bindings; None where it goes on as it came.
        signs: What is wrong with its blocks.
    """

    body: bytes | None = None
    signs: tuple[ReasoningSign, ...] = ()


NOTHING_TAKEN = Taken()


class Bindings:
    """Reads the blocks of requests and says what those of answers are bound with.

    Args:
        binder: Has the keys.
        policy: Of which `replayed` counts.
        settings: How much is held and remembered.
        clock: Seconds since the epoch.

    Attributes:
        counts: What happened so far.
        held_bytes: The longest JSON answer that is held to be bound.
    """

    def __init__(
        self,
        binder: ReasoningBinder,
        policy: Policy,
        settings: Reasoning,
        clock: Callable[[], float],
    ) -> None:
        self._binder = binder
        self.counts = Counts()
        self.held_bytes = settings.held_bytes
        self._ending = settings.ending
        self._remembered = settings.remembered
        self._clock = clock
        self._most_times = 0
        self.adopt(policy)

    def adopt(self, policy: Policy) -> None:
        """Go on under another policy; with another `most_times` counting starts anew."""
        self._life_s = policy.replayed.hours * HOUR_S
        if policy.replayed.most_times != self._most_times:
            self._most_times = policy.replayed.most_times
            self._seen = Presentations(self._most_times, self._remembered)

    def rekey(self, binder: ReasoningBinder) -> None:
        """Go on with other keys."""
        self._binder = binder

    def needs_whole(self, method: bytes, path: bytes) -> bool:
        """Whether a body is read to its end, however long: it may hold bindings of ours.

        The upstream would refuse its own blocks with them.
        """
        return method == b"POST" and may_carry_blocks(path)

    def take_off(
        self, body: bytes, route: Route, path: bytes, callers: Sequence[Known], model: str | None
    ) -> Taken:
        """Take our bindings off a request's blocks, and say what is wrong with these.

        Args:
            body: The whole body.
            route: What kind of request it is.
            path: Its path, normalised.
            callers: Who asks.
            model: Which model is asked, as far as it was read already.
        """
        # One byte is found many times faster than five, and few bodies have this one.
        bound = TILDE in body and BOUND in body
        if not bound and not (
            may_carry_blocks(path)
            and any(mark in body for mark in SIGNS_OF_BLOCKS.get(route.protocol, ALL_SIGNS))
        ):
            return NOTHING_TAKEN
        try:
            tree = loads(body)
        except ValueError:
            tree = None
        if not isinstance(tree, dict):
            # What nobody can read does not pass for a request upstream either.
            return NOTHING_TAKEN
        now, whose = self._clock(), issued_to(callers)
        signs: dict[ReasoningSign, None] = {}
        taken = 0
        for request in _requests_in(tree):
            blocks = unbind(request)
            if not blocks:
                continue
            taken += sum(block.binding is not None for block in blocks)
            said = request.get("model")
            asked = model if request is tree and route.operation else said
            named = asked if isinstance(asked, str) else ""
            for sign in signs_of(blocks, self._binder, whose, named, now, self._seen):
                signs[sign] = None
        self.counts.taken_off += taken
        return Taken(dumps(tree) if taken else None, tuple(signs))

    def for_answer(
        self, route: Route, callers: Sequence[Known], model: str | None
    ) -> Binding | None:
        """What the blocks of an answer are bound with; None where it has none."""
        if self._ending or route.protocol not in WITH_BLOCKS:
            return None
        until = self._clock() + self._life_s
        return Binding(self._binder, issued_to(callers), model or "", until)

    def answer(
        self, binding: Binding, status: int, headers: Iterable[tuple[bytes, bytes]]
    ) -> Passage | None:
        """What an answer passes through; None where it passes as it comes; see `bound_answer`."""
        return bound_answer(binding, status, headers, self.counts, self.held_bytes)


def issued_to(callers: Sequence[Known]) -> Caller:
    """Whose a block is: the caller's, or all callers' where a request shows several credentials.

    Else a caller could show a stranger's key beside their own and replay what that was given.
    """
    first = callers[0].caller
    if len(callers) == 1:
        return first
    joined = blake2b(digest_size=SIZE, person=b"callers together")
    for account in sorted(known.caller.account for known in callers):
        joined.update(account)
    return Caller(joined.digest(), first.organization)


def _requests_in(tree: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The request itself, and those that a batch of Anthropic's lists."""
    yield tree
    listed = tree.get("requests")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("params"), dict):
            yield one["params"]
