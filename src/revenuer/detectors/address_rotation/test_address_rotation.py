from revenuer.detectors.address_rotation import DETECTOR
from revenuer.detectors.cases import run_cases


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []
