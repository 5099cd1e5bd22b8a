from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.signup_burst import DETECTOR

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


@given(st.integers(0, 10**7), st.integers(0, 1700))
@settings(max_examples=6, deadline=None)
def test_half_an_hour_apart_always_shares_a_bucket(second: int, apart: int) -> None:
    moments = [START + timedelta(seconds=second), START + timedelta(seconds=second + apart)]
    accounts = [
        {"account_id": name, "created_at": moment.isoformat(), "signup_asn": 64500}
        for name, moment in zip("ab", moments, strict=True)
    ]
    held = tokens_by_account(DETECTOR, case_tables({"name": "pair", "accounts": accounts}))
    assert held["a"] & held["b"]
