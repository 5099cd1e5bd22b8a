"""What is shown of a campaign keeps its words to itself."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.exhibits import SHOWN_CHARS, mask


@given(text=st.text(max_size=80))
def test_a_masked_text_has_no_letter_digit_or_mark(text: str) -> None:
    kept = set(mask(text)) - {"·"} if text else set()
    assert not [char for char in kept if unicodedata.category(char)[0] in "LNM"]


@given(text=st.text(min_size=1, max_size=80))
def test_a_masked_text_has_the_shape_of_the_text(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert [char for char in masked if char.isspace()] == [c for c in text if c.isspace()]


def test_scripts_that_write_vowels_as_marks_are_masked_too() -> None:
    assert set(mask("हिन्दी में सोचो")) == {"·", " "}


def test_a_long_text_is_cut() -> None:
    assert len(mask("word " * 1000)) == SHOWN_CHARS
