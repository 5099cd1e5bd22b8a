"""Teachers: who answers the prompts, here or behind an API."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from revenuer.lab.answers import Answer
from revenuer.lab.config import LabConfig, Mark, TeacherKind
from revenuer.lab.prompts import Prompt


class Teacher(Protocol):
    """Who answers prompts."""

    def answers(self, prompts: Sequence[Prompt]) -> Iterator[list[Answer]]:
        """Answer prompts, some at a time, each once, in whatever order they come."""
        ...


def teacher_of(config: LabConfig, place: Path, environment: Mapping[str, str]) -> Teacher:
    """The teacher that a config names.

    Args:
        config: Of a kind that answers in text.
        place: Of the teacher's weights, unpacked; unused for an API.
        environment: Variables, for the key of the API.

    Raises:
        ConfigError: It cannot be loaded, or the key is missing.
    """
    if config.teacher.kind is TeacherKind.OPENAI:
        from revenuer.lab.openai_teacher import OpenAiTeacher

        return OpenAiTeacher.of(config.teacher, config.data.reasoning_end, environment)
    return LocalTeacher(config, place)


class LocalTeacher:
    """A model that runs here, through transformers.

    Args:
        config: Temperature, lengths and the mark.
        place: Of its weights.
    """

    def __init__(self, config: LabConfig, place: Path) -> None:
        from revenuer.lab.pretrained import load

        self.settings = config.teacher
        self.found = load(place, half=config.training.half)

    def answers(self, prompts: Sequence[Prompt]) -> Iterator[list[Answer]]:
        """Answer prompts, a batch at a time."""
        from revenuer.lab.pretrained import write

        for start in range(0, len(prompts), self.settings.batch):
            asked = prompts[start : start + self.settings.batch]
            # The same batch is answered the same way when a collection is begun anew.
            seed = zlib.crc32("\0".join(prompt.id for prompt in asked).encode())
            replies = write(
                self.found,
                asked,
                temperature=self.settings.temperature,
                most_tokens=self.settings.most_tokens,
                seed=seed,
                processors=self._processors(),
            )
            yield [
                Answer(prompt.id, reply.text, reply.input_tokens, len(reply.ids), reply.finished)
                for prompt, reply in zip(asked, replies, strict=True)
            ]

    def _processors(self) -> list[object]:
        """The mark, made anew for each batch: SynthID's keeps a memory of contexts."""
        if self.settings.mark is Mark.NONE:
            return []
        from revenuer.lab.processors_transformers import kgw, read_secret, synthid

        secret = read_secret(Path(self.settings.mark_key_file))
        make = kgw if self.settings.mark is Mark.KGW else synthid
        rows = self.found.model.get_output_embeddings().weight.shape[0]
        return [make(secret, self.settings.mark_account, rows, self.found.model.device)]
