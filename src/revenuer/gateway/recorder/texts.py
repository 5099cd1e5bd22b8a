"""What bodies say, for logs that may read them: prompts, answers, or sketches of prompts.

Loaded in the recorder alone: it brings the readers of prompts, with NumPy, Arrow and Polars.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from revenuer.app.policy import STRICTNESS
from revenuer.app.sketch_keys import read_key
from revenuer.app.sketching import SketchMaker
from revenuer.features.keyed import SketchKey
from revenuer.gateway.recorder.answers import answer_text
from revenuer.gateway.recorder.row import Entry
from revenuer.settings import DataPolicy, SampleSettings
from revenuer.sources.adapters import anthropic_messages, openai_chat, openai_responses
from revenuer.sources.columns import EXCHANGES

logger = logging.getLogger(__name__)

SKETCHED_ROWS = 1000
"""Rows of one batch that are sketched, so that the log keeps up with bursts. placeholder"""
TEXTS = ("prompt", "system_prompt", "response")
MEASURED = frozenset(EXCHANGES.types) - {"streamed", "tool_count", "requested_model", "n"}
"""Columns that a body may add to what the worker said already."""


class TextReader:
    """Adds to rows what their bodies say.

    Args:
        text: Whether prompts and answers themselves are logged.
        sketch_key: Key file for sketches; empty for none.
    """

    def __init__(self, text: bool, sketch_key: str) -> None:
        self._text = text
        self._maker: SketchMaker | None = None
        if sketch_key and not text:
            key: SketchKey = read_key(Path(sketch_key))
            self._maker = SketchMaker(key, SampleSettings().prompt_chars)

    def add(self, entries: Sequence[Entry], rows: Sequence[dict[str, Any]]) -> int:
        """Add what bodies say to the rows of the same places.

        Returns:
            Rows that have a prompt and were left without a sketch.
        """
        for entry, row in zip(entries, rows, strict=True):
            for name, value in body_columns(entry).items():
                if value is not None and (name in MEASURED or name not in row):
                    row.setdefault(name, value)
            if self._text and (said := answer_text(entry)) is not None:
                row["response"] = said
        if self._text:
            for row in rows:
                row["data_policy"] = str(DataPolicy.FULL)
            return 0
        left = self._sketch(rows) if self._maker is not None else 0
        for row in rows:
            for name in TEXTS:
                row.pop(name, None)
            sketched = "prompt_sketch" in row or "system_prompt_sketch" in row
            row["data_policy"] = str(DataPolicy.SKETCH if sketched else DataPolicy.METADATA)
        return left

    def _sketch(self, rows: Sequence[dict[str, Any]]) -> int:
        assert self._maker is not None
        read = [row for row in rows if "prompt" in row or "system_prompt" in row]
        chosen = read[:SKETCHED_ROWS]
        if not chosen:
            return 0
        batch = pl.DataFrame(
            {name: [row.get(name) for row in chosen] for name in ("prompt", "system_prompt")},
            schema={"prompt": pl.String, "system_prompt": pl.String},
        ).with_columns(
            pl.Series("tool_count", [row.get("tool_count") for row in chosen], dtype=pl.Int32)
        )
        made, _ = self._maker.sketch(_as_logged(batch))
        for column in ("prompt_sketch", "system_prompt_sketch", "sketch_key_id"):
            for row, value in zip(chosen, made.column(column).to_pylist(), strict=True):
                if value is not None:
                    row[column] = _written(value)
        return len(read) - len(chosen)


def _as_logged(batch: pl.DataFrame) -> Any:
    """The texts as one batch of the contract's table, which is what is sketched."""
    present = set(batch.columns)
    missing = [
        pl.Series(field.name, [None] * batch.height, dtype=pl.Null)
        for field in EXCHANGES.schema
        if field.name not in present
    ]
    strictness = STRICTNESS[DataPolicy.SKETCH]
    whole = batch.with_columns(*missing).select(EXCHANGES.schema.names).to_arrow()
    table = whole.cast(EXCHANGES.schema)
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.with_columns(pl.lit(strictness).alias("_strictness"))
    return frame.to_arrow().to_batches()[0]


def _written(value: object) -> object:
    """A value as JSON can carry it: bytes in Base64."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def body_columns(entry: Entry) -> Mapping[str, object]:
    """The contract's columns that a request's body gives; none where it cannot be read."""
    if not entry.body:
        return {}
    try:
        asked = msgspec.json.decode(entry.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    if not isinstance(asked, dict):
        return {}
    if entry.protocol == "openai-responses":
        return openai_responses.request_columns(asked, {})
    if entry.protocol == "anthropic-messages":
        return anthropic_messages.request_columns(asked)
    if entry.protocol == "openai-chat":
        return openai_chat.request_columns(asked)
    prompt = asked.get("prompt")
    return {"prompt": prompt if isinstance(prompt, str) else None}
