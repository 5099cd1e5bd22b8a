"""Simulated worlds with ground truth: campaigns hidden among ordinary and look-alike traffic."""

from revenuer.worlds.generate import World, cast_world, generate
from revenuer.worlds.language.own_pools import write_pools
from revenuer.worlds.spec import INNOCENT_IDS, SCENARIO_IDS, WorldSpec
from revenuer.worlds.texts import Pools

__all__ = [
    "INNOCENT_IDS",
    "SCENARIO_IDS",
    "Pools",
    "World",
    "WorldSpec",
    "cast_world",
    "generate",
    "write_pools",
]
