"""What partners do on a TAXII server of ours: who may, what it does, and the entry of the log.

Nothing is handed out before the entry that says so is on the disk.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from revenuer.app.access import Caller, Scope, open_access, shown_us
from revenuer.app.clock import utc_now
from revenuer.app.sharing.state import ShareState
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.sharing.tlp import Tlp, label_of
from revenuer.store import access_tokens, taxii_collections, taxii_tables
from revenuer.store.taxii_collections import Collection
from revenuer.store.taxii_objects import Candidate, Outcome, add_objects, delete_object, owners
from revenuer.store.taxii_pages import Filter, Page, Which, is_there, page

STATUS_HOURS = 7 * 24
"""How long a status is kept; TAXII 2.1, section 4.3 wants a day at least. placeholder"""
MOST_PAGE_BYTES = 8 * 2**20
"""Objects of a page end where they have more bytes. placeholder"""
DEFAULT_ROOT = "sharing"


@dataclass(frozen=True, slots=True)
class TaxiiService:
    """The collections of a folder of sharing, for partners.

    Attributes:
        state: The folder.
        clock: Tells the time.
    """

    state: ShareState
    clock: Callable[[], datetime] = utc_now

    def roots(self) -> list[str]:
        """The API roots, the default one first."""
        with self.state.database.reading() as connection:
            found = {one.root for one in taxii_collections.listed(connection)}
        return [DEFAULT_ROOT, *sorted(found - {DEFAULT_ROOT})]

    def collections(self, caller: Caller, root: str) -> list[Collection]:
        """The collections of an API root that are open to a partner.

        Raises:
            NotFoundError: There is no such root.
        """
        if root not in self.roots():
            raise NotFoundError("There is no such API root.")
        with self.state.database.reading() as connection:
            found = taxii_collections.listed(connection, root)
        return [one for one in found if _any(one, caller)]

    def collection(self, caller: Caller, root: str, name: str) -> Collection:
        """A collection that is open to a partner.

        Raises:
            NotFoundError: There is none, or it is not open to this partner, who is not told which.
        """
        with self.state.database.reading() as connection:
            return _open(connection, caller, root, name)

    def read(
        self, caller: Caller, root: str, name: str, wanted: Filter, *, bodies: bool, endpoint: str
    ) -> Page:
        """A page of a collection.

        Args:
            caller: Who asks.
            root: The API root.
            name: Id or alias of the collection.
            wanted: Which objects.
            bodies: Whether the objects themselves are wanted.
            endpoint: Through which endpoint, for the audit log; of `object` and `versions` the
                object must be there.

        Raises:
            NotFoundError: No such collection or object.
            NotAllowedError: It may not be read.
        """
        caller.needs(Scope.TAXII_READ)
        with self.state.database.reading() as connection:
            collection = _open(connection, caller, root, name)
            if not collection.open_to(caller.partner).can_read:
                raise NotAllowedError("This collection cannot be read by this partner.")
            if endpoint in {"object", "versions"} and not is_there(
                connection, collection.id, wanted.ids[0]
            ):
                raise NotFoundError("There is no such object in this collection.")
            found = page(
                connection, collection.id, wanted, most_bytes=MOST_PAGE_BYTES, bodies=bodies
            )
        lines = found.lines
        self._record(
            "taxii-read",
            caller,
            collection,
            endpoint=endpoint,
            objects=len(lines),
            first=shown_us(lines[0].added_us) if lines else "",
            last=shown_us(lines[-1].added_us) if lines else "",
        )
        return found

    def writable(self, caller: Caller, root: str, name: str) -> Collection:
        """A collection that a partner may add to.

        Raises:
            NotFoundError: No such collection.
            NotAllowedError: It may not be added to.
        """
        caller.needs(Scope.TAXII_WRITE)
        collection = self.collection(caller, root, name)
        if not collection.open_to(caller.partner).can_write:
            raise NotAllowedError("This collection cannot be added to by this partner.")
        return collection

    def add(
        self,
        caller: Caller,
        root: str,
        name: str,
        candidates: Sequence[Candidate | tuple[str, str, str]],
    ) -> dict[str, Any]:
        """Add objects, all at once.

        Args:
            caller: Who.
            root: The API root.
            name: Id or alias of the collection.
            candidates: The objects; those that cannot be used as id, version and the reason.

        Returns:
            What became of them, as TAXII writes a status.
        """
        collection = self.writable(caller, root, name)
        now = self.clock()
        now_us = int(now.timestamp() * 1_000_000)
        candidates = [_within(one, Tlp(collection.up_to)) for one in candidates]
        good = [one for one in candidates if isinstance(one, Candidate)]
        with self.state.database.writing() as connection:
            made = add_objects(
                connection,
                collection.id,
                good,
                partner=caller.partner,
                speakers=access_tokens.speakers(connection),
                now_us=now_us,
                shown=shown_us,
            )
            status = _status(candidates, made, shown_us(now_us))
            body = msgspec.json.encode(status)
            taxii_collections.forget_statuses(connection, now_us - STATUS_HOURS * 3_600_000_000)
            taxii_collections.keep_status(
                connection, status["id"], root, caller.partner, now_us, body
            )
            # Inside the transaction: what cannot be written down does not happen.
            self._record(
                "taxii-added",
                caller,
                collection,
                new=sum(one.is_new for one in made),
                already_there=sum(not one.is_new and not one.problem for one in made),
                refused=status["failure_count"],
                status=status["id"],
            )
        return status

    def status(self, caller: Caller, root: str, id_: str) -> bytes:
        """What became of a post, as JSON.

        Raises:
            NotFoundError: No post of this partner has that id, or it was long ago.
        """
        caller.needs(Scope.TAXII_WRITE)
        with self.state.database.reading() as connection:
            found = taxii_collections.status(connection, id_, root, caller.partner)
        if found is None:
            raise NotFoundError("There is no such status.")
        return found

    def delete(
        self, caller: Caller, root: str, name: str, id_: str, versions: Sequence[Which]
    ) -> int:
        """Delete an object that the partner added, or some of its versions.

        Raises:
            NotFoundError: No such collection or object.
            NotAllowedError: It may not be deleted, or that would undo a revocation.
        """
        caller.needs(Scope.TAXII_DELETE)
        collection = self.collection(caller, root, name)
        given = collection.open_to(caller.partner)
        if not (given.can_read and given.can_write):
            raise NotAllowedError("Nothing is deleted here by this partner.")
        with self.state.database.writing() as connection:
            whose = owners(connection, collection.id, id_)
            if not whose:
                raise NotFoundError("There is no such object in this collection.")
            if whose != {caller.partner}:
                raise NotAllowedError("Another partner added this object.")
            try:
                gone = delete_object(connection, collection.id, id_, versions)
            except ValueError as problem:
                raise NotAllowedError(f"This cannot be deleted: {problem}.") from problem
            if not gone:
                raise NotFoundError("This object has no such version.")
            self._record("taxii-deleted", caller, collection, object=id_, versions=gone)
        return gone

    def _record(self, kind: str, caller: Caller, collection: Collection, **more: Any) -> None:
        body = {
            "partner": caller.partner,
            "token": caller.token,
            "collection": collection.id,
            **more,
        }
        self.state.record([(kind, body)], self.clock())


def open_taxii(state: ShareState) -> TaxiiService:
    """The TAXII service of a folder of sharing; its tables are made where they are missing."""
    open_access(state.database)
    state.database.make(taxii_tables.TABLES, taxii_tables.PART, taxii_tables.VERSION)
    return TaxiiService(state)


def _open(connection: Connection, caller: Caller, root: str, name: str) -> Collection:
    found = taxii_collections.named(connection, name, root)
    if found is None or not _any(found, caller):
        raise NotFoundError("There is no such collection.")
    return found


def _within(one: Candidate | tuple[str, str, str], up_to: Tlp) -> Candidate | tuple[str, str, str]:
    """An object, or why it may not be in a collection for so wide a circle."""
    if not isinstance(one, Candidate):
        return one
    label = label_of(one.markings)
    if label is None or list(Tlp).index(label) <= list(Tlp).index(up_to):
        return one
    wrong = f"it is TLP:{label.value.upper()}; here is nothing above TLP:{up_to.value.upper()}"
    return one.id, one.version, wrong


def _any(collection: Collection, caller: Caller) -> bool:
    given = collection.open_to(caller.partner)
    return given.can_read or given.can_write


def _status(
    candidates: Sequence[Candidate | tuple[str, str, str]], made: Sequence[Outcome], at: str
) -> dict[str, Any]:
    """What became of a post, as TAXII 2.1, section 4.3.1 writes it."""
    successes: list[dict[str, str]] = []
    failures: list[dict[str, str]] = []
    outcomes = iter(made)
    for one in candidates:
        if isinstance(one, Candidate):
            told = next(outcomes)
            id_, version, problem = one.id, told.version, told.problem
        else:
            id_, version, problem = one
        line = {"id": id_, "version": version or at}
        if problem:
            failures.append({**line, "message": problem})
        else:
            successes.append(line)
    return {
        "id": str(uuid.uuid4()),
        "status": "complete",
        "request_timestamp": at,
        "total_count": len(candidates),
        "success_count": len(successes),
        "failure_count": len(failures),
        "pending_count": 0,
        # Section 2: a list is never empty.
        **({"successes": successes} if successes else {}),
        **({"failures": failures} if failures else {}),
    }
