from revenuer.detectors.prompt_cases import run_prompt_cases, score_texts
from revenuer.detectors.working_asked import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_an_essay_about_thinking_is_no_hit() -> None:
    assert score_texts(DETECTOR, ["Explain how chain of thought works, as an essay."])[0] < 0.5


def test_a_demand_to_put_the_working_out_counts_more_than_naming_it() -> None:
    named, told = score_texts(
        DETECTOR, ["What is a derivation?", "Write down the full derivation, every step."]
    )
    assert told > named
