"""Group keys: what the members of a sharing group have and nobody else, a new one each quarter.

A value is hashed with the group's key before anything else is done with it, so that who is no
member learns nothing from what members say, and cannot test a guess. A key has a name that goes
beside everything that was made with it. When a quarter ends its key is still taken for some
weeks, so that no day is without one that all members have.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from revenuer.errors import MatchError

KEY_BYTES = 32

OVERLAP = timedelta(days=30)
"""How long the key of a quarter is taken after its end. placeholder"""


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A secret that the members of a group share.

    Attributes:
        id: Its name, such as `lab-group-2026q4`.
        secret: 32 bytes.
        begins: From when it is used.
        ends: From when it is used no more for what is new.
    """

    id: str
    secret: bytes
    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a group key has {KEY_BYTES} bytes")

    def __repr__(self) -> str:
        return f"GroupKey(id={self.id!r}, begins={self.begins}, ends={self.ends})"

    def is_taken(self, now: datetime) -> bool:
        """Whether what was made with it still counts."""
        return self.begins <= now < self.ends + OVERLAP

    def keyed(self, purpose: bytes, data: bytes) -> bytes:
        """A pseudo-random function of some data, 32 bytes; purposes have nothing in common.

        Source:
            RFC 2104 (1997), HMAC; the purpose's length before it keeps (a, bc) from (ab, c).
        """
        said = len(purpose).to_bytes(2, "big") + purpose + data
        return hmac.digest(self.secret, b"revenuer group 1\0" + said, "sha256")

    def check(self) -> str:
        """What two members compare to see that they have the same key; tells nothing of it."""
        return hashlib.sha256(self.keyed(b"check", self.id.encode())).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that a member has.

    Attributes:
        keys: In any order.
    """

    keys: Sequence[GroupKey]

    def current(self, now: datetime) -> GroupKey:
        """The key that is used for what is made now.

        Raises:
            MatchError: None is in its time.
        """
        fit = [key for key in self.keys if key.begins <= now < key.ends]
        if not fit:
            raise MatchError(
                "No group key is in its time.",
                "`revenuer share match keygen` makes the next one; all members must have it.",
            )
        return max(fit, key=lambda key: key.begins)

    def named(self, name: str, now: datetime) -> GroupKey:
        """The key of a name.

        Raises:
            MatchError: There is none, or it is out of its time.
        """
        for key in self.keys:
            if key.id == name:
                if key.is_taken(now):
                    return key
                raise MatchError(
                    f"The group key {name} is out of its time.",
                    "Both sides move on to the key of this quarter.",
                )
        raise MatchError(
            f"The peer matches under the group key {name!r}, which is not here.",
            "Ask the group for it; keys are handed over outside of this program.",
        )


def quarter_of(moment: datetime) -> tuple[str, datetime, datetime]:
    """The quarter around a moment: its name, its beginning and its end, UTC.

    Examples:
        >>> name, begins, ends = quarter_of(datetime(2026, 11, 22, tzinfo=UTC))
        >>> name, begins.date().isoformat(), ends.date().isoformat()
        ('2026q4', '2026-10-01', '2027-01-01')
    """
    moment = moment.astimezone(UTC)
    quarter = (moment.month - 1) // 3
    begins = datetime(moment.year, 3 * quarter + 1, 1, tzinfo=UTC)
    after = moment.year * 4 + quarter + 1
    ends = datetime(after // 4, 3 * (after % 4) + 1, 1, tzinfo=UTC)
    return f"{moment.year}q{quarter + 1}", begins, ends
