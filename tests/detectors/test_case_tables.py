import ibis
import pytest

from revenuer.detectors.case_tables import case_tables


def test_rows_stand_for_accounts_and_exchanges() -> None:
    logs = case_tables(
        {
            "name": "two accounts",
            "exchanges": [
                {"account_id": "m{a}", "accounts": 2, "repeat": 3, "step_s": 60, "prompt": "{i}"}
            ],
            "accounts": [{"account_id": "m{a}", "accounts": 2, "plan": ["pro", None]}],
        }
    )
    frame = ibis.duckdb.connect().to_polars(logs.exchanges)
    assert frame["account_id"].to_list() == ["m0"] * 3 + ["m1"] * 3
    assert frame["prompt"].to_list() == ["0", "1", "2"] * 2
    assert frame["exchange_id"].n_unique() == 6
    assert "exchanges.prompt" in logs.present
    assert "exchanges.client_ip" not in logs.present


def test_days_keep_to_their_hours_and_come_out_the_same_twice() -> None:
    case = {
        "name": "office hours",
        "exchanges": [{"account_id": "a", "days": 5, "per_day": 9, "hours": [8, 18]}],
    }
    first, second = (ibis.duckdb.connect().to_polars(case_tables(case).exchanges) for _ in "ab")
    assert first.equals(second)
    assert first["occurred_at"].dt.hour().is_between(8, 17).all()
    assert first["occurred_at"].dt.date().n_unique() == 5


def test_a_column_that_the_contract_lacks_is_an_error() -> None:
    with pytest.raises(ValueError, match="exchanges has no column 'ip'"):
        case_tables({"name": "typo", "exchanges": [{"account_id": "a", "ip": "203.0.113.9"}]})
