from revenuer.detectors.cases import run_cases
from revenuer.detectors.shared_payment import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_strangers_do_not_share_it_by_chance_and_nobody_declares_it() -> None:
    assert DETECTOR.private
    assert not DETECTOR.declared
