"""One config, one command: a teacher is asked, students learn, and what came of it is written."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec

from revenuer.app.lab.checking import Checked, check
from revenuer.app.lab.collecting import collect, spent_tokens
from revenuer.app.lab.lessons import lessons_of
from revenuer.app.lab.measuring import measured_student, measured_teacher
from revenuer.app.lab.outcome import hashes_of, write_outcome
from revenuer.app.lab.run_folder import RunFolder, asked_of
from revenuer.app.lab.spending import Spending
from revenuer.app.progress import Progress
from revenuer.disk import locked, put
from revenuer.errors import ConfigError, ConflictError
from revenuer.lab.answers import Answer, AnswerFile
from revenuer.lab.config import LabConfig, Level
from revenuer.lab.prompts import Prompt
from revenuer.lab.results import SCHEMA, Cost, Filters, Measured, Results, Student
from revenuer.lab.teachers import Teacher, teacher_of


def distil(
    config: LabConfig, out: Path, environment: Mapping[str, str], progress: Progress
) -> Results:
    """Distil a teacher into students; killed at any moment, a second call goes on where it was.

    Args:
        config: What is to be done.
        out: The run's folder.
        environment: Variables, for the key of an API.
        progress: Told of each stage.

    Raises:
        ConfigError: Something cannot be used; all of it is checked before anything is loaded.
        ConflictError: Another process works on the folder.
    """
    checked = check(config, environment)
    hashes = hashes_of(config)
    folder = RunFolder.opened(out, config, hashes)
    with locked(out / ".lock", wait=False) as ours:
        if not ours:
            raise ConflictError(
                f"Another process works on {out}.", "Wait for it, or choose another --out."
            )
        return _Distillation(config, checked, folder, environment, progress, hashes).results()


class _Distillation:
    """One run, stage by stage; each stage keeps what it made."""

    def __init__(
        self,
        config: LabConfig,
        checked: Checked,
        folder: RunFolder,
        environment: Mapping[str, str],
        progress: Progress,
        hashes: dict[str, str],
    ) -> None:
        self.config = config
        self.checked = checked
        self.folder = folder
        self.environment = environment
        self.progress = progress
        self.hashes = hashes
        self.spending: Spending = folder.spending()
        self._teacher: Teacher | None = None

    def results(self) -> Results:
        """Go through all stages, and write what came of them."""
        import torch

        torch.set_num_threads(self.config.training.threads)
        asked = asked_of(self.config, self.hashes["prompts"])
        file = AnswerFile(self.folder.answers, asked)
        probed = AnswerFile(self.folder.probed, f"probes {asked}")
        with self.spending.stage("asking the teacher"):
            answers = self._collected(file, self._needed())
            said = self._collected(probed, self._probes())
        if self.config.method.level is Level.SEQUENCE:
            # Its memory is wanted for the student.
            self._teacher = None
        of_teacher = measured_teacher(self.config, self.checked, answers, said)
        before = self._before(answers)
        students = []
        filters = None
        for seed in self.config.training.seeds:
            student, filters = self._student(seed, answers)
            students.append(student)
        if filters is None:
            raise ConfigError("training.seeds names no student.", "Name one or more.")
        results = Results(
            schema=SCHEMA,
            teacher=self.config.teacher.called,
            student=self.config.student.called,
            method=_method(self.config),
            held_out=len(self.checked.held_out),
            filters=filters,
            of_teacher=of_teacher,
            before=before,
            students=tuple(students),
            cost=self._cost(file, probed),
        )
        write_outcome(self.folder, self.config, self.hashes, results)
        return results

    def _needed(self) -> list[Prompt]:
        """What the teacher must answer: on-policy, the held-out prompts alone."""
        learned = () if self.config.method.level is Level.ON_POLICY else self.checked.learned
        return [*learned, *self.checked.held_out]

    def _probes(self) -> list[Prompt]:
        return [Prompt(probe.id, probe.text) for probe in self.checked.probes]

    def _collected(self, file: AnswerFile, prompts: list[Prompt]) -> dict[str, Answer]:
        return collect(
            self._loaded_teacher,
            prompts,
            file,
            most_tokens=self.config.cost.most_teacher_tokens,
            progress=self.progress,
            tick=self.spending.tick,
        )

    def _loaded_teacher(self) -> Teacher:
        if self._teacher is None:
            self._teacher = teacher_of(self.config, self._place("teacher"), self.environment)
        return self._teacher

    def _place(self, who: str) -> Path:
        from revenuer.lab.pretrained import unpacked

        settings = self.config.teacher if who == "teacher" else self.config.student
        return unpacked(Path(settings.path), self.folder.models) if settings.path else Path()

    def _before(self, answers: Mapping[str, Answer]) -> Measured:
        from revenuer.lab.pretrained import load

        kept = self.folder.path / "before.json"
        if not kept.exists():
            with self.progress.stage("Measuring the student before", 1) as advance:
                with self.spending.stage("measuring"):
                    found = load(self._place("student"), half=self.config.training.half)
                    measured = self._measured(found, answers)
                put(kept, msgspec.json.encode(measured))
                advance(1)
        return msgspec.json.decode(kept.read_bytes(), type=Measured)

    def _measured(self, found: Any, answers: Mapping[str, Answer]) -> Measured:
        held, _ = lessons_of(self._off_policy(), found.tokenizer, self.checked.held_out, answers)
        return measured_student(self.config, self.checked, found, held)

    def _off_policy(self) -> LabConfig:
        """The config for held-out answers: they are the teacher's on every level."""
        sequence = replace(self.config.method, level=Level.SEQUENCE)
        return replace(self.config, method=sequence)

    def _student(self, seed: int, answers: Mapping[str, Answer]) -> tuple[Student, Filters]:
        from revenuer.lab.pretrained import load, save

        folder = self.folder.student(seed)
        kept, model = folder / "student.json", folder / "model"
        if not kept.exists():
            folder.mkdir(parents=True, exist_ok=True)
            found = load(self._place("student"), half=self.config.training.half)
            lessons, filters = lessons_of(
                self.config, found.tokenizer, self.checked.learned, answers
            )
            if not lessons:
                raise ConfigError(
                    f"No answer is left to learn from: {_reasons(filters)}.",
                    "Look at data.correct_only, data.reasoning_end and training.most_tokens.",
                )
            trained = self._trained(found, lessons, seed)
            with self.spending.stage("measuring"):
                measured = self._measured(found, answers)
            save(found, model)
            told = Student(
                seed, measured, trained.steps, trained.losses,
                str(model.relative_to(self.folder.path)),
            )  # fmt: skip
            put(kept, msgspec.json.encode((told, filters)))
            shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        return msgspec.json.decode(kept.read_bytes(), type=tuple[Student, Filters])

    def _trained(self, found: Any, lessons: list[Any], seed: int) -> Any:
        from revenuer.lab.trainers import Teaching, train

        teaching = None
        if self.config.method.level is not Level.SEQUENCE:
            teacher: Any = self._loaded_teacher()
            teaching = Teaching(
                teacher.found.model, self.checked.shared, self.config.teacher.most_tokens
            )
        training = self.config.training
        batches = -(-len(lessons) // training.batch)
        steps = -(-batches // training.accumulate) * training.epochs
        with (
            self.progress.stage(f"Training the student of seed {seed}", steps) as advance,
            self.spending.stage("training"),
        ):

            def on_step() -> None:
                advance(1)
                self.spending.tick()

            return train(
                found,
                lessons,
                training,
                self.config.method,
                seed=seed,
                folder=self.folder.student(seed) / "checkpoints",
                teacher=teaching,
                on_step=on_step,
            )

    def _cost(self, *files: AnswerFile) -> Cost:
        asked = sum(spent_tokens(file)[0] for file in files)
        written = sum(spent_tokens(file)[1] for file in files)
        prices = self.config.cost
        money = (asked * prices.input_price + written * prices.output_price) / 1e6
        return Cost(self.spending.cpu_s, asked, written, money, prices.currency)


def _method(config: LabConfig) -> str:
    method = config.method
    if method.level is Level.SEQUENCE:
        return "sequence"
    beta = f" {method.beta:g}" if method.divergence == "jsd" else ""
    return f"{method.level}, {method.divergence}{beta}"


def _reasons(filters: Filters) -> str:
    left = ("empty", "wrong", "endless", "too_long")
    counts = asdict(filters)
    return ", ".join(f"{counts[why]} {why.replace('_', ' ')}" for why in left if counts[why])
