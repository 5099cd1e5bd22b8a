"""The shape of settings and policies, read off their dataclasses, and values brought into it."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from revenuer.bounds import AtLeast, Between, Within

KeyPath = tuple[str, ...]
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)
"""One entry under `Attributes:`, with the lines that go on with it."""


class RefusedError(ValueError):
    """A value that does not fit; the text follows the key's name."""


def leaves(schema: type, prefix: KeyPath = ()) -> dict[KeyPath, Any]:
    """List the settings that carry a value, with their types, in the order of the classes.

    Args:
        schema: A dataclass; fields that are dataclasses are sections.
        prefix: The section that `schema` is.

    Returns:
        Key path to annotated type.
    """
    found: dict[KeyPath, Any] = {}
    for name, kind in get_type_hints(schema, include_extras=True).items():
        if is_dataclass(kind) and isinstance(kind, type):
            found |= leaves(kind, (*prefix, name))
        else:
            found[*prefix, name] = kind
    return found


def described(schema: type, prefix: KeyPath = ()) -> dict[KeyPath, str]:
    """Say what each setting means, in the words of its class's docstring."""
    found: dict[KeyPath, str] = {}
    said = dict(_ATTRIBUTE.findall(inspect.getdoc(schema) or ""))
    for name, kind in get_type_hints(schema, include_extras=True).items():
        if is_dataclass(kind) and isinstance(kind, type):
            found |= described(kind, (*prefix, name))
        else:
            found[*prefix, name] = " ".join(said.get(name, "").split())
    return found


def build(schema: type, values: Mapping[KeyPath, Any], prefix: KeyPath = ()) -> Any:
    """Make the dataclass, with its own default for every key that `values` lacks."""
    arguments = {}
    for name, kind in get_type_hints(schema, include_extras=True).items():
        path = (*prefix, name)
        if is_dataclass(kind) and isinstance(kind, type):
            arguments[name] = build(kind, values, path)
        elif path in values:
            arguments[name] = values[path]
    return schema(**arguments)


def value_at(settings: object, path: KeyPath) -> Any:
    """Read the value under a key path."""
    for name in path:
        settings = getattr(settings, name)
    return settings


def fit(raw: object, kind: Any) -> Any:
    """Bring a value from TOML into the type of its setting.

    Args:
        raw: What the TOML reader gave.
        kind: A type of `settings.py`, bounds included.

    Returns:
        The value, as the dataclass holds it.

    Raises:
        RefusedError: It does not fit; the text says what is wanted.

    Examples:
        >>> fit(1, float), fit("2026-02-05T18:00:00Z", datetime).hour
        (1.0, 18)
        >>> fit(1.5, Annotated[float, Between(0, 1)])
        Traceback (most recent call last):
          ...
        revenuer...RefusedError: must be between 0 and 1, both excluded, not 1.5
    """
    origin = get_origin(kind)
    if origin is Annotated:
        return _fit_bounded(raw, kind)
    if origin is tuple:
        return _fit_list(raw, get_args(kind)[0])
    if origin is dict:
        return _fit_table(raw, get_args(kind)[1])
    if origin in (Union, types.UnionType):
        wanted = [part for part in get_args(kind) if part is not type(None)]
        return None if raw is None else fit(raw, wanted[0])
    if is_dataclass(kind) and isinstance(kind, type):
        return _fit_record(raw, kind)
    return _fit_scalar(raw, kind)


def gather(raw: object, schema: type, problems: list[str], place: str = "") -> Any:
    """Make a dataclass from a TOML table, and collect every problem on the way.

    Args:
        raw: What the TOML reader gave.
        schema: A dataclass, of dataclasses, tuples of them, or what `fit` takes.
        problems: Gets one sentence for each problem, with the key it is about.
        place: Where `raw` stands in the file; empty for all of it.

    Returns:
        The dataclass; what could not be read is left at its default, or None where it has none.
    """
    if not isinstance(raw, dict):
        problems.append(f"{place} must be a table, not {_named(raw)}")
        return None
    hints = get_type_hints(schema, include_extras=True)
    values = {}
    for key, value in raw.items():
        name = f"{place}.{key}" if place else str(key)
        if key in hints:
            found = _gathered(value, hints[key], problems, name)
            if found is not None:
                values[key] = found
        else:
            problems.append(f"unknown key {name}; {nearest(str(key), hints)}")
    needed = [
        spec.name
        for spec in fields(schema)
        if spec.default is MISSING and spec.default_factory is MISSING
    ]
    problems += [f"{place or 'the file'} lacks {name}" for name in needed if name not in raw]
    return schema(**values) if all(name in values for name in needed) else None


