"""How far an audit log had got: signed and kept apart from it, or told to others.

A chain shows every change but one, that its newest entries are gone.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

import msgspec

from revenuer.casework.chain import (
    BEFORE_THE_FIRST,
    Entry,
    Sign,
    Verifies,
    canonical,
    verified,
)

CHECKPOINT_DOMAIN = b"revenuer audit checkpoint 1\0"
MOST_ENTRIES = 2**53
"""JSON names no number above it exactly (RFC 8785, section 3.2.2.3)."""
WITNESS = re.compile(r"(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a log had got, signed, to be kept apart from it.

    Attributes:
        number: Of the newest entry.
        hash: Of the newest entry.
        signature: Ed25519 over both, base64.
    """

    number: int
    hash: str
    signature: str


def checkpoint_of(entry: Entry | None, sign: Sign) -> Checkpoint:
    """The checkpoint whose newest entry this is; None is a log that has begun and has none."""
    number, hash_ = (0, BEFORE_THE_FIRST) if entry is None else (entry.number, entry.hash)
    signature = base64.b64encode(sign(_point(number, hash_))).decode()
    return Checkpoint(number, hash_, signature)


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """A checkpoint as it is kept."""
    return canonical(msgspec.to_builtins(checkpoint)) + b"\n"


def read_checkpoint(data: bytes, trusted: Verifies) -> Checkpoint | None:
    """A checkpoint that was kept; None if it is none, or is not signed with the trusted key."""
    try:
        found = msgspec.json.decode(data, type=Checkpoint, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if abs(found.number) >= MOST_ENTRIES or checkpoint_text(found) != data:
        return None
    genuine = verified(_point(found.number, found.hash), found.signature, trusted)
    return found if genuine else None


def witness_of(entry: Entry) -> str:
    """A few letters to tell others, who can later show that the entry was there."""
    return f"{entry.number}:{entry.hash}"


def read_witness(text: str) -> tuple[int, str]:
    """The number and the hash that a witness names.

    Raises:
        ValueError: It names none.
    """
    found = WITNESS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no witness, such as 12:<64 hexadecimal digits>")
    return int(found[1]), found[2]


def _point(number: int, hash_: str) -> bytes:
    return CHECKPOINT_DOMAIN + f"{number}:{hash_}".encode()
