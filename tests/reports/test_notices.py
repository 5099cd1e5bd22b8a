"""What customers are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from revenuer.guard.ladder import ACTIONS, Action
from revenuer.guard.policy import Appeal
from revenuer.reports.notices import MEASURES, SUBJECTS, Customer, Occasion, notice_of

OCCASION = Occasion(
    decision="decision--1",
    evidence_id="campaign--1",
    at=datetime(2026, 6, 1, tzinfo=UTC),
    until=datetime(2026, 6, 4, 12, tzinfo=UTC),
    approved=True,
    appeal=Appeal(url="https://example.com/appeals", verify_url="https://example.com/verify"),
)
CUSTOMER = Customer("organization", "org-1", ("acct-1", "acct-2"))
TOLD = [action for action in ACTIONS if action > Action.TAG]


def test_there_are_words_for_every_action_that_a_customer_feels() -> None:
    # A tag is told where countermeasures go with it, and only there.
    assert set(SUBJECTS) == set(MEASURES) == {Action.TAG, *TOLD}


@pytest.mark.parametrize("action", TOLD)
def test_a_notice_says_what_why_until_when_and_where_to_object(action: Action) -> None:
    notice = notice_of(CUSTOMER, action, OCCASION)
    text = notice["text"]
    for part in (
        MEASURES[action],
        "to train another model",
        "4 Jun 2026, 12:00 UTC",
        "https://example.com/appeals",
        "campaign--1",
        "acct-1",
        "acct-2",
        "A person looked at this",
    ):
        assert part in text
    assert ("https://example.com/verify" in text) == (action is Action.CHALLENGE)
    assert notice["subject"] == SUBJECTS[action]


def test_it_is_not_said_that_a_person_looked_where_none_did() -> None:
    text = notice_of(CUSTOMER, Action.THROTTLE, replace(OCCASION, approved=False))["text"]
    assert "without a person's approval" in text
    assert "A person looked" not in text


def test_what_is_lifted_is_said_to_be_over() -> None:
    notice = notice_of(CUSTOMER, Action.BLOCK, replace(OCCASION, lifted=True))
    assert notice["about"] == "lifted"
    assert "lifted" in notice["text"]
    assert MEASURES[Action.BLOCK] not in notice["text"]


def test_a_long_list_is_cut_in_the_text_and_whole_in_the_data() -> None:
    names = tuple(f"acct-{number}" for number in range(100))
    notice = notice_of(Customer("account", "x", names), Action.BLOCK, OCCASION)
    assert "and 80 more" in notice["text"]
    assert len(notice["account_ids"]) == 100
