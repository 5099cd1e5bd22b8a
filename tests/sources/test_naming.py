"""A record that surprises its adapter is one bad row."""

from __future__ import annotations

import pytest

from revenuer.sources.adapters import Pseudonyms
from revenuer.sources.adapters.adapter import Found
from revenuer.sources.adapters.harness import harness_of
from revenuer.sources.column_map import TableMap
from revenuer.sources.columns import EXCHANGES
from revenuer.sources.naming import Naming
from revenuer.sources.rows import Batch


class Surprised:
    name = "surprised"
    title = "a format that changed"

    def claims(self, record):
        return True

    def read(self, record, pseudonyms):
        yield Found({"exchange_id": record["id"]}, record)


def test_a_record_that_surprises_its_adapter_is_one_bad_row():
    batch = Batch()
    batch.add(1, b"{}", {"id": "e1"})
    batch.add(2, b"{}", {})
    batch.add(3, b"{}", {"id": "e3"})
    naming = Naming(EXCHANGES, TableMap(), Surprised(), (), Pseudonyms(b"k"))
    named = naming.rows(batch)
    assert [row["exchange_id"] for row in named.records] == ["e1", "e3"]
    assert named.bad == [(2, "cannot be read as surprised: KeyError", b"{}")]


@pytest.mark.parametrize(
    ("user_agent", "harness"),
    [
        ("OpenAI/Python 2.54.0", "openai-python"),
        ("AsyncAnthropic/Python 2.12.0", "anthropic-python"),
        ("Anthropic/JS 0.60.0", "anthropic-js"),
        ("claude-cli/2.0.14 (external, cli)", "claude-code"),
        ("codex_cli_rs/0.40.0 (Ubuntu 24.4.0; x86_64)", "codex"),
        ("python-requests/2.32.3", "python-requests"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "browser"),
        ("curl/8.5.0", "curl"),
        ("", None),
        (None, None),
        ("/1.0", None),
    ],
)
def test_a_user_agent_names_its_harness(user_agent, harness):
    assert harness_of(user_agent) == harness
