"""`share verify`: whether a report and what it rests on are as they were signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from revenuer.casework.custody import Custody, custody_of
from revenuer.enforcement.verdict_keys import PublicKey, read_public_key
from revenuer.errors import ConfigError, SourceError

MANIFEST = ".manifest.json"
MOST_BYTES = 1 << 20
"""A longer manifest is none: it names a dozen files. placeholder"""
HEX_KEY = re.compile("[0-9a-f]{64}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at.

    Attributes:
        path: Where it lies.
        flaws: What is wrong with it; empty if it is as it was signed.
    """

    path: Path
    flaws: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Attributes:
        looked: Each file that was given.
        entries: The entries that signed the manifests, as `NUMBER:HASH`, to hold against the log.
        not_given: Files that the manifests name and nobody gave.
    """

    looked: tuple[Looked, ...]
    entries: tuple[str, ...]
    not_given: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether all that was given is as it was signed."""
        return not any(one.flaws for one in self.looked)


def verify(files: Sequence[Path], key: str) -> Verified:
    """Look at every byte of manifests and of files that came with them.

    Args:
        files: The manifests, named `.manifest.json`, and what else was given.
        key: The reporter's public key: a file, or the 64 hexadecimal digits in the report.

    Raises:
        ConfigError: It is no key, or no manifest is among the files.
        SourceError: A file cannot be read.
    """
    trusted = public_key(key)
    given = [one for one in files if one.name.endswith(MANIFEST)]
    if not given:
        raise ConfigError(
            "No manifest is among the files.", f"Its name ends with {MANIFEST}; give it too."
        )
    read: list[tuple[Path, Custody]] = [
        (path, custody_of(_bytes(path, MOST_BYTES), trusted.verifies)) for path in given
    ]
    digests: dict[str, set[str]] = {}
    for _, custody in read:
        # What is not as it was signed vouches for nothing.
        for name, digest in () if custody.flaws else custody.digests.items():
            if not name.endswith(MANIFEST):
                digests.setdefault(name, set()).add(digest)
    looked = [Looked(path, custody.flaws) for path, custody in read]
    others = [one for one in files if one not in given]
    looked += [Looked(path, _flaws(path, digests)) for path in others]
    entries = [entry for _, one in read for entry in (one.reported, one.written) if entry]
    return Verified(
        tuple(looked),
        tuple(f"{entry.number}:{entry.hash}" for entry in entries),
        tuple(sorted(set(digests) - {path.name for path in others})),
    )


def public_key(text: str) -> PublicKey:
    """The key that is in a file, or said in hexadecimal digits.

    Raises:
        ConfigError: It is none.
    """
    if HEX_KEY.fullmatch(text):
        return PublicKey(Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)))
    return read_public_key(Path(text))


def _flaws(path: Path, digests: dict[str, set[str]]) -> tuple[str, ...]:
    if path.name not in digests:
        return ("no manifest that is whole names it",)
    digest = _digest(path)
    return () if digest in digests[path.name] else ("is not the file that was signed",)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}.") from problem
    return digest.hexdigest()


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}.") from problem
