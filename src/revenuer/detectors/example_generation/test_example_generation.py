from revenuer.detectors.example_generation import DETECTOR
from revenuer.detectors.prompt_cases import run_prompt_cases, score_texts


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_each_mark_of_training_data_adds_to_the_score() -> None:
    bare = "Write question-answer pairs about bees."
    more = "Write 50 diverse question-answer pairs about bees as JSONL."
    less, much = score_texts(DETECTOR, [bare, more])
    assert 0 < less < much
