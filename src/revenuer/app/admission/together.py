"""Single applications that come at the same time, judged and kept in one transaction.

Whoever comes while another change is written waits, and all who wait are written together by the
first of them: one commit for many, in the order in which they came. Each has an audit entry of its
own, under its own name and token, and its own outcome. Where one fails, nothing of the transaction
is kept, and each is written by itself: a failure is told to whom it belongs and to nobody else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from revenuer.access.answers import Assessment
from revenuer.access.applications import Application
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess, assess_each
from revenuer.casework.roles import Actor, Right
from revenuer.instants import micros

MOST = 500
"""Applications of one transaction, unless one caller brings more. placeholder"""


@dataclass(slots=True, eq=False)
class Asked:
    """What one caller asks for, and what came of it.

    Attributes:
        given: From `applications.read`.
        actor: Who asks.
        now: When.
        told: The answers, once there are some.
        failure: Why there are none.
    """

    given: Sequence[Application]
    actor: Actor
    now: datetime
    told: list[Assessment] | None = None
    failure: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether anything came of it."""
        return self.told is not None or self.failure is not None


@dataclass(slots=True)
class Together:
    """Judges what comes at the same time together."""

    _waiting: deque[Asked] = field(default_factory=deque)
    _leading: Lock = field(default_factory=Lock)

    def assess(
        self, desk: Desk, given: Sequence[Application], *, actor: Actor, now: datetime
    ) -> list[Assessment]:
        """Judge applications in their order and keep them; on the disk when this returns.

        Args:
            desk: Where.
            given: From `applications.read`.
            actor: Who asks.
            now: The time.

        Raises:
            NotAllowedError: They do not have the right.
        """
        actor.needs(Right.ASSESS)
        mine = Asked(given, actor, now)
        self._waiting.append(mine)
        with self._leading:
            while not mine.is_done:
                if mine not in self._waiting:
                    # Whoever took it was stopped before it was written.
                    self._waiting.appendleft(mine)
                _carry_out(desk, self._next())
        if mine.failure is not None:
            raise mine.failure
        assert mine.told is not None
        return mine.told

    def _next(self) -> list[Asked]:
        """Who waits, in order, as many as fit one transaction."""
        some = [self._waiting.popleft()]
        size = len(some[0].given)
        while self._waiting and size + len(self._waiting[0].given) <= MOST:
            some.append(self._waiting.popleft())
            size += len(some[-1].given)
        return some


def _carry_out(desk: Desk, asked: Sequence[Asked]) -> None:
    """Write all in one transaction; each by itself where that fails."""
    if len(asked) > 1:
        try:
            for one, told in zip(asked, _at_once(desk, asked), strict=True):
                one.told = told
        except Exception:
            pass
        else:
            return
    for one in asked:
        try:
            one.told = assess(desk, one.given, actor=one.actor, now=one.now)
        except Exception as failure:
            one.failure = failure


def _at_once(desk: Desk, asked: Sequence[Asked]) -> list[list[Assessment]]:
    # Times of callers may differ by the moment that they waited.
    newest = max(one.now for one in asked)
    first = min(_first_us(one) for one in asked)
    with desk.changing(asked[0].actor, newest, as_of_us=first) as change:
        return assess_each(
            desk,
            [(replace(change, actor=one.actor, now=one.now), one.given) for one in asked],
        )


def _first_us(one: Asked) -> int:
    return micros(one.now)
