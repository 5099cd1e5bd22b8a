"""What the next page of a session tells at its top. Kept in memory, said once."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

MOST_SESSIONS, MOST_SAID = 1000, 5
"""placeholder"""


@dataclass(frozen=True, slots=True)
class Flash:
    """Something that was done, or was not.

    Attributes:
        text: In a sentence.
        failed: Whether it was not.
    """

    text: str
    failed: bool


@dataclass(slots=True)
class Flashes:
    """What is still to be said, by session."""

    _said: OrderedDict[str, list[Flash]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def say(self, session: str, text: str, *, failed: bool = False) -> None:
        """Tell a session something with its next page."""
        with self._lock:
            said = self._said.setdefault(session, [])
            said.append(Flash(text, failed))
            del said[:-MOST_SAID]
            self._said.move_to_end(session)
            while len(self._said) > MOST_SESSIONS:
                self._said.popitem(last=False)

    def taken(self, session: str) -> tuple[Flash, ...]:
        """What is to be said, once."""
        with self._lock:
            return tuple(self._said.pop(session, ()))
