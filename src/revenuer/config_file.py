"""The settings of a scan: file, environment and command line brought together.

Later ones win: the defaults of `settings.py`, then one TOML file, then variables such as
`REVENUER_JUDGE__FDR=0.01`, then what the caller was told on the command line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from revenuer.errors import ConfigError
from revenuer.schema import KeyPath, RefusedError, build, fit, leaves, value_at
from revenuer.settings import Settings

DEFAULT_FILE = "revenuer.toml"
PREFIX = "REVENUER_"
NOT_SETTINGS = frozenset(
    {
        "REVENUER_CONFIG",
        "REVENUER_CASEBOOK_URL",
        "REVENUER_CLICKHOUSE_PASSWORD",
        "REVENUER_KEYS",
        "REVENUER_SHARE_NAME",
        "REVENUER_SHARE_TOKEN",
        "REVENUER_PROVENANCE",
        "REVENUER_SNAPSHOT",
    }
)
"""Variables of ours that name a place or hold a secret, not a setting."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting as it is in force, and who said so.

    Attributes:
        key: Its name with dots, such as `judge.fdr`.
        value: What is in force.
        said_by: `default`, the file's name, the variable's name or `command line`.
    """

    key: str
    value: Any
    said_by: str


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings in force, and where each of them comes from."""

    settings: Settings
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    path: KeyPath
    raw: Any
    by: str


def load_settings(
    file: Path | None = None,
    *,
    environment: Mapping[str, str],
    folder: Path,
    overrides: Mapping[str, Any] | None = None,
) -> Effective:
    """Read the settings in force.

    Args:
        file: The TOML file; without one, `revenuer.toml` in `folder` if it is there.
        environment: Variables; those that start with `REVENUER_` count.
        folder: Where to look for the default file.
        overrides: Key with dots to value, as given on the command line.

    Returns:
        Settings and the origin of each.

    Raises:
        ConfigError: With every problem of all three in one message.
    """
    problems: list[str] = []
    said = [
        *_from_file(file, folder, problems),
        *_from_environment(environment, problems),
        *(
            _Said(tuple(key.split(".")), value, "command line")
            for key, value in (overrides or {}).items()
        ),
    ]
    values, sayers = _fitted(said, problems)
    if problems:
        raise ConfigError(_summary(problems), "Correct these; `revenuer config show` lists all.")
    settings: Settings = build(Settings, values)
    origins = tuple(
        Origin(".".join(path), value_at(settings, path), sayers.get(path, "default"))
        for path in leaves(Settings)
    )
    return Effective(settings, origins)


def _from_file(file: Path | None, folder: Path, problems: list[str]) -> list[_Said]:
    chosen = file if file is not None else folder / DEFAULT_FILE
    if file is None and not chosen.is_file():
        return []
    try:
        tree = tomllib.loads(chosen.read_text(encoding="utf-8"))
    except OSError as failure:
        problems.append(f"{chosen.name}: cannot be read ({failure.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        problems.append(f"{chosen.name}: is not TOML: {failure}")
    else:
        return list(_flat(tree, (), chosen.name, problems))
    return []


def _flat(
    tree: Mapping[str, Any], prefix: KeyPath, by: str, problems: list[str]
) -> Iterator[_Said]:
    for key, value in tree.items():
        path = (*prefix, key)
        if path in leaves(Settings):
            yield _Said(path, value, by)
        elif path not in _sections():
            problems.append(f"{by}: {_unknown(path)}")
        elif isinstance(value, dict):
            yield from _flat(value, path, by, problems)
        else:
            problems.append(f"{by}: {'.'.join(path)} is a section: write [{'.'.join(path)}]")


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> list[_Said]:
    said = []
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        if path in leaves(Settings):
            said.append(_Said(path, _from_text(environment[name]), name))
        else:
            problems.append(f"{name}: {_unknown(path)}")
    return said


def _from_text(text: str) -> Any:
    """Read a variable as TOML would, and as plain text where it is none."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _fitted(
    said: list[_Said], problems: list[str]
) -> tuple[dict[KeyPath, Any], dict[KeyPath, str]]:
    kinds = leaves(Settings)
    values: dict[KeyPath, Any] = {}
    sayers: dict[KeyPath, str] = {}
    for one in said:
        try:
            values[one.path] = fit(one.raw, kinds[one.path])
            sayers[one.path] = one.by
        except RefusedError as refused:
            problems.append(f"{one.by}: {'.'.join(one.path)} {refused}")
    return values, sayers


def _sections() -> set[KeyPath]:
    return {path[:depth] for path in leaves(Settings) for depth in range(1, len(path))}


def _unknown(path: KeyPath) -> str:
    """Say that a key is unknown, and which known one is nearest."""
    known = [".".join(each) for each in (*leaves(Settings), *_sections())]
    name = ".".join(path)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    guess = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
    return f"unknown key {name}; {guess}"


def _summary(problems: list[str]) -> str:
    if len(problems) == 1:
        return f"The settings cannot be used: {problems[0]}."
    listed = "".join(f"\n  - {problem}" for problem in problems)
    return f"The settings cannot be used, for {len(problems)} reasons:{listed}"
