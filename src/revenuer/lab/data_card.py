"""The data card of a distillation: whose answers, by what right, how chosen, at what cost.

It goes with the student wherever it goes, so it holds no prompt, no answer, no account and no key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from revenuer.lab.config import LabConfig, Level, Mark, TeacherKind
from revenuer.lab.results import Cost, Filters

SCHEMA = "revenuer/data-card/1"


@dataclass(frozen=True, slots=True)
class DataCard:
    """What must be known of a student's data.

    Attributes:
        teacher: Name, where it ran, licence, consent, hash of its weights.
        student: Name, licence, hash of its weights before.
        prompts: Source, licence, hash of the file, how many were learned from and held out.
        answers: Sampling, what was shown, what was left out, hash of the file.
        countered: What was done to the answers against distillation.
        training: Method, optimiser and seeds.
        cost: Tokens, processor seconds, money.
        made: When it began and ended, and with which versions.
        schema: Of this card.
    """

    teacher: Mapping[str, Any]
    student: Mapping[str, Any]
    prompts: Mapping[str, Any]
    answers: Mapping[str, Any]
    countered: Mapping[str, Any]
    training: Mapping[str, Any]
    cost: Mapping[str, Any]
    made: Mapping[str, Any]
    schema: str = field(default=SCHEMA)


@dataclass(frozen=True, slots=True)
class Hashes:
    """SHA-256 of what went in, hexadecimal; empty where there is no file."""

    teacher: str
    student: str
    prompts: str
    answers: str


def data_card(
    config: LabConfig,
    filters: Filters,
    cost: Cost,
    hashes: Hashes,
    *,
    held_out: int,
    made: Mapping[str, Any],
) -> DataCard:
    """Write the card of a run.

    Args:
        config: Of the run.
        filters: What became of the answers.
        cost: What it took.
        hashes: Of what went in.
        held_out: Prompts that were measured on.
        made: When, and with which versions.
    """
    teacher, data = config.teacher, config.data
    sequence = config.method.level is Level.SEQUENCE
    return DataCard(
        teacher={
            "name": teacher.called,
            "where": teacher.base_url if teacher.kind is TeacherKind.OPENAI else "here",
            "licence": teacher.licence,
            "consent": teacher.consent,
            "sha256": hashes.teacher,
        },
        student={
            "name": config.student.called,
            "licence": config.student.licence or "not said",
            "sha256": hashes.student,
        },
        prompts={
            "source": data.source or "not said",
            "licence": data.licence or "not said",
            "sha256": hashes.prompts,
            "learned": filters.asked,
            "held_out": held_out,
            "split_seed": data.split_seed,
        },
        answers={
            "sha256": hashes.answers,
            "temperature": teacher.temperature,
            "most_tokens": teacher.most_tokens,
            "reasoning": str(data.reasoning),
            "grader": str(data.grader),
            "correct_only": data.correct_only,
            "filters": asdict(filters),
        },
        countered=_countered(config),
        training={
            "level": str(config.method.level),
            "divergence": None if sequence else str(config.method.divergence),
            "beta": None if sequence else config.method.beta,
            "temperature": None if sequence else config.method.temperature,
            "epochs": config.training.epochs,
            "learning_rate": config.training.learning_rate,
            "batch": config.training.batch * config.training.accumulate,
            "seeds": list(config.training.seeds),
        },
        cost=asdict(cost),
        made=made,
    )


def _countered(config: LabConfig) -> dict[str, Any]:
    """What was done to the answers; the account whose key it is stays out of the card."""
    mark = config.teacher.mark
    whose = "one account's" if config.teacher.mark_account else "one for all"
    return {"mark": str(mark)} if mark is Mark.NONE else {"mark": str(mark), "key": whose}


def markdown(card: DataCard) -> str:
    """The card as a page."""
    plain = asdict(card)
    lines = [f"# Data card: {card.student['name']} learned from {card.teacher['name']}", ""]
    for part in (name for name in plain if name != "schema"):
        lines += [f"## {part.capitalize()}", "", "| | |", "|---|---|"]
        lines += [f"| {_cell(key)} | {_cell(value)} |" for key, value in _flat(plain[part])]
        lines.append("")
    return "\n".join(lines)


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = f"{before}{key.replace('_', ' ')}"
        found += _flat(value, f"{name}: ") if isinstance(value, Mapping) else [(name, value)]
    return found


def _cell(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(said.split()).replace("|", "\\|")
