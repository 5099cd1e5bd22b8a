"""All campaigns, with their sizes in proportion to the public cases (roots, not raw counts)."""

from __future__ import annotations

from revenuer.worlds.roles import Role
from revenuer.worlds.scenarios.s01_load_balanced import load_balanced
from revenuer.worlds.scenarios.s03_release_pivot import release_pivot
from revenuer.worlds.scenarios.s04_two_pools import two_pools
from revenuer.worlds.scenarios.s05_relay import relay
from revenuer.worlds.scenarios.s07_hot_judges import hot_judges
from revenuer.worlds.scenarios.s10_hydra import hydra

SCENARIOS: dict[str, Role] = {
    "S1": Role(load_balanced, 20, 1.2, 8),
    "S3": Role(release_pivot, 20, 2.2, 8),
    "S4": Role(two_pools, 35, 2.2, 12),
    "S5": Role(relay, 45, 1.0, 12),
    "S7": Role(hot_judges, 5, 1.3, 4),
    "S10": Role(hydra, 70, 2.2, 16),
}
