"""The locks pin what the project asks for, and say nothing about one machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("runtime", "dev", "engines")}
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall(LOCKS[name].read_text("utf-8")))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for(lines: list[str]) -> dict[str, str]:
    """Name to lowest version; empty where any will do."""
    found = {}
    for line in lines:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:>=([\w.]+))?", line)
        if match:
            found[normal(match[1])] = match[2] or ""
    return found


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def test_the_runtime_lock_holds_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = pins("runtime")
    for name, least in asked_for(project["dependencies"]).items():
        assert name in locked
        assert version(locked[name]) >= version(least)


def test_the_dev_lock_holds_every_tool_that_is_asked_for() -> None:
    lines = (ROOT / "requirements/dev.in").read_text("utf-8").splitlines()
    wanted = asked_for([line for line in lines if line and not line.startswith(("#", "-"))])
    assert wanted
    assert set(wanted) <= set(pins("dev"))


def test_the_engines_lock_holds_every_engine_and_nothing_that_the_dev_lock_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    locked = pins("engines")
    for name, least in asked_for([*extras["clickhouse"], *extras["spark"]]).items():
        assert version(locked[name]) >= version(least)
    assert not set(locked) & set(pins("dev"))


def test_both_locks_pin_the_same_versions() -> None:
    dev = pins("dev")
    assert {name: dev.get(name) for name in pins("runtime")} == pins("runtime")


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", LOCKS[name].read_text("utf-8"))
    bare = [block.split("==")[0] for block in blocks if "==" in block and "--hash=" not in block]
    assert not bare


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_no_folder(name: str) -> None:
    assert not re.search(r"://|file:/| @ |--(index|extra|find|trusted)", LOCKS[name].read_text())
