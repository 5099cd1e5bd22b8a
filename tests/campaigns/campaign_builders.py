"""Small populations written by hand: who holds which token, and what each account did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.explain import Tested
from revenuer.campaigns.incidence import Incidences, LinkKind, build_incidences
from revenuer.campaigns.judge import Judged
from revenuer.campaigns.population import Population
from revenuer.campaigns.timing import activity_matrix
from revenuer.records import Axis, Channel

START = datetime(2026, 6, 1, tzinfo=UTC)
PERMIT_SCHEMA = {
    "permit": pl.UInt32,
    "account_id": pl.String,
    "organization_id": pl.String,
    "valid_from": pl.Datetime("us", "UTC"),
    "valid_until": pl.Datetime("us", "UTC"),
    "max_exchanges": pl.Int64,
    "max_tokens": pl.Int64,
    "models": pl.List(pl.String),
}


def kind(
    name: str,
    channel: Channel,
    *,
    private: bool = False,
    declared: bool = False,
    convicts: bool = True,
) -> LinkKind:
    return LinkKind(name, channel, private, declared, convicts, f"share a {name}")


CARD = kind("shared-payment", Channel.IDENTITY, private=True)
MAIL = kind("email-pattern", Channel.IDENTITY)
ADDRESS = kind("live-address", Channel.NETWORK)
BLOCK = kind("live-block", Channel.NETWORK)
CLIENT = kind("client-fingerprint", Channel.SOFTWARE)
TEMPLATE = kind("prompt-template", Channel.TEXT)
BURST = kind("synchronised-burst", Channel.TIMING)
STATE = kind("reasoning-signature-replay", Channel.STATE, private=True)
ORGANIZATION = kind("shared-organization", Channel.IDENTITY, declared=True)

Holders = Mapping[LinkKind, Mapping[str, Iterable[int]]]


def account_name(owner: int) -> str:
    return f"account-{owner:05}"


def incidences_of(n: int, holders: Holders, owners: pl.DataFrame | None = None) -> Incidences:
    """The graph of who holds what: by kind, by token, the accounts."""
    frames = {
        one: pl.DataFrame(
            [
                {"account_id": account_name(int(owner)), "token": token}
                for token, accounts in tokens.items()
                for owner in accounts
            ],
            schema={"account_id": pl.String, "token": pl.String},
        )
        for one, tokens in holders.items()
    }
    return build_incidences(owners_of(n) if owners is None else owners, frames)


def owners_of(n: int) -> pl.DataFrame:
    """Every account is its own owner."""
    names = [account_name(owner) for owner in range(n)]
    return pl.DataFrame({"account_id": names, "owner": np.arange(n, dtype=np.int64)})


def accounts_of(n: int, **columns: object) -> pl.DataFrame:
    """A row an account, as the scan makes them; columns may be lists or one value for all."""
    usual: dict[str, object] = {
        "organization_id": pl.lit(None, pl.String),
        "n_exchanges": 20,
        "input_tokens": 2000,
        "output_tokens": 8000,
        "n_end_users": 0,
        "n_system_prompts": 1,
        "gateway_share": 0.0,
        "batch_share": 0.0,
        "repeat_share": 0.0,
        "first_at": START + timedelta(days=1),
        "last_at": START + timedelta(days=10),
        "created_at": START,
        "email_domain": pl.lit(None, pl.String),
        "payment_fingerprint": pl.lit(None, pl.String),
        "channel_seen": "api",
    }
    frame = owners_of(n)
    values = {
        name: pl.Series(value) if isinstance(value, list | np.ndarray) else value
        for name, value in (usual | columns).items()
    }
    return frame.with_columns(
        **{
            name: value if isinstance(value, pl.Series | pl.Expr) else pl.lit(value)
            for name, value in values.items()
        }
    )


def population_of(
    n: int,
    holders: Holders,
    *,
    statistics: dict[Axis, dict[str, NDArray[np.float64]]] | None = None,
    hourly: pl.DataFrame | None = None,
    **columns: object,
) -> Population:
    """A population in which every account is its own owner unless `owner` says otherwise."""
    accounts = accounts_of(n, **columns)
    owners = accounts.select("account_id", "owner")
    n_owners = int(accounts["owner"].n_unique())
    activity = (
        sparse.csr_array((n_owners, 1)) if hourly is None else activity_matrix(hourly, owners)
    )
    graph = incidences_of(n, holders, owners)
    return Population(accounts, graph, statistics or {}, activity)


def permits_of(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """The permits table with a number a row; valid for a year unless a row says otherwise."""
    usual = {
        "account_id": None,
        "organization_id": None,
        "valid_from": START - timedelta(days=100),
        "valid_until": START + timedelta(days=265),
        "max_exchanges": None,
        "max_tokens": None,
        "models": None,
    }
    full = [usual | {"permit": number} | dict(row) for number, row in enumerate(rows)]
    return pl.DataFrame(full, schema=PERMIT_SCHEMA)


def group_to_explain(
    population: Population,
    owners: Iterable[int],
    *,
    permits: pl.DataFrame | None = None,
    coordination: Mapping[str, float] | None = None,
    concealment: float = 0.0,
    use: pl.DataFrame | None = None,
) -> Tested:
    """A group as the explanations see it; all others are ordinary use."""
    members = np.array(sorted(owners), dtype=np.int64)
    baseline = np.ones(population.n_owners, dtype=bool)
    baseline[members] = False
    return Tested(
        population,
        members,
        population.accounts[population.accounts_of(members)],
        permits_of() if permits is None else permits,
        baseline,
        coordination=coordination or {},
        concealment=concealment,
        use=use,
    )


def judged(
    members: Iterable[int],
    *,
    coordination: float = 9.0,
    extraction: float = 9.0,
    concealment: float = 9.0,
    resolution: float = 1.0,
    passes: bool = True,
) -> Judged:
    """A group with its axes."""
    axes = {
        Axis.COORDINATION: coordination,
        Axis.EXTRACTION: extraction,
        Axis.CONCEALMENT: concealment,
    }
    parts = {axis: {"composite": nats} for axis, nats in axes.items()}
    return Judged(np.array(sorted(members), dtype=np.int64), resolution, parts, axes, passes)
