"""The embedded models: members side by side, training, sampling, token methods, a small grid."""

# ruff: noqa: E402 (what needs torch is imported once torch is known to be there)
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra [lab]: make test-lab")

from revenuer.lab import token_methods
from revenuer.lab.embedded import (
    arms,
    canary_trial,
    grading,
    grid,
    habit_trial,
    innocents,
    logit_level,
    power,
    sampling,
    taught,
)
from revenuer.lab.embedded.divergences import divergence, shown_logits
from revenuer.lab.embedded.muon import orthogonal
from revenuer.lab.embedded.network import Network, Shape
from revenuer.lab.embedded.reweighing import helpfulness
from revenuer.lab.embedded.schooling import School, copied
from revenuer.lab.embedded.style import Style, replies
from revenuer.lab.embedded.task import Task, programs, prompts
from revenuer.lab.embedded.training import Lessons, Recipe, sequence_loss, sequence_losses, train
from revenuer.lab.embedded.vocabulary import END, ID, PAD, SIZE
from revenuer.lab.embedded.world import World, world
from revenuer.stats.green_list import green_mask

pytestmark = pytest.mark.lab
SMALL = Shape(16, 2, 2)
TASK = Task(3)


def rows(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    asked = programs(count, TASK, rng)
    return np.concatenate([prompts(asked, TASK), replies(asked, TASK, Style.even(), rng)], axis=1)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    torch.set_num_threads(1)
    return world(School(TASK).scaled(0.1), (0, 1), tmp_path_factory.mktemp("world"))


def test_members_side_by_side_say_what_each_says_alone() -> None:
    words = torch.from_numpy(rows(4))
    both = Network(SMALL, [1, 2])
    for member, seed in enumerate((1, 2)):
        alone = Network(SMALL, [seed])
        torch.testing.assert_close(both(words.expand(2, -1, -1))[member], alone(words[None])[0])


def test_reading_word_by_word_is_reading_at_once() -> None:
    network, words = Network(SMALL, [3]), torch.from_numpy(rows(4))[None]
    for weights in network.near:
        torch.nn.init.normal_(weights)
    at_once = network(words)
    cache: list = []
    parts = [network(words[..., :5], cache)]
    parts += [network(words[..., place : place + 1], cache) for place in range(5, words.shape[-1])]
    torch.testing.assert_close(torch.cat(parts, 2), at_once, rtol=1e-4, atol=1e-4)


def test_a_word_does_not_see_those_after_it() -> None:
    network, words = Network(SMALL, [4]), torch.from_numpy(rows(4))[None]
    other = words.clone()
    other[..., 10:] = ID["7"]
    torch.testing.assert_close(network(words)[..., :10, :], network(other)[..., :10, :])


def test_orthogonal_brings_singular_values_near_one() -> None:
    found = torch.linalg.svdvals(orthogonal(torch.randn(3, 24, 8)))
    assert bool(((found > 0.6) & (found < 1.3)).all())


def test_the_loss_is_of_the_reply_alone() -> None:
    network, words = Network(SMALL, [5]), torch.from_numpy(rows(6))[None]
    start = TASK.prompt_length
    logits = network(words[..., :-1]).log_softmax(-1)[0]
    wanted = words[0, :, 1:]
    each = -logits.gather(-1, wanted[..., None])[..., 0]
    mask = (torch.arange(1, words.shape[-1]) >= start) & (wanted != PAD)
    expected = (each * mask).sum() / mask.sum()
    torch.testing.assert_close(sequence_loss(network, Lessons(words, start))[0], expected)


def test_training_teaches_and_leaves_other_members_alone() -> None:
    first = torch.from_numpy(np.stack([rows(64, 1), rows(64, 2)]))
    other = torch.from_numpy(np.stack([rows(64, 1), rows(64, 3)]))
    found = []
    for words in (first, other):
        network = Network(SMALL, [1, 2])
        lessons = Lessons(words, TASK.prompt_length)
        before = sequence_losses(network, lessons).mean()
        train(network, lessons, Recipe(60, 16), 0)
        assert sequence_losses(network, lessons).mean() < before - 0.5
        found.append(network.head.detach())
    torch.testing.assert_close(found[0][0], found[1][0])
    assert not torch.equal(found[0][1], found[1][1])


def test_an_example_that_is_trusted_helps_more_than_noise() -> None:
    network = Network(SMALL, [6])
    good = rows(64, 4)
    noise = good[:32].copy()
    rng = np.random.default_rng(5)
    replied = noise[:, TASK.prompt_length :]
    noise[:, TASK.prompt_length :] = np.where(
        replied == PAD, PAD, rng.integers(3, SIZE, replied.shape)
    )
    lessons = Lessons(
        torch.from_numpy(np.concatenate([good[:32], noise]))[None], TASK.prompt_length
    )
    trusted = Lessons(torch.from_numpy(good[32:])[None], TASK.prompt_length)
    helps = helpfulness(network, lessons, trusted)[0]
    assert helps[:32].mean() > helps[32:].mean() + 0.5


class TestDivergences:
    ours = torch.tensor([[0.75, 0.25]]).log()
    theirs = torch.tensor([[0.5, 0.5]]).log()

    def test_forward_and_reverse_are_each_others_mirror(self) -> None:
        forward = divergence(self.ours, self.theirs, "forward-kl")
        torch.testing.assert_close(forward, divergence(self.theirs, self.ours, "reverse-kl"))
        torch.testing.assert_close(
            forward, torch.tensor([0.5 * np.log(2 / 3) + 0.5 * np.log(2)], dtype=torch.float32)
        )

    def test_jsd_at_a_half_is_symmetric_and_below_log_two(self) -> None:
        one, two = torch.randn(50, 9) * 5, torch.randn(50, 9) * 5
        there = divergence(one, two, "jsd")
        torch.testing.assert_close(there, divergence(two, one, "jsd"), rtol=1e-4, atol=1e-5)
        assert bool((there <= np.log(2) + 1e-6).all())

    def test_the_same_is_at_no_distance(self) -> None:
        logits = torch.randn(5, 9)
        for kind in ("forward-kl", "reverse-kl", "jsd"):
            assert float(divergence(logits, logits, kind).abs().max()) < 1e-6

    def test_what_is_not_shown_is_spread_evenly(self) -> None:
        shown = shown_logits(torch.tensor([[0.7, 0.1, 0.1, 0.1]]).log(), 1).exp()
        torch.testing.assert_close(shown, torch.tensor([[0.7, 0.1, 0.1, 0.1]]))


class TestTokenMethods:
    said = torch.arange(3000).view(-1, 3) % 17
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log().expand(1000, -1)

    def test_a_green_list_raises_the_green_by_delta(self) -> None:
        raised = token_methods.GreenList(b"key", delta=2.0)(self.logits, self.said) - self.logits
        mask = green_mask(self.said[:, -2:].numpy(), 4, b"key", 0.5)
        torch.testing.assert_close(raised, 2.0 * torch.from_numpy(mask).float(), check_dtype=False)

    @pytest.mark.parametrize(
        "make", [token_methods.GumbelMax, lambda key: token_methods.Tournament(key, layers=4)]
    )
    def test_marks_that_promise_it_leave_each_reply_distributed_as_it_was(self, make) -> None:
        shares = torch.stack(
            [
                make(bytes([0, number]))(self.logits[:1], self.said[:1]).softmax(-1)[0]
                for number in range(250)
            ]
            + [
                make(bytes([1, number]))(self.logits[:1], self.said[1:2]).softmax(-1)[0]
                for number in range(250)
            ]
        )
        spread = float(shares.std(0).max()) / 500**0.5
        torch.testing.assert_close(
            shares.mean(0),
            torch.tensor([0.5, 0.3, 0.15, 0.05]),
            atol=4 * spread,
            rtol=0,
            check_dtype=False,
        )

    def test_a_product_of_experts_is_their_geometric_mean(self) -> None:
        method = token_methods.ProductOfExperts(lambda said: torch.zeros(len(said), 4), share=0.5)
        found = method(self.logits, self.said).softmax(-1)[0]
        roots = torch.tensor([0.5, 0.3, 0.15, 0.05]).sqrt()
        torch.testing.assert_close(found, roots / roots.sum())

    def test_a_fingerprint_pushes_as_much_up_as_down_on_the_proxys_mean(self) -> None:
        proxy = torch.tensor([0.4, 0.3, 0.2, 0.1]).log()
        method = token_methods.AntidistillationFingerprint(
            b"key", lambda said: proxy.expand(len(said), -1), strength=3.0
        )
        pushed = method(self.logits, self.said) - self.logits
        torch.testing.assert_close(pushed.sum(-1), torch.zeros(1000), atol=1e-5, rtol=0)

    def test_antidistillation_is_of_unit_spread_times_strength(self) -> None:
        ahead = torch.tensor([1.0, 2.0, 0.0, 1.0])
        method = token_methods.Antidistillation(
            lambda said: ahead.expand(len(said), -1),
            lambda said: torch.zeros(len(said), 4),
            strength=0.7,
        )
        pushed = method(self.logits, self.said) - self.logits
        torch.testing.assert_close(pushed.std(-1), torch.full((1000,), 0.7))


def test_only_the_reasoning_is_acted_on(small: World) -> None:
    def answers_at_once(logits: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
        return torch.full_like(logits, -torch.inf).index_fill(1, torch.tensor([ID["answer"]]), 0.0)

    said = small.ask(small.tests()[np.arange(40)], method=answers_at_once)
    assert bool((said[:, 0] == ID["answer"]).all())
    assert not bool((said[:, 1:] == ID["answer"]).any())


def test_answers_are_put_back() -> None:
    said = torch.tensor([[ID["so"], ID["answer"], ID["3"], END], [ID["so"], END, PAD, PAD]])
    found = sampling.with_answers(said, torch.tensor([8, -1]))
    assert found.tolist() == [[ID["so"], ID["answer"], ID["8"], END], [ID["so"], END, PAD, PAD]]


def test_a_proxy_reads_on_as_if_it_read_anew(small: World) -> None:
    words = torch.from_numpy(rows(5))
    following = sampling.Following(small.proxy)
    for length in (7, 8, 9):
        found = following(words[:, :length])
        torch.testing.assert_close(
            found, small.proxy(words[None, :, :length])[0, :, -1], rtol=1e-4, atol=1e-4
        )


def test_models_that_are_kept_are_read_again(tmp_path: Path) -> None:
    school = School(TASK).scaled(0.01)
    first = world(school, (0,), tmp_path)
    again = world(school, (0,), tmp_path)
    for one, other in zip(first.teacher.parameters(), again.teacher.parameters(), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("arm", arms.ARMS, ids=lambda arm: arm.name)
def test_every_arm_serves_and_is_harvested(small: World, arm: arms.Arm) -> None:
    harvest = arms.harvested(small, arm, 0, 16)
    assert len(harvest.lessons) == 16
    assert harvest.queries == 16


def test_coupled_accounts_hold_the_same_text(small: World) -> None:
    alike = arms.harvested(small, arms.BY_NAME["seed-coupling"], 0, 64)
    free = arms.harvested(small, arms.BY_NAME["many accounts"], 0, 64)
    assert len(np.unique(alike.lessons, axis=0)) == 8
    assert len(np.unique(free.lessons, axis=0)) > 8


@pytest.mark.parametrize(
    "student", ["passive", "four-times", "inverted", "reweighed", "re-queried", "consistent"]
)
def test_every_student_is_taught(small: World, student: str) -> None:
    cell = grid.Cell(arms.BY_NAME["reasoning-summarised"], student)
    found = grid.measured(small, cell, count=32)
    assert len(found["accuracy"]) == 2
    assert found["queries"] == (128 if student in ("four-times", "re-queried") else 32)


@pytest.mark.parametrize("way", logit_level.WAYS, ids=lambda way: way.name)
def test_every_way_of_distilling_teaches(small: World, way: logit_level.Way) -> None:
    students = logit_level.distilled(small, way, 32)
    asked = small.tests()
    lessons = Lessons(
        torch.from_numpy(np.stack([arms.served(small, arms.CLEAN, asked, 1).lessons] * 2)),
        TASK.prompt_length,
    )
    after = sequence_losses(students, lessons).mean()
    assert after < sequence_losses(copied(small.bases), lessons).mean()


def test_a_mark_is_looked_for_in_students_with_and_without_it(small: World) -> None:
    found = power.power(small, power.MARKS[0], 1.0, 32)
    assert {row["paired"] for row in found["tests"]} == {True, False}
    assert all(1 / 1000 <= row["p"] <= 1 for row in found["tests"])
    assert len(found["accuracy"]) == 2


def test_a_habit_is_counted_in_students(small: World) -> None:
    found = habit_trial.habit(small, 1.0, 32)
    assert [row["answers"] for row in found["openings"]] == 2 * list(power.BUDGETS)
    assert all(0 <= row["opened"] <= row["answers"] for row in found["openings"])


def test_a_habit_changes_the_opening_and_nothing_else(small: World) -> None:
    given = small.tests()
    free, habit = (arms.served(small, arms.BY_NAME[name], given, 1) for name in ("none", "habit"))
    opened = habit_trial.openings(habit.lessons, TASK.prompt_length)
    assert opened > habit_trial.openings(free.lessons, TASK.prompt_length)
    width = min(free.replies.shape[1], habit.replies.shape[1])
    np.testing.assert_array_equal(free.replies[:, 1:width], habit.replies[:, 1:width])


def test_reasoning_that_loses_the_answer_is_not_served(small: World) -> None:
    given = small.tests()
    arm = arms.BY_NAME["antidistillation-sampling 1.5"]
    clean = small.ask(given, temperature=1.0, seed=3).numpy()
    said = arms.answered(small, arm, given, 3).numpy()
    np.testing.assert_array_equal(
        grading.grade(given, said).answered, grading.grade(given, clean).answered
    )


def test_innocents_are_tested_by_every_mark(
    small: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(innocents, "TOGETHER", 4)
    found = innocents.innocents(small, innocents.others(small.school, tmp_path), 0, tmp_path)
    assert len(found) == 4
    assert all(len(row["p"]) == 2 * len(power.MARKS) for row in found)


def test_canaries_never_served_are_not_known(small: World) -> None:
    found = canary_trial.canaries(small, 32, 0)
    assert all(row["recalled"] == 0 for row in found)


def test_own_examples_cost_no_query(small: World) -> None:
    assert taught.own_harvest(small, 0, 8).queries == 0
