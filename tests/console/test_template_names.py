"""A page's template must not set a name that the layout around it reads."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import Environment, meta

FOLDER = Path(str(files("revenuer.console") / "templates"))
SET = re.compile(r"{%-?\s*set\s+([a-z_]+)")
PAGES = sorted(
    str(path.relative_to(FOLDER))
    for path in FOLDER.rglob("*.html")
    if '{% extends "layout.html" %}' in path.read_text()
)
READ = meta.find_undeclared_variables(Environment().parse((FOLDER / "layout.html").read_text()))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_leaves_the_names_of_the_layout_alone(name: str) -> None:
    assert "csrf" in READ
    taken = READ & set(SET.findall((FOLDER / name).read_text()))
    assert not taken, f"{name} sets {taken}, which the layout reads as its own"
