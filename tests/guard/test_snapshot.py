"""Snapshot files: what is written is read back, and nothing else is taken for one."""

from __future__ import annotations

import struct

import pytest
from guard_builders import (
    ACTIONS,
    MADE_AT,
    SIGNING_KEY,
    account,
    file_of,
    guard_of,
    issue,
    listing,
    request_of,
    snapshot_of,
)
from hypothesis import given
from hypothesis import strategies as st

from revenuer.guard import Action, Fault, Snapshot, SnapshotFault, read_snapshot, signed_part
from revenuer.guard.layout import (
    ENTRY_BYTES,
    HEADER_BYTES,
    LATEST,
    SIGNED_BYTES,
    Cause,
    Given,
    Listing,
    digest_of,
    write_snapshot,
)
from revenuer.guard.snapshot import read_head

FINGERPRINTS = st.binary(min_size=16, max_size=16) | st.integers(0, 3).map(
    # Equal first halves, which random ones never have.
    lambda suffix: struct.pack("<QQ", 7, suffix)
)
GIVEN = st.builds(Given, st.from_regex(r"[a-z]+(-[a-z]+)*", fullmatch=True), st.integers(0, LATEST))
CAUSES = st.builds(
    Cause, st.text(max_size=20), st.text(max_size=20), st.lists(GIVEN, max_size=2).map(tuple)
)
LISTINGS = st.dictionaries(
    FINGERPRINTS,
    st.builds(
        Listing,
        ACTIONS,
        CAUSES,
        st.integers(0, 2**32 - 1).map(float),
        st.floats(0, 1),
    ),
    max_size=30,
)


@given(listings=LISTINGS, others=st.lists(FINGERPRINTS, max_size=10))
def test_what_is_written_is_found_again_and_nobody_else(
    listings: dict[bytes, Listing], others: list[bytes]
) -> None:
    snapshot = snapshot_of(listings)
    assert len(snapshot) == len(listings)
    for fingerprint, wanted in listings.items():
        found = snapshot.get(fingerprint)
        assert found is not None
        assert (found.action, found.cause) == (wanted.action, wanted.cause)
        assert found.expires_at == wanted.expires_at
        assert found.probability == pytest.approx(wanted.probability, abs=1 / 65535)
    for fingerprint in set(others) - set(listings):
        assert snapshot.get(fingerprint) is None


@given(listings=LISTINGS)
def test_the_order_of_publication_does_not_show(listings: dict[bytes, Listing]) -> None:
    turned = dict(reversed(listings.items()))
    assert file_of(listings) == file_of(turned)
    # Not by the hash of a text, which is another in another process.
    causes = snapshot_of(listings).causes
    assert list(causes) == sorted(causes)
    later = file_of(listings, sequence=2, made_at=MADE_AT + 60)
    assert later[HEADER_BYTES:] == file_of(listings)[HEADER_BYTES:]


@pytest.mark.parametrize(
    ("at", "kept"), [(float("inf"), 2**32 - 1), (-5.0, 0), (1e30, 2**32 - 1), (7.9, 7)]
)
def test_times_outside_the_format_are_cut_to_its_ends(at: float, kept: int) -> None:
    found = snapshot_of({account("a"): listing(Action.TAG, at)}).get(account("a"))
    assert found is not None
    assert found.expires_at == kept


def test_a_million_verdicts_fit_in_32_megabytes() -> None:
    assert ENTRY_BYTES * 1_000_000 < 32_000_000


def test_no_id_is_in_the_file() -> None:
    assert b"acct-secret-17" not in file_of({account("acct-secret-17"): listing(Action.BLOCK)})


# --- what is no snapshot ----------------------------------------------------------------

WHOLE = file_of(
    {
        account(name): listing(action, evidence=name)
        for name, action in zip("abcdef", Action, strict=True)
    }
)


def fault_of(data: bytes) -> Fault:
    found = read_snapshot(data)
    assert isinstance(found, SnapshotFault), "taken for a snapshot"
    assert found.text
    return found.fault


def resealed(body: bytes, *, count: int, causes: int, strings: int) -> bytes:
    """A file whose header and digest are right for any body: only its values are wrong."""
    head = read_head(write_snapshot({}, issue()))
    assert not isinstance(head, SnapshotFault)
    fields = head._replace(verdicts=count, causes=causes, strings=strings, digest=digest_of(body))
    signed = struct.pack("<8sHHIQQIIQ8s8s32s", *fields).ljust(SIGNED_BYTES, b"\0")
    return signed + bytes(64) + body


