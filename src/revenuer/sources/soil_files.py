"""Logs that a campaign is planted in: their files, and what it must fit into."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from revenuer.errors import NothingToReadError
from revenuer.worlds.planting import Soil

SAMPLED_PROMPTS = 5000


def log_files(paths: Sequence[Path]) -> list[Path]:
    """The Parquet files at some paths, in order of name."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        named = ", ".join(str(path) for path in paths)
        hint = "Make canonical Parquet first with `revenuer convert`."
        raise NothingToReadError(f"no Parquet files at {named}", hint)
    return files


def read_soil(files: Sequence[Path]) -> Soil:
    """What a campaign must fit into: window, models, columns and some prompts."""
    times, models, prompts = [], [], []
    filled: set[str] = set()
    for file in files:
        filled |= filled_columns(pq.read_metadata(file))
        names = set(pq.read_schema(file).names)
        times.append(pc.min_max(pq.read_table(file, columns=["occurred_at"])["occurred_at"]))
        if "model" in names:
            models.append(pq.read_table(file, columns=["model"])["model"])
        if "prompt" in names:
            prompts.append(some_prompts(file))
    bounds = [bound.as_py() for bound in times if bound["min"].is_valid]
    if not bounds:
        raise NothingToReadError("the logs have no exchange", "Give logs with at least one.")
    return Soil(
        min(bound["min"] for bound in bounds),
        max(bound["max"] for bound in bounds),
        commonest(models),
        frozenset(filled),
        pa.concat_arrays([pa.array([], pa.string()), *prompts])[:SAMPLED_PROMPTS],
    )


def some_prompts(file: Path) -> pa.StringArray:
    """The first prompts of a file."""
    batches = pq.ParquetFile(file).iter_batches(SAMPLED_PROMPTS, columns=["prompt"])
    head = next(batches, None)
    return (
        pa.array([], pa.string()) if head is None else head.column(0).cast(pa.string()).drop_null()
    )


def commonest(columns: Sequence[pa.ChunkedArray]) -> tuple[str, ...]:
    """The three commonest models, ties in order of name; `model` where none is known."""
    chunks = [chunk.cast(pa.string()) for column in columns for chunk in column.chunks]
    counted = pc.value_counts(pa.chunked_array(chunks, pa.string()).drop_null()).to_pylist()
    ranked = sorted(counted, key=lambda row: (-row["counts"], row["values"]))
    return tuple(row["values"] for row in ranked[:3]) or ("model",)


def filled_columns(metadata: pq.FileMetaData) -> set[str]:
    """Columns of a file with at least one value, by its statistics."""
    filled = set()
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for place in range(row_group.num_columns):
            column = row_group.column(place)
            known = column.statistics is not None and column.statistics.null_count is not None
            if not known or column.statistics.null_count < column.num_values:
                filled.add(column.path_in_schema.split(".")[0])
    return filled
