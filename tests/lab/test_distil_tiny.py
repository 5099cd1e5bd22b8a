"""A whole distillation of small real models, on every level, killed and begun again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.lab.distilling import distil
from revenuer.app.lab.run_folder import read_results
from revenuer.app.progress import Silent
from revenuer.errors import ConfigError
from revenuer.lab.config_reading import config_of

pytest.importorskip("torch")
pytestmark = [pytest.mark.lab, pytest.mark.filterwarnings("default")]


KILLED = """
import json, os, signal, sys
from pathlib import Path
from revenuer.app.lab.distilling import distil
from revenuer.app.lab.spending import Spending
from revenuer.app.progress import Silent
from revenuer.lab.config_reading import config_of

left = int(sys.argv[3])

def tick(_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

Spending.tick = tick
out = Path(sys.argv[2])
distil(config_of(json.loads(sys.argv[1]), "test", out), out, {}, Silent())
"""
"""A run that is killed at the nth batch of answers or step of a training."""


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


def told(folder: Path) -> dict[str, Any]:
    """What a run came to, less what it took."""
    plain = json.loads((folder / "results.json").read_text("utf-8"))
    del plain["cost"]
    return plain


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_is_not(
    teacher: Path, tiny: Callable[..., Path], config_tree: dict[str, Any], tmp_path: Path
) -> None:
    config_tree["teacher"] |= {"path": str(teacher), "batch": 8}
    config_tree["student"]["path"] = str(tiny(seed=1))
    config_tree["data"]["grader"] = "exact"
    config_tree["training"] |= {"epochs": 2, "seeds": [0, 1], "checkpoint_steps": 3, "batch": 8}
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run(config_tree, whole)
    deaths = 0
    # A tick is a batch of answers or a step: it dies among answers, then in both trainings.
    for ticks in (7, 9, 11, 14, 1000):
        ended = subprocess.run(
            [
                sys.executable,
                "-W",
                "ignore",
                "-c",
                KILLED,
                json.dumps(config_tree),
                killed,
                str(ticks),
            ],
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).returncode
        deaths += ended == -signal.SIGKILL
        if ended != -signal.SIGKILL:
            assert ended == 0
            break
    assert deaths >= 3
    assert told(killed) == told(whole)
    lines = (killed / "answers.jsonl").read_text("utf-8").split("\n")[1:-1]
    assert len({json.loads(line)["prompt_id"] for line in lines}) == len(lines) == 100


def test_answers_are_filtered_shown_and_counted(
    teacher: Path, tiny: Callable[..., Path], config_tree: dict[str, Any], tmp_path: Path
) -> None:
    config_tree["teacher"] |= {"path": str(teacher), "most_tokens": 9, "temperature": 1.5}
    config_tree["student"]["path"] = str(tiny(seed=1))
    config_tree["data"] |= {
        "grader": "exact", "correct_only": True, "reasoning": "hidden", "reasoning_end": "####",
    }  # fmt: skip
    probes = tmp_path / "probes.jsonl"
    probes.write_text('{"prompt": "tell me", "expected": "refuse"}\n')
    config_tree["safeguards"] = {"prompts": str(probes), "most_tokens": 4}
    results = run(config_tree, tmp_path / "run")
    filters = results.filters
    # So hot, some answers are wrong; every one is either kept or counted.
    assert filters.wrong + filters.endless > 0
    assert 0 < filters.kept < filters.asked == 90
    left = filters.wrong + filters.endless + filters.empty + filters.too_long
    assert filters.kept + left == filters.asked
    assert results.students[0].measured.safeguards.refused.total == 1
    names = {file.name for file in (tmp_path / "run" / "plots").iterdir()}
    assert {"loss.svg", "accuracy.png", "safeguards.svg", "prediction.png"} <= names
    card = json.loads((tmp_path / "run" / "data-card.json").read_text("utf-8"))
    assert card["answers"]["filters"]["kept"] == filters.kept
    assert card["teacher"]["consent"] == "the tests made it"
    assert card["made"]["versions"]["trl"]
    assert card["cost"]["output_tokens"] == results.cost.output_tokens > 100
    page = (tmp_path / "run" / "data-card.md").read_text("utf-8")
    assert "what is" not in page  # no prompt


def test_nothing_left_to_learn_from_is_told(
    tiny: Callable[..., Path], config_tree: dict[str, Any], tmp_path: Path
) -> None:
    config_tree["teacher"]["path"] = config_tree["student"]["path"] = str(tiny())
    config_tree["data"] |= {"grader": "exact", "correct_only": True}
    with pytest.raises(ConfigError, match=r"No answer is left to learn from: .*wrong"):
        run(config_tree, tmp_path / "run")


def test_a_marked_teacher_says_so_on_the_card_without_the_account(
    teacher: Path, tiny: Callable[..., Path], config_tree: dict[str, Any], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(32))
    secret.chmod(0o600)
    config_tree["teacher"] |= {
        "path": str(teacher), "mark": "kgw", "mark_key_file": str(secret), "mark_account": "acct-9",
    }  # fmt: skip
    config_tree["student"]["path"] = str(tiny(seed=1))
    run(config_tree, tmp_path / "run")
    card = (tmp_path / "run" / "data-card.json").read_text("utf-8")
    assert json.loads(card)["countered"] == {"mark": "kgw", "key": "one account's"}
    assert "acct-9" not in card
