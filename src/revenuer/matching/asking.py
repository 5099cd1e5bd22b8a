"""Who asks: questions out of elements, and what the answers say.

A run asks for elements of one kind in one edition. True elements lie in random order among
decoys, which hide how many they are and probe the peer: a decoy is a value that nobody chose, and
a peer that matches one claims so large a share of all values that nothing it says is worth much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from revenuer.errors import MatchError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import Element, decoy
from revenuer.matching.keyring import GroupKey
from revenuer.matching.messages import (
    MOST_ELEMENTS,
    NONCE_BYTES,
    STEP,
    Answer,
    Card,
    Question,
    read_answer,
)
from revenuer.matching.oprf import ELEMENT_BYTES, Blinding, blind
from revenuer.matching.randomness import Randomness
from revenuer.matching.table import Label, labels_in

LEAST_DECOYS = 16
"""Decoys of a question at least: a peer that claims a quarter of all values is found out by one
question with 99 %. placeholder"""

MOST_TRUE = MOST_ELEMENTS - LEAST_DECOYS


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what is needed to read its answer.

    Attributes:
        question: What is sent.
        places: Where each true element is in it.
        decoys: Where the decoys are.
    """

    question: Question
    places: tuple[int, ...]
    decoys: tuple[int, ...]
    _blinding: Blinding
    _card: Card

    def labels(self, data: bytes) -> list[list[Label]]:
        """What the peer says of each true element; nothing of those that it does not have.

        Raises:
            MatchError: The answer is not genuine, or the peer claims what nobody has.
        """
        offer = self._card.offers[self.question.kind]
        answer = read_answer(data, self.question, offer.size)
        width = ELEMENT_BYTES
        evaluated = [
            answer.evaluated[at : at + width] for at in range(0, len(answer.evaluated), width)
        ]
        outputs = self._blinding.outputs(evaluated, answer.proof, offer.public)
        if any(self._at(place, outputs, answer) for place in self.decoys):
            raise MatchError(
                "The peer claims a value that was drawn at random.",
                "Its tables hold a large share of all values; nothing of the answer is used.",
            )
        return [self._at(place, outputs, answer) for place in self.places]

    def _at(self, place: int, outputs: Sequence[bytes], answer: Answer) -> list[Label]:
        buckets = sorted(set(self.question.buckets))
        shown = answer.buckets[buckets.index(self.question.buckets[place])]
        return labels_in(shown, outputs[place], answer.edition)


def ask(
    elements: Sequence[Element], kind: MatchKind, card: Card, key: GroupKey, rng: Randomness
) -> Asked:
    """One question.

    Args:
        elements: At most `MOST_TRUE`.
        kind: What they are.
        card: Of the peer.
        key: The group's.
        rng: For order, decoys and the nonce; from the operating system.

    Raises:
        MatchError: The peer does not answer for this kind.
    """
    if kind not in card.offers:
        raise MatchError(f"The peer answers no questions of the kind {kind}.")
    if len(elements) > MOST_TRUE:
        raise ValueError(f"one question has at most {MOST_TRUE} elements")
    least = len(elements) + LEAST_DECOYS
    count = -(-least // STEP) * STEP
    order = list(range(count))
    rng.shuffle(order)
    places, decoys = order[: len(elements)], order[len(elements) :]
    rows: list[Element | None] = [None] * count
    for place, element in zip(places, elements, strict=True):
        rows[place] = element
    filled = [each or decoy(key, kind, card.bits, rng) for each in rows]
    blinding = blind([each.digest for each in filled])
    question = Question(
        edition=card.edition,
        kind=kind,
        nonce=rng.randbytes(NONCE_BYTES),
        buckets=[each.bucket for each in filled],
        blinded=b"".join(blinding.elements),
    )
    return Asked(question, tuple(places), tuple(decoys), blinding, card)


def in_questions(elements: Sequence[Element]) -> Iterator[Sequence[Element]]:
    """Elements in as many parts as questions are needed."""
    for start in range(0, len(elements), MOST_TRUE):
        yield elements[start : start + MOST_TRUE]


def key_of_card(card: Card, key: GroupKey, most_bits: int) -> None:
    """Look whether a peer matches as agreed.

    Raises:
        MatchError: It has another group key of that name, or narrows values down too much.
    """
    if card.check != key.check():
        raise MatchError(
            f"The peer's group key {card.group} is another one than ours of that name.",
            "Compare the checks that `revenuer share match keys` shows.",
        )
    if card.bits > most_bits:
        raise MatchError(
            f"The peer asks for {card.bits} bits of every value; at most {most_bits} are told.",
            "Agree on fewer, or allow more with --most-bits.",
        )
