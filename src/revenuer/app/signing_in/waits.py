"""How long somebody must wait who failed to sign in: by name and by address, growing.

Each try is counted before it is judged, so that many at once are as many as one after another.
Names that nobody has are counted like all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.app.signing_in.keyed import mark_of_address, mark_of_name
from revenuer.errors import NotAllowedError
from revenuer.instants import micros
from revenuer.servers import ConsoleSettings
from revenuer.store.casebook import sign_in_steps
from revenuer.store.casebook.sign_in_steps import Wait

FIRST_WAIT_S = 2
"""The wait after the last free failure; each that follows is twice as long. placeholder"""
SHARED_BY = 4
"""How many times as many failures are free for an address, which an office shares. placeholder"""
DAY_US = 86_400_000_000
"""Failures are forgotten a day after the last. placeholder"""


class TooSoonError(NotAllowedError):
    """Somebody must wait before they try again.

    Args:
        wait_s: How long.
    """

    def __init__(self, wait_s: int) -> None:
        super().__init__("There were too many failures.", f"Wait {wait_s} seconds.")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Tries:
    """Whose tries are counted.

    Attributes:
        casebook: Where.
        settings: How many are free, and how far waits grow.
        name: As it was typed; empty where none was.
        address: Where from.
    """

    casebook: Casebook
    settings: ConsoleSettings
    name: str
    address: str

    def charge(self, now: datetime) -> None:
        """Count one that is about to be judged.

        Raises:
            TooSoonError: It is not judged; one must wait.
        """
        now_us = micros(now)
        with self.casebook.database.writing() as connection:
            kept = {who: sign_in_steps.wait_of(connection, who) for who in self._free()}
            until = max((one.until_us for one in kept.values() if one), default=0)
            if until > now_us:
                raise TooSoonError(-((now_us - until) // 1_000_000))
            for who, free in self._free().items():
                self._count(connection, kept[who], who, free, now_us)

    def forgive(self, connection: Connection) -> None:
        """Forget what was counted of a name that signed in, and its last try of the address."""
        for who, free in self._free().items():
            kept = sign_in_steps.wait_of(connection, who)
            if kept is None:
                continue
            # Others behind the address may be guessing: only the try that was right is taken off.
            if free > self.settings.free_failures and kept.failures > 1:
                less = Wait(who, kept.failures - 1, kept.last_us, 0)
                sign_in_steps.keep_wait(connection, less, forget_before_us=0)
            else:
                sign_in_steps.forget_wait(connection, who)

    def _count(
        self, connection: Connection, kept: Wait | None, who: str, free: int, now_us: int
    ) -> None:
        is_old = kept is None or now_us - kept.last_us > DAY_US
        failures = 1 if is_old or kept is None else kept.failures + 1
        wait_us = 0
        if failures >= free:
            longest = self.settings.longest_wait_minutes * 60
            # Bounded before the power: two to some thousands is no number of seconds.
            grown = FIRST_WAIT_S * 2 ** min(failures - free, 30)
            wait_us = int(min(grown, longest) * 1_000_000)
        row = Wait(who, failures, now_us, now_us + wait_us if wait_us else 0)
        sign_in_steps.keep_wait(connection, row, forget_before_us=now_us - DAY_US)

    def _free(self) -> dict[str, int]:
        free = self.settings.free_failures
        found = {}
        if self.name:
            found[mark_of_name(self.casebook, self.name)] = free
        if self.address:
            found[mark_of_address(self.casebook, self.address)] = free * SHARED_BY
        return found
