"""Vocabularies are compared by their tokens, before any weights are loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.lab.checking import check
from revenuer.errors import ConfigError
from revenuer.lab.config_reading import config_of

pytest.importorskip("torch")
pytestmark = pytest.mark.lab

TEXTS = ["what is 3 plus 4"]


def shared(teacher: Path, student: Path) -> Any:
    from revenuer.lab.pretrained import load_tokenizer
    from revenuer.lab.vocabularies import shared_vocabulary

    return shared_vocabulary(load_tokenizer(teacher), load_tokenizer(student), TEXTS)


def test_other_padding_is_the_same_vocabulary(tiny: Callable[..., Path]) -> None:
    found = shared(tiny(rows=48), tiny(rows=40, seed=1))
    assert found.differences == ()
    assert found.size == 33


def test_what_differs_is_named(tiny: Callable[..., Path]) -> None:
    found = shared(tiny(), tiny(words=("plus", "minus", "is", "what")))
    said = "; ".join(found.differences)
    assert "only in the teacher's" in said
    assert "1 token ('minus') only in the student's" in said
    assert "numbered differently" in said


def test_equal_tokens_that_are_cut_otherwise_are_seen(tiny: Callable[..., Path]) -> None:
    teacher, student = tiny(), tiny()
    file = student / "tokenizer.json"
    plain = json.loads(file.read_text("utf-8"))
    plain["normalizer"] = {"type": "Replace", "pattern": {"String": "plus"}, "content": "is"}
    file.write_text(json.dumps(plain), "utf-8")
    assert "1 of 1 prompts are cut otherwise" in shared(teacher, student).differences[0]


def test_a_check_refuses_before_weights_are_loaded(
    tiny: Callable[..., Path], config_tree: dict[str, Any], tmp_path: Path
) -> None:
    teacher = tiny()
    config_tree["teacher"]["path"] = str(teacher)
    config_tree["student"]["path"] = str(tiny(words=("other", "words")))
    config_tree["method"] = {"level": "logits"}
    with pytest.raises(ConfigError) as caught:
        check(config_of(config_tree, "test", tmp_path), {})
    assert "tokenizers differ" in caught.value.message
    assert "sequence" in caught.value.hint
    config_tree["method"] = {"level": "sequence"}
    assert check(config_of(config_tree, "test", tmp_path), {}).shared == 0
    config_tree["method"] = {"level": "on-policy"}
    config_tree["student"]["path"] = str(teacher)
    checked = check(config_of(config_tree, "test", tmp_path), {})
    assert checked.shared == 33
    assert "Training takes about" in checked.notes[-1]


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    from revenuer.lab.pretrained import load

    with pytest.raises(ConfigError, match="no tokenizer"):
        load(tmp_path)
