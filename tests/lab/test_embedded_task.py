"""The embedded task needs no torch: programs, styles, grades, what is shown, what students do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.lab.embedded import shown, vocabulary
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.students import ADAPTED, Harvest
from revenuer.lab.embedded.style import Style, facts, replies
from revenuer.lab.embedded.task import Programs, Task, programs, prompts
from revenuer.lab.embedded.vocabulary import words_of

TASK = Task(4)


def drawn(count: int = 50, seed: int = 0, restricted: float = 0.0) -> Programs:
    return programs(count, TASK, np.random.default_rng(seed), restricted=restricted)


def full(asked: Programs, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return replies(asked, TASK, Style.drawn(rng), rng)


def harvest(count: int = 50) -> Harvest:
    asked = drawn(count)
    return Harvest(asked, prompts(asked, TASK), full(asked), count)


def test_no_word_has_two_numbers() -> None:
    assert len(set(vocabulary.WORDS)) == vocabulary.SIZE


@given(st.integers(2, 8), st.integers(0, 2**32))
def test_what_python_makes_of_a_prompt_is_the_answer(variables: int, seed: int) -> None:
    task = Task(variables)
    asked = programs(5, task, np.random.default_rng(seed))
    for row, prompt in enumerate(prompts(asked, task)):
        known: dict[str, int] = {}
        said = words_of(prompt)
        assert len(said) == task.prompt_length
        for statement in " ".join(said[1:-3]).split(" ;"):
            if not statement.strip():
                continue
            name, _, what = statement.split(maxsplit=2)
            terms = [str(known[term]) if term in known else term for term in what.split()]
            left = int(terms[0])
            known[name] = left
            if len(terms) == 3:
                right = int(terms[2])
                each = {"+": left + right, "-": left - right, "*": left * right}
                known[name] = each[terms[1]] % 10
        assert known[said[-2]] == asked.answers[row]


def test_a_full_reply_is_right_in_every_step() -> None:
    grades = grade(drawn(), full(drawn()))
    assert grades.accuracy == 1.0
    assert grades.fidelity == 1.0
    assert (grades.steps == TASK.variables - 1).all()


def test_a_restricted_program_is_refused_and_answers_nothing() -> None:
    asked = drawn(restricted=1.0)
    grades = grade(asked, full(asked))
    assert grades.refused.all()
    assert not grades.right.any()


def test_a_wrong_result_is_no_true_step() -> None:
    rng = np.random.default_rng(3)
    wrong = shown.rewritten(full(drawn(400)), shown.falsified, rng)
    grades = grade(drawn(400), wrong)
    assert grades.accuracy == 1.0
    assert 0.6 < grades.fidelity < 0.8


@pytest.mark.parametrize("name", shown.SHOWN)
def test_what_is_shown_never_changes_the_answer(name: str) -> None:
    rng = np.random.default_rng(4)
    changed = shown.rewritten(full(drawn()), shown.SHOWN[name], rng)
    assert grade(drawn(), changed).accuracy == 1.0


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("reasoning-withheld", 0),
        ("reasoning-summarised", 1),
        ("reasoning-concluded", 3),
        ("reasoning-reordered", 3),
    ],
)
def test_what_is_left_of_the_steps_is_true(name: str, steps: int) -> None:
    changed = shown.rewritten(full(drawn()), shown.SHOWN[name], np.random.default_rng(5))
    grades = grade(drawn(), changed)
    assert (grades.steps == steps).all()
    assert (grades.true_steps == steps).all()


def test_putting_in_order_undoes_conclusions_first() -> None:
    one = full(drawn())
    rng = np.random.default_rng(6)
    there = shown.rewritten(one, shown.reordered, rng)
    back = shown.rewritten(there, shown.in_order_again, rng)
    # One free word of a step was said once only, so the wording may differ, the steps do not.
    assert grade(drawn(), back).fidelity == 1.0
    places = np.array([1, 3, 4, 5, 7])
    step = one[:, : 9 * 3].reshape(-1, 9), back[:, : 9 * 3].reshape(-1, 9)
    np.testing.assert_array_equal(step[0][:, places], step[1][:, places])


def test_a_consistent_student_keeps_only_what_ends_in_the_answer() -> None:
    whole = harvest(400)
    wrong = shown.rewritten(whole.replies, shown.falsified, np.random.default_rng(7))
    kept = ADAPTED["consistent"](
        Harvest(whole.programs, whole.prompts, wrong, 400), np.random.default_rng(8)
    )
    grades = grade(kept.programs, kept.replies)
    assert 0 < len(kept.programs) < 400
    assert (grades.last == grades.answered).all()
    assert kept.queries == 400


def test_duplicates_go_and_nothing_else() -> None:
    whole = harvest(40)
    twice = whole.rows(np.tile(np.arange(40), 2))
    kept = ADAPTED["de-duplicated"](twice, np.random.default_rng(9))
    np.testing.assert_array_equal(kept.lessons, whole.lessons)


def test_a_paraphrase_means_the_same_in_other_words() -> None:
    whole = harvest(40)
    said = ADAPTED["paraphrased"](whole, np.random.default_rng(10))
    assert grade(said.programs, said.replies).fidelity == 1.0
    assert (said.replies != whole.replies).mean() > 0.2


def test_facts_are_true_and_no_programs() -> None:
    rows = facts(20, 45, Style.even(), np.random.default_rng(11))
    for row in rows:
        for sentence in shown.sentences(words_of(row)):
            if len(sentence) == 9:
                left, sign, right = sentence[3:6]
                each = {
                    "+": int(left) + int(right),
                    "-": int(left) - int(right),
                    "*": int(left) * int(right),
                }
                assert int(sentence[7]) == each[sign] % 10
