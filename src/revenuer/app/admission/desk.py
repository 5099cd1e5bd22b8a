"""The desk of admission: a casebook, and an index of it in memory that answers at once.

Who judges holds the casebook's only writer, first reads what other processes added since it last
looked, then judges, and is on the disk before anybody else writes: each application is judged in
the light of every one before it, by whichever process it came. If the change fails, the index is
read anew, so that memory never knows what the disk does not.

The index is read anew every day. Until then it still holds the opaque numbers of accounts that
were erased meanwhile; their rows are gone at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

import msgspec
from sqlalchemy import Connection

from revenuer.access.answers import Ruling
from revenuer.access.applications import Application
from revenuer.access.assessing import Judge
from revenuer.access.catalogue import BY_CODE
from revenuer.access.history import DAY_US, Applicant, Standing
from revenuer.access.ownership import Ownership
from revenuer.access.policy import AccessPolicy, rulings
from revenuer.access.profile import Kind, Profile, Tables
from revenuer.access.reference import fit
from revenuer.access.signals import Family
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.roles import Actor
from revenuer.guard.fingerprint import Kind as Fingerprinted
from revenuer.guard.fingerprint import shown
from revenuer.instants import micros
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import Step

APPLIED, STANDING, CONVICTED, ACQUITTED = "applied", "standing", "convicted", "acquitted"
_SEPARATOR = "\x1f"
"""Between the words of what is fingerprinted; no value has it."""


@dataclass(slots=True)
class Desk:
    """Where applications are judged and kept.

    Attributes:
        casebook: Where they are kept.
        tables: The offline tables.
        policy: Of admission.
        owners: Organization to who owns it.
        judge: The index.
    """

    casebook: Casebook
    tables: Tables
    policy: AccessPolicy
    owners: Mapping[str, Ownership] = field(default_factory=dict)
    judge: Judge = field(init=False)
    _read: int = 0
    _fresh_us: int = -1
    _fitted_us: int = -1
    _new: list[Step] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        """Begin with an empty index; the first change reads the casebook."""
        self._forget()

    def name(self, application_id: str) -> str:
        """How the casebook writes an application."""
        return shown(self._keyed("application", application_id))

    def subject(self, account_id: str | None) -> str:
        """How the casebook writes its account; empty before there is one."""
        return self.casebook.subject(account_id) if account_id else ""

    def digest(self, kind: str, value: str) -> int:
        """A value that may be shared, as an opaque number of 63 bits."""
        return int.from_bytes(self._keyed(kind, value)[:8]) >> 1

    def rules(self, application: Application) -> list[Ruling]:
        """What the operator's own rules say of an application."""
        return list(rulings(application, self.policy, self.owners))

    @contextmanager
    def changing(
        self, actor: Actor, now: datetime, *, as_of_us: int | None = None
    ) -> Iterator[Change]:
        """A change of the casebook, with the index at its newest.

        Args:
            actor: Who changes it.
            now: When.
            as_of_us: The time that is judged as of, where applications of long ago are taken in;
                who is of long standing by now was not then.
        """
        with self._lock:
            try:
                with self.casebook.changing(actor, now) as change:
                    now_us = micros(now)
                    self._follow(
                        change.connection, now_us, now_us if as_of_us is None else as_of_us
                    )
                    yield change
                    store.add_steps(change.connection, self._new)
            except BaseException:
                self._forget()
                raise
            self._new = []

    def step(
        self, kind: str, name: str, at_us: int, body: Mapping[str, Any], subject: str = ""
    ) -> None:
        """Add a step inside `changing`: to the index now, to the disk when the change ends."""
        made = Step(self._read + 1, kind, name, subject, at_us, msgspec.json.encode(body))
        self._take(made)
        self._new.append(made)
        self._read = made.number

    def applied(
        self, name: str, seen: Profile, standing: Standing, at_us: int, subject: str = ""
    ) -> None:
        """Add the step that somebody applied, or applied again and said something else."""
        known = self.judge.history.find(name)
        if known is not None and known.links == seen.links and known.traits == seen.traits:
            self.step(STANDING, name, at_us, {"s": int(standing)}, subject)
            return
        self.step(APPLIED, name, at_us, told(seen, standing), subject)

    def _keyed(self, kind: str, value: str) -> bytes:
        text = f"access{_SEPARATOR}{kind}{_SEPARATOR}{value}"
        return self.casebook.fingerprints.of(Fingerprinted.API_KEY, text)

    def _follow(self, connection: Connection, now_us: int, as_of_us: int) -> None:
        """Read what was added since the last look; everything, once a day, or to go back."""
        old = self._fresh_us < 0 or abs(now_us - self._fresh_us) > DAY_US
        if old or as_of_us < self._fitted_us - DAY_US:
            self._forget()
            self._fresh_us = now_us
        for each in store.steps_after(connection, self._read):
            self._take(each)
            self._read = each.number
        self.judge.history.advance(as_of_us)
        if self._fitted_us < 0 or as_of_us - self._fitted_us > DAY_US:
            self.judge.reference = fit(self.judge.history)
            self._fitted_us = as_of_us

    def _take(self, step: Step) -> None:
        history = self.judge.history
        said = msgspec.json.decode(step.body)
        if step.kind == APPLIED:
            history.forget(step.name)
            history.add(step.name, untold(said), at_us=step.at_us, standing=Standing(said["s"]))
        elif step.kind == STANDING:
            history.settle(step.name, Standing(said["s"]), at_once=bool(said.get("once")))
        elif step.kind == CONVICTED:
            history.settle(step.name, Standing.CONVICTED, campaign=said["campaign"])
        elif step.kind == ACQUITTED:
            history.acquit(step.name, innocent_until_us=said.get("until", 0))

    def _forget(self) -> None:
        self.judge = Judge(
            self.tables,
            digest=self.digest,
            thresholds=self.policy.thresholds,
            offered=self.policy.offered,
        )
        self._read, self._new = 0, []
        self._fresh_us = self._fitted_us = -1


def told(seen: Profile, standing: Standing) -> dict[str, Any]:
    """What an applicant shows, as a step says it."""
    return {
        "p": seen.party,
        "c": seen.crowd,
        "l": [[int(kind), key] for kind, key in seen.links],
        "t": [trait.code for trait in seen.traits],
        "k": sorted(family.value for family in seen.known),
        "s": int(standing),
    }


def untold(said: Mapping[str, Any]) -> Profile:
    """What an applicant shows, from a step."""
    return Profile(
        at_us=None,
        party=said["p"],
        crowd=said["c"],
        links=tuple((Kind(kind), key) for kind, key in said["l"]),
        # A signal that this program no longer has says nothing.
        traits=tuple(BY_CODE[code] for code in said["t"] if code in BY_CODE),
        known=_families(said["k"]),
    )


def profile_of(applicant: Applicant) -> Profile:
    """What an applicant in the index shows."""
    return Profile(
        at_us=applicant.at_us,
        party=applicant.party,
        crowd=applicant.crowd,
        links=applicant.links,
        traits=applicant.traits,
        known=applicant.known,
    )


def _families(names: Iterable[str]) -> frozenset[Family]:
    known = {family.value for family in Family}
    return frozenset(Family(name) for name in names if name in known)
