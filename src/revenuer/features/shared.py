"""What several detectors ask for: small tables that a scan works out once."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from revenuer.features.activity import hourly_activity
from revenuer.features.addresses import places
from revenuer.features.client_habits import HABITS
from revenuer.features.once import built_once
from revenuer.features.tables import LogTables

SHARED: dict[str, Callable[[ir.Table], ir.Table]] = {
    "hours": hourly_activity,
    "places": places,
    **{name: habit.worn for name, habit in HABITS.items()},
}
"""By name, how each is made of the exchanges."""


@built_once
def made(name: str, exchanges: ir.Table) -> ir.Table:
    """The expression that makes one of `SHARED`."""
    return SHARED[name](exchanges)


def shared(logs: LogTables, name: str) -> ir.Table:
    """One of `SHARED`, as the engine keeps it or as the expression that makes it."""
    return logs.kept[name] if name in logs.kept else SHARED[name](logs.exchanges)
