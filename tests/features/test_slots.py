"""What is the same in texts of one template, and what varies."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.features.slots import alike, with_slots

TASKS = ["a wheel of 33 cm", "12 dozen loaves", "Zoe and Goran", "the bakery of 1925"]
TEMPLATE = "Task: {}\nYour answer is done; what is missing is the thinking. Supply all of it."
OTHER = "Rewrite this note on {} so that it sounds less stiff to whoever reads it."


def varying(texts: list[str]) -> list[list[str]]:
    return [[run.text for run in runs if run.varies] for runs in with_slots(texts)]


def test_what_fills_a_template_is_marked_and_nothing_else() -> None:
    texts = [TEMPLATE.format(task) for task in TASKS]
    assert varying(texts) == [[task] for task in TASKS]


def test_texts_of_two_templates_are_told_apart() -> None:
    texts = [TEMPLATE.format(task) for task in TASKS] + [OTHER.format(task) for task in TASKS]
    mixed = [texts[place] for place in (0, 4, 1, 5, 2, 6, 3, 7)]
    assert alike([*mixed, "Hello."]) == [[0, 2, 4, 6], [1, 3, 5, 7], [8]]


def test_a_text_that_does_not_belong_takes_nothing_from_the_others() -> None:
    texts = [TEMPLATE.format(task) for task in TASKS]
    assert varying([*texts, "Something else entirely."])[:4] == [[task] for task in TASKS]


def test_one_text_alone_has_no_slots() -> None:
    assert varying([TEMPLATE]) == [[]]
    assert with_slots([""]) == [[]]
    assert alike([]) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_nothing_of_a_text_is_lost_whatever_it_is(texts: list[str]) -> None:
    assert ["".join(run.text for run in runs) for runs in with_slots(texts)] == texts
    assert sorted(place for group in alike(texts) for place in group) == list(range(len(texts)))
