"""Texts of exchanges: masked for everybody, one in the clear for who may and says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.working import plain_text, write_act
from revenuer.app.policy import TEXTS
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError
from revenuer.store.casebook import cases, texts

UNMASKED = "unmasked"


class Exchange(msgspec.Struct, frozen=True):
    """An exchange that is kept.

    Attributes:
        exchange_id: Its id.
        occurred_at: When.
        model: Who answered; empty if unknown.
        system_prompt: None where there is none, or it may not be looked at.
        prompt: Likewise.
        response: Likewise.
    """

    exchange_id: str
    occurred_at: datetime
    model: str
    system_prompt: str | None
    prompt: str | None
    response: str | None

    @property
    def parts(self) -> dict[str, str]:
        """The texts that there are, by name."""
        named = {name: getattr(self, name) for name in TEXTS}
        return {name: text for name, text in named.items() if text}


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as everybody sees it: nothing of what was written.

    Attributes:
        id: Its name.
        exchange_id: Whose text it is; None where it was erased.
        subject: Who sent it.
        digest: The same for the same texts, and only for whoever has the casebook's keys.
        chars: Characters of each part, by name.
        kept_us: When it was kept, microseconds since the epoch.
    """

    id: str
    exchange_id: str | None
    subject: str
    digest: str
    chars: Mapping[str, int]
    kept_us: int


def list_texts(casebook: Casebook, name: str, *, actor: Actor) -> list[Masked]:
    """The texts of a case, masked.

    Raises:
        NotFoundError: There is no such case.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        family = cases.family(connection, case_named(connection, name).case_id)
        return [_masked(row, one) for row, one in opened_texts(casebook, connection, family)]


def unmask(
    casebook: Casebook, name: str, exchange: str, *, why: str, actor: Actor, now: datetime
) -> Exchange:
    """Read a text in the clear; that is written down, with the reason, before it is read.

    Args:
        casebook: Where.
        name: Of the case.
        exchange: The id of the exchange, or of the text as `list_texts` has it.
        why: The reason.
        actor: Who wants to read it.
        now: When.

    Raises:
        NotFoundError: The case has no such text, or it was erased.
        ConfigError: There is no reason.
        NotAllowedError: They may not.
    """
    actor.needs(Right.UNMASK)
    words = plain_text(why, "Unmasking a text")
    with casebook.changing(actor, now) as change:
        case = case_named(change.connection, name).case_id
        family = cases.family(change.connection, case)
        row = _text_named(casebook, change.connection, family, exchange)
        about = {"text": row.text_id, "subject": row.owner}
        write_act(casebook, change, case, UNMASKED, about, text=words)
    # Only now, when it is on the disk who reads it and why.
    with casebook.reading() as connection:
        clear = casebook.vault.unseal(connection, row.owner, row.sealed)
    if clear is None:
        raise _no_text(exchange, "was erased")
    return msgspec.msgpack.decode(clear, type=Exchange)


def opened_texts(
    casebook: Casebook, connection: Connection, family: Sequence[str]
) -> list[tuple[Any, Exchange | None]]:
    """The rows of a case's texts, with what they say; None where it was erased."""
    rows = texts.of_case(connection, family)
    clear = casebook.vault.unseal_all(connection, [(row.owner, row.sealed) for row in rows])
    return [
        (row, None if body is None else msgspec.msgpack.decode(body, type=Exchange))
        for row, body in zip(rows, clear, strict=True)
    ]


def _masked(row: Any, one: Exchange | None) -> Masked:
    return Masked(
        id=row.text_id,
        exchange_id=None if one is None else one.exchange_id,
        subject=row.owner,
        digest=row.digest,
        chars={} if one is None else {name: len(text) for name, text in one.parts.items()},
        kept_us=row.kept_us,
    )


def _text_named(
    casebook: Casebook, connection: Connection, family: Sequence[str], name: str
) -> Any:
    found = [
        row
        for row, one in opened_texts(casebook, connection, family)
        if row.text_id == name or (one is not None and one.exchange_id == name)
    ]
    if not found:
        raise _no_text(name, "is no text that is kept of this case")
    return found[0]


def _no_text(name: str, what: str) -> NotFoundError:
    return NotFoundError(f"{name!r} {what}.", "`revenuer casebook texts` lists what is kept.")
