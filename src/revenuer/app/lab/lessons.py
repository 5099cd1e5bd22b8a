"""Answers become lessons: what is shown of them, which are left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from revenuer.lab.answers import Answer
from revenuer.lab.config import LabConfig, Level, Reasoning
from revenuer.lab.final_answers import is_right, without_reasoning
from revenuer.lab.prompts import Prompt
from revenuer.lab.results import Filters

if TYPE_CHECKING:
    from revenuer.lab.sequences import Lesson


def lessons_of(
    config: LabConfig,
    tokenizer: Any,
    prompts: Sequence[Prompt],
    answers: Mapping[str, Answer],
) -> tuple[list[Lesson], Filters]:
    """Make lessons of a teacher's answers.

    Args:
        config: What is shown and what is left out.
        tokenizer: The student's.
        prompts: What was asked.
        answers: Id of a prompt to its answer; on-policy none is needed.

    Returns:
        The lessons in the order of the prompts, and what became of the answers.
    """
    from revenuer.lab.sequences import lesson

    kept: list[Lesson] = []
    counts: Counter[str] = Counter()
    for prompt in prompts:
        if config.method.level is Level.ON_POLICY:
            # The student writes the answer itself.
            made = lesson(tokenizer, prompt, "", finished=False)
        else:
            answer = answers[prompt.id]
            text = shown(config, answer)
            if why := _left_out(config, prompt, answer, text):
                counts[why] += 1
                continue
            counts["cut_off"] += not answer.finished
            made = lesson(tokenizer, prompt, text, finished=answer.finished)
        if len(made) > config.training.most_tokens:
            counts["too_long"] += 1
        else:
            kept.append(made)
    left = {name: counts[name] for name in ("empty", "wrong", "endless", "too_long", "cut_off")}
    return kept, Filters(len(prompts), len(kept), **left)


def shown(config: LabConfig, answer: Answer) -> str:
    """What the student gets to see of an answer."""
    data = config.data
    if data.reasoning is Reasoning.SHOWN:
        return answer.text
    return without_reasoning(answer.text, data.reasoning_end, data.answer_marker)


def _left_out(config: LabConfig, prompt: Prompt, answer: Answer, text: str) -> str | None:
    data = config.data
    hidden = data.reasoning is Reasoning.HIDDEN
    if hidden and not answer.finished and data.reasoning_end not in answer.text:
        # Cut off while it still reasoned: what is there is what was to be hidden.
        return "endless"
    if not text.strip():
        return "empty"
    wanted = prompt.answer
    if data.correct_only and not (wanted and is_right(answer.text, wanted, data.answer_marker)):
        return "wrong"
    return None
