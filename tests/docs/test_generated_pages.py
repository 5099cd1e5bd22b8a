"""The pages made from the program are as the program would write them now."""

from __future__ import annotations

from pathlib import Path

import pytest

import placeholders
import write_docs
from revenuer.schema import described, leaves
from revenuer.settings import Settings

PAGES = write_docs.pages()


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_generated_page_is_fresh(path: Path, root: Path) -> None:
    target = root / path
    assert target.is_file(), f"{path} is missing: run `make docs-write`"
    assert target.read_text("utf-8") == PAGES[path], f"{path} is stale: run `make docs-write`"


def test_no_page_is_left_of_a_detector_that_is_gone(root: Path) -> None:
    there = {path.relative_to(root) for path in (root / "docs/detectors").glob("*.md")}
    assert not there - set(PAGES)


def test_every_setting_says_what_it_means() -> None:
    meanings = described(Settings)
    assert set(meanings) == set(leaves(Settings))
    assert not [".".join(path) for path, meaning in meanings.items() if not meaning]


def test_every_mark_of_a_placeholder_is_listed(root: Path) -> None:
    listed = placeholders.found(root / "src")
    assert len(listed) == placeholders.marks(root / "src")


def test_a_placeholder_is_found_wherever_it_may_be_marked(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(
        'BELOW = 1\n"""Said below. placeholder"""\n'
        "# Said above,\n# on two lines. placeholder\nABOVE = 2\n"
        "BESIDE = 3  # placeholder: said beside\n"
        'class S:\n    """S.\n\n    Attributes:\n        field: Said in\n'
        '            the class. placeholder\n    """\n    field: int = 4\n'
    )
    assert [(each.name, each.value, each.said) for each in placeholders.found(tmp_path)] == [
        ("BELOW", "1", "Said below"),
        ("ABOVE", "2", "Said above, on two lines"),
        ("BESIDE", "3", "said beside"),
        ("field", "4", "Said in the class"),
    ]
