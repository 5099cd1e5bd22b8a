"""A teacher's answers on disk as they come, so that a killed collection goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from revenuer.disk import PRIVATE, locked
from revenuer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a teacher said to one prompt.

    Attributes:
        prompt_id: Of the prompt.
        text: Reasoning and answer, as it wrote them.
        input_tokens: Of the prompt, as the teacher counts.
        output_tokens: Of the answer.
        finished: Whether it came to its own end, and was not cut off at the most tokens.
    """

    prompt_id: str
    text: str
    input_tokens: int
    output_tokens: int
    finished: bool


class AnswerFile:
    """Answers as JSON Lines, only ever added to; the first line names what they are answers to.

    Args:
        path: Made if missing.
        asked: Identifies teacher, prompts and parameters; other answers are never mixed in.

    Raises:
        ConfigError: The file holds answers to something else, or a line of it is broken.
    """

    def __init__(self, path: Path, asked: str) -> None:
        self.path = path
        with locked(path.with_name(f".{path.name}.lock")):
            lines = self._whole_lines()
            if not lines:
                self._append([json.dumps({"asked": asked})])
            elif json.loads(lines[0]).get("asked") != asked:
                raise ConfigError(
                    f"{path} holds answers to other questions: the teacher, the prompts or its "
                    "parameters were different.",
                    "Choose another --out, or delete the file to ask again.",
                )
        self.answers = {
            answer.prompt_id: answer for answer in (Answer(**json.loads(row)) for row in lines[1:])
        }

    def add(self, answers: Iterable[Answer]) -> None:
        """Add answers; they are on the disk when this returns."""
        came = list(answers)
        self._append([json.dumps(asdict(answer), ensure_ascii=False) for answer in came])
        self.answers.update({answer.prompt_id: answer for answer in came})

    def _whole_lines(self) -> list[str]:
        """Read all lines; a last one that a kill tore is cut off."""
        if not self.path.exists():
            return []
        data = self.path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            os.truncate(self.path, len(whole))
        # Not splitlines(): a line separator inside a JSON string ends no line of JSON Lines.
        lines = whole.decode("utf-8").split("\n")[:-1]
        for number, line in enumerate(lines, 1):
            if not line.startswith("{") or not line.endswith("}"):
                raise ConfigError(
                    f"Line {number} of {self.path} is broken.", "Delete the file to ask again."
                )
        return lines

    def _append(self, lines: list[str]) -> None:
        place = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(place, "wb") as file:
            file.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
