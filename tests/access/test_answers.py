"""What is answered to whom, and what an answer may rest on."""

from __future__ import annotations

from typing import Any

import pytest
from rows import NOW_US, application, convicted, standing

from revenuer.access.answers import Answer, Assessment
from revenuer.access.applications import Check, Outcome, Programme, Result
from revenuer.access.assessing import Judge
from revenuer.access.domains import DomainTables
from revenuer.access.history import DAY_US, Standing
from revenuer.access.profile import Tables
from revenuer.access.reference import fit

DOMAINS = DomainTables(
    disposable=({"throw.example"}, {"throw.example", "once.example"}),
    free={"gmail.com", "outlook.com"},
    academic={"uni.example"},
    former={"alumni.uni.example"},
)


@pytest.fixture
def judge() -> Judge:
    """A judge with some honest history and no tables of networks."""
    judge = Judge(Tables(DOMAINS))
    standing(judge, 400)
    judge.reference = fit(judge.history)
    return judge


def one(judge: Judge, **said: Any) -> Assessment:
    return judge.judge(application(**said), now_us=NOW_US)


def pool(judge: Judge, many: int, **said: Any) -> Assessment:
    """The answer to the last of many who come within an hour."""
    for number in range(many):
        each = application(**said)
        now_us = NOW_US + number * 60_000_000
        seen = judge.seen(each)
        found = judge.judge(each, now_us=now_us, seen=seen)
        judge.take_in(each, seen, found)
    return found


def test_an_ordinary_applicant_is_accepted(judge: Judge) -> None:
    found = one(judge)
    assert found.answer is Answer.ACCEPT
    assert [reason.code for reason in found.reasons] == ["nothing-found"]


def test_an_application_that_says_nothing_is_accepted(judge: Judge) -> None:
    asked = "email payment_fingerprint payment_kind signup_ip phone_fingerprint phone_kind"
    nothing = dict.fromkeys((*asked.split(), "device_fingerprint", "signup_asn", "tls_fingerprint"))
    assert one(judge, **nothing).log_evidence == 0


@pytest.mark.parametrize(
    "said",
    [
        {"network_kind": "vpn"},
        {"email": "x7@duck.com"},
        {"network_kind": "relay", "email": "quiet@privaterelay.appleid.com"},
        {"network_kind": "hosting"},
        {"payment_kind": "virtual"},
        {"phone_kind": "voip"},
    ],
)
def test_privacy_alone_costs_nothing(judge: Judge, said: dict[str, str]) -> None:
    assert one(judge, **said).answer is Answer.ACCEPT


def test_all_of_privacy_at_once_costs_a_light_check_at_most(judge: Judge) -> None:
    found = one(
        judge,
        email="a@throw.example",
        network_kind="tor",
        payment_kind="virtual",
        phone_kind="voip",
    )
    assert found.answer is Answer.STEP_UP
    assert set(found.checks) <= {Check.EMAIL, Check.PHONE, Check.CARD}


def test_a_household_shares_a_card_and_a_device(judge: Judge) -> None:
    home = {"payment_fingerprint": "pay-home", "device_fingerprint": "dev-home",
            "signup_ip": "9.9.9.9"}  # fmt: skip
    assert pool(judge, 4, **home).answer is Answer.ACCEPT


def test_an_office_under_its_organization_is_one_party(judge: Judge) -> None:
    office = {"payment_fingerprint": "pay-office", "signup_ip": "9.9.9.9",
              "organization_id": "org-1"}  # fmt: skip
    assert pool(judge, 60, **office).answer is Answer.ACCEPT


def test_a_class_from_one_campus_is_one_crowd(judge: Judge) -> None:
    for number in range(60):
        email = f"{chr(97 + number % 26)}{chr(97 + number // 26)}lopez@uni.example"
        found = pool(judge, 1, email=email, signup_ip="9.9.9.9")
    assert found.answer is Answer.ACCEPT


def test_many_names_with_one_card_are_asked(judge: Judge) -> None:
    found = pool(judge, 25, payment_fingerprint="pay-pool")
    assert found.answer is Answer.STEP_UP
    assert Check.CARD not in found.checks
    assert found.reasons[0].code == "payment-shared"


def test_a_pool_with_one_card_one_device_and_one_line_is_held(judge: Judge) -> None:
    found = pool(judge, 40, payment_fingerprint="pay-pool", device_fingerprint="dev-pool",
                 signup_ip="9.9.9.9")  # fmt: skip
    assert found.answer is Answer.HOLD
    assert {reason.code for reason in found.reasons} >= {"payment-shared", "device-shared"}


def test_honest_company_excuses_a_popular_device(judge: Judge) -> None:
    standing(judge, 300, device_fingerprint="dev-lab")
    assert pool(judge, 40, device_fingerprint="dev-lab").log_evidence == 0


def test_two_tools_of_a_convicted_campaign_refuse(judge: Judge) -> None:
    convicted(judge, "campaign--1", 3, payment_fingerprint="pay-x", phone_fingerprint="tel-x")
    found = one(judge, payment_fingerprint="pay-x", phone_fingerprint="tel-x")
    assert found.answer is Answer.REFUSE
    assert found.campaigns == ("campaign--1",)


