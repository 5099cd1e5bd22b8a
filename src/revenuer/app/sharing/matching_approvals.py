"""What a person lets a peer learn, and what peers asked of us."""

from __future__ import annotations

import secrets
from datetime import timedelta

from revenuer.app.clock import utc_now
from revenuer.app.sharing.matching_service import open_matching
from revenuer.app.sharing.state import ShareState
from revenuer.errors import ConfigError, NotFoundError
from revenuer.instants import micros
from revenuer.matching.canonical import MatchKind
from revenuer.store import matching_log
from revenuer.store.matching_log import ApprovalRow, QuestionRow


def approve(
    state: ShareState, partner: str, kind: MatchKind, *, by: str, why: str, hours: float
) -> ApprovalRow:
    """Let a peer learn which elements are in common, for a while.

    Args:
        state: The folder of sharing.
        partner: Who may.
        kind: Of which values.
        by: The person who approves it.
        why: In that person's words.
        hours: How long.

    Raises:
        ConfigError: Nobody is named, or no reason is.
    """
    if not by.strip() or not why.strip():
        raise ConfigError(
            "An approval needs who approves and why.", "Give --by NAME and --why TEXT."
        )
    open_matching(state)
    now = utc_now()
    row = ApprovalRow(
        id=secrets.token_hex(6),
        partner=partner,
        kind=kind.value,
        by=by.strip(),
        why=why.strip(),
        approved_us=micros(now),
        ends_us=micros(now + timedelta(hours=hours)),
    )
    told = {
        "approval": row.id,
        "partner": partner,
        "kind": kind.value,
        "by": row.by,
        "why": row.why,
        "until": (now + timedelta(hours=hours)).isoformat(),
    }
    with state.database.writing() as connection:
        matching_log.keep_approval(connection, row)
        state.record([("matching-approved", told)], now)
    return row


def withdraw(state: ShareState, id_: str, *, by: str) -> None:
    """Take an approval back.

    Raises:
        NotFoundError: No approval of this name holds.
    """
    open_matching(state)
    now = utc_now()
    with state.database.writing() as connection:
        if not matching_log.withdraw(connection, id_, micros(now)):
            raise NotFoundError(f"No approval {id_!r} holds.", "`revenuer share match log` shows.")
        state.record([("matching-withdrawn", {"approval": id_, "by": by})], now)


def asked_of_us(
    state: ShareState, partner: str | None = None, most: int = 1000
) -> tuple[list[QuestionRow], list[ApprovalRow]]:
    """What peers asked of us, newest first, and what was approved."""
    open_matching(state)
    with state.database.reading() as connection:
        rows = matching_log.questions_of(connection, partner, most)
        return rows, matching_log.approvals_of(connection)
