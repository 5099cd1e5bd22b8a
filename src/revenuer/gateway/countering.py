"""Countermeasures carried out: on requests before they go on, on answers while they pass.

Which account gets which is decided with `revenuer enforce`, and the guard says so of each request;
what each does is in `revenuer.countermeasures`. An account without any never comes here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from revenuer.countermeasures import (
    CARDS,
    canary_served,
    habit,
    logprobs_capped,
    reasoning_reordered,
    reasoning_summarised,
    reasoning_withheld,
    sampling_limited,
    seed_coupling,
    trace_rewritten,
)
from revenuer.countermeasures.reasoning_stream import EDITORS, Editor, ReasoningStream
from revenuer.countermeasures.rewriting import Rewrite, one_after_the_other, withheld
from revenuer.countermeasures.wire import Wire
from revenuer.gateway.passages import Form, HeldAnswer, Passage, form_of
from revenuer.gateway.rewording import Rewording
from revenuer.gateway.rewriter import Outcome, Rewriter
from revenuer.guard import Caller, Policy, Protocol
from revenuer.guard.countering import Countermeasures, Fallback

logger = logging.getLogger(__name__)

HELD_BYTES = 16_777_216
"""The longest answer in JSON that is held to be rewritten; a longer one passes as it came.
placeholder"""
KNOWN = frozenset(card.id for card in CARDS)
REWORDED = trace_rewritten.CARD.id

Amend = Callable[[dict[str, Any], Wire, Caller], dict[str, Any]]
"""Changes a decoded request; gives back the one that it was given where there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Means:
    """What some countermeasures need beside the policy.

    Attributes:
        seed_key: Secret of the seeds, the same on every host.
        codes: Of canaries, by fingerprint of an account and reserved prompt.
        lane: Number of this worker, from 0.
        lanes: How many workers share the accounts.
    """

    seed_key: bytes = b""
    codes: Mapping[tuple[bytes, str], str] = field(default_factory=dict)
    lane: int = 0
    lanes: int = 1


class Treatment:
    """What one exchange gets.

    Attributes:
        ids: The countermeasures that hold for its account.
        wire: How it is written; None for what no countermeasure can read.
        acted: Those that changed something, for the log; behind a colon what was shown where one
            failed.
        rewording: What of its answer waits for a second model; None where nothing can.
    """

    __slots__ = ("acted", "ids", "rewording", "wire")

    def __init__(self, ids: tuple[str, ...], wire: Wire | None) -> None:
        self.ids, self.wire = ids, wire
        self.acted: list[str] = []
        self.rewording: Rewording | None = None