def test_one_tool_of_a_convicted_campaign_does_not_refuse(judge: Judge) -> None:
    convicted(judge, "campaign--1", 30, payment_fingerprint="pay-x")
    assert one(judge, payment_fingerprint="pay-x").answer is Answer.STEP_UP


def test_the_victim_of_a_taken_account_is_not_refused(judge: Judge) -> None:
    mine = {"payment_fingerprint": "pay-v", "phone_fingerprint": "tel-v",
            "device_fingerprint": "dev-v"}  # fmt: skip
    convicted(judge, "campaign--1", 30)
    convicted(judge, "campaign--1", 1, **mine)
    assert one(judge, **mine).answer is Answer.HOLD


def test_what_honest_accounts_have_too_does_not_refuse(judge: Judge) -> None:
    tools = {"payment_fingerprint": "pay-x", "phone_fingerprint": "tel-x"}
    convicted(judge, "campaign--1", 3, **tools)
    standing(judge, 1, **tools)
    assert one(judge, **tools).answer is not Answer.REFUSE


def test_an_acquittal_takes_the_inheritance_back(judge: Judge) -> None:
    tools = {"payment_fingerprint": "pay-x", "phone_fingerprint": "tel-x"}
    names = []
    for _ in range(3):
        each = application(**tools)
        names.append(each.application_id)
        judge.history.add(
            each.application_id, judge.seen(each), at_us=NOW_US - DAY_US,
            standing=Standing.CONVICTED, campaign="campaign--1",
        )  # fmt: skip
    assert one(judge, **tools).answer is Answer.REFUSE
    for name in names:
        judge.history.acquit(name)
    found = one(judge, **tools)
    assert found.answer is Answer.ACCEPT
    assert found.campaigns == ()


def test_a_pupil_is_not_asked_for_the_word_of_a_company(judge: Judge) -> None:
    for name in ("kim", "lee", "zoe"):
        convicted(judge, "campaign--1", 1, email=f"{name}@small-school.example")
    school = {"email": "ana@small-school.example", "claimed_domain": "small-school.example"}
    pupil = one(judge, programme=Programme.EDUCATION, **school)
    assert pupil.answer is not Answer.ACCEPT
    assert Check.ORGANIZATION not in pupil.checks
    assert Check.ORGANIZATION in one(judge, **school).checks


def test_a_passed_check_lowers_and_a_failed_one_raises(judge: Judge) -> None:
    pool(judge, 25, payment_fingerprint="pay-pool")
    mine = application(payment_fingerprint="pay-pool")

    def after(result: Result | None) -> Assessment:
        outcomes = [Outcome(mine.application_id, Check.PHONE, result, NOW_US)] if result else []
        return judge.judge(mine, now_us=NOW_US + DAY_US // 2, outcomes=outcomes)

    before, passed, failed = after(None), after(Result.PASSED), after(Result.FAILED)
    assert passed.log_evidence < before.log_evidence < failed.log_evidence
    assert after(Result.ABANDONED).log_evidence == before.log_evidence


def test_a_shared_phone_confirms_nobody(judge: Judge) -> None:
    found = pool(judge, 25, phone_fingerprint="tel-pool")
    assert Check.PHONE not in found.checks
    mine = application(phone_fingerprint="tel-pool")
    said = [Outcome(mine.application_id, Check.PHONE, Result.PASSED, NOW_US)]
    now_us = NOW_US + DAY_US // 2
    assert (
        judge.judge(mine, now_us=now_us, outcomes=said).log_evidence
        == judge.judge(mine, now_us=now_us).log_evidence
    )


def test_who_proves_who_they_are_vouches_for_those_beside_them(judge: Judge) -> None:
    names = []
    for _ in range(40):
        each = application(signup_ip="9.9.9.9")
        seen = judge.seen(each)
        judge.take_in(each, seen, judge.judge(each, now_us=NOW_US, seen=seen))
        names.append(each.application_id)
    before = judge.judge(application(signup_ip="9.9.9.9"), now_us=NOW_US)
    for name in names[:20]:
        judge.settle(Outcome(name, Check.DOCUMENT, Result.PASSED, NOW_US))
    after = judge.judge(application(signup_ip="9.9.9.9"), now_us=NOW_US)
    assert after.log_evidence < before.log_evidence


def test_a_programme_under_a_borrowed_claim_asks_the_institution(judge: Judge) -> None:
    found = one(judge, programme=Programme.EDUCATION, claimed_domain="uni.example",
                email="me@throw.example")  # fmt: skip
    assert found.answer is Answer.STEP_UP
    assert Check.INSTITUTION in found.checks


def test_a_student_with_a_private_address_is_not_bothered_by_evidence(judge: Judge) -> None:
    found = one(judge, programme=Programme.EDUCATION, claimed_domain="uni.example")
    assert found.answer is Answer.ACCEPT


def test_no_reason_for_the_applicant_has_a_number_or_another_account(judge: Judge) -> None:
    convicted(judge, "campaign--1", 3, payment_fingerprint="pay-x", device_fingerprint="dev-x")
    found = pool(judge, 40, payment_fingerprint="pay-x", device_fingerprint="dev-x",
                 email="me@throw.example", network_kind="tor")  # fmt: skip
    assert found.reasons
    for reason in found.reasons:
        assert not any(letter.isdigit() for letter in reason.applicant)
        assert "campaign" not in reason.applicant.lower()
