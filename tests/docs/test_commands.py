"""Commands that the documentation shows can be typed as they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from revenuer.cli.exits import Exit
from revenuer.cli.group import COMMANDS, revenuer

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(?:console|sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(revenuer [a-z][^`]*)`")


def typed(page: Path) -> Iterator[str]:
    text = page.read_text("utf-8")
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.removeprefix("$ ").removeprefix(".venv/bin/").strip()
            if command.startswith("revenuer "):
                yield command
    yield from INLINE.findall(text)


def problem(command: str) -> str | None:
    words = shlex.split(command, comments=True)[1:]
    words = [word for word in words if word not in {"--debug", "--quiet", "-q"}]
    if words[0].startswith("--") or words[0] == "...":
        return None
    if words[0] not in COMMANDS:
        return f"no command {words[0]}"
    found = revenuer.get_command(click.Context(revenuer), words[0])
    depth = 1
    while isinstance(found, click.Group) and len(words) > depth:
        context = click.Context(found)
        # `revenuer enforce CAMPAIGN` is a member's short form.
        short = found.get_command(context, getattr(found, "short_for", ""))
        found = found.get_command(context, words[depth]) or short
        depth += 1
    if found is None:
        return f"no command {' '.join(words[:depth])}"
    known = {name for option in found.params for name in option.opts} | {"--help", "-h"}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    return f"no option {unknown[0]}" if unknown else None


SHOWN = [(page, command) for page in PAGES for command in typed(page)]


@pytest.mark.parametrize(
    ("page", "command"), SHOWN, ids=[f"{page.name}: {command}" for page, command in SHOWN]
)
def test_a_shown_command_exists(page: Path, command: str) -> None:
    assert problem(command) is None


@pytest.mark.parametrize(
    "command", ["revenuer scna x", "revenuer scan x --outt y", "revenuer config shw"]
)
def test_a_wrong_command_is_seen(command: str) -> None:
    assert problem(command)


def test_make_targets_that_are_shown_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    shown = {
        name for page in PAGES for name in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert shown
    assert shown <= targets


def test_every_exit_code_is_documented() -> None:
    text = (ROOT / "docs/exit-codes.md").read_text("utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert documented == {int(code) for code in Exit}