class Countering:
    """Carries countermeasures out; one belongs to one thread.

    Args:
        policy: Says how strong they are.
        means: What else they need.

    Attributes:
        acted: How often each changed something.
        missed: Answers that passed unchanged: too long, compressed, or not to be read.
        unknown: Requests whose account should get one that this program does not know.
        cut: Answers with more reasoning than is held.
        unmet: Answers that an adapter does not see, and that should have been changed.
        asked: What came of asking the second model.
    """

    def __init__(self, policy: Policy, means: Means | None = None) -> None:
        self.acted: Counter[str] = Counter()
        self.missed = self.unknown = self.cut = self.unmet = 0
        self.asked: Counter[Outcome] = Counter()
        self._means = means or Means()
        self._settings: Countermeasures | None = None
        self.adopt(policy)

    def adopt(self, policy: Policy) -> None:
        """Go on under another policy; with other settings visits are counted anew.

        Raises:
            ConfigError: The second model that it names cannot be asked.
        """
        said, means = policy.countermeasures, self._means
        if said == self._settings:
            return
        self._rewriter = Rewriter(said.rewriter, self.asked) if said.rewriter.url else None
        self._settings = said
        bounds = sampling_limited.Bounds(
            said.temperature_at_least,
            said.temperature_at_most,
            said.top_p_at_least,
            said.top_p_at_most,
            said.choices_at_most,
        )
        seeds = seed_coupling.SeedCoupling(
            means.seed_key,
            rows=said.bucket_rows,
            most=said.visits,
            lane=means.lane,
            lanes=means.lanes,
        )
        habitual = partial(habit.amend, said=said.habit or habit.DEFAULT)
        self._amends: dict[str, Amend] = {
            reasoning_withheld.CARD.id: _alike(reasoning_withheld.amend),
            logprobs_capped.CARD.id: _alike(partial(logprobs_capped.amend, most=said.top_logprobs)),
            sampling_limited.CARD.id: _alike(partial(sampling_limited.amend, bounds=bounds)),
            habit.CARD.id: _alike(habitual),
            seed_coupling.CARD.id: lambda body, wire, who: seeds.amend(body, wire, who.account),
            canary_served.CARD.id: lambda body, wire, who: canary_served.amend(
                body, wire, means.codes, who.account
            ),
        }
        self._rewrites: dict[str, Rewrite] = {
            reasoning_withheld.CARD.id: withheld,
            reasoning_reordered.CARD.id: reasoning_reordered.rewrite,
            reasoning_summarised.CARD.id: partial(
                reasoning_summarised.rewrite, every=said.summary_every
            ),
            # Where there is no model to do it: what a decision means to hide stays hidden.
            REWORDED: withheld,
        }

    def treatment(self, ids: tuple[str, ...], protocol: Protocol) -> Treatment:
        """What an exchange gets."""
        for name in ids:
            if name not in KNOWN:
                self.unknown += 1
                if self.unknown == 1:
                    logger.error("A snapshot gives the countermeasure %r, unknown here.", name)
        wire = Wire(protocol.value) if protocol is not Protocol.OTHER else None
        return Treatment(ids, wire)

    def amended(self, treatment: Treatment, tree: Any, caller: Caller) -> Any:
        """A request as it goes on; the very tree that was given where nothing changes."""
        if treatment.wire is None or not isinstance(tree, dict):
            return tree
        for name in treatment.ids:
            amend = self._amends.get(name)
            changed = tree if amend is None else amend(tree, treatment.wire, caller)
            if changed is not tree:
                self._did(treatment, name)
                tree = changed
        return tree

    def leave_answer(self, treatment: Treatment) -> None:
        """Count an answer that an adapter does not see, if it should have been changed."""
        rewritten = any(name in self._rewrites for name in treatment.ids)
        self.unmet += treatment.wire in EDITORS and rewritten

    def answer(
        self, treatment: Treatment, status: int, headers: Iterable[tuple[bytes, bytes]]
    ) -> Passage | None:
        """What an answer passes through; None where it passes as it comes."""
        names = tuple(one for one in treatment.ids if one in self._rewrites)
        make = EDITORS.get(treatment.wire) if treatment.wire is not None else None
        if not names or make is None:
            return None
        form = form_of(status, headers)
        if form is None:
            return None
        if form is Form.CODED:
            self.miss()
            return None
        rewrite = one_after_the_other(tuple(self._rewriting(treatment, names)))
        editor = make(rewrite)
        told = partial(self._over, treatment, names, editor)
        if form is Form.STREAM:
            return StreamedAnswer(editor, told)
        return HeldAnswer(partial(self._whole, editor, told), self.miss, HELD_BYTES)

    def _rewriting(self, treatment: Treatment, names: tuple[str, ...]) -> Iterator[Rewrite]:
        """What is done to an answer's reasoning; the second model has the last word."""
        rewriter = self._rewriter if REWORDED in names else None
        yield from (self._rewrites[name] for name in names if not (rewriter and name == REWORDED))
        if rewriter is not None:
            told = partial(self._reworded, treatment, rewriter.fallback)
            treatment.rewording = Rewording(rewriter, told)
            yield treatment.rewording.stand_in

    def _reworded(self, treatment: Treatment, fallback: Fallback, outcome: Outcome) -> None:
        """The second model was asked; the log says what was shown where it failed."""
        shown = f"{REWORDED}:{fallback.value}"
        if outcome is not Outcome.REWRITTEN and shown not in treatment.acted:
            treatment.acted.append(shown)

    def miss(self) -> None:
        """Count an answer that passes unchanged."""
        self.missed += 1

    def _whole(self, editor: Editor, told: Callable[[int], None], body: bytes) -> bytes:
        changed = editor.answer(body) if any(mark in body for mark in editor.marks) else None
        told(0)
        return body if changed is None else changed

    def _over(
        self, treatment: Treatment, names: tuple[str, ...], editor: Editor, missed: int
    ) -> None:
        """An answer is over."""
        self.missed += missed
        self.cut += editor.cut
        if editor.acted:
            for name in names:
                self._did(treatment, name)

    def _did(self, treatment: Treatment, name: str) -> None:
        if name not in treatment.acted:
            treatment.acted.append(name)
            self.acted[name] += 1


class StreamedAnswer:
    """Rewrites the reasoning of a stream while it passes; see `ReasoningStream`.

    Attributes:
        holds: Never: its head goes on at once.
        grows: Always: what its length said no longer holds.
    """

    __slots__ = ("_stream", "_told")
    holds = False
    grows = True

    def __init__(self, editor: Editor, told: Callable[[int], None]) -> None:
        self._stream = ReasoningStream(editor)
        self._told = told

    def feed(self, piece: bytes) -> bytes:
        """What goes on of some more bytes."""
        return self._stream.feed(piece)

    def close(self) -> bytes:
        """What is left at the end."""
        rest = self._stream.close()
        self._told(self._stream.missed)
        return rest


def _alike(amend: Callable[[dict[str, Any], Wire], dict[str, Any]]) -> Amend:
    """One that is the same for everybody."""
    return lambda body, wire, caller: amend(body, wire)
