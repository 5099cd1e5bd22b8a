"""Train a student through TRL: SFT for sequences, GKD for distributions and on-policy.

TRL's `DistillationTrainer` covers the on-policy case alone; GKD covers both with one loss, and
is what is used here. Two things are put right in a subclass: GKD leaves its temperature out of
the loss, and lets padding rows of the embeddings take part in it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from revenuer.lab.checkpoints import last_whole_checkpoint
from revenuer.lab.config import Divergence, Level, MethodSettings, TrainingSettings
from revenuer.lab.pretrained import Pretrained
from revenuer.lab.sequences import Lesson, PromptCollator


@dataclass(frozen=True, slots=True)
class Trained:
    """How a training went.

    Attributes:
        steps: Optimiser steps in all.
        losses: (step, loss) as they were logged; nats a token.
    """

    steps: int
    losses: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a teacher of distributions is.

    Attributes:
        model: A causal language model.
        shared: Size of the vocabulary that it shares with the student.
        most_tokens: Of an answer that the student writes for it to judge.
    """

    model: Any
    shared: int
    most_tokens: int


def divergence_weight(divergence: Divergence, beta: float) -> float:
    """The `beta` of the generalised Jensen-Shannon divergence: 0 is forward KL, 1 reverse KL.

    Source:
        Agarwal et al. (2024), "On-policy distillation of language models", ICLR, section 2.
    """
    return {Divergence.FORWARD_KL: 0.0, Divergence.REVERSE_KL: 1.0, Divergence.JSD: beta}[
        divergence
    ]


