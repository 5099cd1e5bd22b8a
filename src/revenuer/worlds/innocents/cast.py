"""All look-alikes, with their sizes."""

from __future__ import annotations

from revenuer.worlds.innocents.classroom import classroom
from revenuer.worlds.innocents.pipelines import (
    academic_sweep,
    audit_trail,
    busy_team,
    nightly_evaluations,
)
from revenuer.worlds.roles import Role

INNOCENTS: dict[str, Role] = {
    "N1": Role(nightly_evaluations, 3, 1.5, 3),
    "N4": Role(busy_team, 5, 1.5, 4),
    "N6": Role(audit_trail, 5, 1.2, 4),
    "classroom": Role(classroom, 28, 0.8, 30),
    "sweep": Role(academic_sweep, 3, 1.0, 3),
}
