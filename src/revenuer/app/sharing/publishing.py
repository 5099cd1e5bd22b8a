"""Bundles that left, put into a collection of our own server, where partners find them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from revenuer.app.access import shown_us
from revenuer.app.sharing.export import objects_of
from revenuer.app.sharing.outbox import OURS
from revenuer.app.sharing.state import ShareState
from revenuer.app.sharing.taxii_service import open_taxii
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.instants import micros
from revenuer.sharing.terms import Producer
from revenuer.sharing.tlp import Tlp, label_of
from revenuer.store import access_tokens, taxii_collections
from revenuer.store.taxii_objects import Candidate, add_objects


@dataclass(frozen=True, slots=True)
class Published:
    """What became of objects that were put into a collection.

    Attributes:
        sent: How many.
        taken: How many are there now.
        refused: Id and reason of the others.
    """

    sent: int
    taken: int
    refused: tuple[tuple[str, str], ...]


def publish(
    state: ShareState, file: Path, digest: str, collection: str, *, actor: Actor, now: datetime
) -> Published:
    """Put what left into a collection of our own server; its readers find it there.

    The log says so before it is there. What is there already is not added twice.

    Args:
        state: The folder of sharing.
        file: The bundle.
        digest: What it must be, SHA-256.
        collection: Id, alias or title of the collection.
        actor: Who publishes.
        now: When.

    Raises:
        NotFoundError: There is no such collection, or no such bundle any more.
        ConflictError: The file is not what left.
        NotAllowedError: Its label is stricter than the collection takes.
    """
    actor.needs(Right.APPROVE)
    if not file.exists() or sha256(file.read_bytes()).hexdigest() != digest:
        raise ConflictError(
            f"{file.name} is not what left.", "Put it back, or export the campaign again."
        )
    candidates = [_candidate(one) for one in objects_of(file)]
    open_taxii(state)
    identity = Producer("", state.secret).identity_id
    with state.database.writing() as connection:
        into = taxii_collections.named(connection, collection)
        if into is None:
            raise NotFoundError(
                f"There is no collection {collection!r}.", "`revenuer share collection add`."
            )
        _refuse_stricter(candidates, Tlp(into.up_to), into.title)
        body: dict[str, Any] = {
            "server": OURS,
            "collection": into.id,
            "title": into.title,
            "objects": len(candidates),
            "sha256": digest,
            "by": actor.name,
            **({"login": actor.login} if actor.login else {}),
        }
        state.record([("pushing", body)], now)
        known = access_tokens.speakers(connection)
        # Nobody but us makes objects of our identity: its key is ours.
        ours = {**known, identity: known.get(identity, frozenset()) | {OURS}}
        made = add_objects(
            connection,
            into.id,
            candidates,
            partner=OURS,
            speakers=ours,
            now_us=micros(now),
            shown=shown_us,
        )
    refused = tuple(
        (one.id, told.problem) for one, told in zip(candidates, made, strict=True) if told.problem
    )
    done = Published(len(candidates), len(candidates) - len(refused), refused)
    state.record([("pushed", {**body, "taken": done.taken, "refused": len(refused)})], now)
    return done


def _candidate(one: Mapping[str, Any]) -> Candidate:
    """An object of a bundle that this program wrote."""
    said = one.get("modified", one.get("created", ""))
    at = datetime.fromisoformat(said).astimezone(UTC) if said else None
    return Candidate(
        id=str(one["id"]),
        type=str(one["type"]),
        version=str(said),
        version_us=None if at is None else micros(at),
        revoked=one.get("revoked") is True,
        maker=str(one.get("created_by_ref", "")),
        markings=tuple(map(str, one.get("object_marking_refs", ()))),
        body=msgspec.json.encode(one),
    )


def _refuse_stricter(candidates: list[Candidate], up_to: Tlp, title: str) -> None:
    order = list(Tlp)
    for one in candidates:
        label = label_of(one.markings)
        if label is not None and order.index(label) > order.index(up_to):
            raise NotAllowedError(
                f"It is TLP:{label.value.upper()}, and {title} takes nothing above "
                f"TLP:{up_to.value.upper()}.",
                "Export it under a wider label, or choose a collection for fewer eyes.",
            )
