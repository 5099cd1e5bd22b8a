"""Running the command line as a person would, in this process or in its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from revenuer.cli.entry import run


@dataclass(frozen=True)
class Ran:
    """One run of the command line."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def revenuer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `revenuer` in this process, with no variables of the caller's."""
    for name in [name for name in os.environ if name.startswith("REVENUER_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str | Path) -> Ran:
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ran(int(code), printed.out, printed.err)

    return call


@pytest.fixture
def revenuer_process() -> Callable[..., subprocess.Popen[str]]:
    """Start `revenuer` in a process of its own."""

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from revenuer.cli import main; main()", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start
