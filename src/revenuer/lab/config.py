"""What a distillation is told, section by section, with its defaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from revenuer.bounds import AtLeast, Between, Within


class TeacherKind(StrEnum):
    """Where the teacher runs.

    Attributes:
        TRANSFORMERS: Here, from a folder or a .gguf file.
        OPENAI: Behind an API that speaks OpenAI's chat completions.
    """

    TRANSFORMERS = "transformers"
    OPENAI = "openai"


class Level(StrEnum):
    """What the student learns from.

    Attributes:
        SEQUENCE: The teacher's answers as text (Kim and Rush 2016).
        LOGITS: The teacher's distribution over the next token, along its own answers.
        ON_POLICY: The same along answers that the student writes (Agarwal et al. 2024).
    """

    SEQUENCE = "sequence"
    LOGITS = "logits"
    ON_POLICY = "on-policy"


class Divergence(StrEnum):
    """How far the student's distribution is from the teacher's."""

    FORWARD_KL = "forward-kl"
    REVERSE_KL = "reverse-kl"
    JSD = "jsd"


class Reasoning(StrEnum):
    """Whether the student sees how the teacher came to its answer."""

    SHOWN = "shown"
    HIDDEN = "hidden"


class Grader(StrEnum):
    """Who says whether an answer is right.

    Attributes:
        EXACT: The final answer is what the prompts file says, as text or as a number.
        NONE: Nobody; students are then compared by how well they predict held-out answers.
    """

    EXACT = "exact"
    NONE = "none"


class Mark(StrEnum):
    """Which watermark the teacher's answers carry."""

    NONE = "none"
    KGW = "kgw"
    SYNTHID = "synthid"


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """Whose answers are learned from.

    Attributes:
        kind: `transformers` or `openai`.
        licence: Of the teacher and of what it writes, such as `Apache-2.0` or `our own`.
        consent: Who allowed this distillation, and where that is written down.
        path: Folder or .gguf file, for `transformers`.
        base_url: Of the API up to `/v1`, for `openai`.
        model: Its name there.
        key_variable: The environment variable that holds the key for the API.
        name: What the data card calls it; `model` or the file's name without it.
        temperature: Of what it answers; 0 takes the likeliest token.
        most_tokens: Tokens of an answer at most.
        batch: Prompts answered at once.
        attempts: How often a request is tried in all.
        timeout_s: Seconds that a request may take.
        mark: The watermark that its answers carry, for `transformers`.
        mark_key_file: The secret that the mark's key follows from; 32 bytes or more.
        mark_account: The account whose key it is; empty for the one key of all.
    """

    kind: TeacherKind
    licence: str
    consent: str
    path: str = ""
    base_url: str = ""
    model: str = ""
    key_variable: str = "OPENAI_API_KEY"
    name: str = ""
    temperature: Annotated[float, Within(0, 5)] = 0.7
    most_tokens: Annotated[int, AtLeast(1)] = 256
    batch: Annotated[int, AtLeast(1)] = 8
    attempts: Annotated[int, AtLeast(1)] = 5
    timeout_s: Annotated[float, AtLeast(1)] = 120.0
    mark: Mark = Mark.NONE
    mark_key_file: str = ""
    mark_account: str = ""

    @property
    def called(self) -> str:
        """Its name for a reader."""
        return self.name or self.model or Path(self.path).name or str(self.kind)


@dataclass(frozen=True, slots=True)
class StudentSettings:
    """Who learns.

    Attributes:
        path: Folder or .gguf file to start from.
        licence: Of those weights.
        name: What the data card calls it; the file's name without it.
    """

    path: str = ""
    licence: str = ""
    name: str = ""

    @property
    def called(self) -> str:
        """Its name for a reader."""
        return self.name or Path(self.path).name


