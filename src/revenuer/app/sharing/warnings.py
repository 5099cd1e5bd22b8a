"""Warning lists: values that so many have to do with that they point at nobody."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from revenuer.errors import ConfigError

LISTED = frozenset({"email-domain", "address"})
"""Kinds that the lists know."""


@cache
def _lists() -> Any:
    try:
        from pymispwarninglists import WarningLists
    except ImportError as problem:
        raise ConfigError(
            "Warning lists need a package that is not installed.", "Install `revenuer[misp]`."
        ) from problem
    return WarningLists(slow_search=False)


def warning_lists() -> Callable[[str, str], tuple[str, ...]]:
    """Looks values up in the lists of the MISP project, which come with the package.

    Raises:
        ConfigError: It is not installed.
    """
    lists = _lists()

    def warns(kind: str, value: str) -> tuple[str, ...]:
        if kind not in LISTED:
            return ()
        return tuple(sorted({str(one.name) for one in lists.search(value)}))

    return warns
