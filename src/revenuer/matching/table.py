"""What a member answers from: a table of sealed labels in buckets that all look the same.

An entry is 64 bytes: a tag by which who knows the function's output finds it, and a label that
only this output opens. Without it both are random, and so are the fillers that bring every bucket
to one size; no bucket tells how many entries are true. Tags and seals are made for one edition
of the table: two editions have no entry in common, so that nobody sees what was added.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from revenuer.matching.elements import Element
from revenuer.matching.oprf import OprfKey

TAG_BYTES = 16
LABEL_BYTES = 32
SEAL_BYTES = 16
ENTRY_BYTES = TAG_BYTES + SEAL_BYTES + LABEL_BYTES
KEY_BYTES = 64
"""Of AES-256-SIV: two keys of 32."""

LEAST_SIZE = 16
"""The k of k-anonymity: entries that every bucket shows at least. placeholder"""

MOST_SIZE = 1024
"""Entries of a bucket from which a table is refused: 64 MiB at 16 bits. placeholder"""

MOST_CLUSTERS = 4
"""Clusters that one value may be told of; more say that the value is popular. placeholder"""

LABEL_VERSION = 1
EDITION_BYTES = 16


@dataclass(frozen=True, slots=True)
class Label:
    """What is told of a value to who asks for it and has it too.

    Attributes:
        cluster: The pseudonym of the campaign.
        convicted: Whether it is; otherwise it is suspected.
    """

    cluster: UUID
    convicted: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Answers of one kind of value, in one edition.

    Attributes:
        edition: 16 random bytes.
        bits: Of a bucket's name.
        size: Entries that every bucket shows.
        buckets: The true entries, by bucket; nobody is shown these alone.
        filler: Secret, of which the fillers are made.
    """

    edition: bytes
    bits: int
    size: int
    buckets: Mapping[int, bytes]
    filler: bytes

    def shown(self, bucket: int) -> bytes:
        """A bucket as it is answered: its entries among fillers, sorted.

        The same each time: two answers that differed would tell the fillers.
        """
        held = self.buckets.get(bucket, b"")
        missing = self.size * ENTRY_BYTES - len(held)
        made = _expand(self.filler, b"filler" + self.edition + bucket.to_bytes(2, "big"), missing)
        whole = held + made
        return b"".join(
            sorted(whole[at : at + ENTRY_BYTES] for at in range(0, len(whole), ENTRY_BYTES))
        )


def fill_table(
    entries: Iterable[tuple[Element, Label]],
    key: OprfKey,
    *,
    edition: bytes,
    bits: int,
    filler: bytes,
) -> Table:
    """Make the table of an edition.

    Args:
        entries: What is told; an element may come with several clusters.
        key: Of who answers.
        edition: 16 bytes, never used before.
        bits: Of a bucket's name.
        filler: 32 secret bytes.

    Raises:
        ValueError: A bucket would hold more than `MOST_SIZE`; take more bits.
    """
    labels: dict[Element, set[Label]] = defaultdict(set)
    for element, label in entries:
        labels[element].add(label)
    buckets: dict[int, list[bytes]] = defaultdict(list)
    for element, told in labels.items():
        output = key.output(element.digest)
        # Convicted ones first where there is no room for all.
        first = sorted(told, key=lambda label: (not label.convicted, label.cluster))
        for place, label in enumerate(first[:MOST_CLUSTERS]):
            tag, seal = _opener(output, edition, place)
            buckets[element.bucket].append(tag + seal.encrypt(_written(label), [edition]))
    most = max(map(len, buckets.values()), default=0)
    size = max(LEAST_SIZE, 1 << max(most - 1, 0).bit_length())
    if size > MOST_SIZE:
        raise ValueError(f"a bucket of {bits} bits would hold {most} entries")
    held = {bucket: b"".join(each) for bucket, each in buckets.items()}
    return Table(edition, bits, size, held, filler)


def labels_in(shown: bytes, output: bytes, edition: bytes) -> list[Label]:
    """The labels of a value in its bucket; none where it is not there.

    Args:
        shown: The bucket, as it was answered.
        output: The function's output for the value.
        edition: Of the answer.
    """
    by_tag = {
        shown[at : at + TAG_BYTES]: shown[at + TAG_BYTES : at + ENTRY_BYTES]
        for at in range(0, len(shown), ENTRY_BYTES)
    }
    found: list[Label] = []
    for place in range(MOST_CLUSTERS):
        tag, seal = _opener(output, edition, place)
        if tag not in by_tag:
            break
        try:
            label = _read(seal.decrypt(by_tag[tag], [edition]))
        except InvalidTag:
            break
        if label is None:
            break
        found.append(label)
    return found


def _opener(output: bytes, edition: bytes, place: int) -> tuple[bytes, AESSIV]:
    made = _expand(output, b"entry" + edition + bytes([place]), TAG_BYTES + KEY_BYTES)
    return made[:TAG_BYTES], AESSIV(made[TAG_BYTES:])


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    """Random-looking bytes out of a secret (HKDF, RFC 5869, and SHAKE256 where HKDF ends)."""
    if length <= 0:
        return b""
    if length <= 255 * 64:
        return HKDFExpand(SHA512(), length, b"revenuer match 1 " + info).derive(secret)
    return hashlib.shake_256(b"revenuer match 1 " + info + secret).digest(length)


def _written(label: Label) -> bytes:
    head = bytes([LABEL_VERSION, label.convicted]) + label.cluster.bytes
    return head.ljust(LABEL_BYTES, b"\0")


def _read(data: bytes) -> Label | None:
    if len(data) != LABEL_BYTES or data[0] != LABEL_VERSION or data[1] > 1:
        return None
    return Label(UUID(bytes=data[2:18]), bool(data[1]))
