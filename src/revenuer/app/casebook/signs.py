"""Early signs, and reactions to decisions, that a watch saw of a case's campaigns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import delete, insert, select

from revenuer.app.casebook.folders import Seen
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.instants import micros
from revenuer.records import Sign
from revenuer.store.casebook.case_tables import case_signs


class SignTold(msgspec.Struct, frozen=True):
    """What a sign says.

    Attributes:
        statement: One sentence with its numbers.
        numbers: The same by name.
        members: Who shows it, by their numbers.
    """

    statement: str
    numbers: dict[str, int | float]
    members: tuple[int, ...]


def keep_signs(casebook: Casebook, change: Change, seen: Seen, numbers: Mapping[str, int]) -> None:
    """Keep each sign as the newest sighting of it says it, whatever the order of adding."""
    connection = change.connection
    names = [sign.id for sign in seen.signs]
    known = {
        row.sign_id: row
        for row in connection.execute(select(case_signs).where(case_signs.c.sign_id.in_(names)))
    }
    told_us = micros(seen.findings.scanned.last)
    new = [
        sign
        for sign in seen.signs
        if sign.id not in known
        or (told_us, seen.id) > (known[sign.id].told_us, known[sign.id].sighting_id)
    ]
    bodies = [(sign.id, _body(sign, numbers)) for sign in new]
    sealed = casebook.vault.seal_all(connection, bodies, change.now_us)
    for sign, body in zip(new, sealed, strict=True):
        connection.execute(delete(case_signs).where(case_signs.c.sign_id == sign.id))
        connection.execute(
            insert(case_signs).values(
                sign_id=sign.id,
                campaign_id=sign.campaign_id or "",
                kind=sign.kind.value,
                axis=sign.axis.value if sign.axis is not None else "",
                decision_id=sign.decision_id or "",
                first_seen_us=micros(sign.first_seen),
                at_us=micros(sign.at),
                told_us=told_us,
                sighting_id=seen.id,
                sealed=body,
            )
        )


def _body(sign: Sign, numbers: Mapping[str, int]) -> bytes:
    members = tuple(numbers[name] for name in sign.account_ids)
    return msgspec.msgpack.encode(SignTold(sign.statement, dict(sign.numbers), members))
