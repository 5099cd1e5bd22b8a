"""The guard's host installs nothing for the core, and loads little."""

from __future__ import annotations

import subprocess
import sys

CORE = "import revenuer.guard"
OWN = {"revenuer"}


def loaded_by(statement: str) -> set[str]:
    printed = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            f"import sys; sys.path[:0] = {sys.path!r}\n{statement}\nprint(*sorted(sys.modules))",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {name.partition(".")[0] for name in printed.split()}


def test_the_core_needs_the_standard_library_only() -> None:
    assert loaded_by(CORE) - OWN <= set(sys.stdlib_module_names) | {"__main__"}


def test_all_of_the_core_does() -> None:
    every = "; ".join(
        f"import revenuer.guard.{name}" for name in ("reasoning_blocks", "ocsf", "layout", "rules")
    )
    assert loaded_by(every) - OWN <= set(sys.stdlib_module_names) | {"__main__"}


def test_reading_a_policy_and_a_snapshot_loads_no_engine() -> None:
    loaded = loaded_by(
        "import revenuer.app.guard_policy, revenuer.enforcement.snapshot_file, "
        "revenuer.enforcement.verdict_keys"
    )
    assert not loaded & {"duckdb", "ibis", "numpy", "polars", "pyarrow", "scipy"}


def test_something_else_is_seen() -> None:
    assert "click" in loaded_by("import click")
