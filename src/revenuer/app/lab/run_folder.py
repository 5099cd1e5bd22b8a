"""The folder of one distillation: which config it belongs to, and what is where in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from revenuer.app.lab.spending import Spending
from revenuer.disk import put
from revenuer.errors import ConfigError, NotFoundError
from revenuer.lab.config import LabConfig
from revenuer.lab.results import SCHEMA, Results

FREE_KEYS = (
    ("cost",),
    ("training", "threads"),
    ("training", "checkpoint_steps"),
    ("teacher", "attempts"),
    ("teacher", "timeout_s"),
)
"""What may change between two starts of one run without changing what comes of it."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where everything of a run is.

    Attributes:
        path: The folder itself.
        begun_at: When the run was first started.
    """

    path: Path
    begun_at: datetime

    @classmethod
    def opened(cls, path: Path, config: LabConfig, files: dict[str, str]) -> RunFolder:
        """Open the folder of a run, or begin one.

        Args:
            path: Made if missing.
            config: Of the run.
            files: Hashes of the files that it names, so that a changed one is seen.

        Raises:
            ConfigError: It belongs to another config, or to something else.
        """
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = path / "run.json"
        if place.exists():
            begun = json.loads(place.read_bytes())
            if begun.get("identity") != identity(config, files):
                raise ConfigError(
                    f"{path} belongs to a run with another config or other files.",
                    "Choose another --out, or delete the folder to begin anew.",
                )
            return cls(path, datetime.fromisoformat(begun["begun_at"]))
        if any(path.iterdir()):
            raise ConfigError(
                f"{path} is not empty, and no run of the lab.", "Choose another --out."
            )
        now = datetime.now(UTC)
        begun = {"identity": identity(config, files), "begun_at": now.isoformat()}
        put(place, json.dumps(begun, indent=1).encode())
        return cls(path, now)

    @property
    def answers(self) -> Path:
        """What the teacher said."""
        return self.path / "answers.jsonl"

    @property
    def probed(self) -> Path:
        """What the teacher said to the safeguard check."""
        return self.path / "probed.jsonl"

    @property
    def models(self) -> Path:
        """Models brought out of .gguf files."""
        return self.path / "models"

    def student(self, seed: int) -> Path:
        """Of one student."""
        return self.path / "students" / f"seed-{seed}"

    def spending(self) -> Spending:
        """What the run has spent."""
        return Spending(self.path / "cpu.json")


def identity(config: LabConfig, files: dict[str, str]) -> str:
    """What a run is: its config, less what changes nothing, and the files it reads."""
    plain = asdict(config)
    for *sections, key in FREE_KEYS:
        table = plain
        for section in sections:
            table = table[section]
        del table[key]
    return _hash({"config": plain, "files": files})


def asked_of(config: LabConfig, prompts_hash: str) -> str:
    """What answers are answers to: the teacher, its parameters and the prompts."""
    teacher = asdict(config.teacher)
    for key in ("consent", "licence", "name", "batch", "attempts", "timeout_s", "key_variable"):
        del teacher[key]
    return _hash({"teacher": teacher, "prompts": prompts_hash})


def read_results(path: Path) -> Results:
    """Read what a run came to.

    Raises:
        NotFoundError: It is not done, or is no run.
        ConfigError: It was written by another version.
    """
    place = path / "results.json"
    try:
        results = msgspec.json.decode(place.read_bytes(), type=Results)
    except FileNotFoundError:
        raise NotFoundError(
            f"{path} has no results.json: the run is not done, or there is none.",
            "Run `revenuer lab distil CONFIG --out DIR` to its end.",
        ) from None
    except msgspec.DecodeError as failure:
        raise ConfigError(f"{place} cannot be read: {failure}.", "Distil anew.") from None
    if results.schema != SCHEMA:
        raise ConfigError(f"{place} has the schema {results.schema!r}.", f"Needed is {SCHEMA}.")
    return results


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
