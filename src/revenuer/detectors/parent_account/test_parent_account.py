from revenuer.detectors.cases import run_cases
from revenuer.detectors.parent_account import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_a_declared_tie_is_open_and_private_to_nobody() -> None:
    assert DETECTOR.declared
    assert not DETECTOR.private
