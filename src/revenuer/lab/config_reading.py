"""A distillation's TOML file, read and checked as a whole.

Nothing here imports torch, so that `revenuer lab check` can refuse a mistake at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from revenuer.errors import ConfigError
from revenuer.lab.config import Grader, LabConfig, Level, Mark, Reasoning, TeacherKind
from revenuer.schema import gather


def read_config(file: Path) -> LabConfig:
    """Read the file; places in it are meant from its own folder.

    Raises:
        ConfigError: With every problem in one message.
    """
    try:
        tree = tomllib.loads(file.read_text("utf-8"))
    except OSError as failure:
        raise ConfigError(
            f"{file} cannot be read: {failure.strerror}.", "Name a TOML file; docs/lab.md has one."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise ConfigError(f"{file} is not TOML: {failure}.", "docs/lab.md has one.") from None
    return config_of(tree, file.name, file.parent)


def config_of(tree: Mapping[str, Any], name: str, folder: Path) -> LabConfig:
    """Make a config of what the TOML reader gave.

    Args:
        tree: Sections to keys.
        name: Of the file, for what is said.
        folder: Where relative places are meant from.

    Raises:
        ConfigError: With every problem in one message.
    """
    problems: list[str] = []
    placed = {part: _placed(table, folder) for part, table in tree.items()}
    config = gather(placed, LabConfig, problems)
    if isinstance(config, LabConfig):
        problems += _contradictions(config)
    if problems or not isinstance(config, LabConfig):
        listed = "".join(f"\n  - {problem}" for problem in problems)
        raise ConfigError(f"{name} cannot be used:{listed}", "docs/lab.md explains each key.")
    return config


_PLACES = ("path", "prompts", "mark_key_file")


def _placed(table: Any, folder: Path) -> Any:
    if not isinstance(table, dict):
        return table
    return {
        key: str(folder / value) if key in _PLACES and isinstance(value, str) and value else value
        for key, value in table.items()
    }


def _contradictions(config: LabConfig) -> list[str]:
    """What single keys cannot say: what they need of each other."""
    teacher, method, data = config.teacher, config.method, config.data
    rules = (
        (
            not teacher.consent.strip(),
            "teacher.consent is empty: say who allowed this distillation, and where that is "
            "written; the lab distils one's own models and those whose terms allow it",
        ),
        (not teacher.licence.strip(), "teacher.licence is empty: name the teacher's licence"),
        (
            teacher.kind is TeacherKind.TRANSFORMERS and not teacher.path,
            "teacher.path is missing: a folder or a .gguf file",
        ),
        (
            teacher.kind is TeacherKind.OPENAI and not (teacher.base_url and teacher.model),
            "teacher.base_url and teacher.model are both needed for an API",
        ),
        (
            teacher.kind is TeacherKind.OPENAI and method.level is not Level.SEQUENCE,
            f"method.level {method.level} needs the teacher's distributions, which an API does "
            "not give: use sequence",
        ),
        (
            not config.student.path,
            "student.path is missing: a folder or a .gguf file",
        ),
        (
            data.correct_only and data.grader is Grader.NONE,
            "data.correct_only needs data.grader exact: nobody says what is right",
        ),
        (
            teacher.mark is not Mark.NONE and teacher.kind is not TeacherKind.TRANSFORMERS,
            "teacher.mark needs a teacher of kind transformers: a mark acts on its tokens",
        ),
        (
            teacher.mark is not Mark.NONE and not teacher.mark_key_file,
            "teacher.mark_key_file is missing: the secret that the mark's key follows from",
        ),
        (
            teacher.mark is not Mark.NONE and teacher.temperature == 0,
            "teacher.mark needs a teacher.temperature above 0: what is not drawn carries no mark",
        ),
        (
            data.reasoning is Reasoning.HIDDEN and not data.reasoning_end,
            "data.reasoning hidden needs data.reasoning_end: what ends the reasoning",
        ),
        (
            method.level is Level.ON_POLICY and data.correct_only,
            "data.correct_only does nothing on-policy: the student learns from its own answers",
        ),
        (not config.training.seeds, "training.seeds is empty: name one or more"),
        (
            len(set(config.training.seeds)) < len(config.training.seeds),
            "training.seeds names one twice",
        ),
    )
    return [problem for wrong, problem in rules if wrong]