def divergence_loss(
    student: Tensor,
    teacher: Tensor,
    labels: Tensor,
    *,
    shared: int,
    beta: float,
    temperature: float,
    items: Any = None,
) -> Tensor:
    """How far a student is from a teacher, on the tokens that are learned.

    Args:
        student: Logits. Shape (batch, tokens, rows of its embedding).
        teacher: Logits. Shape (batch, tokens, rows of its embedding).
        labels: -100 where nothing is learned. Shape (batch, tokens).
        shared: Rows that are tokens of both; the others are padding.
        beta: Of `divergence_weight`.
        temperature: Softens both.
        items: Tokens learned in the whole step, where gradients are accumulated.

    Returns:
        Nats a token.

    Source:
        Agarwal et al. (2024), equation 1; worked out by TRL.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        from trl.experimental.gkd import GKDTrainer

    loss: Tensor = GKDTrainer.generalized_jsd_loss(
        student_logits=student[..., :shared].float(),
        teacher_logits=teacher[..., :shared].float(),
        labels=labels,
        beta=beta,
        temperature=temperature,
        num_items_in_batch=items,
    )
    return loss


def train(
    student: Pretrained,
    lessons: Sequence[Lesson],
    training: TrainingSettings,
    method: MethodSettings,
    *,
    seed: int,
    folder: Path,
    teacher: Teaching | None = None,
    on_step: Callable[[], None] = lambda: None,
) -> Trained:
    """Train a student in place; killed at any moment, a second call goes on where it was.

    Args:
        student: Its weights at the start; it is trained in place.
        lessons: What it learns.
        training: The optimiser's side.
        method: Level and divergence.
        seed: Of the order, of dropout and of what the student writes.
        folder: Of the checkpoints.
        teacher: The model itself, for all levels but sequences.
        on_step: Called after each step of the optimiser.
    """
    from datasets import Dataset
    from datasets.utils.logging import disable_progress_bar
    from transformers.trainer_utils import set_seed

    disable_progress_bar()
    set_seed(seed)
    rows = Dataset.from_list([one.row for one in lessons])
    arguments = _arguments(training, seed, folder)
    last = last_whole_checkpoint(folder)
    with warnings.catch_warnings():
        # Of names that change in transformers 6 and of TRL's GKD being experimental: the lock and
        # the bounds in pyproject.toml say which versions are used.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", UserWarning)
        if teacher is None:
            trainer = _sft(student, rows, arguments)
        else:
            trainer = _gkd(student, rows, arguments, method, teacher)
        trainer.add_callback(_told(on_step))
        trainer.train(resume_from_checkpoint=None if last is None else str(last))
    student.model.eval()
    logged = (row for row in trainer.state.log_history if "loss" in row)
    losses = tuple((int(row["step"]), float(row["loss"])) for row in logged)
    return Trained(int(trainer.state.global_step), losses)


def _told(on_step: Callable[[], None]) -> Any:
    from transformers import TrainerCallback

    class Told(TrainerCallback):  # type: ignore[misc]
        """Tells of each step."""

        def on_step_end(self, *_: Any, **__: Any) -> None:
            """Pass it on."""
            on_step()

    return Told()


def _arguments(training: TrainingSettings, seed: int, folder: Path) -> dict[str, Any]:
    return {
        "output_dir": str(folder),
        "num_train_epochs": training.epochs,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": "cosine",
        "per_device_train_batch_size": training.batch,
        "gradient_accumulation_steps": training.accumulate,
        "gradient_checkpointing": training.save_memory,
        "save_strategy": "steps",
        "save_steps": training.checkpoint_steps,
        "save_total_limit": 2,
        "logging_steps": 1,
        "seed": seed,
        "data_seed": seed,
        # TRL would turn bfloat16 on by itself; the weights' own type is what was asked for.
        "bf16": False,
        "fp16": False,
        "max_length": training.most_tokens,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "remove_unused_columns": False,
        "dataloader_pin_memory": torch.cuda.is_available(),
        "report_to": "none",
        "disable_tqdm": True,
        "log_level": "error",
    }


def _sft(student: Pretrained, rows: Any, arguments: dict[str, Any]) -> Any:
    from trl import SFTConfig, SFTTrainer

    return _silent(
        SFTTrainer(
            model=student.model,
            args=SFTConfig(**arguments),
            train_dataset=rows.remove_columns("prompt_ids"),
            processing_class=student.tokenizer,
        )
    )


def _gkd(
    student: Pretrained,
    rows: Any,
    arguments: dict[str, Any],
    method: MethodSettings,
    teacher: Teaching,
) -> Any:
    from trl.experimental.gkd import GKDConfig

    on_policy = method.level is Level.ON_POLICY
    beta = divergence_weight(method.divergence, method.beta)
    config = GKDConfig(
        **arguments,
        temperature=method.temperature,
        lmbda=1.0 if on_policy else 0.0,
        beta=beta,
        max_new_tokens=teacher.most_tokens,
    )
    trainer = _shared_vocabulary_trainer(teacher.shared)(
        model=student.model,
        teacher_model=_as_wide(teacher.model, student.model),
        args=config,
        data_collator=PromptCollator(student.tokenizer.pad_token_id),
        train_dataset=rows,
        processing_class=student.tokenizer,
    )
    if on_policy:
        # The tokens that are learned are not written yet when a step's tokens are counted: each
        # batch is then averaged on its own, and the trainer averages over accumulated batches.
        trainer.model_accepts_loss_kwargs = False
    return _silent(trainer)


def _shared_vocabulary_trainer(shared: int) -> Any:
    from trl.experimental.gkd import GKDTrainer

    class SharedVocabularyTrainer(GKDTrainer):  # type: ignore[misc]
        """GKD over the shared vocabulary alone, its temperature in the loss too."""

        def compute_loss(
            self,
            model: nn.Module,
            inputs: dict[str, Any],
            return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:
            """Return the divergence of the next step's tokens."""
            given = {name: inputs[name] for name in ("input_ids", "attention_mask")}
            said = model(**given)
            with torch.no_grad():
                taught = self.teacher_model(**given).logits
            loss = divergence_loss(
                said.logits[:, :-1],
                taught[:, :-1],
                inputs["labels"][:, 1:],
                shared=shared,
                beta=self.beta,
                temperature=self.temperature,
                items=num_items_in_batch,
            )
            return (loss, said) if return_outputs else loss

    return SharedVocabularyTrainer


def _as_wide(teacher: Any, student: Any) -> Any:
    """Give the teacher's embedding the student's padding: TRL asks for equal sizes."""
    size = student.config.get_text_config().vocab_size
    if teacher.config.get_text_config().vocab_size != size:
        teacher.resize_token_embeddings(size, mean_resizing=False)
    return teacher.eval()


def _silent(trainer: Any) -> Any:
    """Take away what prints every log to stdout, which is for results."""
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    return trainer
