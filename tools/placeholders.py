"""The constants that nobody has measured yet, found where the source marks them.

A constant without an origin carries the word `placeholder`: in the string below it, in the
comment above or beside it, or in the docstring of the settings class it is a field of.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

MARK = re.compile(r"\bplaceholder\b")
ENTRY = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One such constant: its file below `src`, its name, its value as written, and the words."""

    file: str
    name: str
    value: str
    said: str


def placeholders_page(src: Path) -> str:
    """Return the page that lists them all."""
    lines = [
        "# Placeholders",
        "",
        "Constants whose value is a judgement, not a measurement and not somebody's published "
        "number. Each is marked `placeholder` where it stands.",
        "",
        "| constant | value | file | what it is |",
        "|---|---|---|---|",
    ]
    for each in found(src):
        value = each.value.replace("|", "\\|")
        lines.append(f"| `{each.name}` | `{value}` | `{each.file}` | {each.said} |")
    return "\n".join(lines) + "\n"


def found(src: Path) -> list[Placeholder]:
    """List the placeholders of every module under a folder, by file and line."""
    return [each for path in sorted(src.rglob("*.py")) for each in _in_module(path, src)]


def marks(src: Path) -> int:
    """Count how often the word stands in the modules under a folder."""
    return sum(len(MARK.findall(path.read_text("utf-8"))) for path in src.rglob("*.py"))


def _in_module(path: Path, src: Path) -> Iterator[Placeholder]:
    text = path.read_text("utf-8")
    if not MARK.search(text):
        return
    file, tree = str(path.relative_to(src)), ast.parse(text)
    places = [*_below(tree), *_in_fields(tree), *_in_comments(text, tree)]
    for _, name, value, said in sorted(places):
        yield Placeholder(file, name, value, _plain(said))


def _plain(said: str) -> str:
    words = " ".join(said.replace("#", " ").split())
    return MARK.sub("", words).replace("()", "").strip(" .:;,").replace("|", "\\|")


def _constant(node: ast.AST) -> tuple[str, str] | None:
    """Name and value of an assignment, shortened where the value is long."""
    if isinstance(node, ast.Assign):
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target, value = node.target, node.value
    else:
        return None
    written = ast.unparse(value)
    return ast.unparse(target), written if len(written) <= 40 else written[:37] + "..."


def _below(tree: ast.Module) -> Iterator[tuple[int, str, str, str]]:
    """Constants with a string below them."""
    for holder in ast.walk(tree):
        body = getattr(holder, "body", None)
        if not isinstance(body, list):
            continue
        for node, after in pairwise(body):
            said = _string(after)
            constant = _constant(node)
            if constant and said and MARK.search(said):
                yield node.lineno, *constant, said


def _string(node: ast.AST) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else None
    return None


def _in_fields(tree: ast.Module) -> Iterator[tuple[int, str, str, str]]:
    """Fields whose class describes them under `Attributes:`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        said = dict(ENTRY.findall(ast.get_docstring(node) or ""))
        for field in node.body:
            constant = _constant(field)
            if constant and MARK.search(said.get(constant[0], "")):
                yield field.lineno, *constant, said[constant[0]]


def _in_comments(text: str, tree: ast.Module) -> Iterator[tuple[int, str, str, str]]:
    """Constants with a comment above or beside them."""
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    constants = {node.lineno: c for node in statements if (c := _constant(node))}
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    for line, comment in comments.items():
        if not MARK.search(comment):
            continue
        if line in constants:
            yield line, *constants[line], comment
            continue
        first = line
        while first - 1 in comments and first - 1 not in constants:
            first -= 1
        said = " ".join(comments[each] for each in range(first, line + 1))
        below = min((place for place in constants if place > line), default=None)
        if below is not None:
            yield below, *constants[below], said
