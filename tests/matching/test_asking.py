from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from matching_builders import BITS, NOW, Member, cluster, element, group_key, member

from revenuer.errors import MatchError
from revenuer.matching.answering import EditionGoneError
from revenuer.matching.asking import (
    LEAST_DECOYS,
    MOST_TRUE,
    ask,
    in_questions,
    key_of_card,
)
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import SPACES, Element, decoy, element_of
from revenuer.matching.messages import (
    MOST_QUESTION_BYTES,
    STEP,
    read_card,
    read_question,
    signed_card,
    written,
)
from revenuer.matching.table import Label

PAY = MatchKind.PAYMENT


def asked_of(peer: Member, elements: list[Element], seed: int = 1) -> list[list[Label]]:
    asked = ask(elements, PAY, peer.card, group_key(), Random(seed))
    question = read_question(written(asked.question), peer.card.bits)
    return asked.labels(written(peer.answering.answer(question)))


def test_an_asker_learns_what_both_have_with_the_peers_cluster() -> None:
    peer = member({f"pay_{number}": f"c{number % 2}" for number in range(50)})
    found = asked_of(peer, [element(f"pay_{number}") for number in range(40, 60)])
    assert [len(labels) for labels in found] == [1] * 10 + [0] * 10
    assert found[0][0].cluster == cluster("c0")
    assert found[1][0].cluster == cluster("c1")


def test_another_group_key_matches_nothing() -> None:
    peer = member({"pay_1": "c"})
    other = element_of(group_key(b"x"), PAY, "pay_1", BITS)
    assert asked_of(peer, [other, element("pay_1")]) == [[], [Label(cluster("c"), True)]]


def test_another_group_key_of_the_same_name_is_seen_before_anything_is_asked() -> None:
    with pytest.raises(MatchError, match="another one"):
        key_of_card(member({}).card, group_key(b"x"), 16)
    key_of_card(member({}).card, group_key(), BITS)


def test_a_peer_may_not_narrow_values_down_beyond_what_is_allowed() -> None:
    card = msgspec.structs.replace(member({}).card, bits=16)
    with pytest.raises(MatchError, match="16 bits"):
        key_of_card(card, group_key(), 12)


@pytest.mark.parametrize("count", [0, 1, STEP - LEAST_DECOYS, STEP - LEAST_DECOYS + 1, MOST_TRUE])
def test_the_number_of_values_shows_in_steps_only(count: int) -> None:
    elements = [element(f"pay_{number}") for number in range(count)]
    question = ask(elements, PAY, member({}).card, group_key(), Random(1)).question
    steps, rest = divmod(len(question.buckets), STEP)
    assert rest == 0
    assert steps == -(-(count + LEAST_DECOYS) // STEP)


def test_values_lie_at_random_places_among_the_decoys() -> None:
    places = {
        ask([element("pay_1")], PAY, member({}).card, group_key(), Random(seed)).places
        for seed in range(40)
    }
    assert len(places) > 20


def test_long_lists_are_asked_in_parts() -> None:
    parts = list(in_questions([element("pay_1")] * (MOST_TRUE + 1)))
    assert [len(part) for part in parts] == [MOST_TRUE, 1]


def test_a_peer_that_claims_everything_is_found_out() -> None:
    peer = member({})
    asked = ask([element("pay_1")], PAY, peer.card, group_key(), Random(7))
    # A peer that could guess the decoys stands for one that holds all values.
    rng = Random(7)
    again = ask([element("pay_1")], PAY, peer.card, group_key(), rng)
    order = list(range(STEP))
    guess = Random(7)
    guess.shuffle(order)
    decoys = [decoy(group_key(), PAY, BITS, guess) for _ in range(STEP - 1)]
    assert again.question.buckets[asked.decoys[0]] in {each.bucket for each in decoys}
    from revenuer.matching.answering import Answering, oprf_key
    from revenuer.matching.table import fill_table

    key = oprf_key(b"s" * 32, PAY)
    entries = [(each, Label(cluster("c"), True)) for each in decoys]
    table = fill_table(entries, key, edition=b"e" * 16, bits=BITS, filler=b"f" * 32)
    greedy = Answering({PAY: table}, {PAY: key})
    with pytest.raises(MatchError, match="drawn at random"):
        asked.labels(written(greedy.answer(asked.question)))


@pytest.mark.parametrize("kind", list(MatchKind))
def test_a_decoy_looks_like_any_element(kind: MatchKind) -> None:
    rng = Random(5)
    decoys = [decoy(group_key(), kind, BITS, rng) for _ in range(50)]
    assert len({each.digest for each in decoys}) == 50
    assert all(0 <= each.bucket < 1 << BITS for each in decoys)


def test_decoys_of_addresses_are_drawn_from_all_addresses() -> None:
    assert set(SPACES) == {MatchKind.ADDRESS, MatchKind.ADDRESS_BLOCK, MatchKind.PHONE}


def test_an_answer_is_bound_to_its_question() -> None:
    peer = member({"pay_1": "c"})
    first = ask([element("pay_1")], PAY, peer.card, group_key(), Random(1))
    second = ask([element("pay_1")], PAY, peer.card, group_key(), Random(2))
    data = written(peer.answering.answer(first.question))
    assert first.labels(data) == [[Label(cluster("c"), True)]]
    with pytest.raises(MatchError, match="another question"):
        second.labels(data)


def test_an_answer_with_another_key_is_refused() -> None:
    peer, other = member({"pay_1": "c"}), member({"pay_1": "c"}, seed=b"t" * 32)
    asked = ask([element("pay_1")], PAY, peer.card, group_key(), Random(1))
    with pytest.raises(MatchError, match="not made with the key"):
        asked.labels(written(other.answering.answer(asked.question)))


def test_a_question_for_old_tables_is_told_so() -> None:
    old, new = member({}), member({}, edition=b"n" * 16)
    asked = ask([], PAY, old.card, group_key(), Random(1))
    with pytest.raises(EditionGoneError):
        new.answering.answer(asked.question)


def test_a_kind_that_is_not_offered_is_not_asked() -> None:
    with pytest.raises(MatchError, match="phone"):
        ask([], MatchKind.PHONE, member({}).card, group_key(), Random(1))


GOOD = json.loads(written(ask([], PAY, member({}).card, group_key(), Random(1)).question))

HOSTILE: list[tuple[str, Any]] = [
    ("no object", []),
    ("a field more", {**GOOD, "value": "pay_1"}),
    ("a field less", {name: GOOD[name] for name in GOOD if name != "nonce"}),
    ("a kind that is none", {**GOOD, "kind": "password"}),
    ("a short edition", {**GOOD, "edition": "AAAA"}),
    ("no base64", {**GOOD, "blinded": "*" * 64}),
    ("one bucket", {**GOOD, "buckets": GOOD["buckets"][:1]}),
    ("more buckets than elements", {**GOOD, "buckets": GOOD["buckets"] * 2}),
    ("a negative bucket", {**GOOD, "buckets": [-1, *GOOD["buckets"][1:]]}),
    ("a bucket of more bits", {**GOOD, "buckets": [1 << BITS, *GOOD["buckets"][1:]]}),
    ("a bucket that is no whole number", {**GOOD, "buckets": [0.5, *GOOD["buckets"][1:]]}),
    ("a bucket that is true", {**GOOD, "buckets": [True, *GOOD["buckets"][1:]]}),
    ("too many buckets", {**GOOD, "buckets": [0] * 2048}),
]


@pytest.mark.parametrize(("what", "body"), HOSTILE, ids=[what for what, _ in HOSTILE])
def test_a_question_that_is_none_is_refused(what: str, body: Any) -> None:
    with pytest.raises(MatchError):
        read_question(json.dumps(body).encode(), BITS)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"{", b"[" * 100_000, b" " * (MOST_QUESTION_BYTES + 1), b'{"edition":NaN}'],
    ids=["empty", "no text", "half", "deep", "long", "NaN"],
)
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(MatchError):
        read_question(data, BITS)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(MatchError):
        read_question(data, BITS)


