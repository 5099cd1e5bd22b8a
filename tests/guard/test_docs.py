"""What the documentation shows of the guard is so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import guard_pages
from revenuer.app.guard_policy import check_policy
from revenuer.guard import TRANSITIONS, Action, Signal
from revenuer.guard.ladder import after
from revenuer.guard.layout import ENTRY_BYTES
from revenuer.guard.reasoning import BINDING_BYTES


def test_the_policy_that_the_page_shows_passes_the_check(root: Path, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", (root / "docs/guard.md").read_text("utf-8"), re.S)
    file = tmp_path / "guard.toml"
    file.write_text(shown, "utf-8")
    policy, problems = check_policy(file)
    assert problems == []
    assert policy is not None
    assert [step.action for step in policy.ladder] == [Action.REDUCE, Action.BLOCK, Action.TAG]
    # It would also do when it is switched on.
    file.write_text(shown.replace('"shadow"', '"enforce"', 1), "utf-8")
    assert check_policy(file) == (replace(policy, mode="enforce"), [])


def test_the_drawing_shows_every_transition_and_no_other() -> None:
    drawn = {
        (action, there, signal)
        for line in guard_pages.drawing()
        if (found := re.fullmatch(r"    (\w+) --> (\w+): (.*)", line))
        for action, there, signals in [found.groups()]
        for signal in signals.split(", ")
        if signal != "evidence"
    }
    wanted = {
        (action.word, after(action, signal).word, signal.value)
        for action in Action
        for signal in Signal
        if after(action, signal) is not action
    }
    assert drawn == wanted


def test_another_table_is_another_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = guard_pages.drawing()
    table = dict(TRANSITIONS) | {Signal.STALE: tuple(Action)}
    monkeypatch.setattr(guard_pages, "TRANSITIONS", table)
    assert guard_pages.drawing() != before


def test_the_sizes_that_the_page_names_are_those_of_the_format(root: Path) -> None:
    page = (root / "docs/guard.md").read_text("utf-8")
    assert f"{ENTRY_BYTES} bytes a caller" in page
    assert f"{-(-BINDING_BYTES // 3) * 4} letters" in page
