"""Real models from the disk: loaded, asked, and made trainable again where they were quantised."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from revenuer.errors import ConfigError
from revenuer.lab.prompts import Prompt, file_hash


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A causal language model and its tokenizer.

    Attributes:
        model: In evaluation mode.
        tokenizer: With a padding token.
    """

    model: Any
    tokenizer: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote.

    Attributes:
        text: Without special tokens.
        ids: Its tokens, the end included where it came to one.
        input_tokens: Tokens of the prompt.
        finished: Whether it came to its own end.
    """

    text: str
    ids: tuple[int, ...]
    input_tokens: int
    finished: bool


def load_tokenizer(path: Path) -> Any:
    """Load the tokenizer of a folder or of a .gguf file; nothing is fetched.

    Raises:
        ConfigError: There is none.
    """
    from transformers import AutoTokenizer

    _quiet()
    try:
        tokenizer = AutoTokenizer.from_pretrained(*_where(path), **_which(path))
    except (OSError, ValueError) as failure:
        raise ConfigError(
            f"{path} has no tokenizer that transformers can load: {_first_line(failure)}",
            "Name a folder made by save_pretrained, or a .gguf file.",
        ) from None
    if tokenizer.eos_token_id is None:
        raise ConfigError(
            f"The tokenizer of {path} has no end-of-sequence token: answers would never end.",
            "Set eos_token in its tokenizer_config.json.",
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load(path: Path, *, half: bool = False) -> Pretrained:
    """Load a model and its tokenizer from a folder or a .gguf file; nothing is fetched.

    Args:
        path: Where it is.
        half: As bfloat16 instead of float32.

    Raises:
        ConfigError: It is no model that transformers can load.
    """
    from transformers import AutoModelForCausalLM

    tokenizer = load_tokenizer(path)
    dtype = torch.bfloat16 if half else torch.float32
    try:
        model = AutoModelForCausalLM.from_pretrained(*_where(path), dtype=dtype, **_which(path))
    except (OSError, ValueError) as failure:
        raise ConfigError(
            f"{path} is no model that transformers can load: {_first_line(failure)}",
            "Name a folder made by save_pretrained, or a .gguf file.",
        ) from None
    if path.suffix == ".gguf":
        model = _plain(model, dtype)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return Pretrained(model.to(device).eval(), tokenizer)


def unpacked(path: Path, folder: Path) -> Path:
    """A folder that loads fast and can be trained: a .gguf file is brought into one, once.

    Args:
        path: A folder, returned as it is, or a .gguf file.
        folder: Where unpacked models are kept.
    """
    if path.suffix != ".gguf":
        return path
    place = folder / file_hash(path)[:16]
    if not place.is_dir():
        draft = place.with_name(f".{place.name}")
        shutil.rmtree(draft, ignore_errors=True)
        found = load(path)
        save(found, draft)
        draft.rename(place)
    return place


def save(found: Pretrained, folder: Path) -> None:
    """Write a model and its tokenizer, as `load` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    found.model.save_pretrained(folder)
    found.tokenizer.save_pretrained(folder)


def prompt_ids(tokenizer: Any, prompt: Prompt) -> list[int]:
    """The tokens of a prompt, up to where the answer begins.

    By the chat template where the tokenizer has one; else system text and prompt on lines of
    their own.
    """
    if tokenizer.chat_template is None:
        text = "\n".join(part for part in (prompt.system, prompt.text) if part)
        return list(tokenizer.encode(f"{text}\n"))
    said = [{"role": "system", "content": prompt.system}] if prompt.system else []
    said.append({"role": "user", "content": prompt.text})
    made = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
    # The template writes its own special tokens; a second beginning would be a different prompt.
    return list(tokenizer.encode(made, add_special_tokens=False))


def write(
    found: Pretrained,
    prompts: Sequence[Prompt],
    *,
    temperature: float,
    most_tokens: int,
    seed: int = 0,
    processors: Sequence[Any] = (),
) -> list[Reply]:
    """Let a model reply to prompts, all at once.

    Args:
        found: Who replies.
        prompts: One or more.
        temperature: 0 takes the likeliest token.
        most_tokens: Of a reply.
        seed: Of what is drawn.
        processors: transformers' logits processors, such as marks.
    """
    tokenizer = found.tokenizer
    asked = [prompt_ids(tokenizer, prompt) for prompt in prompts]
    width = max(map(len, asked))
    ids = torch.full((len(asked), width), tokenizer.pad_token_id)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(asked):
        # On the left, so that every reply begins at the same place.
        ids[row, width - len(tokens) :] = torch.tensor(tokens)
        mask[row, width - len(tokens) :] = 1
    torch.manual_seed(seed)
    drawn = {"temperature": temperature, "top_k": 0, "top_p": 1.0} if temperature else {}
    device = found.model.device
    with torch.inference_mode():
        said = found.model.generate(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            do_sample=temperature > 0,
            max_new_tokens=most_tokens,
            pad_token_id=tokenizer.pad_token_id,
            logits_processor=list(processors),
            **drawn,
        )[:, width:].tolist()
    ends = _ends(found)
    pairs = zip(asked, said, strict=True)
    return [_reply(tokenizer, reply, len(tokens), ends) for tokens, reply in pairs]


def _reply(tokenizer: Any, ids: list[int], asked: int, ends: set[int]) -> Reply:
    end = next((place for place, token in enumerate(ids) if token in ends), None)
    kept = ids if end is None else ids[: end + 1]
    text = tokenizer.decode(kept, skip_special_tokens=True)
    return Reply(text, tuple(kept), asked, end is not None)


def _ends(found: Pretrained) -> set[int]:
    """Every token that ends a reply: some models have more than one."""
    said = found.model.generation_config.eos_token_id
    more = said if isinstance(said, list) else [said]
    return {found.tokenizer.eos_token_id, *(token for token in more if token is not None)}


def _plain(model: Any, dtype: torch.dtype) -> Any:
    """The same weights in a model that may be trained and saved.

    transformers de-quantises a .gguf file as it loads it, but goes on calling the model
    quantised, and refuses to train or save it.
    """
    from transformers import AutoModelForCausalLM

    config = model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    fresh = AutoModelForCausalLM.from_config(config, dtype=dtype)
    fresh.load_state_dict(model.state_dict())
    fresh.tie_weights()
    fresh.generation_config = model.generation_config
    return fresh


def _quiet() -> None:
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def _where(path: Path) -> tuple[str]:
    return (str(path.parent if path.suffix == ".gguf" else path),)


def _which(path: Path) -> dict[str, Any]:
    named = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
    return {"local_files_only": True, **named}


def _first_line(failure: Exception) -> str:
    lines = str(failure).strip().splitlines()
    return lines[0] if lines else type(failure).__name__
