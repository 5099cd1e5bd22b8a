"""What must hold for every application and history, tried on many."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rows import NOW_US, application, standing

from revenuer.access.answers import SEVERITY, Thresholds, answer
from revenuer.access.applications import COLUMNS, Check, Outcome, Result, read
from revenuer.access.assessing import Judge
from revenuer.access.history import DAY_US, Standing
from revenuer.access.reference import fit
from revenuer.access.weighing import total, weigh

FIELDS = (
    "payment_fingerprint", "phone_fingerprint", "device_fingerprint", "signup_ip", "referral",
    "document_reference", "tls_fingerprint",
)  # fmt: skip
VALUES = {name: "9.9.9.9" if name == "signup_ip" else f"{name}-shared" for name in FIELDS}
BASE = Judge()
standing(BASE, 300, referral="plain")
REFERENCE = fit(BASE.history)


def crowd(newcomers: int, innocents: int, convicted: int, names: tuple[str, ...]) -> Judge:
    """A history in which so many share these fields."""
    judge = Judge(reference=REFERENCE)
    # Nobody shares anything beside what is said, in one history as in another.
    said = {
        **dict.fromkeys((*FIELDS, "signup_asn", "email")),
        **{name: VALUES[name] for name in names},
    }
    standing(judge, innocents, **said)
    for number in range(newcomers + convicted):
        each = application(**said)
        guilty = number >= newcomers
        judge.history.add(
            each.application_id,
            judge.seen(each),
            at_us=NOW_US - DAY_US // 4,
            standing=Standing.CONVICTED if guilty else Standing.OPEN,
            campaign="campaign--1" if guilty else "",
        )
    return judge


ONE = application(signup_ip="77.7.7.7", signup_asn=64_999, tls_fingerprint="ja4-one")


def evidence(judge: Judge, **said: Any) -> float:
    """Of one and the same applicant, but for what is said."""
    return total(weigh(judge.seen(replace(ONE, **said)), judge.history, REFERENCE, NOW_US))


SOME = st.lists(st.sampled_from(FIELDS), min_size=1, unique=True).map(tuple)


@settings(max_examples=40)
@given(SOME, st.integers(0, 40), st.integers(0, 30), st.integers(0, 6))
def test_more_innocents_who_share_a_value_never_raise_anybodys_evidence(
    names: tuple[str, ...], newcomers: int, innocents: int, convicted: int
) -> None:
    said = {name: VALUES[name] for name in names}
    fewer = crowd(newcomers, innocents, convicted, names)
    more = crowd(newcomers, innocents + 7, convicted, names)
    assert evidence(more, **said) <= evidence(fewer, **said)
    assert evidence(more) <= evidence(fewer)


@settings(max_examples=40)
@given(SOME, st.integers(0, 40), st.integers(0, 6))
def test_more_newcomers_who_share_a_value_never_lower_it(
    names: tuple[str, ...], newcomers: int, convicted: int
) -> None:
    said = {name: VALUES[name] for name in names}
    fewer = crowd(newcomers, 3, convicted, names)
    more = crowd(newcomers + 5, 3, convicted, names)
    assert evidence(more, **said) >= evidence(fewer, **said)


@settings(max_examples=40)
@given(SOME, SOME, st.integers(0, 30), st.integers(0, 4))
def test_an_unknown_field_is_neutral_and_a_known_one_only_adds(
    shared: tuple[str, ...], known: tuple[str, ...], newcomers: int, convicted: int
) -> None:
    judge = crowd(newcomers, 0, convicted, shared)
    nothing = dict.fromkeys(FIELDS)
    told = {name: VALUES[name] for name in known}
    assert evidence(judge, **nothing) <= evidence(judge, **{**nothing, **told})


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(Check), st.sampled_from(Result)), max_size=4),
    st.sampled_from(Check),
    st.integers(0, 40),
)
def test_passing_one_more_check_never_hurts_and_failing_it_never_helps(
    before: list[tuple[Check, Result]], check: Check, newcomers: int
) -> None:
    judge = crowd(newcomers, 0, 2, ("payment_fingerprint", "signup_ip"))
    one = application(**{name: VALUES[name] for name in ("payment_fingerprint", "signup_ip")})
    past = [Outcome("a", each, result, 0) for each, result in before if each is not check]

    def after(*results: Result) -> float:
        said = [*past, *(Outcome("a", check, result, 1) for result in results)]
        return judge.judge(one, now_us=NOW_US, outcomes=said).log_evidence

    assert after(Result.PASSED) <= after() <= after(Result.FAILED)
    assert after(Result.ABANDONED) == after()


@settings(max_examples=40)
@given(SOME, st.integers(0, 60), st.floats(0, 10), st.floats(0, 10))
def test_lower_thresholds_never_give_a_milder_answer(
    names: tuple[str, ...], newcomers: int, step_up: float, hold: float
) -> None:
    judge = crowd(newcomers, 0, 1, names)
    one = application(**{name: VALUES[name] for name in names})
    found = weigh(judge.seen(one), judge.history, REFERENCE, NOW_US)
    low, high = sorted((step_up, hold))

    def given_by(bars: Thresholds) -> int:
        return SEVERITY.index(answer("a", found, now_us=NOW_US, thresholds=bars).answer)

    assert given_by(Thresholds(low, high)) >= given_by(Thresholds(low + 1, high + 1))


@given(st.permutations(list(COLUMNS)))
def test_the_order_of_columns_changes_no_assessment(order: list[str]) -> None:
    row = {name: f"{name}-value" for name in COLUMNS} | {"signup_asn": 7, "email": "a@b.example"}
    one = read({name: row[name] for name in order})
    two = read(row)
    assert one is not None
    assert two is not None
    judge = Judge(reference=REFERENCE)
    assert judge.judge(one, now_us=NOW_US) == judge.judge(two, now_us=NOW_US)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(list(COLUMNS)), st.text(max_size=80)))
def test_hostile_text_is_judged_without_an_error(row: dict[str, str]) -> None:
    found = read({**row, "application_id": "a"})
    assert found is not None
    judge = Judge(reference=REFERENCE)
    first = judge.judge(found, now_us=NOW_US)
    judge.take_in(found, judge.seen(found), first)
    # Who applies again under the same name is no crowd.
    assert judge.judge(found, now_us=NOW_US).log_evidence == first.log_evidence


def test_a_letter_of_another_alphabet_makes_no_other_mailbox() -> None:
    from revenuer.access.domains import DomainTables
    from revenuer.access.lookalikes import LookAlikes
    from revenuer.access.profile import Kind, Tables

    looks = LookAlikes(("gmail.com",), (), {"\u0430": "a"})
    judge = Judge(Tables(DomainTables(free={"gmail.com"}, look_alikes=looks)))
    plain, cyrillic = (
        dict(judge.seen(replace(application(), email=email)).links)[Kind.MAILBOX]
        for email in ("anna.k@gmail.com", "\u0430nn\u0430.k@gmail.com")
    )
    assert plain == cyrillic
