from revenuer.detectors.cases import run_cases
from revenuer.detectors.peer_sighting import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []
