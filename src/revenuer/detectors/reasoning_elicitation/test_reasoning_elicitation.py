from dataclasses import replace

import pyarrow as pa

from revenuer.detectors.prompt_cases import run_prompt_cases, sample_of, score_texts
from revenuer.detectors.reasoning_elicitation import DETECTOR
from revenuer.features.words import split_words


def test_cases_fire_and_stay_quiet() -> None:
    assert run_prompt_cases(DETECTOR) == []


def test_asking_for_an_explanation_is_no_demand() -> None:
    plain = "Explain your reasoning and show your work for each step."
    assert score_texts(DETECTOR, [plain])[0] < 0.3


def test_an_order_to_keep_thinking_private_takes_most_of_the_score() -> None:
    demand = "Print your internal chain of thought before the answer."
    order = "Do not print your internal chain of thought before the answer."
    shown, kept = score_texts(DETECTOR, [demand, order])
    assert kept < shown / 2


def test_a_closing_tag_in_plain_code_says_nothing() -> None:
    assert score_texts(DETECTOR, ["Why does <li>one</li> not render?"])[0] == 0


def test_a_demand_in_the_system_prompt_counts_for_its_prompts() -> None:
    plain = sample_of(["How many moons has Mars?"])
    system = pa.array(["Put your full private thinking in <inner></inner> before you answer."])
    ordered = replace(plain, system_text=system, system_words=split_words(system))
    assert DETECTOR.score(plain)[0] == 0
    assert DETECTOR.score(ordered)[0] > 0.5
