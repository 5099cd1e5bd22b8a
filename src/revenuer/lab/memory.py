"""How much memory a training takes, read off the files before anything is loaded."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from math import prod
from pathlib import Path

from revenuer.errors import ConfigError
from revenuer.lab.config import LabConfig, Level

COPIES = 5
"""Of the logits that a divergence holds at once: both models', both in logs, and their gradient.
placeholder"""


def parameters_in(path: Path) -> int:
    """How many numbers a model is, from the headers of its files.

    Args:
        path: A folder with .safetensors files, or a .gguf file.

    Raises:
        ConfigError: It is neither.
    """
    if path.suffix == ".gguf" and path.is_file():
        from gguf import GGUFReader

        return sum(int(tensor.n_elements) for tensor in GGUFReader(path).tensors)
    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise ConfigError(
            f"{path} holds no model: there is no .safetensors file in it.",
            "Name a folder made by save_pretrained, or a .gguf file.",
        )
    return sum(prod(shape) for file in files for shape in _shapes(file))


def training_bytes(config: LabConfig, student: int, teacher: int, vocabulary: int) -> int:
    """About how many bytes a training takes at most.

    Args:
        config: Of the run.
        student: Its parameters.
        teacher: Its parameters; 0 where it is not there while the student learns.
        vocabulary: Rows of the logits.

    Examples:
        By hand: a billion numbers take 4 bytes each for weights, for gradients and for the two
        moments of Adam, which is 16 GB, and a step of 4 x 1024 tokens over 50,000 words twice
        0.8 GB of logits and their gradient.
    """
    width = 2 if config.training.half else 4
    weights = (4 * student + (0 if config.method.level is Level.SEQUENCE else teacher)) * width
    copies = 2 if config.method.level is Level.SEQUENCE else COPIES
    step = config.training.batch * config.training.most_tokens * vocabulary * 4
    return weights + copies * step


def free_bytes() -> int | None:
    """Memory that a new program could get, in bytes; None where nobody says."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    said = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return int(said.split()[1]) * 1024 if said else None


def _shapes(file: Path) -> Iterator[list[int]]:
    """The shapes in a .safetensors file: 8 bytes of length, then as much JSON."""
    with file.open("rb") as opened:
        (length,) = struct.unpack("<Q", opened.read(8))
        header = json.loads(opened.read(length))
    for name, tensor in header.items():
        if name != "__metadata__":
            yield tensor["shape"]
