"""What docs/sources.md promises is what the code does."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from revenuer.sources import ADAPTERS, CANONICAL, load_column_map
from revenuer.sources.column_map import parse_column_map
from revenuer.sources.rows import BATCH_BYTES, BATCH_ROWS

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)


@pytest.fixture(scope="module")
def page(root) -> str:
    return (root / "docs" / "sources.md").read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    return [body for kind, body in BLOCK.findall(page) if kind == language]


def test_every_column_map_of_the_page_is_one(page, tmp_path):
    maps = blocks(page, "toml")
    assert len(maps) == 2
    for number, body in enumerate(maps):
        path = tmp_path / f"{number}.toml"
        path.write_text(body)
        assert load_column_map(path).table("exchanges").columns


def test_the_pages_map_reads_the_table_it_describes(page, write_lines, opened):
    row = {"id": "e", "ts": 1771838400250, "key": {"hash": "k"}, "usage": {"out": 7}}
    column_map = parse_column_map(tomllib.loads(blocks(page, "toml")[0]))
    found = opened(write_lines(row), column_map=column_map).rows
    assert found["account_id"].item() == "k"
    assert found["output_tokens"].item() == 7


def test_every_format_is_on_the_page(page):
    for name in (CANONICAL, *(adapter.name for adapter in ADAPTERS)):
        assert f"| `{name}` |" in page


def test_the_quarantine_has_the_pages_fields(page, write_lines, opened):
    good = {"exchange_id": "e", "occurred_at": "2026-02-23T00:00:00Z", "account_id": "a"}
    bad = {**good, "exchange_id": "f", "input_tokens": "many"}
    (entry,) = opened(write_lines(good, bad)).quarantined()
    shown = json.loads(blocks(page, "json")[0])
    assert entry.keys() == shown.keys()
    assert (entry["reason"], entry["line"]) == (shown["reason"], shown["line"])


def test_the_pages_batch_size_is_the_real_one(page):
    assert f"{BATCH_ROWS:,} rows or {BATCH_BYTES >> 20} MiB" in page
