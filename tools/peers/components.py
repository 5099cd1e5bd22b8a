"""Connected components over shared attributes: what most fraud desks run first."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from peers.alarms import Alarm
from peers.logs import Logs

ATTRIBUTES = ("payment_fingerprint", "phone_fingerprint", "device_fingerprint", "signup_ip")
SMALLEST = 5
COMMONEST = 50
LARGEST = 1000


def shared_values(logs: Logs) -> pl.DataFrame:
    """Every (account, value) that accounts could share: sign-up attributes and live addresses."""
    columns = [name for name in ATTRIBUTES if name in logs.accounts.columns]
    stated = (
        logs.accounts.select("account_id", *columns)
        .unpivot(index="account_id", variable_name="kind", value_name="value")
        .drop_nulls("value")
    )
    live = logs.exchanges.select(
        "account_id", kind=pl.lit("client_ip"), value="client_ip"
    ).drop_nulls("value")
    return pl.concat([stated, live]).unique()


def components(
    logs: Logs,
    *,
    commonest: int | None = None,
    largest: int | None = None,
    smallest: int = SMALLEST,
) -> list[Alarm]:
    """Components of at least `smallest` accounts.

    Args:
        logs: The world.
        commonest: Values that more accounts share are left out; None for no cap.
        largest: Components with more accounts are left out; None for no cap.
        smallest: Components with fewer accounts are left out.
    """
    values = shared_values(logs)
    if commonest is not None:
        values = values.filter(pl.len().over("kind", "value") <= commonest)
    accounts, place = np.unique(values["account_id"].to_numpy(), return_inverse=True)
    token = values.select(pl.struct("kind", "value").rank("dense") - 1).to_series().to_numpy()
    token = token.astype(np.int64)
    if not len(accounts):
        return []
    size = len(accounts) + int(token.max()) + 1
    edges = coo_array((np.ones(len(token)), (place, len(accounts) + token)), shape=(size, size))
    label = connected_components(edges, directed=False)[1][: len(accounts)]
    groups = (
        pl.DataFrame({"account_id": accounts, "label": label}).group_by("label").agg("account_id")
    )
    return [
        Alarm(frozenset(group))
        for group in groups["account_id"].to_list()
        if len(group) >= smallest and (largest is None or len(group) <= largest)
    ]
