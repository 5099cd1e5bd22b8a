"""Whether two models speak in the same tokens: asked of their tokenizers, not of their sizes.

Embeddings are often padded to a round number, differently in each size of one family (151,936
and 152,064 rows over the same 151,665 tokens), so a comparison of sizes refuses what would work
and lets through what does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from revenuer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SharedVocabulary:
    """What two tokenizers have in common.

    Attributes:
        size: Tokens that both number alike, from 0 on; rows of an embedding beyond are padding.
        differences: Why they cannot be compared token by token; empty where they can.
    """

    size: int
    differences: tuple[str, ...]


def shared_vocabulary(teacher: Any, student: Any, texts: Sequence[str]) -> SharedVocabulary:
    """Compare two tokenizers.

    Args:
        teacher: Its tokenizer.
        student: Its tokenizer.
        texts: What both are to cut alike: equal tokens with other merges are another language.
    """
    theirs, ours = teacher.get_vocab(), student.get_vocab()
    differences = []
    only_teacher, only_student = theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
    moved = sorted(token for token in theirs.keys() & ours.keys() if theirs[token] != ours[token])
    if only_teacher:
        differences.append(f"{_some(only_teacher)} only in the teacher's")
    if only_student:
        differences.append(f"{_some(only_student)} only in the student's")
    if moved:
        first = moved[0]
        differences.append(
            f"{_some(moved)} numbered differently ({first!r} is {theirs[first]} and {ours[first]})"
        )
    if teacher.eos_token != student.eos_token:
        differences.append(f"the end is {teacher.eos_token!r} and {student.eos_token!r}")
    cut = sum(
        teacher.encode(text, add_special_tokens=False)
        != student.encode(text, add_special_tokens=False)
        for text in texts
    )
    if cut and not differences:
        differences.append(f"the same tokens, but {cut} of {len(texts)} prompts are cut otherwise")
    return SharedVocabulary(max(ours.values()) + 1, tuple(differences))


def need_shared(teacher: Any, student: Any, texts: Sequence[str]) -> int:
    """Return the size of the shared vocabulary, or say why there is none.

    Raises:
        ConfigError: With what differs.
    """
    found = shared_vocabulary(teacher, student, texts)
    if found.differences:
        raise ConfigError(
            "The teacher's and the student's tokenizers differ, so their distributions cannot be "
            "compared: " + "; ".join(found.differences) + ".",
            'Choose a student of the teacher\'s family, or method.level = "sequence".',
        )
    return found.size


def _some(tokens: Sequence[str] | set[str]) -> str:
    shown = ", ".join(repr(token) for token in sorted(tokens)[:3])
    more = ", ..." if len(tokens) > 3 else ""
    return f"{len(tokens)} token{'s' * (len(tokens) != 1)} ({shown}{more})"
