"""What goes over the wire, read strictly: whatever is not exactly this is refused.

All are JSON objects; bytes are base64. Sizes are bounded before anything is worked out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from revenuer.errors import MatchError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import LEAST_BITS, MOST_BITS
from revenuer.matching.oprf import ELEMENT_BYTES, PROOF_BYTES, is_public_key
from revenuer.matching.table import EDITION_BYTES, ENTRY_BYTES, LEAST_SIZE, MOST_SIZE

STEP = 64
"""A question has a multiple of so many elements, so that their number says little. placeholder"""

MOST_ELEMENTS = 1024
"""Elements of one question: some 0.3 s of work for who answers. placeholder"""

NONCE_BYTES = 16
MOST_QUESTION_BYTES = 128 * 1024
"""A question of `MOST_ELEMENTS` has 52 kB."""

MOST_ANSWER_BYTES = 128 * 1024 * 1024
"""An answer of `MOST_ELEMENTS` buckets of `MOST_SIZE` entries has 90 MB."""

CARD_DOMAIN = b"revenuer matching card 1\0"

Edition = Annotated[bytes, Meta(min_length=EDITION_BYTES, max_length=EDITION_BYTES)]
Nonce = Annotated[bytes, Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
PublicKey = Annotated[bytes, Meta(min_length=ELEMENT_BYTES, max_length=ELEMENT_BYTES)]
Name = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[\w.:-]+$")]


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be asked of one kind of value.

    Attributes:
        public: The key that answers are made with.
        size: Entries of every bucket.
    """

    public: PublicKey
    size: Annotated[int, Meta(ge=LEAST_SIZE, le=MOST_SIZE)]


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member says of itself before it is asked; signed.

    Attributes:
        member: Its STIX identity.
        group: Name of the group key that it matches under.
        check: Of that key.
        edition: Of its tables.
        bits: Of a bucket's name.
        offers: By kind.
        made_at: When the tables were made.
        ends_at: Until when they are used.
    """

    member: Name
    group: Name
    check: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    edition: Edition
    bits: Annotated[int, Meta(ge=LEAST_BITS, le=MOST_BITS)]
    offers: dict[MatchKind, Offer]
    made_at: datetime
    ends_at: datetime


class SignedCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card as it is sent: its bytes, and an Ed25519 signature over them."""

    card: Annotated[bytes, Meta(max_length=16 * 1024)]
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Blinded elements, each with the bucket that it may lie in.

    Attributes:
        edition: Of the card.
        kind: What is asked for.
        nonce: Never used before; a question that comes twice is answered once.
        buckets: A bucket each.
        blinded: The elements, one after the other.
    """

    edition: Edition
    kind: MatchKind
    nonce: Nonce
    buckets: Annotated[list[int], Meta(min_length=STEP, max_length=MOST_ELEMENTS)]
    blinded: Annotated[bytes, Meta(max_length=MOST_ELEMENTS * ELEMENT_BYTES)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Evaluated elements, and the buckets that were asked for.

    Attributes:
        edition: Of the question.
        nonce: Of the question.
        evaluated: The elements, one after the other.
        proof: That all are made with the published key.
        buckets: Entries of each distinct bucket, in the order of their names.
    """

    edition: Edition
    nonce: Nonce
    evaluated: Annotated[bytes, Meta(max_length=MOST_ELEMENTS * ELEMENT_BYTES)]
    proof: Annotated[bytes, Meta(min_length=PROOF_BYTES, max_length=PROOF_BYTES)]
    buckets: Annotated[list[bytes], Meta(max_length=MOST_ELEMENTS)]


T = TypeVar("T", bound=msgspec.Struct)


def written(message: msgspec.Struct) -> bytes:
    """A message as it is sent."""
    return msgspec.json.encode(message, order="sorted")


def _read(data: bytes, kind: type[T], most_bytes: int, what: str) -> T:
    if len(data) > most_bytes:
        raise MatchError(f"The {what} is longer than {most_bytes} bytes.")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        # msgspec names the place and the type, never the value; a pattern is our own.
        raise MatchError(f"The {what} is not what it should be: {problem}.") from None


def read_question(data: bytes, bits: int) -> Question:
    """A question, with every part in its bounds.

    Args:
        data: What came.
        bits: Of the buckets of the edition.

    Raises:
        MatchError: It is none.
    """
    question = _read(data, Question, MOST_QUESTION_BYTES, "question")
    count = len(question.buckets)
    if count % STEP or len(question.blinded) != count * ELEMENT_BYTES:
        raise MatchError(f"The question has not {STEP} elements or a multiple, each with a bucket.")
    if not all(0 <= bucket < 1 << bits for bucket in question.buckets):
        raise MatchError(f"The question names a bucket of more than {bits} bits.")
    return question


def read_answer(data: bytes, question: Question, size: int) -> Answer:
    """The answer to a question.

    Args:
        data: What came.
        question: What was asked.
        size: Entries of every bucket, as the card says.

    Raises:
        MatchError: It is none, or one to another question.
    """
    answer = _read(data, Answer, MOST_ANSWER_BYTES, "answer")
    if (answer.edition, answer.nonce) != (question.edition, question.nonce):
        raise MatchError("The answer is one to another question.")
    if len(answer.evaluated) != len(question.blinded):
        raise MatchError("The answer has not one element for each that was asked.")
    if len(answer.buckets) != len(set(question.buckets)) or any(
        len(bucket) != size * ENTRY_BYTES for bucket in answer.buckets
    ):
        raise MatchError("The answer has not the buckets that were asked for, at their size.")
    return answer


def signed_card(card: Card, sign: Callable[[bytes], bytes]) -> SignedCard:
    """A card with its signature."""
    data = written(card)
    return SignedCard(data, sign(CARD_DOMAIN + data))


def read_card(data: bytes, verifies: Callable[[bytes, bytes], bool], now: datetime) -> Card:
    """A card that is genuine and in its time.

    Args:
        data: What came.
        verifies: Checks a signature with the key that was pinned.
        now: The time.

    Raises:
        MatchError: It is not.
    """
    signed = _read(data, SignedCard, 64 * 1024, "card")
    if not verifies(CARD_DOMAIN + signed.card, signed.signature):
        raise MatchError(
            "The peer's card is not signed with the key that is pinned for it.",
            "Nothing was asked. If the peer has a new key, pin it after the peer told it to you "
            "by another way.",
        )
    card = _read(signed.card, Card, 16 * 1024, "card")
    if card.made_at.tzinfo is None or card.ends_at.tzinfo is None:
        raise MatchError("The peer's card has times without an offset.")
    if not card.made_at <= now < card.ends_at:
        raise MatchError(
            "The peer's card is out of its time.", "The peer makes new tables; or a clock is wrong."
        )
    if not all(is_public_key(offer.public) for offer in card.offers.values()):
        raise MatchError("The peer's card has a key that is none.")
    return card
