from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.reports import wording


def plain(text: str) -> str:
    return text.replace(wording.SPACE, " ")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1 k"),
        (999_960, "1 M"),
        (61_230_000, "61.2 M"),
        (9_990_000_000, "9.99 G"),
        (2.5, "2.5"),
    ],
)
def test_amounts_have_three_figures(number: float, text: str) -> None:
    assert plain(wording.amount(number)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "< 0.1 %"), (1.0, "> 99.9 %"), (0.05, "5 %"), (0.995, "99.5 %"), (0.004, "0.4 %")],
)
def test_no_probability_is_printed_as_certain(share: float, text: str) -> None:
    assert plain(wording.percent(share)) == text


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.0, "almost no chance"),
        (0.05, "almost no chance"),
        (0.2, "very unlikely"),
        (0.5, "roughly even chance"),
        (0.8, "likely"),
        (0.81, "very likely"),
        (0.96, "almost certain"),
        (1.0, "almost certain"),
        (1.1, "almost certain"),
    ],
)
def test_likelihoods_use_the_words_of_icd_203(probability: float, word: str) -> None:
    assert wording.likelihood(probability) == word


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [
        (-0.01, False, "0.0"),
        (-0.01, True, "0.0"),
        (0.0, True, "0.0"),
        (3.24, True, "+3.2"),
        (-5.2, False, "−5.2"),
    ],
)
def test_nats_have_one_decimal_and_no_negative_zero(value: float, signed: bool, text: str) -> None:
    assert wording.nats(value, signed=signed) == text


@pytest.mark.parametrize(
    ("hours", "text"), [(0.5, "30 min"), (17.2, "17 h"), (47.9, "48 h"), (52.8, "2.2 days")]
)
def test_durations_choose_their_unit(hours: float, text: str) -> None:
    assert plain(wording.duration(hours)) == text


def test_times_are_told_in_utc() -> None:
    tokyo = datetime(2026, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=9)))
    assert wording.moment(tokyo) == "2 Feb 2026, 19:05"
    assert wording.in_utc(datetime(2026, 2, 3)) == datetime(2026, 2, 3, tzinfo=UTC)


def test_one_is_singular() -> None:
    assert wording.counted(1, "account") == "1 account"
    assert wording.counted(2_000, "account") == "2,000 accounts"
    assert wording.counted(0, "batch", "batches") == "0 batches"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b[31m", "a␀b␛[31m"),
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("a\u200bb\u2066c", "a⟨U+200B⟩b⟨U+2066⟩c"),
        ("one\r\ntwo\n\tthree", "one\ntwo\n\tthree"),
        ("\r", "␍"),
        ("\x7f\x85", "⟨U+007F⟩⟨U+0085⟩"),
        ("مرحبا 逐步 \N{WOMAN}\u200d\N{PERSONAL COMPUTER}", "مرحبا 逐步 👩\u200d💻"),
        ("\ud800", "⟨U+D800⟩"),
    ],
)
def test_hidden_characters_are_written_out_and_writing_is_left_alone(text: str, shown: str) -> None:
    assert wording.visible(text) == shown


@given(st.text())
def test_visible_text_can_always_be_written_to_a_file(text: str) -> None:
    wording.visible(text).encode("utf-8")
