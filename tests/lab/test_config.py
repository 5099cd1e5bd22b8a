"""A distillation's config: what it needs, and what contradicts itself."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from revenuer.errors import ConfigError
from revenuer.lab.config import Divergence, Level
from revenuer.lab.config_reading import config_of, read_config


@pytest.fixture
def tree() -> dict[str, Any]:
    return {
        "teacher": {
            "kind": "transformers",
            "licence": "Apache-2.0",
            "consent": "ours, decision 12",
            "path": "teacher",
        },
        "student": {"path": "student"},
        "data": {"prompts": "prompts.jsonl"},
    }


def refused(tree: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        config_of(tree, "lab.toml", Path("/runs"))
    return caught.value.message


def test_places_are_meant_from_the_folder_of_the_file(tree: dict[str, Any]) -> None:
    config = config_of(tree, "lab.toml", Path("/runs"))
    assert config.teacher.path == "/runs/teacher"
    assert config.data.prompts == "/runs/prompts.jsonl"
    assert config.teacher.called == "teacher"


def test_an_absolute_place_stays(tree: dict[str, Any]) -> None:
    tree["student"]["path"] = "/models/small.gguf"
    assert config_of(tree, "lab.toml", Path("/runs")).student.path == "/models/small.gguf"


@pytest.mark.parametrize("key", ["consent", "licence"])
def test_no_run_starts_without_licence_and_consent(tree: dict[str, Any], key: str) -> None:
    missing, empty = copy.deepcopy(tree), copy.deepcopy(tree)
    del missing["teacher"][key]
    empty["teacher"][key] = "  "
    assert f"teacher lacks {key}" in refused(missing)
    assert f"teacher.{key} is empty" in refused(empty)


def test_an_unknown_key_names_the_nearest(tree: dict[str, Any]) -> None:
    tree["training"] = {"epoch": 3}
    tree["metod"] = {}
    said = refused(tree)
    assert "unknown key training.epoch; did you mean epochs?" in said
    assert "unknown key metod; did you mean method?" in said


def test_every_problem_is_told_at_once(tree: dict[str, Any]) -> None:
    tree["method"] = {"level": "logit", "beta": 2}
    tree["training"] = {"batch": 0}
    said = refused(tree)
    assert "method.level must be one of sequence, logits, on-policy" in said
    assert "method.beta must be between 0 and 1" in said
    assert "training.batch must be 1 or more" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"teacher": {"path": ""}}, "teacher.path is missing"),
        ({"student": {"path": ""}}, "student.path is missing"),
        ({"teacher": {"kind": "openai"}}, "teacher.base_url and teacher.model are both needed"),
        (
            {
                "teacher": {"kind": "openai", "base_url": "http://x/v1", "model": "m"},
                "method": {"level": "logits"},
            },
            "which an API does not give",
        ),
        ({"data": {"correct_only": True}}, "data.correct_only needs data.grader exact"),
        (
            {
                "data": {"correct_only": True, "grader": "exact"},
                "method": {"level": "on-policy"},
            },
            "data.correct_only does nothing on-policy",
        ),
        ({"teacher": {"mark": "kgw"}}, "teacher.mark_key_file is missing"),
        (
            {"teacher": {"mark": "kgw", "mark_key_file": "key", "temperature": 0}},
            "what is not drawn carries no mark",
        ),
        (
            {
                "teacher": {
                    "kind": "openai", "base_url": "http://x/v1", "model": "m",
                    "mark": "synthid", "mark_key_file": "key",
                }
            },
            "teacher.mark needs a teacher of kind transformers",
        ),
        ({"data": {"reasoning": "hidden", "reasoning_end": ""}}, "needs data.reasoning_end"),
        ({"training": {"seeds": []}}, "training.seeds is empty"),
        ({"training": {"seeds": [1, 1]}}, "training.seeds names one twice"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(
    tree: dict[str, Any], changes: dict[str, dict[str, Any]], said: str
) -> None:
    for section, keys in changes.items():
        tree.setdefault(section, {}).update(keys)
    assert said in refused(tree)


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "lab.toml"
    file.write_text(
        """
        [teacher]
        kind = "openai"
        base_url = "http://localhost:8000/v1"
        model = "ours-70b"
        licence = "our own"
        consent = "research board, minutes of 3 May"
        [student]
        path = "base"
        [data]
        prompts = "p.jsonl"
        [training]
        seeds = [0, 1, 2]
        """,
        "utf-8",
    )
    config = read_config(file)
    assert config.training.seeds == (0, 1, 2)
    assert config.method.level is Level.SEQUENCE
    assert config.method.divergence is Divergence.FORWARD_KL
    assert config.teacher.called == "ours-70b"


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("a = ", "is not TOML")])
def test_no_file_and_no_toml_are_told(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "lab.toml"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=said):
        read_config(file)


def test_the_config_of_the_page_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lab.md").read_text("utf-8")
    shown = page.split("```toml\n")[1].split("```")[0]
    config = config_of(tomllib.loads(shown), "lab.md", Path("/runs"))
    assert config.method.level is Level.LOGITS
    assert config.cost.most_teacher_tokens == 2_000_000
