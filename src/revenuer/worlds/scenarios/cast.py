"""All campaigns, with their sizes in proportion to the public cases (roots, not raw counts)."""

from __future__ import annotations

from revenuer.worlds.roles import Role
from revenuer.worlds.scenarios.s01_load_balanced import load_balanced
from revenuer.worlds.scenarios.s02_many_pathways import many_pathways
from revenuer.worlds.scenarios.s03_release_pivot import release_pivot
from revenuer.worlds.scenarios.s04_two_pools import two_pools
from revenuer.worlds.scenarios.s05_relay import relay
from revenuer.worlds.scenarios.s06_tag_and_relay import tag_and_relay
from revenuer.worlds.scenarios.s07_hot_judges import hot_judges
from revenuer.worlds.scenarios.s08_replayed_sessions import replayed_sessions
from revenuer.worlds.scenarios.s09_probe_then_scale import probe_then_scale
from revenuer.worlds.scenarios.s10_hydra import hydra
from revenuer.worlds.scenarios.s11_shell_reseller import shell_reseller
from revenuer.worlds.scenarios.s12_many_languages import many_languages

SCENARIOS: dict[str, Role] = {
    "S1": Role(load_balanced, 20, 1.2, 8),
    "S2": Role(many_pathways, 30, 1.5, 10),
    "S3": Role(release_pivot, 20, 2.2, 8),
    "S4": Role(two_pools, 35, 2.2, 12),
    "S5": Role(relay, 45, 1.0, 12),
    "S6": Role(tag_and_relay, 20, 1.6, 8),
    "S7": Role(hot_judges, 5, 1.8, 4),
    "S8": Role(replayed_sessions, 30, 0.8, 10),
    "S9": Role(probe_then_scale, 15, 1.0, 10),
    "S10": Role(hydra, 70, 2.2, 16),
    "S11": Role(shell_reseller, 3, 0.9, 2),
    "S12": Role(many_languages, 18, 1.0, 8),
}
