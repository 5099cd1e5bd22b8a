"""The audit log's chain: canonical entries, each bound to all before it, each signed.

Nothing here knows where entries are kept. `store.audit_file` keeps them as lines of a file; a
database may keep them as rows, and make the same lines of them.

```
{"entry":{"at":…,"body":…,"kind":…,"number":…,"previous":…},"hash":"…","signature":"…"}
```

An entry's hash covers the hash of the entry before it, so that the last one binds the whole
history. A hash alone could be made again by whoever changes an entry; the signature cannot.
What neither shows is that the newest entries are gone; `checkpoints` shows that.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
import rfc8785

Sign = Callable[[bytes], bytes]
"""Makes the Ed25519 signature of some bytes."""
Verifies = Callable[[bytes, bytes], bool]
"""Whether a signature is one of some bytes: `verifies(data, signature)`."""

BEFORE_THE_FIRST = "0" * 64
ENTRY_DOMAIN = b"revenuer audit entry 1\0"
HEAD = b'{"entry":'
TAIL = re.compile(rb',"hash":"([0-9a-f]{64})","signature":"([A-Za-z0-9+/]{86}==)"\}')
TAIL_BYTES = len(b',"hash":""') + 64 + len(b',"signature":""') + 88 + len(b"}")
"""A hash and a signature have one length, so that what was hashed is cut out of a line."""


class BrokenEntryError(ValueError):
    """Bytes that are no entry; the text follows the words "line 7"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One step that somebody took.

    Attributes:
        number: 1 for the first; each is one more than the one before.
        at: When, ISO 8601 in UTC.
        kind: What happened, in a word.
        body: What is said of it: texts, whole numbers, lists and tables of these.
        previous: Hash of the entry before.
        hash: SHA-256 of all the above.
        signature: Ed25519 over the hash, base64.
    """

    number: int
    at: str
    kind: str
    body: Mapping[str, Any]
    previous: str
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that a whole log does not have.

    Attributes:
        line: Where, 1 for the first; 0 for the log as a whole.
        text: What is wrong, one sentence without a full stop.
    """

    line: int
    text: str


def canonical(value: Any) -> bytes:
    r"""A value as canonical JSON.

    Raises:
        ValueError: It has something that JSON cannot say.

    Source:
        RFC 8785 (2020), JSON Canonicalization Scheme.

    Examples:
        >>> canonical({"b": 1.0, "a": ["é", None]})
        b'{"a":["\xc3\xa9",null],"b":1}'
    """
    return rfc8785.dumps(value)


def sealed(
    kind: str, body: Mapping[str, Any], *, at: datetime, after: Entry | None, sign: Sign
) -> Entry:
    """The next entry of a log.

    Args:
        kind: What happened, in a word.
        body: What is said of it; no text of anybody's, and no raw id.
        at: When.
        after: The entry before; None for the first.
        sign: Makes signatures.
    """
    number = 1 if after is None else after.number + 1
    previous = BEFORE_THE_FIRST if after is None else after.hash
    moment = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    said = {
        "at": moment,
        "body": msgspec.to_builtins(dict(body)),
        "kind": kind,
        "number": number,
        "previous": previous,
    }
    text = canonical(said)
    hash_ = _hash(text)
    signature = base64.b64encode(sign(_signed(hash_))).decode()
    # What is read back is what was signed: tuples become lists, 1.0 becomes 1.
    return Entry(**msgspec.json.decode(text), hash=hash_, signature=signature)


def line_of(entry: Entry) -> bytes:
    """An entry as one line, its newline included."""
    tail = b',"hash":"%b","signature":"%b"}\n' % (entry.hash.encode(), entry.signature.encode())
    return HEAD + _text(entry) + tail


def entry_of(line: bytes) -> Entry:
    """The entry of a line, with or without its newline.

    The hash is that of the line's own bytes, so that no other spelling has it.

    Raises:
        BrokenEntryError: It is none, or its hash is of something else.
    """
    bare = line.removesuffix(b"\n")
    text, tail = bare[len(HEAD) : -TAIL_BYTES], TAIL.fullmatch(bare[-TAIL_BYTES:])
    if tail is None or not bare.startswith(HEAD):
        raise BrokenEntryError("is no entry of an audit log")
    if _hash(text).encode() != tail[1]:
        raise BrokenEntryError("does not have the hash of what it says")
    try:
        said = msgspec.json.decode(text, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BrokenEntryError("is no entry of an audit log") from problem
    return Entry(
        said.number, said.at, said.kind, said.body, said.previous,
        tail[1].decode(), tail[2].decode(),
    )  # fmt: skip


def is_signed(entry: Entry, trusted: Verifies) -> bool:
    """Whether the signature of an entry is the trusted key's."""
    return verified(_signed(entry.hash), entry.signature, trusted)


def unlinked(entry: Entry, before: Entry | None) -> str | None:
    """Why an entry does not follow another; None if it does."""
    number = 1 if before is None else before.number + 1
    if entry.number != number:
        return f"has number {entry.number}, and {number} comes here"
    if entry.previous != (BEFORE_THE_FIRST if before is None else before.hash):
        return "does not follow the entry before it"
    return None


def flaws(
    lines: Iterable[bytes], trusted: Verifies, known: Mapping[int, str] | None = None
) -> Iterator[Flaw]:
    """All that is wrong with a log.

    Args:
        lines: Each with its newline.
        trusted: Checks signatures.
        known: Hashes by number of entry, from a checkpoint or from witnesses; each of these
            entries must be there.
    """
    before: Entry | None = None
    wanted = dict(known or {})
    # Before the first entry there is nothing to be missing.
    wanted.pop(0, None)
    for place, line in enumerate(lines, start=1):
        if not line.endswith(b"\n"):
            yield Flaw(place, "is not whole")
            continue
        try:
            entry = entry_of(line)
        except BrokenEntryError as problem:
            yield Flaw(place, str(problem))
            continue
        if line_of(entry) != line:
            yield Flaw(place, "is not written as entries are (RFC 8785)")
        if not is_signed(entry, trusted):
            yield Flaw(place, "is not signed with the trusted key")
        if (gap := unlinked(entry, before)) is not None:
            yield Flaw(place, gap)
        if wanted.pop(entry.number, entry.hash) != entry.hash:
            yield Flaw(place, "is not the entry that was there before")
        before = entry
    for number in sorted(wanted):
        yield Flaw(0, f"entry {number}, which was there before, is missing")


@dataclass(frozen=True, slots=True)
class _Said:
    """What is hashed of an entry."""

    at: str
    body: dict[str, Any]
    kind: str
    number: int
    previous: str


def _text(entry: Entry) -> bytes:
    """What is hashed of an entry, as it is written."""
    said = _Said(entry.at, dict(entry.body), entry.kind, entry.number, entry.previous)
    return canonical(msgspec.to_builtins(said))


def _hash(text: bytes) -> str:
    return sha256(ENTRY_DOMAIN + text).hexdigest()


def _signed(hash_: str) -> bytes:
    return ENTRY_DOMAIN + hash_.encode()


def verified(data: bytes, signature: str, trusted: Verifies) -> bool:
    """Whether a signature in base64, of which only one spelling counts, is one of some bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    # Base64 has several spellings of the same bytes; only one is ours.
    return base64.b64encode(raw).decode() == signature and trusted(data, raw)
