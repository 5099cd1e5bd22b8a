"""The files that a finished distillation leaves: table, pictures and data card."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from revenuer import __version__
from revenuer.app.lab.run_folder import RunFolder
from revenuer.disk import put
from revenuer.lab.config import LabConfig
from revenuer.lab.data_card import Hashes, data_card, markdown
from revenuer.lab.prompts import file_hash
from revenuer.lab.results import Results

VERSIONED = (
    "accelerate",
    "datasets",
    "gguf",
    "numpy",
    "tokenizers",
    "torch",
    "transformers",
    "trl",
)


def write_outcome(
    folder: RunFolder, config: LabConfig, hashes: Mapping[str, str], results: Results
) -> None:
    """Write plots, data card and results into the run's folder."""
    from revenuer.lab.plots import pictures

    known = Hashes(
        hashes["teacher"], hashes["student"], hashes["prompts"], file_hash(folder.answers)
    )
    made = {
        "begun_at": folder.begun_at.isoformat(timespec="seconds"),
        "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"revenuer": __version__, **_versions()},
    }
    card = data_card(
        config, results.filters, results.cost, known, held_out=results.held_out, made=made
    )
    plots = folder.path / "plots"
    plots.mkdir(exist_ok=True)
    for name, picture in pictures(results).items():
        put(plots / name, picture)
    put(folder.path / "data-card.json", _json(asdict(card)))
    put(folder.path / "data-card.md", markdown(card).encode())
    # Last: who finds it finds all.
    put(folder.path / "results.json", _json(results))


def hashes_of(config: LabConfig) -> dict[str, str]:
    """SHA-256 of every file that a config names, hexadecimal; empty where it names none."""
    named = {
        "prompts": config.data.prompts,
        "probes": config.safeguards.prompts,
        "teacher": config.teacher.path,
        "student": config.student.path,
    }
    return {name: _weights_hash(Path(place)) if place else "" for name, place in named.items()}


def _weights_hash(path: Path) -> str:
    """SHA-256 of a file, or of a folder's weights and tokenizer, by name."""
    if path.is_file():
        return file_hash(path)
    files = sorted([*path.glob("*.safetensors"), *path.glob("*.json")])
    listed = "".join(f"{file_hash(file)}  {file.name}\n" for file in files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _versions() -> dict[str, str]:
    found = {}
    for name in VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)
