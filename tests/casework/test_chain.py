"""The audit log's chain: any change to what was written is found."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from revenuer.casework.chain import (
    BEFORE_THE_FIRST,
    TAIL_BYTES,
    BrokenEntryError,
    Entry,
    entry_of,
    flaws,
    is_signed,
    line_of,
    sealed,
)
from revenuer.casework.checkpoints import (
    checkpoint_of,
    checkpoint_text,
    read_checkpoint,
    read_witness,
    witness_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def trusted(data: bytes, signature: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, data)
    except InvalidSignature:
        return False
    return True


def chain(bodies: list[dict[str, Any]], key: Ed25519PrivateKey = KEY) -> list[Entry]:
    made: list[Entry] = []
    for number, body in enumerate(bodies):
        after = made[-1] if made else None
        made.append(sealed(f"kind-{number}", body, at=AT, after=after, sign=key.sign))
    return made


ENTRIES = chain([{"n": n, "text": "é\n\u2028" * n, "list": [1, {"a": None}]} for n in range(5)])
LINES = [line_of(entry) for entry in ENTRIES]
LAST = {ENTRIES[-1].number: ENTRIES[-1].hash}


def found(data: bytes) -> list[Any]:
    return list(flaws(data.splitlines(keepends=True), trusted, LAST))


def test_an_untouched_log_has_no_flaw() -> None:
    assert found(b"".join(LINES)) == []


def test_the_hash_is_that_of_the_canonical_text() -> None:
    entry = sealed("acted", {"b": 1.0, "a": "x"}, at=AT, after=None, sign=KEY.sign)
    # Written out by hand from RFC 8785: keys in order, no spaces, 1.0 as 1.
    text = (
        '{"at":"2026-06-01T12:00:00.000000Z","body":{"a":"x","b":1},"kind":"acted","number":1,'
        f'"previous":"{BEFORE_THE_FIRST}"}}'
    )
    assert entry.hash == sha256(b"revenuer audit entry 1\0" + text.encode()).hexdigest()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=9,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_what_is_written_is_read_back(body: dict[str, Any]) -> None:
    entry = sealed("kind", body, at=AT, after=ENTRIES[-1], sign=KEY.sign)
    line = line_of(entry)
    assert line.count(b"\n") == 1
    assert entry_of(line) == entry
    assert entry.body == body
    assert list(flaws([*LINES, line], trusted)) == []


@given(st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    whole = bytearray(b"".join(LINES))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert found(bytes(whole))


def test_every_single_byte_flipped_in_one_bit_is_found() -> None:
    line = LINES[2]
    for at in range(len(line)):
        changed = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
        assert found(b"".join([*LINES[:2], changed, *LINES[3:]])), at


@given(st.integers(0, sum(map(len, LINES)) - 1))
def test_a_log_cut_anywhere_is_found(length: int) -> None:
    assert found(b"".join(LINES)[:length])


@given(st.integers(0, len(LINES) - 1))
def test_a_line_that_is_gone_is_found(which: int) -> None:
    assert found(b"".join(LINES[:which] + LINES[which + 1 :]))


@given(st.permutations(range(len(LINES))))
def test_another_order_is_found(order: list[int]) -> None:
    assert bool(found(b"".join(LINES[n] for n in order))) == (order != sorted(order))


@given(st.integers(0, len(LINES)), st.integers(0, len(LINES) - 1))
def test_a_line_put_in_is_found(where: int, which: int) -> None:
    assert found(b"".join([*LINES[:where], LINES[which], *LINES[where:]]))


def test_a_chain_made_again_with_another_key_is_found() -> None:
    forged = chain([{"n": 9}], OTHER)
    assert [flaw.text for flaw in flaws([line_of(forged[0])], trusted)] == [
        "is not signed with the trusted key"
    ]
    assert not is_signed(forged[0], trusted)


def test_an_entry_added_by_a_stranger_is_found() -> None:
    more = sealed("undone", {}, at=AT, after=ENTRIES[-1], sign=OTHER.sign)
    assert found(b"".join([*LINES, line_of(more)]))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"nonsense",
        b'{"entry":{}}',
        line_of(ENTRIES[0])[:-30],
        b"[" * 100_000,
        b"1e999",
    ],
)
def test_what_is_no_entry_is_said_to_be_none(line: bytes) -> None:
    with pytest.raises(BrokenEntryError):
        entry_of(line)


def test_what_json_cannot_say_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="JCS"):
        sealed("kind", {"x": float("nan")}, at=AT, after=None, sign=KEY.sign)


def test_a_checkpoint_is_read_back_and_no_other_is() -> None:
    point = checkpoint_of(ENTRIES[-1], KEY.sign)
    text = checkpoint_text(point)
    assert read_checkpoint(text, trusted) == point
    assert read_checkpoint(checkpoint_text(checkpoint_of(ENTRIES[-1], OTHER.sign)), trusted) is None
    for at in range(len(text)):
        changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        assert read_checkpoint(changed, trusted) is None, at


def test_a_witness_shows_a_history_that_was_replaced() -> None:
    number, seen = read_witness(witness_of(ENTRIES[2]))
    assert list(flaws(LINES, trusted, {number: seen})) == []
    other = chain([{"n": n} for n in range(5)])
    assert list(flaws(map(line_of, other), trusted, {number: seen}))
    with pytest.raises(ValueError, match="no witness"):
        read_witness("3:abc")


def test_another_spelling_of_the_same_entry_is_found_though_it_was_signed() -> None:
    spaced = LINES[0].replace(b'"kind":', b'"kind": ')
    assert found(b"".join([spaced, *LINES[1:]]))
    # As a program would write it that has the key and does not keep to RFC 8785.
    text = spaced[9 : -TAIL_BYTES - 1]
    digest = sha256(b"revenuer audit entry 1\0" + text).hexdigest()
    signature = b64encode(KEY.sign(b"revenuer audit entry 1\0" + digest.encode())).decode()
    line = b'{"entry":%b,"hash":"%b","signature":"%b"}\n' % (
        text, digest.encode(), signature.encode(),
    )  # fmt: skip
    assert entry_of(line).number == 1
    assert [flaw.text for flaw in flaws([line], trusted)] == [
        "is not written as entries are (RFC 8785)"
    ]
