"""The settings in force as TOML, each line with where its value comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from revenuer.config_file import Effective, Origin


def as_toml(effective: Effective) -> str:
    """Write the settings as a complete `revenuer.toml`.

    Returns:
        TOML that reads back as the same settings; the origin follows as a comment.
    """
    # TOML puts everything after a section's head into it, so what has none comes first.
    ordered = sorted(effective.origins, key=lambda each: "." in each.key)
    blocks = []
    for section, members in groupby(ordered, key=lambda each: each.key.rpartition(".")[0]):
        head = [f"[{section}]"] if section else []
        blocks.append("\n".join([*head, *_lines(members)]))
    return "\n\n".join(blocks) + "\n"


def _lines(members: Iterable[Origin]) -> list[str]:
    written = [
        (f"{each.key.rpartition('.')[2]} = {setting_text(each.value)}", each) for each in members
    ]
    width = max((len(text) for text, _ in written if len(text) <= 60), default=0)
    return [f"{text:<{width}}  # {each.said_by}" for text, each in written]


def setting_text(value: Any) -> str:
    """Write one value as TOML, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(setting_text(item) for item in value)}]"
    if is_dataclass(value) and not isinstance(value, type):
        value = {spec.name: getattr(value, spec.name) for spec in fields(value)}
    if isinstance(value, dict):
        inner = ", ".join(f"{_quoted(key)} = {setting_text(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    # TOML's basic strings escape as JSON's do, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
