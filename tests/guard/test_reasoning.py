"""Bindings of reasoning blocks: whose they are, and what a stranger cannot do with them."""

from __future__ import annotations

import base64

import pytest
from guard_builders import MADE_AT, caller
from hypothesis import given
from hypothesis import strategies as st

from revenuer.guard import ReasoningSign
from revenuer.guard.reasoning import (
    BINDING_BYTES,
    CLAIMS,
    Presentations,
    ReasoningBinder,
    attach,
    detach,
    evidence_of,
)

KEYS = {1: b"k" * 32, 2: b"q" * 32}
BINDER = ReasoningBinder(KEYS, current=1)
BLOCK = b"EqoBCkgIAxABGAI"
MINE = caller("a", "o")
UNTIL = MADE_AT + 60
BOUND = BINDER.bind(BLOCK, MINE, "model-1", UNTIL)


def test_a_block_that_comes_back_to_where_it_was_issued_shows_nothing() -> None:
    assert BINDER.check(BLOCK, BOUND, MINE, "model-1", MADE_AT) is None


@pytest.mark.parametrize(
    ("block", "binding", "by", "model", "now", "sign"),
    [
        (BLOCK, None, MINE, "model-1", MADE_AT, ReasoningSign.UNBOUND),
        (BLOCK, BOUND, caller("z", "p"), "model-1", MADE_AT, ReasoningSign.FOREIGN),
        (BLOCK, BOUND, caller("a"), "model-1", MADE_AT, ReasoningSign.FOREIGN),
        (BLOCK, BOUND, caller("b", "o"), "model-1", MADE_AT, ReasoningSign.OTHER_ACCOUNT),
        (BLOCK, BOUND, MINE, "model-2", MADE_AT, ReasoningSign.OTHER_MODEL),
        (BLOCK, BOUND, MINE, "model-1", UNTIL, ReasoningSign.EXPIRED),
        (BLOCK + b"x", BOUND, MINE, "model-1", MADE_AT, ReasoningSign.FORGED),
        (BLOCK, "", MINE, "model-1", MADE_AT, ReasoningSign.FORGED),
        (BLOCK, "not base64!", MINE, "model-1", MADE_AT, ReasoningSign.FORGED),
        (BLOCK, "é", MINE, "model-1", MADE_AT, ReasoningSign.FORGED),
        (BLOCK, BOUND[:-4], MINE, "model-1", MADE_AT, ReasoningSign.FORGED),
    ],
)
def test_what_is_wrong_with_a_block_is_told(
    block: bytes, binding: str | None, by: object, model: str, now: float, sign: ReasoningSign
) -> None:
    assert BINDER.check(block, binding, by, model, now) is sign  # type: ignore[arg-type]


@given(place=st.integers(0, BINDING_BYTES - 1), mask=st.integers(1, 255))
def test_no_change_of_a_binding_goes_unseen(place: int, mask: int) -> None:
    data = bytearray(base64.urlsafe_b64decode(BOUND))
    data[place] ^= mask
    changed = base64.urlsafe_b64encode(bytes(data)).decode()
    for by in (MINE, caller("z", "p")):
        assert BINDER.check(BLOCK, changed, by, "model-1", MADE_AT) is ReasoningSign.FORGED


@given(
    binding=st.text(max_size=100)
    | st.binary(max_size=80).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_no_text_breaks_the_check(binding: str) -> None:
    assert BINDER.check(BLOCK, binding, MINE, "model-1", MADE_AT) is ReasoningSign.FORGED


def test_without_the_key_nobody_prolongs_or_moves_a_binding() -> None:
    stranger = ReasoningBinder({1: b"s" * 32}, current=1)
    made = stranger.bind(BLOCK, MINE, "model-1", UNTIL + 1e6)
    assert BINDER.check(BLOCK, made, MINE, "model-1", MADE_AT) is ReasoningSign.FORGED


def test_keys_rotate_and_an_old_one_counts_until_it_is_taken_out() -> None:
    rotated = ReasoningBinder(KEYS, current=2)
    assert rotated.check(BLOCK, BOUND, MINE, "model-1", MADE_AT) is None
    fresh = rotated.bind(BLOCK, MINE, "model-1", UNTIL)
    assert BINDER.check(BLOCK, fresh, MINE, "model-1", MADE_AT) is None
    without = ReasoningBinder({2: KEYS[2]}, current=2)
    assert without.check(BLOCK, BOUND, MINE, "model-1", MADE_AT) is ReasoningSign.FORGED
    assert without.check(BLOCK, fresh, MINE, "model-1", MADE_AT) is None


def test_a_binding_tells_nobody_whose_it_is() -> None:
    data = base64.urlsafe_b64decode(BOUND)
    for known in (MINE.account, MINE.organization or b"", b"model-1", BLOCK):
        assert known[:8] not in data
    # The same caller under another key has other tags.
    other = ReasoningBinder({1: b"o" * 32}, current=1).bind(BLOCK, MINE, "model-1", UNTIL)
    assert base64.urlsafe_b64decode(other)[9 : CLAIMS.size] != data[9 : CLAIMS.size]


def test_an_account_without_an_organization_is_its_own() -> None:
    alone = caller("solo")
    bound = BINDER.bind(BLOCK, alone, "m", UNTIL)
    assert BINDER.check(BLOCK, bound, alone, "m", MADE_AT) is None
    assert BINDER.check(BLOCK, bound, caller("b"), "m", MADE_AT) is ReasoningSign.FOREIGN


@given(signature=st.text("ABCabc019+/=", max_size=40))
def test_a_binding_rides_behind_the_providers_signature_and_comes_off_whole(signature: str) -> None:
    assert detach(attach(signature, BOUND)) == (signature, BOUND)
    assert detach(signature) == (signature, None)


def test_a_block_that_is_sent_too_often_is_told() -> None:
    seen = Presentations(most_times=3, most_blocks=10)
    assert [seen.see(BLOCK) for _ in range(4)] == [None, None, None, ReasoningSign.REPEATED]
    assert seen.see(b"another") is None


def test_only_so_many_blocks_are_remembered() -> None:
    seen = Presentations(most_times=1, most_blocks=2)
    seen.see(b"a")
    for block in (b"b", b"c"):
        seen.see(block)
    assert seen.see(b"a") is None
    assert seen.see(b"a") is ReasoningSign.REPEATED


@pytest.mark.parametrize("sign", ReasoningSign)
def test_every_sign_is_evidence_with_a_sentence(sign: ReasoningSign) -> None:
    evidence = evidence_of(sign)
    assert evidence.kind == "reasoning-binding"
    assert evidence.statement.endswith(".")


@pytest.mark.parametrize(
    ("keys", "current"), [({1: b"k" * 32}, 2), ({1: b"short"}, 1), ({-1: b"k" * 32}, -1), ({}, 0)]
)
def test_keys_that_cannot_be_used_are_refused(keys: dict[int, bytes], current: int) -> None:
    with pytest.raises(ValueError, match="key"):
        ReasoningBinder(keys, current)
