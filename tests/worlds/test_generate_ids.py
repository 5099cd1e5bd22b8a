"""Exchange ids, over worlds large enough for ordinary users to come in several cohorts."""

import numpy as np
import pyarrow.compute as pc

from revenuer.worlds import WorldSpec, cast_world, generate, write_pools


def test_every_exchange_has_an_id_of_its_own() -> None:
    spec = WorldSpec(scenarios=("S1",), innocents=("N1",), accounts=6000, exchanges=120_000, days=4)
    world = cast_world(spec, write_pools(np.random.default_rng(spec.seed)))
    ids = [part["exchange_id"] for part in generate(world)]
    rows = sum(len(column) for column in ids)
    distinct = set().union(*(pc.unique(column).to_pylist() for column in ids))
    assert len(distinct) == rows
