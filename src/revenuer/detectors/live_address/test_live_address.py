import ibis

from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases
from revenuer.detectors.live_address import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_exchanges_are_counted_over_spellings() -> None:
    rows = [{"account_id": "a", "repeat": 6, "client_ip": ["::FFFF:203.0.113.9", "203.0.113.9"]}]
    tokens = DETECTOR.tokens(case_tables({"name": "spellings", "exchanges": rows}))
    frame = ibis.duckdb.connect().to_polars(tokens)
    assert frame.rows() == [("a", "203.0.113.9", 6)]
