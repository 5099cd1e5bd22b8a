"""Everything that can be wrong with a distillation, found before anything is loaded for long."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from revenuer.errors import ConfigError
from revenuer.lab.config import Grader, LabConfig, Level, TeacherKind
from revenuer.lab.memory import free_bytes, parameters_in, training_bytes
from revenuer.lab.prompts import Probe, Prompt, read_probes, read_prompts, split

NEEDED = ("accelerate", "gguf", "matplotlib", "torch", "transformers", "trl")
SAMPLED = 100
"""Prompts that both tokenizers are asked to cut; placeholder."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a distillation will work on.

    Attributes:
        learned: Prompts to learn from.
        held_out: Prompts to measure with.
        probes: Of the safeguard check; empty where there is none.
        shared: Size of the shared vocabulary; 0 where sequences are learned.
        notes: What a person should know before it starts.
    """

    learned: tuple[Prompt, ...]
    held_out: tuple[Prompt, ...]
    probes: tuple[Probe, ...]
    shared: int
    notes: tuple[str, ...]


def need_lab() -> None:
    """Go on only with what the lab needs.

    Raises:
        ConfigError: Its packages are not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise ConfigError("The packages of the lab are not installed.", "Install `revenuer[lab]`.")


def check(config: LabConfig, environment: Mapping[str, str]) -> Checked:
    """Look for everything that would break a run hours later.

    Args:
        config: What is to be done.
        environment: Variables, for the key of an API.

    Raises:
        ConfigError: With what is wrong.
    """
    prompts = read_prompts(Path(config.data.prompts))
    _need_answers(config, prompts)
    _need_places(config, environment)
    probes = read_probes(Path(config.safeguards.prompts)) if config.safeguards.prompts else ()
    learned, held_out = split(prompts, config.data.held_out, config.data.split_seed)
    need_lab()
    shared = _shared(config, prompts)
    notes = (*_thin(config, held_out), *_memory(config, shared), *_hidden(config))
    return Checked(learned, held_out, probes, shared, notes)


def _need_answers(config: LabConfig, prompts: tuple[Prompt, ...]) -> None:
    unknown = sum(prompt.answer is None for prompt in prompts)
    if config.data.grader is Grader.EXACT and unknown:
        raise ConfigError(
            f"{unknown} of {len(prompts)} prompts in {config.data.prompts} have no `answer`, which "
            "data.grader exact compares with.",
            'Add them, or set data.grader = "none".',
        )


def _need_places(config: LabConfig, environment: Mapping[str, str]) -> None:
    teacher = config.teacher
    problems = [
        f"{name} {place} does not exist"
        for name, place in (
            ("teacher.path", teacher.path if teacher.kind is TeacherKind.TRANSFORMERS else ""),
            ("teacher.mark_key_file", teacher.mark_key_file),
            ("student.path", config.student.path),
        )
        if place and not Path(place).exists()
    ]
    if teacher.kind is TeacherKind.OPENAI and not environment.get(teacher.key_variable):
        problems.append(
            f"the variable {teacher.key_variable} holds no key; where the server wants none, set "
            "it to any word"
        )
    if problems:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigError(f"The distillation cannot start:{listed}", "Correct these.")


def _shared(config: LabConfig, prompts: tuple[Prompt, ...]) -> int:
    if config.method.level is Level.SEQUENCE:
        return 0
    from revenuer.lab.pretrained import load_tokenizer
    from revenuer.lab.vocabularies import need_shared

    teacher = load_tokenizer(Path(config.teacher.path))
    if Path(config.student.path) == Path(config.teacher.path):
        student = teacher
    else:
        student = load_tokenizer(Path(config.student.path))
    return need_shared(teacher, student, [prompt.text for prompt in prompts[:SAMPLED]])


def _thin(config: LabConfig, held_out: tuple[Prompt, ...]) -> tuple[str, ...]:
    if config.data.grader is Grader.EXACT and len(held_out) < 100:
        return (f"Only {len(held_out)} prompts are held out: accuracies will have wide intervals.",)
    return ()


def _memory(config: LabConfig, shared: int) -> tuple[str, ...]:
    student = parameters_in(Path(config.student.path))
    here = config.teacher.kind is TeacherKind.TRANSFORMERS
    teacher = parameters_in(Path(config.teacher.path)) if here else 0
    needed = training_bytes(config, student, teacher, shared or 50_000)
    said = (
        f"Training takes about {needed / 2**30:.1f} GiB at most ({student / 1e6:,.0f} M parameters"
        f"{f', and {teacher / 1e6:,.0f} M of the teacher' if shared else ''})."
    )
    free = free_bytes()
    if free is not None and needed > free:
        said += (
            f" Here {free / 2**30:.1f} GiB are free: lower training.batch or training.most_tokens, "
            "or set training.half or training.save_memory."
        )
    return (said,)


def _hidden(config: LabConfig) -> tuple[str, ...]:
    if config.teacher.mark_account:
        return ("The answers carry one account's mark; the data card does not say whose.",)
    return ()
