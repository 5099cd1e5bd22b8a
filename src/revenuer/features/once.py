"""Expressions that are built once: who looks at a stream again and again asks the same.

Saying a question as an Ibis expression takes tens of milliseconds, and dozens are asked at each
look. The same tables give the same expression, which every engine of the process can run.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import ibis.expr.types as ir

MOST_BUILT = 256
"""Expressions of one kind that are kept; then all are forgotten."""

Given = ParamSpec("Given")
Built = TypeVar("Built")


def built_once(build: Callable[Given, Built]) -> Callable[Given, Built]:
    """The same expressions for the same tables and values, as long as a process lives.

    Args:
        build: Makes expressions of nothing but what it is given. What cannot be told apart, for
            it has no hash, is built anew.
    """
    built: dict[Hashable, Built] = {}

    @wraps(build)
    def once(*given: Given.args, **named: Given.kwargs) -> Built:
        try:
            key = (_told_apart(given), _told_apart(named))
            found = built.get(key)
        except TypeError:
            return build(*given, **named)
        if found is None:
            found = build(*given, **named)
            if len(built) >= MOST_BUILT:
                built.clear()
            built[key] = found
        return found

    return once


def _told_apart(value: object) -> Hashable:
    """A value by which equal tables, mappings and records of them are equal."""
    if isinstance(value, ir.Expr):
        node: Hashable = value.op()
        return node
    if isinstance(value, Mapping):
        return tuple((name, _told_apart(one)) for name, one in sorted(value.items()))
    if isinstance(value, tuple | list):
        return tuple(map(_told_apart, value))
    if is_dataclass(value) and not isinstance(value, type):
        told = (_told_apart(getattr(value, one.name)) for one in fields(value))
        return (type(value), *told)
    hash(value)
    return value