def test_answers_of_the_wrong_size_are_refused() -> None:
    peer = member({"pay_1": "c"})
    asked = ask([element("pay_1")], PAY, peer.card, group_key(), Random(1))
    good = peer.answering.answer(asked.question)
    for wrong in (
        msgspec.structs.replace(good, evaluated=good.evaluated[:-32]),
        msgspec.structs.replace(good, buckets=good.buckets[:-1]),
        msgspec.structs.replace(good, buckets=[good.buckets[0][:-64], *good.buckets[1:]]),
        msgspec.structs.replace(good, proof=b"\0" * 64),
    ):
        with pytest.raises(MatchError):
            asked.labels(written(wrong))


class Signer:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def verifies(self, data: bytes, signature: bytes) -> bool:
        try:
            self._key.public_key().verify(signature, data)
        except InvalidSignature:
            return False
        return True


def test_a_card_is_taken_only_from_who_is_pinned_and_in_its_time() -> None:
    signer, card = Signer(), member({"pay_1": "c"}).card
    data = written(signed_card(card, signer.sign))
    assert read_card(data, signer.verifies, NOW) == card
    with pytest.raises(MatchError, match="pinned"):
        read_card(data, Signer().verifies, NOW)
    for wrong in (NOW - timedelta(days=1), card.ends_at):
        with pytest.raises(MatchError, match="out of its time"):
            read_card(data, signer.verifies, wrong)


def test_a_card_with_a_key_that_is_none_is_refused() -> None:
    signer, card = Signer(), member({"pay_1": "c"}).card
    offer = msgspec.structs.replace(card.offers[PAY], public=b"\xff" * 32)
    data = written(signed_card(msgspec.structs.replace(card, offers={PAY: offer}), signer.sign))
    with pytest.raises(MatchError, match="a key that is none"):
        read_card(data, signer.verifies, NOW)


def test_who_answers_sees_nothing_that_is_the_same_twice_but_the_bucket() -> None:
    peer = member({})
    seen = [
        ask([element("pay_1")], PAY, peer.card, group_key(), Random(seed)) for seed in range(20)
    ]
    blinded = [
        each.question.blinded[32 * each.places[0] : 32 * each.places[0] + 32] for each in seen
    ]
    assert len(set(blinded)) == 20
    assert {each.question.buckets[each.places[0]] for each in seen} == {element("pay_1").bucket}
    assert replace(seen[0], places=()) != seen[1]
