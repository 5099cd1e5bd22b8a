from revenuer.detectors.prompt_cases import run_prompt_cases, score_texts
from revenuer.detectors.task_generation import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_solving_a_task_is_not_making_one() -> None:
    assert (
        score_texts(DETECTOR, ["Solve this hard new problem; the answer is verifiable."])[0] < 0.5
    )