@dataclass(frozen=True, slots=True)
class DataSettings:
    """What the teacher is asked, and which answers are kept.

    Attributes:
        prompts: JSON Lines of `prompt`, and where known `id`, `system` and `answer`.
        source: Where the prompts are from, for the data card.
        licence: Of the prompts.
        grader: `exact` or `none`.
        answer_marker: What stands before the final answer, for `exact`.
        correct_only: Whether wrong answers are left out; needs `exact`.
        reasoning: `shown`, or `hidden` to train on what follows `reasoning_end` alone.
        reasoning_end: What ends the reasoning.
        held_out: Share of the prompts kept for the measurement, never trained on.
        split_seed: Which of them.
    """

    prompts: str
    source: str = ""
    licence: str = ""
    grader: Grader = Grader.NONE
    answer_marker: str = "####"
    correct_only: bool = False
    reasoning: Reasoning = Reasoning.SHOWN
    reasoning_end: str = "</think>"
    held_out: Annotated[float, Between(0, 1)] = 0.1
    split_seed: int = 0


@dataclass(frozen=True, slots=True)
class MethodSettings:
    """How the student learns.

    Attributes:
        level: `sequence`, `logits` or `on-policy`.
        divergence: `forward-kl`, `reverse-kl` or `jsd`; not for `sequence`.
        beta: Weight of the teacher in the mixture of `jsd`.
        temperature: Both distributions are softened by it, and the student samples with it.
    """

    level: Level = Level.SEQUENCE
    divergence: Divergence = Divergence.FORWARD_KL
    beta: Annotated[float, Between(0, 1)] = 0.5
    temperature: Annotated[float, Between(0, 20)] = 1.0


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The optimiser's side.

    Attributes:
        epochs: Passes over the sequences.
        learning_rate: At its peak; it falls to 0 along a cosine. placeholder
        batch: Sequences a step.
        accumulate: Steps whose gradients are added up before the weights move.
        most_tokens: Tokens of a prompt and its answer; longer ones are left out and counted.
        seeds: One student each.
        checkpoint_steps: Steps between checkpoints, from which a killed run goes on.
        threads: Processor threads of torch.
        half: Whether weights and gradients are bfloat16, which halves memory.
        save_memory: Whether activations are worked out again instead of kept: slower.
    """

    epochs: Annotated[int, AtLeast(1)] = 3
    learning_rate: Annotated[float, Between(0, 1)] = 5e-5
    batch: Annotated[int, AtLeast(1)] = 4
    accumulate: Annotated[int, AtLeast(1)] = 1
    most_tokens: Annotated[int, AtLeast(8)] = 1024
    seeds: tuple[int, ...] = (0,)
    checkpoint_steps: Annotated[int, AtLeast(1)] = 50
    threads: Annotated[int, AtLeast(1)] = 1
    half: bool = False
    save_memory: bool = False


@dataclass(frozen=True, slots=True)
class CostSettings:
    """What may be spent, and what it costs.

    Attributes:
        most_teacher_tokens: Tokens that the teacher may be asked and write in all; 0 is no limit.
        input_price: Of a million tokens asked, in any currency.
        output_price: Of a million tokens written.
        currency: Of both.
    """

    most_teacher_tokens: Annotated[int, AtLeast(0)] = 0
    input_price: Annotated[float, AtLeast(0)] = 0.0
    output_price: Annotated[float, AtLeast(0)] = 0.0
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class SafeguardSettings:
    """What is asked before and after, to see whether safeguards were lost.

    Attributes:
        prompts: JSON Lines of `prompt` and `expected`, which is `refuse` or `answer`; empty
            measures nothing.
        most_tokens: Tokens of a reply at most.
    """

    prompts: str = ""
    most_tokens: Annotated[int, AtLeast(1)] = 64


@dataclass(frozen=True, slots=True)
class LabConfig:
    """A distillation, as one file tells it."""

    teacher: TeacherSettings
    data: DataSettings
    student: StudentSettings = field(default_factory=StudentSettings)
    method: MethodSettings = field(default_factory=MethodSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    cost: CostSettings = field(default_factory=CostSettings)
    safeguards: SafeguardSettings = field(default_factory=SafeguardSettings)
