"""Who answers: one edition of tables, and what it says to a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from revenuer.errors import MatchError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.messages import Answer, Offer, Question
from revenuer.matching.oprf import ELEMENT_BYTES, OprfKey
from revenuer.matching.table import Table


@dataclass(frozen=True, slots=True)
class Answering:
    """Tables of one edition with the keys they are made with, by kind."""

    tables: Mapping[MatchKind, Table]
    keys: Mapping[MatchKind, OprfKey]

    def offers(self) -> dict[MatchKind, Offer]:
        """What the card says of each kind."""
        return {
            kind: Offer(self.keys[kind].public, table.size) for kind, table in self.tables.items()
        }

    def answer(self, question: Question) -> Answer:
        """The answer to a question; nothing of it depends on what the tables hold of the asker.

        Raises:
            MatchError: It is of another edition or kind, or has something that is no element.
        """
        table = self.tables.get(question.kind)
        if table is None:
            raise MatchError(f"No questions of the kind {question.kind} are answered here.")
        if table.edition != question.edition:
            raise EditionGoneError
        width = ELEMENT_BYTES
        blinded = [
            question.blinded[at : at + width] for at in range(0, len(question.blinded), width)
        ]
        evaluated, proof = self.keys[question.kind].evaluate(blinded)
        return Answer(
            edition=table.edition,
            nonce=question.nonce,
            evaluated=b"".join(evaluated),
            proof=proof,
            buckets=[table.shown(bucket) for bucket in sorted(set(question.buckets))],
        )


class EditionGoneError(MatchError):
    """A question was made for tables that are not used any more."""

    def __init__(self) -> None:
        super().__init__(
            "The question is for tables that are not used any more.",
            "Read the card again and ask with its edition.",
        )


def oprf_key(seed: bytes, kind: MatchKind) -> OprfKey:
    """The key for one kind of value; those of two kinds have nothing in common."""
    return OprfKey(seed, b"revenuer match 1 " + kind.encode())
