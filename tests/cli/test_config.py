"""One TOML file, the environment above it, the command line above both."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.cli.show.settings import as_toml
from revenuer.config_file import Effective, load_settings
from revenuer.errors import ConfigError
from revenuer.settings import Release, Settings

EMPTY: dict[str, str] = {}


def loaded(folder: Path, text: str = "", **environment: str) -> Effective:
    file = folder / "revenuer.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment=environment, folder=folder)


def refusal(folder: Path, text: str = "", **environment: str) -> str:
    with pytest.raises(ConfigError) as raised:
        loaded(folder, text, **environment)
    return raised.value.message


def test_without_a_file_the_defaults_are_in_force(tmp_path: Path) -> None:
    effective = load_settings(environment=EMPTY, folder=tmp_path)
    assert effective.settings == Settings()
    assert {each.said_by for each in effective.origins} == {"default"}


def test_a_file_in_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "revenuer.toml").write_text("[judge]\nfdr = 0.01\n")
    assert load_settings(environment=EMPTY, folder=tmp_path).settings.judge.fdr == 0.01


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    effective = loaded(tmp_path, "[judge]\nfdr = 0.01\n", REVENUER_JUDGE__FDR="0.02")
    assert effective.settings.judge.fdr == 0.02
    said = {each.key: each.said_by for each in effective.origins}
    assert said["judge.fdr"] == "REVENUER_JUDGE__FDR"


def test_the_command_line_wins_over_both(tmp_path: Path) -> None:
    (tmp_path / "revenuer.toml").write_text("[judge]\nfdr = 0.01\n")
    effective = load_settings(
        environment={"REVENUER_JUDGE__FDR": "0.02"},
        folder=tmp_path,
        overrides={"judge.fdr": 0.03},
    )
    assert effective.settings.judge.fdr == 0.03


def test_releases_and_plans_are_read(tmp_path: Path) -> None:
    text = """
    plan_tokens_per_day = { free = 10000 }
    [[releases]]
    model = "m-2"
    at = 2026-02-05T18:00:00Z
    """
    settings = loaded(tmp_path, text).settings
    assert settings.plan_tokens_per_day == {"free": 10000}
    assert settings.releases == (Release("m-2", datetime(2026, 2, 5, 18, tzinfo=UTC)),)


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("[judge]\nfdrr = 0.1", "did you mean judge.fdr?"),
        ("[jugde]\nfdr = 0.1", "did you mean judge?"),
        ("sede = 1", "did you mean seed?"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path, text: str, guess: str) -> None:
    assert guess in refusal(tmp_path, text)


def test_an_unknown_variable_names_the_nearest_known_one(tmp_path: Path) -> None:
    assert "did you mean judge.fdr?" in refusal(tmp_path, REVENUER_JUDGE__FRD="0.1")


def test_variables_that_name_places_are_no_settings(tmp_path: Path) -> None:
    assert loaded(tmp_path, REVENUER_CASEBOOK_URL="sqlite:///x").settings == Settings()


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    said = refusal(
        tmp_path,
        'seed = "x"\n[judge]\nfdr = 2\nfoo = 1\n[[releases]]\nmodel = "m"',
        REVENUER_SAMPLE__PROMPT_CHARS="0",
    )
    for part in (
        "5 reasons",
        "seed",
        "judge.fdr",
        "judge.foo",
        "releases [0] lacks at",
        "PROMPT_C",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("seed = true", "must be a whole number"),
        ("seed = 1.5", "must be a whole number"),
        ("[judge]\nfdr = 1.0", "must be between 0 and 1"),
        ("judge = 1", "is a section"),
        ("releases = 1", "must be a list"),
        ('[[releases]]\nmodel = "m"\nat = 2026-02-05T18:00:00', "needs an offset"),
        ('[[releases]]\nmodel = "m"\nwhen = 1', "unknown key 'when'"),
        ("plan_tokens_per_day = { free = 1.5 }", ".free must be a whole number"),
        ("seed = ", "is not TOML"),
    ],
)
def test_a_value_that_does_not_fit_says_what_is_wanted(
    tmp_path: Path, text: str, complaint: str
) -> None:
    assert complaint in refusal(tmp_path, text)


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", environment=EMPTY, folder=tmp_path)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1))


@given(
    seed=st.integers(0, 2**62),
    fdr=st.floats(0, 1, exclude_min=True, exclude_max=True),
    plans=st.dictionaries(names, st.integers(0, 2**40), max_size=3),
    releases=st.lists(st.builds(Release, names, moments), max_size=3),
)
def test_what_config_show_prints_reads_back(
    seed: int, fdr: float, plans: dict[str, int], releases: list[Release]
) -> None:
    overrides = {
        "seed": seed,
        "judge.fdr": fdr,
        "plan_tokens_per_day": plans,
        "releases": [{"model": each.model, "at": each.at} for each in releases],
    }
    shown = as_toml(load_settings(environment=EMPTY, folder=Path(), overrides=overrides))
    tree = tomllib.loads(shown)
    assert (tree["seed"], tree["judge"]["fdr"]) == (seed, fdr)
    assert tree["plan_tokens_per_day"] == plans
    assert [Release(**each) for each in tree["releases"]] == releases


def test_config_show_says_where_each_value_comes_from(revenuer, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[judge]\nfdr = 0.01\n")
    ran = revenuer("config", "show", "--config", tmp_path / "mine.toml")
    assert ran.code == 0
    assert "# mine.toml" in next(line for line in ran.out.splitlines() if "fdr" in line)
    assert "# default" in next(line for line in ran.out.splitlines() if "seed" in line)


def test_config_show_prints_json(revenuer) -> None:
    ran = revenuer("config", "show", "--json")
    assert json.loads(ran.out)["judge.fdr"] == {
        "key": "judge.fdr",
        "value": 0.05,
        "said_by": "default",
    }


def test_settings_that_cannot_be_used_end_with_code_1(revenuer, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[judge]\nfdr = 7\n")
    ran = revenuer("config", "show", "--config", tmp_path / "mine.toml")
    assert (ran.code, ran.out) == (1, "")
    assert "must be between 0 and 1" in ran.err