@pytest.mark.parametrize(
    "length", [0, 1, 7, 8, 100, HEADER_BYTES - 1, HEADER_BYTES, len(WHOLE) - 1]
)
def test_a_file_that_was_cut_is_truncated(length: int) -> None:
    assert fault_of(WHOLE[:length]) is Fault.TRUNCATED


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"#!/bin/sh\n", Fault.FOREIGN),
        (b"\0" * 4096, Fault.FOREIGN),
        (b"PAR1" + WHOLE[4:], Fault.FOREIGN),
        (WHOLE + b"\0", Fault.TRAILING),
        (WHOLE[:8] + b"\2\0" + WHOLE[10:], Fault.WRONG_VERSION),
        (WHOLE[:12] + b"\2\0\0\0" + WHOLE[16:], Fault.WRONG_VERSION),
        (WHOLE[:-1] + b"?", Fault.DAMAGED),
        (WHOLE[:HEADER_BYTES] + bytes(len(WHOLE) - HEADER_BYTES), Fault.DAMAGED),
    ],
)
def test_what_is_no_snapshot_is_told_apart(data: bytes, fault: Fault) -> None:
    assert fault_of(data) is fault


def test_sizes_beyond_all_memory_are_refused_by_arithmetic() -> None:
    huge = resealed(b"", count=2**32 - 1, causes=2**32 - 1, strings=2**64 - 1)
    assert fault_of(huge) is Fault.TRUNCATED


@pytest.mark.parametrize(
    ("body", "sizes"),
    [
        # One verdict: prefix, suffix, expiry, evidence 0, chance, action 6 of 0 to 5.
        (bytes(26) + b"\6" + bytes(8), {"count": 1, "causes": 1, "strings": 0}),
        # Evidence 1 of 1.
        (bytes(20) + b"\1" + bytes(6) + bytes(8), {"count": 1, "causes": 1, "strings": 0}),
        # A verdict without any evidence.
        (bytes(27), {"count": 1, "causes": 0, "strings": 0}),
        # A text of 9 bytes where there are 2, one that is no UTF-8, and one that nothing names.
        (struct.pack("<II", 9, 0) + b"ab", {"count": 0, "causes": 1, "strings": 2}),
        (struct.pack("<II", 2**32 - 1, 2**32 - 1), {"count": 0, "causes": 1, "strings": 0}),
        (struct.pack("<II", 1, 0) + b"\xff", {"count": 0, "causes": 1, "strings": 1}),
        (b"ab", {"count": 0, "causes": 0, "strings": 2}),
    ],
)
def test_values_outside_their_range_are_malformed(body: bytes, sizes: dict[str, int]) -> None:
    assert fault_of(resealed(body, **sizes)) is Fault.MALFORMED


def test_the_resealed_are_sound_but_for_their_values() -> None:
    body = bytes(26) + b"\5" + bytes(8)
    assert isinstance(read_snapshot(resealed(body, count=1, causes=1, strings=0)), Snapshot)


FLIPS = st.lists(
    st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255)), min_size=1, max_size=8
)


@given(flips=FLIPS, cut=st.none() | st.integers(0, len(WHOLE)), tail=st.binary(max_size=40))
def test_no_mutation_breaks_the_reader_or_changes_a_verdict(
    flips: list[tuple[int, int]], cut: int | None, tail: bytes
) -> None:
    data = bytearray(WHOLE)
    for place, mask in flips:
        data[place] ^= mask
    mutated = bytes(data[:cut]) + tail
    found = read_snapshot(mutated)
    if isinstance(found, SnapshotFault):
        return
    # Only the header can differ, whose bytes the signature covers, or the signature itself.
    assert mutated[HEADER_BYTES:] == WHOLE[HEADER_BYTES:]
    assert signed_part(mutated) != signed_part(WHOLE) or mutated == WHOLE


@given(
    body=st.binary(max_size=400),
    count=st.integers(0, 8),
    causes=st.integers(0, 8),
    action=ACTIONS,
)
def test_no_body_breaks_the_reader_or_a_lookup(
    body: bytes, count: int, causes: int, action: Action
) -> None:
    strings = len(body) - count * ENTRY_BYTES - causes * 8
    if strings < 0:
        return
    found = read_snapshot(resealed(body, count=count, causes=causes, strings=strings))
    if isinstance(found, SnapshotFault):
        assert found.fault is Fault.MALFORMED
        return
    for place in range(count):
        prefix = body[place * 8 : place * 8 + 8]
        suffix = body[(count + place) * 8 : (count + place) * 8 + 8]
        found.get(prefix + suffix)
        assert found.at(place).action in Action


@given(data=st.binary(max_size=600))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    assert isinstance(read_snapshot(data), SnapshotFault)
    assert isinstance(read_snapshot(WHOLE[:HEADER_BYTES] + data), SnapshotFault)


def test_a_broken_snapshot_leaves_the_one_before_in_force() -> None:
    guard = guard_of({account("a"): listing(Action.BLOCK)})
    for data in (b"", WHOLE[:50], WHOLE[:-1] + b"?", b"x" * 1000):
        assert guard.offer(read_snapshot(data), MADE_AT) is not None
        assert guard.decide(request_of()).action is Action.BLOCK
    assert sum(guard.metrics.faults.values()) == 4


def test_the_signature_covers_the_whole_header() -> None:
    signed, signature = signed_part(WHOLE)
    assert (len(signed), len(signature)) == (SIGNED_BYTES, HEADER_BYTES - SIGNED_BYTES)
    head = read_head(WHOLE)
    assert not isinstance(head, SnapshotFault)
    assert head.digest in signed
    assert head.signing_key == SIGNING_KEY
