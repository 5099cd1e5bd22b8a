"""Columns of the accounts frame as numbers, and how a sentence quotes them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAY_S = 86_400.0

Found = TypeVar("Found")


def remembered(read: Callable[[pl.DataFrame], Found]) -> Callable[[pl.DataFrame], Found]:
    """The same reading, done once for as long as the frame of accounts lives.

    Every group of a scan is held against the same others. Frames of accounts are never
    changed in place.
    """
    found: dict[int, Found] = {}

    @wraps(read)
    def once(accounts: pl.DataFrame) -> Found:
        key = id(accounts)
        if key not in found:
            found[key] = read(accounts)
            weakref.finalize(accounts, found.pop, key, None)
        return found[key]

    return once


def numbers(accounts: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A column as floats, NaN where it is unknown or missing. Shape (n,)."""
    if name not in accounts.columns:
        return np.full(accounts.height, np.nan)
    return accounts[name].cast(pl.Float64).to_numpy().astype(np.float64, copy=False)


def seconds(accounts: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A column of moments as seconds since 1970, NaN where unknown. Shape (n,)."""
    if name not in accounts.columns or not accounts[name].dtype.is_temporal():
        return np.full(accounts.height, np.nan)
    return accounts[name].dt.epoch("us").cast(pl.Float64).to_numpy() / 1e6


def texts(accounts: pl.DataFrame, name: str) -> pl.Series:
    """A column as lower-case text without blanks around it, null where unknown."""
    if name not in accounts.columns:
        return pl.Series(name, [None] * accounts.height, dtype=pl.String)
    return accounts[name].cast(pl.String).str.strip_chars().str.to_lowercase()


def per_active_day(accounts: pl.DataFrame, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A total as a rate per day on which the account was active. Shape (n,)."""
    return values / np.maximum(numbers(accounts, "active_days"), 1.0)


def median(values: NDArray[np.float64]) -> float:
    """The median of what is known, NaN where nothing is."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")


def quoted(value: float, form: str = ",.0f") -> str:
    """A number or share for a sentence, or that it is unknown.

    Examples:
        >>> quoted(1234.5), quoted(0.25, ".0%")
        ('1,234', '25%')
        >>> quoted(float("nan")), quoted(float("nan"), ".0%")
        ('an unknown number of', 'an unknown share')
    """
    if np.isnan(value):
        return "an unknown share" if form.endswith("%") else "an unknown number of"
    return format(value, form)
