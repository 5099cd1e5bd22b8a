from revenuer.detectors.cases import run_cases
from revenuer.detectors.prompt_template import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []
