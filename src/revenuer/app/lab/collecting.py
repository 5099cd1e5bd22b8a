"""Ask a teacher for what is still missing, within what may be spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from revenuer.app.progress import Progress
from revenuer.errors import NotAllowedError
from revenuer.lab.answers import Answer, AnswerFile
from revenuer.lab.prompts import Prompt
from revenuer.lab.teachers import Teacher


def collect(
    teacher: Callable[[], Teacher],
    prompts: Sequence[Prompt],
    answers: AnswerFile,
    *,
    most_tokens: int,
    progress: Progress,
    tick: Callable[[], None],
) -> dict[str, Answer]:
    """Have every prompt answered, each once however often this is begun.

    Args:
        teacher: Loads the teacher; only called where an answer is missing.
        prompts: What is asked.
        answers: What was answered before, and where answers go as they come.
        most_tokens: Of questions and answers in all; 0 is no limit.
        progress: Told of each answer.
        tick: Called after each.

    Raises:
        NotAllowedError: The limit is reached before every prompt is answered.
    """
    missing = [prompt for prompt in prompts if prompt.id not in answers.answers]
    if missing:
        with progress.stage("Asking the teacher", len(missing)) as advance:
            _within(answers, len(prompts), most_tokens)
            for came in teacher().answers(missing):
                answers.add(came)
                advance(len(came))
                tick()
                if any(prompt.id not in answers.answers for prompt in missing):
                    _within(answers, len(prompts), most_tokens)
    return {prompt.id: answers.answers[prompt.id] for prompt in prompts}


def spent_tokens(answers: AnswerFile) -> tuple[int, int]:
    """Tokens asked and written so far."""
    every = answers.answers.values()
    return sum(one.input_tokens for one in every), sum(one.output_tokens for one in every)


def _within(answers: AnswerFile, wanted: int, most: int) -> None:
    spent = sum(spent_tokens(answers))
    if most and spent >= most:
        raise NotAllowedError(
            f"The teacher's {spent:,} tokens reach cost.most_teacher_tokens ({most:,}) with "
            f"{len(answers.answers)} of {wanted} prompts answered.",
            "Raise it and run the same command again: what was answered is kept.",
        )
