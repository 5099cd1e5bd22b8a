"""A world of sign-ups as tables: applications, the accounts that came before, and the truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.access.applications import COLUMNS
from revenuer.records import Campaign, Findings, Scanned, Verdict
from revenuer.worlds import accounts
from revenuer.worlds.accounts import TIME
from revenuer.worlds.draws import generator
from revenuer.worlds.rhythm import EPOCH
from revenuer.worlds.signups.applicants import Applicants
from revenuer.worlds.signups.checks import ASKED, draw_outcomes
from revenuer.worlds.signups.generate import SignupWorld
from revenuer.worlds.signups.spec import SignupSpec

_TYPES = {"string": pa.string(), "int64": pa.int64(), "timestamp": TIME}
APPLICATIONS = pa.schema([(name, _TYPES[kind]) for name, kind in COLUMNS.items()])
TRUTH = pa.schema(
    [
        ("application_id", pa.string()),
        ("account_id", pa.string()),
        ("cohort", pa.string()),
        ("campaign", pa.string()),
        ("group", pa.string()),
        ("persona", pa.string()),
        ("convicted_at", TIME),
        ("suspended_at", TIME),
        *((f"would_{asked}", pa.string()) for asked in ASKED),
    ]
)
"""Who applied: `account_id` is the account that they get if they are let in, `convicted_at` when
a scan then convicts it, `would_CHECK` how the check comes out if it is asked."""


def applications(who: Applicants) -> pa.Table:
    """What an operator sees of applicants; nobody has an account yet."""
    hidden = np.full(len(who), None, dtype=object)
    columns = {name: who[name] for name in COLUMNS} | {"account_id": hidden}
    return _table(columns, APPLICATIONS)


def truth(world: SignupWorld, who: Applicants) -> pa.Table:
    """What is true about applicants, with the outcome of every check drawn."""
    columns = {name: who[name] for name in ("application_id", "account_id", "cohort", "campaign",
                                            "group", "persona")}  # fmt: skip
    columns |= {f"{name}_at": who[f"{name}_us"] for name in ("convicted", "suspended")}
    first = str(who["application_id"][0]) if len(who) else ""
    rng = world.stage.random("checks", first)
    columns |= {f"would_{name}": v for name, v in draw_outcomes(rng, who["persona"]).items()}
    return _table(columns, TRUTH)


def account_table(spec: SignupSpec, who: Applicants) -> pa.Table:
    """Accounts of those who signed up before the stream, as they stand when it begins."""
    suspended = _before(who["suspended_us"], spec.start_us)
    columns = {field.name: np.full(len(who), None, dtype=object) for field in accounts.SCHEMA}
    columns |= {name: who[name] for name in accounts.SCHEMA.names if name in COLUMNS}
    columns["created_at"] = who["applied_at"]
    columns["verification"] = np.full(len(who), "email", dtype=object)
    columns["status"] = np.where(suspended, "suspended", "active").astype(object)
    columns["suspended_at"][suspended] = who["suspended_us"][suspended]
    return _table(columns, accounts.SCHEMA)


def known_campaigns(spec: SignupSpec, who: Applicants) -> Findings:
    """Campaigns that a scan convicted before the stream, as it would have written them.

    People whom it mistook for members stand among their accounts. Nothing but who and when is
    filled in: nobody simulated their traffic.
    """
    convicted = np.flatnonzero(_before(who["convicted_us"], spec.start_us))
    guilty = convicted[who["campaign"][convicted] != np.array(None)]
    blamed = convicted[who["campaign"][convicted] == np.array(None)]
    names = who["campaign"][guilty].astype(str)
    known = sorted(set(names.tolist()))
    found = []
    for place, name in enumerate(known):
        mistaken = blamed[np.arange(blamed.size) % len(known) == place]
        rows = np.concatenate([guilty[names == name], mistaken])
        found.append(_campaign(spec, name, who.take(rows)))
    scanned = Scanned(
        0,
        0,
        len(who),
        _moment(spec.first_us),
        _moment(spec.start_us),
        0.05,
        "simulated",
        "",
        {},
        (),
    )
    return Findings(scanned, tuple(found))


def _campaign(spec: SignupSpec, name: str, members: Applicants) -> Campaign:
    rng = generator(spec.seed, "signups", "id", name)
    detected = members["convicted_us"].astype(np.int64)
    return Campaign(
        id=f"campaign--{UUID(bytes=rng.bytes(16), version=4)}",
        verdict=Verdict.CONVICTED,
        probability=1.0,
        log_e_value=0.0,
        axes={},
        account_ids=tuple(sorted(members["account_id"].tolist())),
        exchanges=0,
        tasks=0,
        output_tokens=0,
        reasoning_tokens=0,
        first_seen=_moment(int(members.applied.min())),
        last_seen=_moment(int(detected.max())),
        detected_at=_moment(int(detected.min())),
    )


def _moment(at_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=at_us)


def _before(times: NDArray[np.object_], limit_us: int) -> NDArray[np.bool_]:
    known = times != np.array(None)
    earlier: NDArray[np.bool_] = np.where(known, times, limit_us).astype(np.int64) < limit_us
    return earlier


def _table(columns: dict[str, NDArray[np.object_]], schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(columns[f.name].tolist(), type=f.type) for f in schema]
    return pa.Table.from_arrays(arrays, schema=schema)
