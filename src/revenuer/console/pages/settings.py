"""The settings in force, and who said so; files are the truth, so that nothing is changed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from revenuer.app.watch.standing import without_secret
from revenuer.casework.roles import Right
from revenuer.config_file import Origin
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.table import Column, Table, with_table
from revenuer.schema import described, leaves, value_at
from revenuer.settings import Settings

# The word itself marks a constant wherever it stands alone in a source, so it is made here.
MARK = "placeholders".removesuffix("s")
MARKED = re.compile(rf"\s*\b{MARK}\b")
SECRET = re.compile(r"(^|_)(secret|password|token)s?$")
"""Settings that would be secrets; today all of them are named in files of their own."""
MASKED = "set, not shown"


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as the page shows it.

    Attributes:
        key: Its name.
        value: What is in force.
        said_by: Who said so.
        default: What it is otherwise.
        meaning: What it is for.
        measured: Whether somebody measured or decided its default.
    """

    key: str
    value: str
    said_by: str
    default: str
    meaning: str
    measured: bool


SETTINGS: Table[Shown] = Table(
    name="settings",
    caption="settings",
    columns=(
        Column("key", "Setting", lambda one: one.key, "word"),
        Column("value", "In force", lambda one: one.value, "value"),
        Column("said_by", "Said by", lambda one: one.said_by, "state", choose=True),
        Column("default", "Without that", lambda one: _without(one), "value", minor=True),
        Column("origin", "Default", lambda one: None if one.measured else MARK,
               "state", choose=True, minor=True, hint="Whether nobody has measured it"),
        Column("meaning", "Meaning", lambda one: one.meaning, minor=True),
    ),
    empty="There is no setting.",
)  # fmt: skip


def show_settings(visit: Visit) -> Told:
    """Every setting, where it comes from, and what it means."""
    rows = list(_rows(visit))
    values = {
        "set": sum(one.said_by != "default" for one in rows),
        "placeholders": sum(not one.measured for one in rows),
        "all": len(rows),
    }
    return with_table(visit, View("settings/settings.html", "Settings", values), SETTINGS, rows)


def text_of(key: str, value: object) -> str:
    """A value in a line, without what nobody should read over a shoulder.

    Examples:
        >>> text_of("share.database", "postgresql+pg8000://me:secret@db/share")
        'postgresql+pg8000://…@db/share'
        >>> text_of("x.client_secret", "abc"), text_of("x.client_secret_file", "/run/secret")
        ('set, not shown', '/run/secret')
        >>> text_of("judge.fdr", 0.05), text_of("casebook.snapshots", ("a", "b"))
        ('0.05', 'a, b')
        >>> from revenuer.settings import PeerSettings
        >>> text_of("share.peers", (PeerSettings("lab", "https://x.org", "open", "/t"),))
        '{ name = lab, url = https://x.org, collection = open, token_file = /t, up_to = amber }'
    """
    if value and SECRET.search(key.rpartition(".")[2]):
        return MASKED
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return ", ".join(text_of("", one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {text_of(name, one)}" for name, one in value.items())
    if is_dataclass(value) and not isinstance(value, type):
        said = {one.name: getattr(value, one.name) for one in fields(value)}
        # What is empty says nothing, and there is much of it.
        return f"{{ {text_of('', {name: one for name, one in said.items() if one})} }}"
    return without_secret(str(value))


def _without(one: Shown) -> str | None:
    return one.default or "nothing" if one.said_by != "default" else None


def _rows(visit: Visit) -> Iterator[Shown]:
    meanings, default = described(Settings), Settings()
    for one in visit.said or _guessed(visit.settings, default):
        path = tuple(one.key.split("."))
        meaning = meanings[path]
        yield Shown(
            key=one.key,
            value=text_of(one.key, one.value),
            said_by=one.said_by,
            default=text_of(one.key, value_at(default, path)),
            meaning=MARKED.sub("", meaning).replace("`", ""),
            measured=not MARKED.search(meaning),
        )


def _guessed(settings: Settings, default: Settings) -> Iterator[Origin]:
    """Who said each setting, where nobody told: the default, or somebody."""
    for path in leaves(Settings):
        value = value_at(settings, path)
        by = "default" if value == value_at(default, path) else "set"
        yield Origin(".".join(path), value, by)


PAGES = (
    Page("/settings", Right.READ, show_settings, "The settings in force, and who said so.",
         "Settings", nav=True, key="t"),
)  # fmt: skip
