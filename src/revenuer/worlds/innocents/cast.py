"""All look-alikes, with their sizes."""

from __future__ import annotations

from revenuer.worlds.innocents import evaluators, intermediaries, pipelines
from revenuer.worlds.innocents.classroom import classroom
from revenuer.worlds.roles import Role

# Accounts per thousand, weight in exchanges, and the fewest accounts that still show it.
INNOCENTS: dict[str, Role] = {
    "N1": Role(evaluators.nightly_evaluations, 3, 1.2, 3),
    "N2": Role(pipelines.key_migration, 4, 0.8, 4),
    "N3": Role(pipelines.build_runners, 3, 0.8, 2),
    "N4": Role(pipelines.busy_team, 5, 1.2, 4),
    "N5": Role(intermediaries.declared_gateway, 3, 1.2, 2),
    "N6": Role(pipelines.audit_trail, 5, 1.0, 4),
    "N7": Role(intermediaries.failover_router, 4, 0.8, 3),
    "N8": Role(evaluators.day_one_benchmarks, 4, 0.8, 5),
    "N9": Role(evaluators.drift_monitors, 2, 0.8, 2),
    "N10": Role(pipelines.small_model_data, 3, 0.8, 2),
    "N11": Role(pipelines.retrieval_backfill, 2, 0.8, 2),
    "classroom": Role(classroom, 28, 0.8, 30),
    "sweep": Role(evaluators.academic_sweep, 3, 1.0, 3),
    "permitted": Role(pipelines.permitted_distillation, 4, 1.0, 5),
    "office": Role(intermediaries.small_offices, 8, 0.6, 8),
    "agency": Role(intermediaries.agencies, 8, 0.6, 8),
}
