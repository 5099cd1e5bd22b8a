"""The pages of docs/ that are drawn from the guard: its ladder, and every key of its policy."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from itertools import pairwise
from typing import Any, get_args, get_origin, get_type_hints

from revenuer.cli.show.settings import setting_text
from revenuer.guard.ladder import ACTIONS, TRANSITIONS, Action, Signal
from revenuer.guard.policy import Policy
from revenuer.schema import described

ENTRY = re.compile(r"^ {4}([A-Z_]+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def ladder_page() -> str:
    """Return the ladder: what each action does, what moves a request along it, and a drawing."""
    return "\n".join(
        [
            "# The guard's ladder",
            "",
            "Drawn from the table in `revenuer.guard.ladder`. Evidence leads up to the action "
            "that the policy asks for, and never down; what follows is what else is known, "
            "weighed in this order.",
            "",
            "| action | what is done |",
            "|---|---|",
            *(f"| {action} | {said} |" for action, said in _said(Action).items()),
            "",
            "| signal | what is known |",
            "|---|---|",
            *(f"| {signal} | {said} |" for signal, said in _said(Signal).items()),
            "",
            "Where each signal leads from each action; an empty field is where it changes nothing.",
            "",
            "| signal | " + " | ".join(action.word for action in ACTIONS) + " |",
            "|---|" + "---|" * len(ACTIONS),
            *_rows(),
            "",
            "```mermaid",
            *drawing(),
            "```",
            "",
        ]
    )


def drawing() -> list[str]:
    """Return the transitions as a Mermaid state diagram, signals between two actions together."""
    arrows: dict[tuple[Action, Action], list[str]] = defaultdict(list)
    for signal, row in TRANSITIONS.items():
        for action, there in zip(ACTIONS, row, strict=True):
            if there is not action:
                arrows[action, there].append(signal.value)
    lines = ["stateDiagram-v2", "    [*] --> allow"]
    for lower, upper in pairwise(ACTIONS):
        lines.append(f"    {lower} --> {upper}: evidence")
    for (action, there), signals in sorted(arrows.items()):
        lines.append(f"    {action} --> {there}: {', '.join(signals)}")
    return lines


def policy_page() -> str:
    """Return every key of the guard's policy with its default and its meaning."""
    lines = [
        "# The guard's policy",
        "",
        "One TOML file. `revenuer policy check FILE` says what it means, or everything that is "
        "wrong with it; `revenuer policy replay FILE LOGS --from DIR` says what it would have "
        "done. How to write one is in [guard.md](guard.md). A key without a default must be "
        "there.",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
        *_keys(Policy, ""),
        "",
    ]
    return "\n".join(lines)


def key_rows(schema: type) -> Iterator[str]:
    """Rows of a table of every key of a policy, with its default and its meaning."""
    return _keys(schema, "")


def _said(kind: type) -> dict[str, str]:
    """What the docstring of an enum says of each member, by its word."""
    found = ENTRY.findall(inspect.getdoc(kind) or "")
    members: Any = kind
    return {str(members[name]): " ".join(said.split()) for name, said in found}


def _rows() -> Iterator[str]:
    for signal, row in TRANSITIONS.items():
        cells = ["" if a is there else there.word for a, there in zip(ACTIONS, row, strict=True)]
        yield f"| {signal} | " + " | ".join(cells) + " |"


def _keys(schema: type, prefix: str) -> Iterator[str]:
    # What a class does not say of a key, the one says that it is made from.
    kinds = [kind for kind in reversed(schema.__mro__) if is_dataclass(kind)]
    meanings = {key: said for kind in kinds for key, said in described(kind).items() if said}
    hints = get_type_hints(schema)
    for spec in fields(schema):  # type: ignore[arg-type]
        name, kind = prefix + spec.name, hints[spec.name]
        item = get_args(kind)[0] if get_origin(kind) is tuple else None
        if is_dataclass(kind) and isinstance(kind, type):
            yield from _keys(kind, f"{name}.")
        elif item is not None and is_dataclass(item):
            yield f"| `[[{name}]]` | `{_default(spec)}` | {_meaning(schema, spec.name)} |"
            yield from _keys(item, f"{name}[].")  # type: ignore[arg-type]
        else:
            yield f"| `{name}` | {_shown(spec)} | {_tidied(meanings[spec.name,])} |"


def _meaning(schema: type, name: str) -> str:
    return _tidied(described(schema)[name,])


def _tidied(meaning: str) -> str:
    text = meaning.replace(" placeholder", " A [placeholder](placeholders.md).")
    return text.replace("|", "\\|")


def _shown(spec: Any) -> str:
    default = _default(spec)
    return f"`{default}`" if default else ""


def _default(spec: Any) -> str:
    if spec.default is not MISSING:
        return _text(spec.default)
    if spec.default_factory is not MISSING:
        return _text(spec.default_factory())
    return ""


def _text(value: Any) -> str:
    if isinstance(value, Action):
        return f'"{value}"'
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        return f"{len(value)} of them"
    return "" if value is None else setting_text(value)
