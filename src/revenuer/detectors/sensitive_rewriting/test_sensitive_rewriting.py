from revenuer.detectors.prompt_cases import run_prompt_cases, score_texts
from revenuer.detectors.sensitive_rewriting import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_a_sensitive_question_alone_is_not_recast() -> None:
    assert score_texts(DETECTOR, ["Why were the dissidents arrested?"])[0] == 0
