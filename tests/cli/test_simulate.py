"""What is asked of `simulate` becomes a spec, or an error of usage."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from revenuer.cli.exits import Exit
from revenuer.cli.simulate import _planting, _spec, command
from revenuer.errors import ConfigError
from revenuer.worlds import WorldSpec


def asked(*arguments: str) -> dict[str, Any]:
    context = command.make_context("simulate", ["--out", "x", *arguments])
    shared = {"out", "into", "prompts", "account_file", "config", "as_json"}
    return {name: value for name, value in context.params.items() if name not in shared}


def test_nothing_asked_is_the_specs_own_default() -> None:
    assert _spec(asked()) == WorldSpec()


def test_what_is_asked_reaches_the_spec() -> None:
    options = "--scenario S1 --scenario S4 --innocent N1 --accounts 90 --days 3 --no-text"
    spec = _spec(asked(*options.split(), "--start", "2026-02-01", "--seed", "7"))
    assert spec == WorldSpec(
        scenarios=("S1", "S4"),
        innocents=("N1",),
        accounts=90,
        days=3,
        start=datetime(2026, 2, 1, tzinfo=UTC),
        seed=7,
        text=False,
    )


def test_one_campaign_is_planted() -> None:
    planted = _planting(asked("--scenario", "S4", "--accounts", "12"))
    assert (planted["scenario"], planted["accounts"]) == ("S4", 12)


@pytest.mark.parametrize(
    "arguments", [("--days", "3"), ("--innocent", "N1"), ("--scenario", "S1", "--scenario", "S4")]
)
def test_what_says_nothing_about_a_planted_campaign_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError):
        _planting(asked(*arguments))


def test_a_scenario_that_does_not_exist_is_an_error(revenuer, tmp_path: Path) -> None:
    ran = revenuer("simulate", "--scenario", "S99", "--out", tmp_path / "w")
    assert ran.code == Exit.ERROR
    assert "S99" in ran.err


def test_reactions_are_pairs_of_a_campaign_and_what_it_does() -> None:
    options = "--scenario S1 --scenario S4 --reaction S1=retreat --reaction S4=none"
    spec = _spec(asked(*options.split(), "--enforced-day", "3"))
    assert spec.reactions == (("S1", "retreat"), ("S4", "none"))
    assert spec.enforced_day == 3
    with pytest.raises(ConfigError, match="unknown reaction S1="):
        _spec(asked("--scenario", "S1", "--reaction", "S1"))
