"""A whole distillation of small real models, on every level, killed and begun again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.lab.distilling import distil
from revenuer.app.lab.run_folder import read_results
from revenuer.app.progress import Silent
from revenuer.lab.config_reading import config_of

pytest.importorskip("torch")
pytestmark = [pytest.mark.lab, pytest.mark.filterwarnings("default")]


def run(tree: dict[str, Any], out: Path) -> Any:
    return distil(config_of(tree, "test", out), out, {}, Silent())


@pytest.fixture(scope="module")
def teacher(tiny: Callable[..., Path]) -> Path:
    """A teacher that adds up, trained here on sums and their workings."""
    from revenuer.lab.config import MethodSettings, TrainingSettings
    from revenuer.lab.pretrained import load, save
    from revenuer.lab.prompts import Prompt
    from revenuer.lab.sequences import lesson
    from revenuer.lab.trainers import train

    folder = tiny(rows=48)
    found = load(folder)
    lessons = [
        lesson(
            found.tokenizer,
            Prompt("", f"what is {a} plus {b}"),
            f"it is {a} plus {b} so #### {a + b}",
            finished=True,
        )
        for a in range(10)
        for b in range(10)
    ]
    training = TrainingSettings(epochs=60, batch=50, learning_rate=2e-2, checkpoint_steps=1000)
    train(found, lessons, training, MethodSettings(), seed=0, folder=folder / "checkpoints")
    save(found, folder)
    return folder


@pytest.mark.parametrize(
    "method",
    [
        {"level": "sequence"},
        {"level": "logits", "divergence": "forward-kl"},
        {"level": "logits", "divergence": "reverse-kl"},
        {"level": "logits", "divergence": "jsd", "beta": 0.3, "temperature": 2.0},
        {"level": "on-policy", "divergence": "jsd"},
    ],
    ids=lambda method: " ".join(map(str, method.values())),
)
def test_a_student_comes_nearer_to_its_teacher_on_every_level(
    method: dict[str, Any],
    teacher: Path,
    tiny: Callable[..., Path],
    config_tree: dict[str, Any],
    tmp_path: Path,
) -> None:
    config_tree["teacher"] |= {"path": str(teacher), "most_tokens": 9, "temperature": 0.0}
    # Another seed, and another padding of the embedding.
    config_tree["student"]["path"] = str(tiny(rows=40, seed=1))
    config_tree["data"] |= {"grader": "exact", "held_out": 0.2}
    config_tree["method"] = method
    config_tree["training"] |= {"epochs": 4, "learning_rate": 1e-2, "checkpoint_steps": 100}
    results = run(config_tree, tmp_path / "run")
    (student,) = results.students
    assert student.measured.nats_per_token < results.before.nats_per_token - 0.2
    assert results.of_teacher.accuracy.count >= 15
    assert results.filters.kept == results.filters.asked == 80
    assert read_results(tmp_path / "run") == results
