"""`pivot`: from a few known-bad accounts, or a shared token, to their neighbours."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from revenuer.app.observe import link_accounts, sighted
from revenuer.app.opening import open_with
from revenuer.app.policy import within_policy
from revenuer.app.progress import Progress, Silent
from revenuer.campaigns.incidence import Incidences
from revenuer.campaigns.ties import masked
from revenuer.detectors import load_detectors
from revenuer.errors import NotFoundError
from revenuer.settings import Settings
from revenuer.sources import EngineMaker

NEIGHBOURS = 200
"""Neighbours that are listed, the nearest first."""


@dataclass(frozen=True, slots=True)
class SharedToken:
    """A token that a start holds.

    Attributes:
        kind: Id of the link detector.
        label: A name that gives nothing away; `pivot` takes it as a target.
        holders: Accounts that hold it.
        starts: Of them, accounts that were asked about.
    """

    kind: str
    label: str
    holders: int
    starts: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An account that shares tokens with the starts.

    Attributes:
        account_id: Who.
        weight: Sum over kinds of the rarity of the rarest token shared, 1 for a token of
            two accounts and 0 for one that everybody holds.
        kinds: What is shared.
    """

    account_id: str
    weight: float
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pivot:
    """The neighbourhood of some accounts.

    Attributes:
        starts: Accounts that were asked about, or that hold the token.
        tokens: What they share with others, the rarest first.
        neighbours: The nearest accounts.
        neighbours_in_all: How many accounts share anything with them.
    """

    starts: tuple[str, ...]
    tokens: tuple[SharedToken, ...]
    neighbours: tuple[Neighbour, ...]
    neighbours_in_all: int


def pivot(
    target: str,
    *,
    exchanges: Sequence[str],
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    settings: Settings | None = None,
    engine: EngineMaker | None = None,
    progress: Progress | None = None,
) -> Pivot:
    """Walk from accounts (separated by commas) or a token's label to their neighbours.

    Raises:
        NotFoundError: The logs hold no such account or token.
    """
    settings, progress = settings or Settings(), progress or Silent()
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        logs = open_with(
            exchanges,
            accounts=accounts,
            permits=permits,
            account_links=account_links,
            column_map=column_map,
            map_pairs=map_pairs,
            log_format=log_format,
            engine=engine,
            workdir=Path(work),
            progress=progress,
        )
        with logs:
            logs.tables = within_policy(logs.tables, logs.engine, settings.data_policy).tables
            seeing, _ = sighted(load_detectors(), logs.tables.present)
            incidences, ids = link_accounts(logs, seeing, settings.sample, progress)
    names = ids.to_numpy().astype(str)
    return neighbourhood(incidences, names, _starts(incidences, names, target))


def _starts(incidences: Incidences, names: NDArray[np.str_], target: str) -> NDArray[np.int64]:
    """The accounts that a target means."""
    asked = [name.strip() for name in target.split(",") if name.strip()]
    found = np.flatnonzero(np.isin(names, asked))
    if found.size == len(asked) and asked:
        return found
    for token in range(incidences.n_tokens):
        kind = incidences.kinds[incidences.kind[token]].id
        name = incidences.names[token]
        if target in (name, masked(kind, name)):
            return np.asarray(incidences.owner[incidences.token == token])
    raise NotFoundError(
        f"{len(asked) - found.size} of the {len(asked)} accounts asked for made no exchange here, "
        "and no token has that name.",
        "Account ids are those of the logs; token names are those that `pivot` prints.",
    )


def neighbourhood(
    incidences: Incidences, names: NDArray[np.str_], starts: NDArray[np.int64]
) -> Pivot:
    """The accounts that share tokens with the starts, the rarest sharing first."""
    mine = np.isin(incidences.owner, starts)
    tokens, held = np.unique(incidences.token[mine], return_counts=True)
    rows = np.flatnonzero(np.isin(incidences.token, tokens) & ~mine)
    reached, place = np.unique(incidences.owner[rows], return_inverse=True)
    rarest = np.zeros((reached.size, len(incidences.kinds)))
    token = incidences.token[rows]
    np.maximum.at(rarest, (place, incidences.kind[token]), incidences.rarity[token])
    weight = rarest.sum(axis=1)
    order = np.lexsort((reached, -weight))[:NEIGHBOURS]
    return Pivot(
        starts=tuple(names[starts].tolist()),
        tokens=_tokens(incidences, tokens, held),
        neighbours=tuple(
            Neighbour(
                str(names[reached[row]]),
                round(float(weight[row]), 4),
                tuple(incidences.kinds[kind].id for kind in np.flatnonzero(rarest[row] > 0)),
            )
            for row in order
        ),
        neighbours_in_all=int(reached.size),
    )


def _tokens(
    incidences: Incidences, tokens: NDArray[np.int64], held: NDArray[np.int64]
) -> tuple[SharedToken, ...]:
    order = np.lexsort((tokens, incidences.holders[tokens]))[:NEIGHBOURS]
    return tuple(
        SharedToken(
            kind=(kind := incidences.kinds[incidences.kind[tokens[place]]].id),
            label=masked(kind, incidences.names[int(tokens[place])]),
            holders=int(incidences.holders[tokens[place]]),
            starts=int(held[place]),
        )
        for place in order
    )
