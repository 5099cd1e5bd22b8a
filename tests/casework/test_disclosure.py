"""What may be shown is a list, and every detector was thought about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.held import FAMILIES
from revenuer.casework.disclosure import SHOWN, WITHHELD, disclosed, leaks
from revenuer.detectors import DETECTORS
from revenuer.records import Axis

OF_GROUPS = {"split-owners", "tied-owners", "even-load", "composite", "peer-sighting"}


def kinds() -> set[str]:
    """Every kind that a scan's evidence may have: links are told of by their families."""
    of_detectors = {one.card.id for one in DETECTORS if one.card.axis is not Axis.COORDINATION}
    return of_detectors | set(FAMILIES) | OF_GROUPS


def test_every_kind_of_evidence_was_thought_about() -> None:
    assert kinds() == set(SHOWN) | set(WITHHELD)
    assert not set(SHOWN) & set(WITHHELD)


@given(st.text(max_size=12), st.floats(-5, 50))
def test_what_is_on_no_list_is_not_shown(kind: str, nats: float) -> None:
    found = disclosed([(kind, nats)])
    assert kind in SHOWN or not found.sentences


def test_no_sentence_has_a_number_or_names_a_detector() -> None:
    for sentence in SHOWN.values():
        assert not any(letter.isdigit() for letter in sentence)
        assert not leaks(sentence, (), kinds())


def test_what_speaks_for_nobody_is_not_told() -> None:
    assert disclosed([("network", 0.1), ("state", -3.0)]).sentences == ()


def test_a_text_that_names_others_or_a_detector_is_seen() -> None:
    said = "It was  Acct-Other-1 and the rate-ceiling; 12 of 14 owners share a card. See ab."
    found = leaks(
        said, ["acct-other-1", "acct-2", "12 of 14 owners\nshare a card.", "ab"], ["rate-ceiling"]
    )
    assert found == ["acct-other-1", "12 of 14 owners\nshare a card.", "rate-ceiling"]


@given(st.text(min_size=4, max_size=20).filter(str.strip), st.text(max_size=30))
def test_a_secret_is_seen_wherever_it_stands(secret: str, around: str) -> None:
    words = " ".join(secret.split())
    if len(words) >= 4:
        assert leaks(f"{around} {words.upper().casefold()} {around}", [words], ()) == [words]
