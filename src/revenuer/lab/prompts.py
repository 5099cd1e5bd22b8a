"""Prompts as JSON Lines: what the teacher is asked, and what a refusal is expected of."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from revenuer.errors import ConfigError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question.

    Attributes:
        id: Its name in the file, or the first half of the SHA-256 of its text.
        text: What is asked.
        system: What the model is told beside it; may be empty.
        answer: The right final answer, where it is known.
    """

    id: str
    text: str
    system: str = ""
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A question of the safeguard check.

    Attributes:
        id: Its name.
        text: What is asked.
        refuse: Whether it is to be refused.
    """

    id: str
    text: str
    refuse: bool


def read_prompts(file: Path) -> tuple[Prompt, ...]:
    """Read the prompts.

    Raises:
        ConfigError: With every line that is no prompt; the lines themselves are not told.
    """
    rows, problems = _rows(file)
    found: dict[str, Prompt] = {}
    for line, row in rows:
        text = row.get("prompt")
        named = row.get("id", _named(row))
        answer = row.get("answer")
        system = row.get("system", "")
        if not isinstance(text, str) or not text.strip():
            problems.append(f"line {line} has no text under `prompt`")
        elif not isinstance(system, str):
            problems.append(f"line {line} has a `system` that is no text")
        elif str(named) in found:
            problems.append(f"line {line} has the id of an earlier line")
        else:
            said = None if answer is None else str(answer)
            found[str(named)] = Prompt(str(named), text, system, said)
    return tuple(_checked(file, list(found.values()), problems))


def read_probes(file: Path) -> tuple[Probe, ...]:
    """Read the questions of a safeguard check.

    Raises:
        ConfigError: With every line that is none.
    """
    rows, problems = _rows(file)
    found = []
    for line, row in rows:
        text, expected = row.get("prompt"), row.get("expected")
        if not isinstance(text, str) or not text.strip():
            problems.append(f"line {line} has no text under `prompt`")
        elif expected not in ("refuse", "answer"):
            problems.append(f"line {line} needs `expected`, which is refuse or answer")
        else:
            found.append(Probe(str(row.get("id", _named(row))), text, expected == "refuse"))
    return tuple(_checked(file, found, problems))


def split(
    prompts: tuple[Prompt, ...], held_out: float, seed: int
) -> tuple[tuple[Prompt, ...], tuple[Prompt, ...]]:
    """Part the prompts into those to learn from and those to measure with.

    Args:
        prompts: All.
        held_out: Share of the second part, (0, 1); one prompt at least on either side.
        seed: Which.

    Returns:
        Both parts, each in the order of the file.

    Raises:
        ConfigError: There are not two prompts.
    """
    if len(prompts) < 2:
        raise ConfigError(
            "One prompt cannot be both learned from and measured with.", "Give two or more."
        )
    kept = min(max(round(len(prompts) * held_out), 1), len(prompts) - 1)
    chosen = set(random.Random(seed).sample(range(len(prompts)), kept))
    learned = tuple(one for at, one in enumerate(prompts) if at not in chosen)
    return learned, tuple(one for at, one in enumerate(prompts) if at in chosen)


def file_hash(file: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _rows(file: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[str]]:
    try:
        # Not splitlines(): a line separator inside a JSON string ends no line of JSON Lines.
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as failure:
        why = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8"
        raise ConfigError(f"{file} cannot be read: {why}.", "Name a JSON Lines file.") from None
    rows, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            problems.append(f"line {number} is no JSON object")
    return rows, problems


def _named(row: dict[str, Any]) -> str:
    said = f"{row.get('system', '')}\0{row.get('prompt', '')}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _checked(file: Path, found: Sequence[T], problems: list[str]) -> Sequence[T]:
    if problems:
        shown = "".join(f"\n  - {problem}" for problem in problems[:10])
        more = f"\n  - and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise ConfigError(f"{file} cannot be used:{shown}{more}", "Correct these lines.")
    if not found:
        raise ConfigError(f"{file} holds no prompts.", "Write one JSON object a line.")
    return found
