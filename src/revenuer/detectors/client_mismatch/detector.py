"""A TLS fingerprint that contradicts what the user agent claims."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import remembered
from revenuer.features.expressions import SEPARATOR, known
from revenuer.records import Axis

CARD = Card(
    id="client-mismatch",
    title="A user agent that its TLS fingerprint contradicts",
    axis=Axis.CONCEALMENT,
    atlas=("AML.T0008.005",),
    source=(
        "FoxIO, JA4: the handshake shows the library whatever the header says; CISA, "
        "NSA and FBI (2026-09-08), joint advisory AA26-251A: automated sanitisation of "
        "request metadata."
    ),
    blind_spots=(
        "clients that imitate another's handshake to the byte",
        "TLS that ends before us",
        "a claimed client that nobody else uses",
    ),
    innocent_causes=(
        "company proxies that open TLS",
        "a new release of a client before it is common",
        "libraries with an exchangeable HTTP stack",
    ),
    runbook=(
        "Look at which client really shows that handshake. One library under the name "
        "of another is a disguise, a company's TLS proxy is not: it has many clients "
        "behind one handshake."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=(
        "exchanges.tls_fingerprint",
        "exchanges.user_agent",
    ),
)

NAME = "client_mismatch"
FEWEST_PEERS = 10
"""Accounts with a user agent below which nothing is usual for it. placeholder"""
BROWSERS = r"(edg|opr|firefox|chrome|safari)\w*/"
PRODUCT = r"^([^/ ]+)"


class ClientMismatch:
    """A TLS fingerprint that contradicts what the user agent claims."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """The pair of one exchange of each account: the one with the highest id."""
        # The most frequent pair has no portable aggregate; that of the highest id is a fixed
        # draw, and frequent pairs are drawn oftenest.
        pair = exchanges.exchange_id + SEPARATOR + known(exchanges.tls_fingerprint)
        return {f"{NAME}_drawn": (pair + SEPARATOR + known(exchanges.user_agent)).max()}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Say how rare the handshake is among accounts that claim the same client.

        A handshake that mostly comes with other clients counts in full, one that comes
        with this client alone counts half: it may be a new release.

        Returns:
            Nats of surprise, NaN where pairs are unknown or the client has fewer than ten
            accounts. Shape (n,).
        """
        pairs = drawn_pairs(accounts)
        same, client, handshake = (
            pl.len().over(*keys) for keys in (("client", "tls"), ("client",), ("tls",))
        )
        # Each account is left out of its own count, half a one standing in for the unseen.
        surprise = -((same - 0.5) / client).log()
        elsewhere = 1 - same / handshake
        told = pl.col("tls").is_not_null() & (client >= FEWEST_PEERS)
        value = pairs.select(pl.when(told).then(surprise * (1 + elsewhere) / 2)).to_series()
        return value.cast(pl.Float64).to_numpy().astype(np.float64)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Say how many of the others who claim the members' client show their handshake."""
        own, rest = drawn_pairs(members).drop_nulls(), drawn_pairs(others).drop_nulls()
        claimed = rest.join(own.select("client").unique(), on="client", how="semi")
        agreeing = claimed.join(own.unique(), on=["client", "tls"], how="semi")
        told = (
            f"Among {own.height} members, pairs of user agent and TLS fingerprint: "
            f"{own.n_unique()};"
        )
        if not claimed.height:
            return f"{told} nobody else claims these clients."
        share = agreeing.height / claimed.height
        return (
            f"{told} {share:.1%} of the {claimed.height} other accounts that claim these clients "
            "show one of them."
        )


@remembered
def drawn_pairs(accounts: pl.DataFrame) -> pl.DataFrame:
    """Columns `tls` and `client` (the product in the user agent), null where unknown."""
    parts = accounts[f"{NAME}_drawn"].cast(pl.String).str.split(SEPARATOR)
    agent = parts.list.get(2, null_on_oob=True).str.to_lowercase()
    frame = pl.DataFrame({"tls": parts.list.get(1, null_on_oob=True), "agent": agent})
    # Every browser calls itself Mozilla; the name that tells them apart comes later.
    browser = pl.col("agent").str.extract(BROWSERS)
    named = pl.when(pl.col("agent").str.starts_with("mozilla/")).then(browser)
    product = pl.coalesce(named, pl.col("agent").str.extract(PRODUCT))
    return frame.select("tls", client=product)


DETECTOR = ClientMismatch()
