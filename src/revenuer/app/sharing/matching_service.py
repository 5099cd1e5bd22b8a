"""What peers may ask of our tables: who may, how much, and the entries that say so.

Nothing is answered before the question is in the log of questions and in the audit log.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from revenuer.app.access import Caller, Scope
from revenuer.app.clock import utc_now
from revenuer.app.sharing.matching_edition import FILE, Edition, read_edition
from revenuer.app.sharing.state import ShareState
from revenuer.errors import MatchError, NotAllowedError, NotFoundError
from revenuer.instants import micros, moment
from revenuer.matching.answering import EditionGoneError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.intersection import Holding
from revenuer.matching.messages import read_question, signed_card, written
from revenuer.matching.quotas import Limits, Spent, Usage, admit
from revenuer.settings import MatchingSettings
from revenuer.store import matching_log
from revenuer.store.matching_log import ApprovalRow, AskedBeforeError, QuestionRow

MEMBERSHIP, COUNT, ELEMENTS = "membership", "count", "elements"


class ReplayError(MatchError):
    """A question came a second time."""

    def __init__(self) -> None:
        super().__init__(
            "This question was answered already.", "Ask anew; a question is answered once."
        )


@dataclass(slots=True)
class MatchingService:
    """The tables of a folder of sharing, for peers.

    Attributes:
        state: The folder.
        limits: What a peer may ask of one kind.
        clock: Tells the time.
    """

    state: ShareState
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], datetime] = utc_now
    _read: tuple[tuple[int, int], Edition] | None = None

    def card(self, caller: Caller) -> bytes:
        """Our card, signed.

        Raises:
            NotFoundError: Nothing is matched here.
        """
        caller.needs(Scope.MATCHING)
        return written(signed_card(self._edition().card, self.state.signing.sign))

    def answer(self, caller: Caller, body: bytes) -> bytes:
        """The answer to a question.

        Args:
            caller: Who asks.
            body: The question, as it came.

        Raises:
            MatchError: It is no question, came before, is for other tables, or is over a limit.
        """
        caller.needs(Scope.MATCHING)
        edition = self._edition()
        question = read_question(body, edition.card.bits)
        if question.kind not in edition.answering.tables:
            raise NotFoundError(f"No questions of the kind {question.kind} are answered here.")
        if question.edition != edition.card.edition:
            raise EditionGoneError
        # Counted first: who is over a limit gets no work done.
        self._count(
            caller,
            question.kind,
            MEMBERSHIP,
            len(question.buckets),
            edition,
            question.nonce.hex(),
            tuple(question.buckets),
        )
        return written(edition.answering.answer(question))

    def setup(self, caller: Caller, kind: MatchKind) -> bytes:
        """Our set of a kind, enciphered, for an intersection."""
        caller.needs(Scope.MATCHING)
        return self._holding(self._edition(), kind).setup

    def intersect(self, caller: Caller, kind: MatchKind, body: bytes, *, elements: bool) -> bytes:
        """The reply to an intersection.

        Args:
            caller: Who asks.
            kind: Of which values.
            body: The request, as it came.
            elements: Whether the peer wants to know which ones; a person must have approved it.

        Raises:
            NotAllowedError: Nobody approved it.
            MatchError: It is no request, came before, or is over a limit.
        """
        caller.needs(Scope.MATCHING)
        edition = self._edition()
        holding = self._holding(edition, kind)
        if elements and self._approval(caller, kind) is None:
            raise NotAllowedError(
                f"Nobody has approved that {caller.partner} learns elements of the kind {kind}.",
                "Ask for the count; the operator approves with `revenuer share match approve`.",
            )
        reply, asked = holding.reply(body, elements=elements)
        form = ELEMENTS if elements else COUNT
        self._count(caller, kind, form, asked, edition, sha256(body).hexdigest())
        return reply

    def _holding(self, edition: Edition, kind: MatchKind) -> Holding:
        holding = edition.holdings.get(kind)
        if holding is None:
            raise NotFoundError(f"No intersections of the kind {kind} are made here.")
        return holding

    def _approval(self, caller: Caller, kind: MatchKind) -> ApprovalRow | None:
        with self.state.database.reading() as connection:
            return matching_log.approval_of(
                connection, caller.partner, kind.value, micros(self.clock())
            )

    def _count(
        self,
        caller: Caller,
        kind: MatchKind,
        form: str,
        elements: int,
        edition: Edition,
        nonce: str,
        buckets: tuple[int, ...] = (),
    ) -> None:
        """Let a question through, and write it down."""
        now = self.clock()
        row = QuestionRow(
            id=secrets.token_hex(8),
            partner=caller.partner,
            token=caller.token,
            asked_us=micros(now),
            kind=kind.value,
            form=form,
            edition=edition.card.edition.hex(),
            elements=elements,
            nonce=nonce,
            buckets=buckets,
        )
        with self.state.database.writing() as connection:
            since = micros(now - self.limits.window)
            spent = matching_log.recent(connection, caller.partner, kind.value, since)
            usage = Usage(
                tuple(Spent(moment(at), count, told != MEMBERSHIP) for at, count, told in spent),
                matching_log.ever(connection, caller.partner, kind.value),
            )
            admit(usage, Spent(now, elements, form != MEMBERSHIP), kind, self.limits)
            try:
                matching_log.keep_question(connection, row)
            except AskedBeforeError:
                raise ReplayError from None
            # Inside the transaction: what cannot be written down is not answered.
            self.state.record([("matching-asked", _told(row))], now)

    def _edition(self) -> Edition:
        path = self.state.folder / FILE
        try:
            found = path.stat()
        except FileNotFoundError:
            found = None
        mark = (found.st_mtime_ns, found.st_ino) if found else (0, 0)
        if self._read is None or self._read[0] != mark:
            self._read = (mark, read_edition(path))
        edition = self._read[1]
        if not edition.card.made_at <= self.clock() < edition.card.ends_at:
            raise NotFoundError(
                "The tables are out of their time.", "`revenuer share match build` makes new ones."
            )
        return edition


def open_matching(state: ShareState, limits: Limits | None = None) -> MatchingService:
    """The matching of a folder of sharing; its tables are made where they are missing."""
    state.database.make(matching_log.TABLES, matching_log.PART, matching_log.VERSION)
    return MatchingService(state, limits or Limits())


def limits_of(settings: MatchingSettings) -> Limits:
    """The limits that settings say."""
    return Limits(
        elements=settings.elements_per_day,
        counts=settings.intersections_per_day,
        share=settings.share_of_space,
    )


def _told(row: QuestionRow) -> dict[str, str | int]:
    return {
        "question": row.id,
        "partner": row.partner,
        "token": row.token,
        "kind": row.kind,
        "form": row.form,
        "edition": row.edition,
        "elements": row.elements,
        "buckets": len(set(row.buckets)),
    }
