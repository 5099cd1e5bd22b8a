"""Which accounts permits cover, and what of their use.

A permit says who (an account or an organization), when, how much and, where it names models,
which. What it does not say is not permitted by it, though it may be ordinary use.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from revenuer.features.model_names import is_named

UNITS = ("exchanges", "tokens")
"""What permits bound, as `max_exchanges` and `max_tokens`."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What permits cover of a group.

    Attributes:
        accounts: How many of its accounts.
        used: By unit, what these used of permitted models.
        bounds: By unit, what they may use together; None without a bound.
        outside: Share of these accounts' exchanges that went to other models, 0 to 1.
    """

    accounts: int
    used: dict[str, int]
    bounds: dict[str, int | None]
    outside: float

    @property
    def within(self) -> bool:
        """Whether they kept to what they may use."""
        return all(most is None or self.used[unit] <= most for unit, most in self.bounds.items())


def covered_by(accounts: pl.DataFrame, permits: pl.DataFrame, use: pl.DataFrame | None) -> Covered:
    """What permits cover of some accounts, if they do so for the whole time.

    Args:
        accounts: The population's rows of them.
        permits: The permits table, with a number `permit` a row.
        use: What permitted accounts used by model, from `features.permit_use`; None where
            nobody asked, and every model counts as permitted.
    """
    rows = covering(accounts, permits)
    each = rows.unique("account_id")
    if use is None or "models" not in rows.columns or rows["models"].null_count() == rows.height:
        used = {unit: int(each[unit].sum()) for unit in UNITS}
        outside = 0.0
    else:
        used, outside = _of_named_models(rows, use)
    bounds = {unit: _together(rows, f"max_{unit}") for unit in UNITS}
    return Covered(each.height, used, bounds, outside)


def covering(accounts: pl.DataFrame, permits: pl.DataFrame) -> pl.DataFrame:
    """The accounts that permits cover the whole time, a row an account and permit."""
    chosen = accounts.select(
        "account_id",
        "organization_id",
        "first_at",
        "last_at",
        exchanges="n_exchanges",
        tokens=pl.sum_horizontal("input_tokens", "output_tokens").cast(pl.Int64),
    )
    return held_by(chosen, permits).filter(
        (pl.col("valid_from") <= pl.col("first_at")) & (pl.col("valid_until") >= pl.col("last_at"))
    )


def held_by(accounts: pl.DataFrame, permits: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the permits that name them or their organization, whenever these hold."""
    by_account = accounts.join(
        permits.drop_nulls("account_id").drop("organization_id"), on="account_id"
    )
    by_owner = accounts.join(
        permits.filter(pl.col("account_id").is_null()).drop("account_id"), on="organization_id"
    )
    return pl.concat([by_account, by_owner], how="diagonal")


def elsewhere(rows: pl.DataFrame, use: pl.DataFrame) -> dict[str, float]:
    """The share of each account's exchanges with models that its permits do not name, 0 to 1.

    Args:
        rows: From `held_by`; one permit without models is for all.
        use: What these accounts used by model, from `features.permit_use`.
    """
    named: dict[str, list[list[str] | None]] = {}
    for account, models in rows.select("account_id", "models").iter_rows():
        named.setdefault(account, []).append(models)
    other, every = dict.fromkeys(named, 0), dict.fromkeys(named, 0)
    theirs = use.filter(pl.col("account_id").is_in(list(named)))
    for account, model, exchanges in theirs.select("account_id", "model", "exchanges").iter_rows():
        every[account] += exchanges
        if not any(is_named(model, models) for models in named[account]):
            other[account] += exchanges
    return {account: other[account] / many for account, many in every.items() if many}


def _of_named_models(rows: pl.DataFrame, use: pl.DataFrame) -> tuple[dict[str, int], float]:
    """What was used of permitted models by unit, and the share of exchanges with others."""
    permitted: dict[str, list[list[str] | None]] = {}
    for account, models in rows.select("account_id", "models").iter_rows():
        permitted.setdefault(account, []).append(models)
    used, every = dict.fromkeys(UNITS, 0), 0
    theirs = use.filter(pl.col("account_id").is_in(list(permitted)))
    summed = theirs.group_by("account_id", "model").agg(pl.col(UNITS).sum())
    for account, model, exchanges, tokens in summed.select(
        "account_id", "model", *UNITS
    ).iter_rows():
        every += exchanges
        if any(is_named(model, models) for models in permitted[account]):
            used["exchanges"] += exchanges
            used["tokens"] += tokens
    return used, 1 - used["exchanges"] / every if every else 0.0


def _together(rows: pl.DataFrame, column: str) -> int | None:
    """The sum of the permits' bounds, None if one of them has none."""
    bounds = rows.unique("permit")[column]
    return None if bounds.null_count() or bounds.is_empty() else int(bounds.sum())
