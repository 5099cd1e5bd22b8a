"""What a log holds beside accounts: models, clients and days."""

from __future__ import annotations

import re

import polars as pl

from revenuer.app.reading import Reading
from revenuer.campaigns.drift import UNSEEN, Traffic
from revenuer.sources import Logs


def traffic_of(logs: Logs, reading: Reading) -> Traffic:
    """Which models answer, which clients ask, and how many accounts are active a day."""
    exchanges = logs.tables.exchanges
    models = logs.engine.fetch(exchanges.group_by("model").aggregate(n=exchanges.count()))
    day = exchanges.occurred_at.date()
    days = logs.engine.fetch(
        exchanges.group_by(day=day).aggregate(n=exchanges.account_id.nunique()).order_by("day")
    )
    agents = logs.engine.fetch(
        exchanges.group_by("account_id").aggregate(agent=exchanges.user_agent.max())
    )["agent"].drop_nulls()
    clients = agents.map_elements(client_name, return_dtype=pl.String).value_counts()
    # The first and the last day are cut short by the hour the log begins or ends.
    whole = days.slice(1, max(days.height - 2, 0))
    return Traffic(
        days=reading.span.days,
        models=_shares(models.drop_nulls("model")["model"], models.drop_nulls("model")["n"]),
        clients=_shares(clients["agent"], clients["count"]),
        active=dict(whole.select("day", "n").iter_rows()),
    )


def _shares(names: pl.Series, counts: pl.Series) -> dict[str, float]:
    """Share of each name, the rarest left out."""
    total = max(float(counts.sum()), 1.0)
    pairs = zip(names.to_list(), counts.to_list(), strict=True)
    return {name: n / total for name, n in sorted(pairs) if n / total >= UNSEEN / 10}


def client_name(user_agent: str) -> str:
    """A client without its version, for a file that tells nothing of anybody.

    Examples:
        >>> client_name("acme-sdk/1.2.3 python/3.11")
        'acme-sdk'
    """
    name = re.split(r"[/\s(;]", user_agent.strip(), maxsplit=1)[0]
    return re.sub(r"\d+", "", name).lower()[:40] or "unnamed"
