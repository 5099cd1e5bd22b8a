"""Losses: prompts stay out, and divergences are what their formulas say."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.lab, pytest.mark.filterwarnings("default")]

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])


def kl(p: np.ndarray, q: np.ndarray) -> float:
    return float((p * np.log(p / q)).sum())


def loss(student: np.ndarray, teacher: np.ndarray, labels: list[int], **more: Any) -> float:
    from revenuer.lab.trainers import divergence_loss

    given = [torch.tensor(np.log(rows))[None] for rows in (student, teacher)]
    kept = {"shared": 3, "beta": 0.0, "temperature": 1.0, **more}
    return float(divergence_loss(*given, torch.tensor([labels]), **kept))


def test_forward_reverse_and_jsd_are_their_closed_forms() -> None:
    both = np.stack([Q, Q]), np.stack([P, P])
    assert loss(*both, [0, 1], beta=0.0) == pytest.approx(kl(P, Q))
    assert loss(*both, [0, 1], beta=1.0) == pytest.approx(kl(Q, P))
    mixture = 0.3 * P + 0.7 * Q
    wanted = 0.3 * kl(P, mixture) + 0.7 * kl(Q, mixture)
    assert loss(*both, [0, 1], beta=0.3) == pytest.approx(wanted)
    # By hand: two certain and opposite distributions are log 2 apart.
    far = np.array([[1 - 2e-9, 1e-9, 1e-9]]), np.array([[1e-9, 1 - 2e-9, 1e-9]])
    assert loss(*far, [0], beta=0.5) == pytest.approx(math.log(2), abs=1e-6)


def test_the_temperature_softens_both() -> None:
    soft = [row**0.5 / (row**0.5).sum() for row in (P, Q)]
    assert loss(Q[None], P[None], [0], temperature=2.0) == pytest.approx(kl(*soft))


def test_ignored_positions_and_padding_rows_take_no_part() -> None:
    student, teacher = np.stack([Q, P]), np.stack([P, Q])
    assert loss(student, teacher, [0, -100]) == pytest.approx(kl(P, Q))
    wide = (
        np.concatenate([student, [[9.0], [4.0]]], 1),
        np.concatenate([teacher, [[1.0], [2.0]]], 1),
    )
    assert loss(*wide, [0, -100]) == pytest.approx(kl(P, Q))
    assert loss(student, teacher, [0, 1], items=8) == pytest.approx((kl(P, Q) + kl(Q, P)) / 8)


@pytest.mark.parametrize("level", ["sequence", "logits"])
def test_the_loss_ignores_the_prompt(level: str, tiny: Callable[..., Path], tmp_path: Path) -> None:
    """What a trainer reports for one lesson is the mean over its answer, worked out by hand."""
    from revenuer.lab.config import Level, MethodSettings, TrainingSettings
    from revenuer.lab.pretrained import load
    from revenuer.lab.prompts import Prompt
    from revenuer.lab.sequences import lesson
    from revenuer.lab.trainers import Teaching, train

    student, teacher = load(tiny(seed=1)), load(tiny(seed=2))
    made = lesson(student.tokenizer, Prompt("", "what is 3 plus 4"), "so #### 7", finished=True)
    other = lesson(student.tokenizer, Prompt("", "tell me so"), "it is 7", finished=False)
    assert made.answer[-1] == student.tokenizer.eos_token_id
    assert other.answer[-1] != student.tokenizer.eos_token_id
    wanted = []
    for one in (made, other):
        ids = torch.tensor([[*one.prompt, *one.answer]])
        with torch.inference_mode():
            ours, theirs = (who.model(ids).logits[0].log_softmax(-1) for who in (student, teacher))
        for place in range(len(one.prompt) - 1, ids.shape[1] - 1):
            if level == "sequence":
                wanted.append(-float(ours[place, ids[0, place + 1]]))
            else:
                p, q = theirs[place], ours[place]
                wanted.append(float((p.exp() * (p - q)).sum()))
    trained = train(
        student, [made, other], TrainingSettings(epochs=1, batch=2),
        MethodSettings(level=Level(level)), seed=0, folder=tmp_path,
        teacher=None if level == "sequence" else Teaching(teacher.model, 33, 8),
    )  # fmt: skip
    assert len(wanted) == len(made.answer) + len(other.answer) < len(made) + len(other)
    assert trained.losses[0][1] == pytest.approx(np.mean(wanted), rel=1e-4)


@pytest.mark.parametrize("level", ["sequence", "logits"])
def test_accumulated_batches_move_the_weights_like_one(
    level: str, tiny: Callable[..., Path], tmp_path: Path
) -> None:
    from revenuer.lab.config import Level, MethodSettings, TrainingSettings
    from revenuer.lab.pretrained import load
    from revenuer.lab.prompts import Prompt
    from revenuer.lab.sequences import lesson
    from revenuer.lab.trainers import Teaching, train

    start, teacher = tiny(seed=1), load(tiny(seed=2))
    ends = []
    for batch, accumulate in ((4, 1), (1, 4)):
        student = load(start)
        lessons = [
            lesson(student.tokenizer, Prompt("", f"what is {a}"), "it is " * a, finished=True)
            for a in range(1, 5)
        ]
        train(
            student, lessons, TrainingSettings(epochs=1, batch=batch, accumulate=accumulate),
            MethodSettings(level=Level(level)), seed=0, folder=tmp_path / str(batch),
            teacher=None if level == "sequence" else Teaching(teacher.model, 33, 8),
        )  # fmt: skip
        ends.append(student.model.lm_head.weight.detach())
    moved = (ends[0] - load(start).model.lm_head.weight.detach()).abs().max()
    assert moved > 1e-6
    assert torch.allclose(*ends, atol=float(moved) / 50)


def test_nats_a_token_are_a_mean_over_answers_however_they_are_batched(
    tiny: Callable[..., Path],
) -> None:
    from revenuer.lab.pretrained import load
    from revenuer.lab.prompts import Prompt
    from revenuer.lab.sequences import lesson, nats_per_token

    found = load(tiny())
    lessons = [
        lesson(found.tokenizer, Prompt("", f"what is {a}"), "it is " * a, finished=True)
        for a in range(1, 6)
    ]
    one, many = (nats_per_token(found.model, lessons, 0, batch) for batch in (1, 5))
    assert one == pytest.approx(many, rel=1e-5)
    # An untrained model is about as good as chance among 33 tokens.
    assert one == pytest.approx(math.log(33), abs=0.3)
