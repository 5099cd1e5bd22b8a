"""What a model is worth on the held-out prompts, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from revenuer.app.lab.checking import Checked
from revenuer.lab.answers import Answer
from revenuer.lab.config import Grader, LabConfig
from revenuer.lab.final_answers import is_right
from revenuer.lab.prompts import Prompt
from revenuer.lab.results import Measured
from revenuer.lab.safeguards import Safeguards, safeguards
from revenuer.lab.teachers import Teacher
from revenuer.stats.exact_rate import Rate

if TYPE_CHECKING:
    from revenuer.lab.pretrained import Pretrained, Reply
    from revenuer.lab.sequences import Lesson


def measured_teacher(
    config: LabConfig,
    checked: Checked,
    answers: Mapping[str, Answer],
    probed: Mapping[str, Answer],
) -> Measured:
    """What the teacher's own held-out answers are worth, and what it refuses."""
    held = [answers[prompt.id] for prompt in checked.held_out]
    texts = [answer.text for answer in held]
    lengths = sum(answer.output_tokens for answer in held) / len(held)
    return Measured(
        _accuracy(config, checked.held_out, texts),
        None,
        lengths,
        _refusals(checked, [probed[one.id].text for one in checked.probes]),
    )


def measured_student(
    config: LabConfig, checked: Checked, found: Pretrained, lessons: Sequence[Lesson]
) -> Measured:
    """What a student is worth.

    Args:
        config: Lengths and the grader; the student answers with its likeliest tokens.
        checked: Prompts and probes.
        found: The student.
        lessons: The teacher's held-out answers, as the student would learn them.
    """
    from revenuer.lab.sequences import nats_per_token

    batch = config.training.batch
    pad = found.tokenizer.pad_token_id
    nats = nats_per_token(found.model, lessons, pad, batch) if lessons else None
    accuracy = lengths = None
    if config.data.grader is Grader.EXACT:
        replies = list(_replies(found, checked.held_out, config.teacher.most_tokens, batch))
        accuracy = _accuracy(config, checked.held_out, [reply.text for reply in replies])
        lengths = sum(len(reply.ids) for reply in replies) / len(replies)
    asked = [Prompt(probe.id, probe.text) for probe in checked.probes]
    said = [one.text for one in _replies(found, asked, config.safeguards.most_tokens, batch)]
    return Measured(accuracy, nats, lengths, _refusals(checked, said))


def probed_by(teacher: Teacher, checked: Checked) -> Iterator[Answer]:
    """What the teacher says to the probes."""
    for came in teacher.answers([Prompt(probe.id, probe.text) for probe in checked.probes]):
        yield from came


def _replies(
    found: Pretrained, prompts: Sequence[Prompt], most_tokens: int, batch: int
) -> Iterator[Reply]:
    from revenuer.lab.pretrained import write

    for start in range(0, len(prompts), batch):
        asked = prompts[start : start + batch]
        yield from write(found, asked, temperature=0.0, most_tokens=most_tokens)


def _accuracy(config: LabConfig, prompts: Sequence[Prompt], texts: Sequence[str]) -> Rate | None:
    if config.data.grader is Grader.NONE:
        return None
    right = sum(
        is_right(text, prompt.answer or "", config.data.answer_marker)
        for prompt, text in zip(prompts, texts, strict=True)
    )
    return Rate.of(right, len(prompts))


def _refusals(checked: Checked, replies: Sequence[str]) -> Safeguards | None:
    return safeguards(lambda _: replies, checked.probes) if checked.probes else None
