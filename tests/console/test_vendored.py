"""What others wrote is as it was published, named with its licence, and no more than is named."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from revenuer import console

VENDOR = Path(console.__file__).parent / "static" / "vendor"
ROW = re.compile(
    r"^\| ([\w.]+) \| ([\d.]+) \| ([\w-]+) \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE
)
ROWS = ROW.findall((VENDOR / "VENDORED.md").read_text("utf-8"))
PERMISSIVE = {"MIT", "0BSD", "BSD-3-Clause", "ISC", "Apache-2.0"}


@pytest.mark.parametrize(("name", "version", "licence", "file", "digest"), ROWS)
def test_a_file_is_the_one_that_was_published(
    name: str, version: str, licence: str, file: str, digest: str
) -> None:
    place = VENDOR / file
    assert sha256(place.read_bytes()).hexdigest() == digest
    assert place.parent.name.endswith(f"-{version}")
    assert licence in PERMISSIVE
    assert [one for one in place.parent.iterdir() if one.name.startswith("LICENSE")]


def test_every_file_is_named() -> None:
    there = {
        str(path.relative_to(VENDOR))
        for path in VENDOR.rglob("*")
        if path.is_file() and not path.name.startswith("LICENSE")
    }
    assert there - {"VENDORED.md"} == {file for _, _, _, file, _ in ROWS}


def test_no_script_needs_what_the_content_security_policy_forbids() -> None:
    for path in VENDOR.rglob("*.js"):
        text = path.read_text("utf-8")
        if path.parent.name.startswith("htmx"):
            # It has an evaluator, which `allowEval` in the layout turns off.
            continue
        assert not re.search(r"\beval\(|new Function\(|\bFunction\(['\"]", text), path.name
