"""Progress goes to stderr and says what happened, watched or not."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from revenuer.cli.progress import TerminalProgress


def shown(*, watched: bool, quiet: bool = False, total: int | None = 4) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=watched, width=80, quiet=quiet)
    with TerminalProgress(console).stage("Reading exchanges", total) as advance:
        advance(1)
        advance(3)
    return stream.getvalue()


def test_a_watched_stage_ends_full() -> None:
    assert "4/4" in shown(watched=True)


def test_a_stage_of_unknown_size_is_shown_without_a_count() -> None:
    text = shown(watched=True, total=None)
    assert "Reading exchanges" in text
    assert "/1" not in text


def test_an_unwatched_stage_is_one_line() -> None:
    assert shown(watched=False).startswith("Reading exchanges, 4 (")
    assert shown(watched=False).count("\n") == 1


@pytest.mark.parametrize("watched", [True, False])
def test_quiet_shows_nothing(*, watched: bool) -> None:
    assert shown(watched=watched, quiet=True) == ""


def test_a_failure_inside_a_stage_comes_through() -> None:
    progress = TerminalProgress(Console(file=io.StringIO(), force_terminal=True))
    with pytest.raises(KeyError), progress.stage("Reading", None):
        raise KeyError
