"""The page of the TAXII server says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from revenuer.api.access import FAILURES_PER_MINUTE
from revenuer.app.access import Scope
from revenuer.sharing.http_client import AGAIN, LONGEST_WAIT_S, MOST_TRIES
from revenuer.sharing.taxii_client import BATCH_OBJECTS

ROOT = Path(__file__).parents[2]
PAGE = " ".join((ROOT / "docs" / "taxii.md").read_text("utf-8").split())
WRITERS = ("partners.py", "taxii_service.py", "exchange.py")


def test_every_kind_of_entry_is_named() -> None:
    folder = ROOT / "src" / "revenuer" / "app" / "sharing"
    text = "".join((folder / name).read_text("utf-8") for name in WRITERS)
    kinds = set(re.findall(r'record\(\s*\[\("([a-z-]+)"', text))
    kinds |= set(re.findall(r'_record\(\s*"([a-z-]+)"', text))
    assert {"taxii-read", "pushing", "token-revoked"} <= kinds
    assert [kind for kind in kinds if f"`{kind}`" not in PAGE] == []


def test_scopes_and_figures_are_those_of_the_program() -> None:
    assert [scope for scope in Scope if f"`{scope}`" not in PAGE] == []
    assert f"({', '.join(str(one) for one in sorted(AGAIN))})" in PAGE
    assert (MOST_TRIES, LONGEST_WAIT_S, FAILURES_PER_MINUTE) == (5, 60.0, 20.0)
    assert "tried five times" in PAGE
    assert "twenty wrong ones within a minute" in PAGE
    assert f"batches of {BATCH_OBJECTS:,}" in PAGE
