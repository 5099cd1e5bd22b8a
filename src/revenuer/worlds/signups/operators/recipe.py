"""How an operator makes accounts, as one record: `pool.py` makes them, `cast.py` lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

Mail = Literal["people", "shaped", "numbered", "random", "tagged", "disposable", "farmed",
               "catch-all", "academic", "look-alike", "firm"]  # fmt: skip
Cards = Literal["none", "own", "virtual", "prepaid", "shared"]
Phones = Literal["none", "own", "voip", "farm"]
Devices = Literal["own", "fresh", "shared", "none"]
Network = Literal["block", "hosting", "vpn", "proxy", "home"]
Client = Literal["browser", "one-build", "antidetect", "script"]
Pace = Literal["bursts", "batches", "steady", "people", "late"]


@dataclass(frozen=True)
class Recipe:
    """What one operator does; where several ways are named, each pool takes one of them.

    Attributes:
        mail: `people` at everybody's hosts, `shaped`, `numbered` and `random` there too but
            made by a generator, `tagged` one mailbox in many spellings, `disposable` services,
            `farmed` new domains of one pattern, `catch-all` a few quiet domains, `academic`
            bought university addresses, `look-alike` of those, `firm` a domain every few.
        cards: `virtual` and `prepaid` are one each; `shared` by `per_card` accounts.
        phones: `voip` one each; `farm` numbers used `per_phone` times.
        devices: `fresh` is an anti-detect profile each; `shared` by `per_device` accounts.
        network: `block` one /24; `proxy` other people's homes; `home` a line each.
        client: `one-build` one common browser for all; `antidetect` a product's handshake.
        pace: `bursts` of an hour, `batches` a day, `steady` a trickle, `people` as everybody
            does, `late` a few probes and then all.
        persona: How its accounts come through checks.
        programme: That its accounts apply for, or None.
        applies: Share of the accounts that do.
        free: Share on a free plan.
        per_card, per_phone, per_device: Fewest and most accounts on one of them.
        scattered: Accounts on one card or phone are as far apart in time as can be.
        vendors: Pools that were bought separately, each with ways of its own.
        anew: The accounts of the stream are another pool than those before it, made in other
            ways; otherwise one pool goes on.
        inherits: Share of later accounts with a card, a phone or a device, each by itself, of
            a pool that was convicted earlier.
        found: Share of its accounts that a scan convicts in the end.
        sweep_days: Fewest and most days between scans that convict.
        weight: Beside other operators.
        fewest: Accounts it has at least.
    """

    mail: tuple[Mail, ...] = ("people",)
    cards: tuple[Cards, ...] = ("none",)
    phones: tuple[Phones, ...] = ("none",)
    devices: tuple[Devices, ...] = ("fresh",)
    network: tuple[Network, ...] = ("proxy",)
    client: tuple[Client, ...] = ("browser",)
    pace: tuple[Pace, ...] = ("bursts",)
    persona: str = "farm"
    programme: str | None = None
    applies: float = 1.0
    free: float = 0.3
    per_card: tuple[int, int] = (3, 9)
    per_phone: tuple[int, int] = (2, 5)
    per_device: tuple[int, int] = (2, 8)
    scattered: bool = False
    vendors: int = 1
    anew: bool = False
    inherits: float = 0.06
    found: float = 0.85
    sweep_days: tuple[float, float] = (8.0, 30.0)
    weight: float = 10.0
    fewest: int = 8


WAYS = ("mail", "cards", "phones", "devices", "network", "client", "pace")


def settle(recipe: Recipe, rng: np.random.Generator) -> Recipe:
    """The recipe of one pool: one way each of those that the operator has."""
    chosen: dict[str, Any] = {name: (_one(rng, getattr(recipe, name)),) for name in WAYS}
    return replace(recipe, **chosen)


def _one(rng: np.random.Generator, ways: tuple[str, ...]) -> str:
    return ways[int(rng.integers(len(ways)))]
