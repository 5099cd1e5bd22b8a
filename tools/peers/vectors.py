"""Vectors of texts: hashed n-grams here, models in the peers' own environment."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
WORKER = Path(__file__).with_name("worker.py")
HASHED_DIMENSIONS = 256
LONGEST_BYTES = 600


@dataclass(frozen=True, slots=True)
class Embedder:
    """Turns texts into vectors of unit length, and remembers them in a folder.

    Attributes:
        name: `hashed`, `wordllama` or `minilm`.
        folder: Where the vectors of a set of texts are kept for the next run.
    """

    name: str
    folder: Path

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors, shape (n_texts, n_dimensions)."""
        if self.name == "hashed":
            return hashed(texts)
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256("\0".join([self.name, *texts]).encode()).hexdigest()[:20]
        out = self.folder / f"{self.name}-{digest}.npy"
        if not out.exists():
            started = time.perf_counter()
            asked = self.folder / f"{digest}.parquet"
            pq.write_table(pa.table({"text": pa.array(list(texts), pa.string())}), asked)
            run_worker([self.name, "--texts", str(asked), "--out", str(out)])
            asked.unlink()
            out.with_suffix(".seconds").write_text(f"{time.perf_counter() - started:.1f}")
        return np.load(out)

    def seconds(self, texts: Sequence[str]) -> float:
        """What embedding these texts took when it was done; 0 where that is not known."""
        digest = hashlib.sha256("\0".join([self.name, *texts]).encode()).hexdigest()[:20]
        told = self.folder / f"{self.name}-{digest}.seconds"
        return float(told.read_text()) if told.exists() else 0.0


def run_worker(arguments: list[str]) -> None:
    """Run the worker in the peers' environment.

    Raises:
        CalledProcessError: It failed; its output is on the console.
    """
    subprocess.run([str(PEERS_PYTHON), str(WORKER), *arguments], check=True)


def hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Hashed byte 3- to 5-grams, square-rooted counts, unit length. No weights, no meaning."""
    vectors = np.zeros((len(texts), HASHED_DIMENSIONS), np.float32)
    for row, text in enumerate(texts):
        code = np.frombuffer(f"  {text.lower()}  ".encode()[:LONGEST_BYTES], np.uint8).astype(
            np.uint64
        )
        grams = code[:-2] + (code[1:-1] << np.uint64(8)) + (code[2:] << np.uint64(16))
        longer = grams[:-2] + (code[3:-1] << np.uint64(24)) + (code[4:] << np.uint64(32))
        for each in (grams, longer):
            mixed = (each * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
            buckets = mixed % np.uint64(HASHED_DIMENSIONS)
            vectors[row] += np.bincount(buckets.astype(np.int64), minlength=HASHED_DIMENSIONS)
    np.sqrt(vectors, out=vectors)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
