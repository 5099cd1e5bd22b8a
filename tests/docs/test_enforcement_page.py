"""The page on enforcement names all that the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from revenuer.app.guard_policy import check_policy
from revenuer.casework.decisions import Step
from revenuer.enforcement.webhooks import MOST_ATTEMPTS, REFUSED, TIMEOUT_S, wait_before
from revenuer.guard.ladder import Action
from revenuer.guard.webhook import Event
from revenuer.reports.notices import MEASURES, REASON
from revenuer.store.audit_file import TORN

PAGE = (Path(__file__).parents[2] / "docs" / "enforcement.md").read_text("utf-8")
# Quotations and paragraphs run over several lines.
WORDS = " ".join(PAGE.replace("\n> ", "\n").split())


def test_every_event_and_every_kind_of_entry_is_named() -> None:
    named = [*Event, *Step, TORN]
    assert [one for one in named if f"`{one}`" not in PAGE] == []


def test_the_words_of_notices_are_shown() -> None:
    assert REASON in WORDS
    assert MEASURES[Action.BLOCK] in WORDS


def test_figures_of_the_sender_are_those_of_the_program() -> None:
    waits = [wait_before(attempt, 1.0) for attempt in (1, 2, 3)]
    assert f"after {waits[0]:g} s, {waits[1]:g} s, {waits[2]:g} s" in WORDS
    assert MOST_ATTEMPTS == 10
    assert "ten times" in WORDS
    assert f"{TIMEOUT_S:g} seconds at most" in WORDS
    assert "400, 413, 415 and 422" in WORDS
    assert sorted(REFUSED) == [400, 413, 415, 422]


@pytest.mark.parametrize("place", [0, 1])
def test_the_pieces_of_policy_are_sound(tmp_path: Path, place: int) -> None:
    piece = PAGE.split("```toml\n")[1 + place].split("```")[0]
    file = tmp_path / "guard.toml"
    file.write_text(piece)
    assert check_policy(file)[1] == []
