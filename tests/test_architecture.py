"""The rules of the house that the layer contract cannot say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "revenuer"
MODULES = sorted(SRC.rglob("*.py"))
HEAVY = {
    "duckdb",
    "ibis",
    "matplotlib",
    "networkit",
    "numpy",
    "polars",
    "pyarrow",
    "scipy",
    "torch",
}

PURE = (
    "campaigns",
    "casework",
    "countermeasures",
    "access",
    "detectors",
    "features",
    "guard",
    "matching",
    "provenance",
    "reports",
    "stats",
    "worlds",
    "detector.py",
    "errors.py",
    "instants.py",
    "records.py",
    "schema.py",
    "settings.py",
    "bounds.py",
)
OUTSIDE_WORLD = {"os", "random", "requests", "shutil", "socket", "subprocess", "tempfile", "time"}
IMPURE_CALLS = {"open", "input", "print", "now", "today", "utcnow", "default_rng"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_test(path: Path) -> bool:
    return path.name.startswith("test_")


@pytest.mark.parametrize("statement", ["import revenuer", "import revenuer.cli.group"])
def test_importing_the_package_stays_light(statement: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert not HEAVY & set(loaded)


def test_servers_start_without_what_only_a_scan_needs() -> None:
    # It takes as long to load as all the rest; `scipy.stats` is loaded when it is first used.
    statement = "import revenuer.console.server, sys; print(*sys.modules)"
    command = [sys.executable, "-c", statement]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "scipy.stats" not in told.stdout.split()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_are_at_most_60_lines(path: Path) -> None:
    long = [
        f"{node.name} ({lines})"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := code_lines(node)) > 60
    ]
    assert not long


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring, which may be long and good."""
    documented = ast.get_docstring(node) is not None
    first = node.body[1 if documented and len(node.body) > 1 else 0]
    return (node.end_lineno or 0) - first.lineno + 1


# Lists of words are data: splitting one by length would tear its subject.
CODE = [path for path in MODULES if not {"lexicons", "language"} & set(path.parts)]


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_files_are_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


def pure_modules() -> Iterator[Path]:
    for part in PURE:
        whole = SRC / part
        yield from (
            [whole] if whole.is_file() else (p for p in whole.rglob("*.py") if not is_test(p))
        )


def reaches_out(tree: ast.AST) -> Iterator[str]:
    """Name what touches files, sockets, the clock, the environment or global randomness."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] in OUTSIDE_WORLD)
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in OUTSIDE_WORLD:
                yield str(node.module)
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            seeded = name == "default_rng" and bool(node.args)
            if name in IMPURE_CALLS and not seeded:
                yield f"{name}()"


@pytest.mark.parametrize("path", sorted(pure_modules()), ids=name_of)
def test_below_sources_nothing_reaches_out(path: Path) -> None:
    assert not list(reaches_out(ast.parse(path.read_text("utf-8"))))


@pytest.mark.parametrize("code", ["import time", "from os import environ", "open('a')", "d.now()"])
def test_reaching_out_is_seen(code: str) -> None:
    assert list(reaches_out(ast.parse(code)))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_named_for_their_subject(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "managers"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    # Spelled apart, so that this file does not find itself.
    later = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "Not" + "ImplementedError"]))
    assert not later.search(path.read_text("utf-8"))


def committed_text() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout.split("\0")
    paths = [ROOT / name for name in listed if name]
    return [path for path in paths if path.is_file() and path.suffix not in {".png", ".npz"}]


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    marks = [
        "/ro" + "ot/",
        "/wo" + "rk/",
        "/ho" + "me/",
        "py" + "pi.org",
        "python" + "hosted",
        "/opt/" + "p",
    ]
    found = [
        f"{name_of(path)}: {mark}"
        for path in committed_text()
        for mark in marks
        if mark in path.read_text("utf-8")
    ]
    assert not found


def test_words_that_mislead_are_not_used() -> None:
    words = re.compile("risk " + "score|suspi" + "cious|AI-" + "powered", re.IGNORECASE)
    prose = [*MODULES, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert not [name_of(path) for path in prose if words.search(path.read_text("utf-8"))]
