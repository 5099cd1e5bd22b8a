"""Peers that lie about innocents, each as it hurts most, to a scan that believes them all.

Of so many liars the first are these; the last, from two on, is `private`:

| liar | names as its campaigns' |
|---|---|
| everything | every address, client and mail domain of each honest group: it has read our log |
| infrastructure | the addresses, clients and mail domains that honest groups share |
| popular | the networks, clients and mail domains that most accounts have |
| private | asked privately: all that honest groups have, and half of what everybody else has |

That a liar knows who belongs together here is more than a peer can know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from revenuer.app.sharing.intel import Intelligence
from revenuer.features.peer_matches import INDICATORS
from revenuer.features.tables import PEER_MATCHES

MOST_LIARS = 4
OF_EXCHANGES = {
    "asn": "asn",
    "address": "client_ip",
    "tls-fingerprint": "tls_fingerprint",
    "user-agent": "user_agent",
}
OF_ACCOUNTS = {"email-domain": "email_domain"}
PRIVATE = {
    "payment-fingerprint": "payment_fingerprint",
    "device-fingerprint": "device_fingerprint",
    "phone-fingerprint": "phone_fingerprint",
    "address": "signup_ip",
}
Named = Iterator[tuple[str, str, str]]
"""Kind, value, and the honest group that it is said to be a campaign of."""


@dataclass(frozen=True)
class Log:
    """What liars know of us.

    Attributes:
        values: `account_id`, `kind`, `value`: what could be named in the clear.
        private: The same of what private matching asks for.
        group: `account_id` and `group` of innocents: their cohort.
    """

    values: pl.DataFrame
    private: pl.DataFrame
    group: pl.DataFrame


def log_of(world: Path) -> Log:
    """Read a world as a liar would like to know it."""
    exchanges = pl.read_parquet(world / "exchanges" / "*.parquet")
    accounts = pl.read_parquet(world / "accounts.parquet")
    truth = pl.read_parquet(world / "truth" / "accounts.parquet")
    shown = [*_values(exchanges, OF_EXCHANGES), *_values(accounts, OF_ACCOUNTS)]
    honest = truth.filter(~pl.col("guilty"), pl.col("cohort") != "ordinary")
    schema = dict.fromkeys(("account_id", "kind", "value"), pl.String)
    return Log(
        pl.concat([pl.DataFrame(schema=schema), *shown]),
        pl.concat([pl.DataFrame(schema=schema), *_values(accounts, PRIVATE)]),
        honest.select("account_id", group="cohort"),
    )


def _values(rows: pl.DataFrame, columns: dict[str, str]) -> Iterator[pl.DataFrame]:
    for kind, name in columns.items():
        if name in rows.columns:
            value = pl.col(name).cast(pl.String).alias("value")
            kinds = pl.lit(kind).alias("kind")
            yield rows.select("account_id", kinds, value).drop_nulls().unique().sort(pl.all())


def popular(log: Log) -> Named:
    """What most accounts have."""
    often = log.values.group_by("kind", "value").agg(n=pl.col("account_id").n_unique())
    for kind, values in often.sort("n", "value", descending=True).group_by("kind"):
        for value in values["value"].head(3):
            yield str(kind[0]), value, "popular"


def infrastructure(log: Log) -> Named:
    """What several members of one honest group share."""
    mine = log.values.join(log.group, on="account_id")
    shared = mine.group_by("group", "kind", "value").agg(n=pl.col("account_id").n_unique())
    for group, kind, value, _ in shared.filter(pl.col("n") > 1).sort(pl.all()).iter_rows():
        yield kind, value, group


def everything(log: Log) -> Named:
    """All that members of honest groups have."""
    mine = log.values.join(log.group, on="account_id").select("kind", "value", "group").unique()
    yield from mine.sort(pl.all()).iter_rows()


CLEAR: tuple[Callable[[Log], Named], ...] = (everything, infrastructure, popular)
"""Liars in the clear, worst first; the last of `MOST_LIARS` lies by private matching."""


def lies(world: Path, liars: int, rng: np.random.Generator) -> Intelligence:
    """What so many liars say of a world, all of it accepted.

    Args:
        world: Its folder.
        liars: 1 to `MOST_LIARS`, from the worst on.
        rng: Source of chance.
    """
    log = log_of(world)
    rows = [
        {"kind": kind, "value": value, "cluster": f"cluster--{group}", "source": lie.__name__}
        for lie in CLEAR[: liars - 1 or 1]
        for kind, value, group in lie(log)
    ]
    named = pl.DataFrame(rows, schema=INDICATORS.to_polars())
    asked = _asked(log, rng) if liars > 1 else pl.DataFrame(schema=PEER_MATCHES.to_polars())
    return Intelligence(named, asked)


def _asked(log: Log, rng: np.random.Generator) -> pl.DataFrame:
    """Everybody was asked for; the liar has all of honest groups' things, and half of the rest."""
    private = log.private.join(log.group, on="account_id", how="left")
    units = private.select("kind", "value").unique().sort(pl.all()).with_row_index("unit")
    units = units.with_columns(half=pl.Series(rng.random(units.height) < 0.5))
    rows = private.join(units, on=["kind", "value"])
    met = pl.col("group").is_not_null() | pl.col("half")
    named = pl.format("cluster--{}", pl.col("group").fill_null(pl.lit("everybody")))
    return rows.select(
        "account_id",
        cluster=pl.when(met).then(named),
        source=pl.lit("private"),
        kind="kind",
        unit=pl.col("unit").cast(pl.String),
    ).unique().sort(pl.all())  # fmt: skip
