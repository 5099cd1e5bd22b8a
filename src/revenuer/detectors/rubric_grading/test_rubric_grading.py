from revenuer.detectors.prompt_cases import run_prompt_cases, score_texts
from revenuer.detectors.rubric_grading import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_a_pupils_essay_scores_less_than_a_models_answer() -> None:
    text = "Grade {} against the rubric from 1 to 10 and return only the score."
    model, pupil = score_texts(
        DETECTOR, [text.format("the model's answer"), text.format("my student's essay answer")]
    )
    assert pupil < model / 2
