import numpy as np
import polars as pl
import pytest

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.throwaway_identity import DETECTOR
from revenuer.detectors.throwaway_identity.detector import is_disposable, traits

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)
COLUMNS = ("email_domain", "payment_kind", "verification", "plan", "programme")


def frame_of(*rows: dict[str, str]) -> pl.DataFrame:
    people = [{"email_domain": "acme.example", "payment_kind": "card", "verification": "card"}]
    schema = dict.fromkeys(COLUMNS, pl.String)
    frame = pl.DataFrame([*people * 99, *rows], schema=schema)
    return frame.with_columns(n_exchanges=pl.lit(5), active_days=pl.lit(1))


def last(*rows: dict[str, str]) -> float:
    return float(DETECTOR.statistic(frame_of(*rows), CONTEXT)[-1])


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_a_single_rare_mark_weighs_the_log_of_its_rarity() -> None:
    # By hand: one of a hundred accounts, (1 + 1) / (100 + 2).
    assert last({"payment_kind": "virtual"}) == pytest.approx(-np.log(2 / 101), abs=0.02)


def test_marks_add_up() -> None:
    one = last({"email_domain": "mailinator.com"})
    both = last({"email_domain": "mailinator.com", "payment_kind": "prepaid"})
    assert both > one > 0


def test_a_mark_that_many_carry_weighs_little() -> None:
    crowd = [{"payment_kind": "prepaid"}] * 300
    assert last(*crowd) < 0.5 < last({"payment_kind": "prepaid"})


@pytest.mark.parametrize("domain", ["uni-north.example", "ens.example", "daigaku.example"])
def test_where_a_school_stands_does_not_matter(domain: str) -> None:
    assert last({"email_domain": domain, "programme": "education"}) == 0.0


def test_subdomains_of_disposable_domains_are_disposable() -> None:
    domains = pl.Series(["mailinator.com", "x.mailinator.com", "acme.example", None])
    assert is_disposable(domains).to_list() == [True, True, False, None]


def test_an_empty_accounts_table_is_no_evidence() -> None:
    frame = pl.DataFrame({"n_exchanges": [5], "active_days": [1]})
    assert np.isnan(DETECTOR.statistic(frame, CONTEXT)).all()
    assert np.isnan(traits(frame)[:, :2]).all()


def test_the_sentence_names_the_mark_that_sets_members_apart() -> None:
    frame = frame_of({"payment_kind": "virtual"})
    sentence = DETECTOR.describe(frame[-1:], frame[:-1])
    assert sentence == "100% of the members have a virtual or prepaid card, 0.0% of others."
