import ibis

from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.system_prompt import DETECTOR


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_tokens_carry_no_word_of_the_prompt() -> None:
    prompt = "confidential instructions of a customer"
    logs = case_tables({"name": "p", "exchanges": [{"account_id": "a", "system_prompt": prompt}]})
    (token,) = tokens_by_account(DETECTOR, logs)["a"]
    assert not any(word in token for word in prompt.split())


def test_exchanges_are_counted_over_spellings() -> None:
    rows = [{"account_id": "a", "repeat": 5, "system_prompt": ["p", "p "]}]
    tokens = DETECTOR.tokens(case_tables({"name": "spellings", "exchanges": rows}))
    assert ibis.duckdb.connect().to_polars(tokens)["exchanges"].to_list() == [5]