def _gathered(raw: object, kind: Any, problems: list[str], place: str) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return gather(raw, kind, problems, place)
    items = get_args(kind)[0] if get_origin(kind) is tuple else None
    if isinstance(raw, list) and isinstance(items, type) and is_dataclass(items):
        each = [gather(one, items, problems, f"{place}[{at}]") for at, one in enumerate(raw)]
        return tuple(one for one in each if one is not None)
    try:
        return fit(raw, kind)
    except RefusedError as refused:
        problems.append(f"{place} {refused}")
        return None


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is nearest, or which there are.

    Examples:
        >>> nearest("burts", ["burst", "rate"])
        'did you mean burst?'
    """
    known = list(known)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _fit_bounded(raw: object, kind: Any) -> Any:
    inner, *bounds = get_args(kind)
    value = fit(raw, inner)
    for bound in bounds:
        if isinstance(bound, Between | AtLeast | Within) and not bound.holds(value):
            raise RefusedError(f"must be {bound}, not {raw}")
    return value


def _fit_list(raw: object, kind: Any) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise RefusedError(f"must be a list, not {_named(raw)}")
    return tuple(_inside(f"[{place}]", item, kind) for place, item in enumerate(raw))


def _fit_table(raw: object, kind: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise RefusedError(f"must be a table, not {_named(raw)}")
    return {str(key): _inside(f".{key}", item, kind) for key, item in raw.items()}


def _fit_record(raw: object, schema: type) -> Any:
    if not isinstance(raw, dict):
        raise RefusedError(f"must be a table, not {_named(raw)}")
    hints = get_type_hints(schema, include_extras=True)
    if unknown := sorted(set(raw) - set(hints)):
        raise RefusedError(f"has the unknown key {unknown[0]!r}; it takes {', '.join(hints)}")
    needed = [spec.name for spec in fields(schema) if spec.default is MISSING]
    if missing := [name for name in needed if name not in raw]:
        raise RefusedError(f"lacks {', '.join(missing)}")
    return schema(**{name: _inside(f".{name}", raw[name], hints[name]) for name in raw})


def _inside(place: str, raw: object, kind: Any) -> Any:
    try:
        return fit(raw, kind)
    except RefusedError as refused:
        raise RefusedError(f"{place} {refused}") from None


def _fit_scalar(raw: object, kind: Any) -> Any:
    if kind is Any:
        return raw
    convert = _SCALARS.get(kind)
    if convert is not None:
        return convert(raw)
    try:
        return kind(raw)
    except ValueError:
        known = ", ".join(str(item) for item in kind)
        raise RefusedError(f"must be one of {known}, not {raw!r}") from None


def _boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise RefusedError(f"must be true or false, not {_named(raw)}")


def _integer(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise RefusedError(f"must be a whole number, not {_named(raw)}")


def _number(raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    raise RefusedError(f"must be a number, not {_named(raw)}")


def _text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    raise RefusedError(f"must be text in quotes, not {_named(raw)}")


def _moment(raw: object) -> datetime:
    if isinstance(raw, str):
        with suppress(ValueError):
            raw = datetime.fromisoformat(raw)
    if not isinstance(raw, datetime):
        raise RefusedError(f"must be a time such as 2026-02-05T18:00:00Z, not {_named(raw)}")
    if raw.tzinfo is None:
        raise RefusedError("needs an offset, such as the Z of 2026-02-05T18:00:00Z")
    return raw


def _named(raw: object) -> str:
    return f"the {type(raw).__name__} {raw!r}"


_SCALARS: dict[Any, Callable[[object], Any]] = {
    bool: _boolean,
    int: _integer,
    float: _number,
    str: _text,
    datetime: _moment,
}
