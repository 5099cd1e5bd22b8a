from revenuer.detectors.prompt_cases import run_prompt_cases, score_texts
from revenuer.detectors.trace_cleaning import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_naming_a_trace_without_work_on_it_is_no_hit() -> None:
    assert score_texts(DETECTOR, ["What is a reasoning trace?"])[0] < 0.4
