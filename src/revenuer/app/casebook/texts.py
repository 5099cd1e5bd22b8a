"""The texts of exchanges that evidence cites: a bounded sample, sealed.

A text is sealed with the key of the account that sent it: whoever is erased, their words are too.
"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from sqlalchemy import Connection

from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.heads import picture
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import campaigns_seen
from revenuer.app.casebook.unmasking import Exchange, opened_texts
from revenuer.app.opening import Beside, open_with
from revenuer.app.policy import TEXTS, within_policy
from revenuer.app.progress import Progress, Silent
from revenuer.casework.roles import Actor, Right
from revenuer.guard.fingerprint import Kind, shown
from revenuer.settings import Settings
from revenuer.sources import EngineMaker
from revenuer.store.casebook import cases, sightings, texts
from revenuer.store.casebook.rosters import known_numbers

MOST_CHARS = 50_000
"""Characters of each part of an exchange that are kept. placeholder"""
TEXT = "text--"
KEPT = "texts-kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of looking for texts.

    Attributes:
        case: Of which case.
        cited: Exchanges that its evidence cites.
        found: How many of them the logs have, with a text that may be looked at.
        kept: How many are kept now.
        new: How many of them are new.
    """

    case: str
    cited: int
    found: int
    kept: int
    new: int


def keep_texts(
    casebook: Casebook,
    names: Sequence[str],
    logs: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    settings: Settings,
    beside: Beside | None = None,
    engine: EngineMaker | None = None,
    progress: Progress | None = None,
) -> list[Kept]:
    """Keep texts of the exchanges that cases' evidence cites, those lowest by MD5 of their ids.

    What the policy of an organization's data hides is not kept.

    Args:
        casebook: Where.
        names: Of cases, or of their campaigns.
        logs: Where the exchanges are.
        actor: Who asks.
        now: When.
        settings: How many texts of a case are kept, and what may be looked at.
        beside: How the logs are read.
        engine: Starts what runs the query; None for DuckDB.
        progress: Told how far the work is.

    Raises:
        NotFoundError: There is no such case.
        NothingToReadError: There are no exchanges there.
    """
    actor.needs(Right.WORK)
    with casebook.reading() as connection:
        wanted = {
            case: _cited(casebook, connection, case)
            for case in dict.fromkeys(case_named(connection, name).case_id for name in names)
        }
    ids = sorted({one for cited in wanted.values() for one in cited})
    rows = _look_up(ids, logs, settings, beside or Beside(), engine, progress or Silent())
    done = []
    with casebook.changing(actor, now) as change:
        for case, cited in wanted.items():
            mine = rows.filter(pl.col("exchange_id").is_in(sorted(cited)))
            kept, new = _keep(casebook, change, case, mine, settings.casebook.texts_per_case)
            if new:
                change.record(KEPT, {"case": case, "texts": new})
            done.append(Kept(case, len(cited), mine.height, kept, new))
    return done


def _cited(casebook: Casebook, connection: Connection, case: str) -> frozenset[str]:
    """The exchanges that the newest evidence of a case cites."""
    seen = campaigns_seen(casebook, connection, sightings.head_of(connection, case))
    return frozenset(
        exchange
        for one in seen
        if one.told is not None
        for piece in one.told.evidence
        for exchange in piece.exchange_ids
    )


def _look_up(
    ids: Sequence[str],
    logs: Sequence[str],
    settings: Settings,
    beside: Beside,
    engine: EngineMaker | None,
    progress: Progress,
) -> pl.DataFrame:
    """The exchanges of these ids that have a text which may be looked at."""
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        opened = open_with(
            logs, workdir=Path(work), progress=progress, engine=engine, **beside.as_arguments()
        )
        with opened:
            sight = within_policy(opened.tables, opened.engine, settings.data_policy)
            named = opened.engine.upload("cited_exchanges", pl.DataFrame({"exchange_id": ids}))
            exchanges = sight.tables.exchanges.semi_join(named, "exchange_id")
            columns = ("exchange_id", "account_id", "occurred_at", "model", *TEXTS)
            rows = opened.engine.fetch(exchanges.select(*columns))
    return rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in TEXTS))


def _keep(
    casebook: Casebook, change: Any, case: str, rows: pl.DataFrame, most: int
) -> tuple[int, int]:
    """Keep the lowest of what is there and what is new; how many are kept, and how many new."""
    connection = change.connection
    there = {
        one.exchange_id: row
        for row, one in opened_texts(casebook, connection, cases.family(connection, case))
        if one is not None
    }
    members = picture(connection, case).members
    subjects = {name: casebook.subject(name) for name in rows["account_id"].unique().to_list()}
    numbers = known_numbers(connection, subjects.values())
    # An id of another log may be the same: only what members sent is evidence here.
    new = {
        row["exchange_id"]: row
        for row in rows.to_dicts()
        if numbers.get(subjects[row["account_id"]]) in members
    }
    chosen = set(sorted(there.keys() | new.keys(), key=_lot)[:most])
    texts.forget(connection, [row.text_id for name, row in there.items() if name not in chosen])
    fresh = sorted((chosen & new.keys()) - there.keys())
    made = [_exchange(new[name]) for name in fresh]
    owners = [subjects[new[name]["account_id"]] for name in fresh]
    bodies = [(owner, msgspec.msgpack.encode(one)) for owner, one in zip(owners, made, strict=True)]
    sealed = casebook.vault.seal_all(connection, bodies, change.now_us)
    kept = [
        {
            "text_id": f"{TEXT}{uuid.uuid4()}",
            "case_id": case,
            "owner": owner,
            "chars": sum(map(len, one.parts.values())),
            "digest": _digest(casebook, one),
            "kept_us": change.now_us,
            "sealed": body,
        }
        for owner, one, body in zip(owners, made, sealed, strict=True)
        # Nothing is kept of somebody who was erased.
        if body
    ]
    texts.keep(connection, kept)
    return len(chosen) - len(fresh) + len(kept), len(kept)


def _lot(exchange_id: str) -> bytes:
    """The lot by which a scan draws its sample, too."""
    return hashlib.md5(exchange_id.encode(), usedforsecurity=False).digest()


def _exchange(row: Mapping[str, Any]) -> Exchange:
    cut = {name: None if row[name] is None else row[name][:MOST_CHARS] for name in TEXTS}
    return Exchange(row["exchange_id"], row["occurred_at"], row["model"] or "", **cut)


def _digest(casebook: Casebook, one: Exchange) -> str:
    # With a key: from a plain digest one could tell whether a guess is what somebody wrote.
    text = hashlib.sha256(msgspec.json.encode(one.parts)).hexdigest()
    return shown(casebook.fingerprints.of(Kind.ACCOUNT, f"text {text}")).removeprefix("fp-")
