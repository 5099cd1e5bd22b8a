"""Small real models: transformers' own classes, with a tokenizer trained here, made in a second."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUMS = [(left, right) for left in range(10) for right in range(10)]
WORDS = ("what", "is", "plus", "it", "so", "####", "think", "</think>", "sorry", "tell", "me")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a small Llama with a word-level tokenizer, untrained; `rows` pads its embedding."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from transformers.trainer_utils import set_seed

    def make(*, rows: int | None = None, seed: int = 0, words: tuple[str, ...] = WORDS) -> Path:
        folder = tmp_path_factory.mktemp("model")
        known = ["<pad>", "<end>", "<unk>", *words, *map(str, range(19))]
        bare = Tokenizer(models.WordLevel({word: at for at, word in enumerate(known)}, "<unk>"))
        bare.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=bare, pad_token="<pad>", eos_token="<end>", unk_token="<unk>"
        )
        set_seed(seed)
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=rows or len(known),
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=2,
                pad_token_id=0,
                eos_token_id=1,
                bos_token_id=None,
                max_position_embeddings=64,
            )
        )
        model.generation_config.eos_token_id = 1
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder

    return make


@pytest.fixture
def prompts_file(tmp_path: Path) -> Path:
    """Sums with their answers, as a prompts file."""
    file = tmp_path / "prompts.jsonl"
    rows = [
        {"id": f"{a}+{b}", "prompt": f"what is {a} plus {b}", "answer": str(a + b)} for a, b in SUMS
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


@pytest.fixture
def config_tree(prompts_file: Path) -> dict[str, Any]:
    """The least that a config needs, for models that the test adds."""
    return {
        "teacher": {
            "kind": "transformers",
            "licence": "our own",
            "consent": "the tests made it",
            "most_tokens": 8,
            "batch": 32,
        },
        "student": {"licence": "our own"},
        "data": {"prompts": str(prompts_file), "source": "sums"},
        "training": {"epochs": 1, "batch": 16, "checkpoint_steps": 2},
    }
