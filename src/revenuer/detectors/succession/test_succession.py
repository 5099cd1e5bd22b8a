from revenuer.detectors.case_tables import case_tables
from revenuer.detectors.cases import run_cases, tokens_by_account
from revenuer.detectors.succession import DETECTOR
from revenuer.detectors.succession.detector import MOST_HOLDERS


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_a_popular_clients_newcomers_succeed_nobody() -> None:
    popular = {"tls_fingerprint": "t", "user_agent": "popular/1"}
    logs = case_tables(
        {
            "name": "popular",
            "exchanges": [
                {"account_id": "u{a}", "accounts": MOST_HOLDERS + 5, **popular},
                {"account_id": "late", "start": "2026-03-10T01:00:00Z", **popular},
            ],
            "accounts": [
                {"account_id": "u0", "status": "suspended", "suspended_at": "2026-03-10T00:00:00Z"}
            ],
        }
    )
    assert tokens_by_account(DETECTOR, logs) == {}


def test_whom_thousands_meet_in_some_block_or_other_has_no_successor() -> None:
    blocks = [f"203.0.{number}.7" for number in range(3)]
    each = MOST_HOLDERS // 2
    logs = case_tables(
        {
            "name": "passing through",
            "exchanges": [
                *({"account_id": "gone", "client_ip": block} for block in blocks),
                *(
                    {
                        "account_id": f"{number}-{{a}}",
                        "accounts": each,
                        "client_ip": block,
                        "start": "2026-03-10T01:00:00Z",
                    }
                    for number, block in enumerate(blocks)
                ),
            ],
            "accounts": [
                {
                    "account_id": "gone",
                    "status": "suspended",
                    "suspended_at": "2026-03-10T00:00:00Z",
                }
            ],
        }
    )
    assert tokens_by_account(DETECTOR, logs) == {}


def test_a_suspended_account_that_comes_back_does_not_succeed_itself() -> None:
    own = {"tls_fingerprint": "t", "user_agent": "own/1"}
    logs = case_tables(
        {
            "name": "itself",
            "exchanges": [{"account_id": "a", "start": "2026-03-10T01:00:00Z", **own}],
            "accounts": [
                {"account_id": "a", "status": "suspended", "suspended_at": "2026-03-10T00:00:00Z"}
            ],
        }
    )
    assert tokens_by_account(DETECTOR, logs) == {}


def test_without_an_accounts_table_there_is_no_succession() -> None:
    logs = case_tables({"name": "no accounts", "exchanges": [{"account_id": "a"}]})
    assert tokens_by_account(DETECTOR, logs) == {}
