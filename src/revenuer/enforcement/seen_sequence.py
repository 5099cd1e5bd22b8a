"""The highest number of a snapshot that was seen, on disk, so that a restart is given no older one.

A snapshot that was signed stays signed, and whoever carries files to a guard's host could give it
an old one, in which a caller is not listed yet or no longer is. A running guard remembers the
number; this file does for the next one.

```
revenuer-verdicts-seen-1 NUMBER SIGNING-KEY-ID CHECK
```
The check is made with the fingerprint key, so that who cannot read that cannot set a number either,
and so that damage shows.
"""

from __future__ import annotations

import hmac
from hashlib import blake2b
from pathlib import Path

from revenuer.disk import OPEN, locked, put

HEAD = "revenuer-verdicts-seen-1"
MOST_BYTES = 1024
"""More than a number takes."""


class SeenError(Exception):
    """The number cannot be read or kept; the text says why."""


class SeenSequence:
    """The number in a file.

    Args:
        path: The file; it need not be there.
        signer: Id of the key that signs snapshots: another key counts anew.
        secret: The fingerprint key.
    """

    def __init__(self, path: Path, signer: bytes, secret: bytes) -> None:
        self.path = path
        self._signer = signer
        self._secret = secret

    def read(self) -> int:
        """The highest number that was kept; 0 for none, or of another key's snapshots.

        Raises:
            SeenError: The file is damaged, or was not written with this fingerprint key.
        """
        try:
            with self.path.open("rb") as file:
                data = file.read(MOST_BYTES)
        except FileNotFoundError:
            return 0
        except OSError as problem:
            raise SeenError(f"{self.path} cannot be read: {problem.strerror}") from problem
        parts = data.decode("ascii", "replace").split()
        if len(parts) != 4 or parts[0] != HEAD or not parts[1].isdigit():
            raise SeenError(f"{self.path} is damaged")
        if not hmac.compare_digest(parts[3].encode(), self._check(parts[1], parts[2]).encode()):
            raise SeenError(f"{self.path} is damaged, or was written with another fingerprint key")
        return int(parts[1]) if parts[2] == self._signer.hex() else 0

    def keep(self, sequence: int) -> None:
        """Keep a number, if it is higher than what is kept; several processes may.

        Raises:
            SeenError: It cannot be written; what was there is still there.
        """
        try:
            # Between reading and writing no other worker writes.
            with locked(self.path.parent):
                if self._known() >= sequence:
                    return
                number, signer = str(sequence), self._signer.hex()
                line = f"{HEAD} {number} {signer} {self._check(number, signer)}\n"
                put(self.path, line.encode("ascii"), OPEN)
        except OSError as problem:
            raise SeenError(f"{self.path} cannot be written: {problem.strerror}") from problem

    def _known(self) -> int:
        try:
            return self.read()
        except SeenError:
            # Said when it was read at the start; a sound one takes its place.
            return 0

    def _check(self, number: str, signer: str) -> str:
        said = f"{number} {signer}".encode()
        made = blake2b(said, key=self._secret, digest_size=16, person=b"verdicts seen")
        return made.hexdigest()
