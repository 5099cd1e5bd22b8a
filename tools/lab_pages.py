"""The page of the keys of a distillation's config, for `write_docs`."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import get_type_hints

from revenuer.cli.show.settings import setting_text
from revenuer.lab.config import LabConfig
from revenuer.schema import described


def lab_page() -> str:
    """Return every key with its default and its meaning."""
    lines = [
        "# A distillation's config",
        "",
        "One TOML file: `revenuer lab distil CONFIG --out DIR`. Places are meant from the file's "
        "own folder. See [lab.md](lab.md).",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
    ]
    sections = get_type_hints(LabConfig)
    for (section, key), meaning in described(LabConfig).items():
        spec = next(one for one in fields(sections[section]) if one.name == key)
        shown = "required" if spec.default is MISSING else f"`{setting_text(spec.default)}`"
        meaning = meaning.replace(" placeholder", " A [placeholder](placeholders.md).")
        lines.append(f"| `{section}.{key}` | {shown} | {meaning} |")
    return "\n".join(lines) + "\n"
