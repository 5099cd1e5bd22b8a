"""All operators. Weights follow the public cases by roots, as in the usage worlds."""

from __future__ import annotations

from collections.abc import Mapping

from revenuer.worlds.signups.operators.recipe import Recipe

OPERATORS: Mapping[str, Recipe] = {
    # Shared payment methods, synchronised accounts (Anthropic 2026-02-23, first campaign).
    "S1": Recipe(
        mail=("people", "shaped", "numbered"), cards=("shared",), phones=("none", "farm"),
        devices=("shared", "fresh"), network=("proxy", "block"), client=("antidetect", "browser"),
        pace=("bursts",), persona="card-farm", free=0.0, weight=20,
    ),
    # Varied account types over several pathways: every vendor another kind (second campaign).
    "S2": Recipe(
        mail=("people", "shaped", "academic", "firm"), cards=("own", "virtual", "shared", "none"),
        phones=("none", "farm", "own"), devices=("fresh", "shared"), network=("proxy", "vpn"),
        client=("browser", "antidetect"), pace=("batches",), programme="education", applies=0.3,
        vendors=4, weight=30, fewest=16,
    ),
    # Bought in bulk shortly before a release (third campaign).
    "S3": Recipe(
        mail=("shaped", "random", "people"), cards=("virtual",), phones=("voip", "farm"),
        devices=("fresh",), network=("proxy",), client=("antidetect", "one-build"),
        pace=("bursts",), persona="card-farm", free=0.0, weight=20,
    ),
    # Residential proxies, disposable mail, virtual cards; a second pool ready (GTG-16005).
    "S4": Recipe(
        mail=("disposable", "farmed"), cards=("virtual",), phones=("none", "voip"),
        devices=("fresh",), network=("proxy",), client=("antidetect", "browser"),
        pace=("bursts", "batches"), persona="card-farm", free=0.0, anew=True, inherits=0.15,
        weight=35,
    ),
    # Thousands of quiet accounts in two cities (GTG-16002).
    "S5": Recipe(
        mail=("catch-all", "people"), cards=("prepaid", "own"), phones=("farm",),
        devices=("fresh", "own"), network=("proxy", "home"), client=("browser",),
        pace=("steady",), persona="phone-farm", per_phone=(2, 3), weight=45, fewest=12,
    ),
    "S6": Recipe(
        mail=("people", "shaped"), cards=("shared",), phones=("none", "farm"), devices=("shared",),
        network=("vpn", "hosting"), client=("browser", "one-build"), pace=("batches",),
        persona="card-farm", per_card=(2, 4), weight=20,
    ),
    # Few hot accounts (GTG-16006).
    "S7": Recipe(
        mail=("people", "catch-all"), cards=("own", "virtual"), phones=("voip", "own"),
        devices=("own", "fresh"), network=("hosting", "proxy"), client=("browser", "script"),
        pace=("bursts",), free=0.0, weight=5, fewest=6,
    ),
    "S8": Recipe(
        mail=("catch-all", "farmed"), cards=("none",), phones=("none", "farm"), devices=("none",),
        network=("proxy",), client=("one-build", "antidetect"), pace=("batches",), free=1.0,
        weight=30, fewest=10,
    ),
    "S9": Recipe(
        mail=("shaped", "farmed", "random"), cards=("virtual", "prepaid"),
        phones=("none", "farm"), devices=("fresh", "shared"), network=("proxy", "vpn"),
        client=("antidetect", "browser"), pace=("late",), weight=15, fewest=10,
    ),
    # One network of many vendors; whoever is banned is replaced (Anthropic 2026-02-23).
    "S10": Recipe(
        mail=("people", "shaped", "disposable", "farmed", "catch-all", "numbered"),
        cards=("shared", "virtual", "prepaid", "none"), phones=("none", "farm", "voip"),
        devices=("fresh", "shared"), network=("proxy", "vpn", "block"),
        client=("antidetect", "browser", "one-build"), pace=("steady", "batches"), vendors=6,
        inherits=0.2, sweep_days=(5.0, 14.0), weight=70, fewest=24,
    ),
    # A firm like any other, set up to resell; nothing at sign-up tells it apart (GTG-16003).
    "S11": Recipe(
        mail=("firm",), cards=("own",), phones=("own",), devices=("own",), network=("home",),
        client=("browser",), pace=("people",), persona="shell", programme="startup", free=0.0,
        inherits=0.0, found=0.0, weight=4, fewest=3,
    ),
    "S12": Recipe(
        mail=("people", "shaped"), cards=("prepaid", "none"), phones=("farm", "own"),
        devices=("own", "fresh"), network=("proxy", "home"), client=("browser",),
        pace=("batches",), persona="phone-farm", per_phone=(2, 6), weight=18,
    ),
    # University addresses that shops sell, and domains that look like them.
    "academic-mill": Recipe(
        mail=("academic", "academic", "look-alike"), cards=("none",), phones=("none", "farm"),
        devices=("fresh", "shared"), network=("proxy", "vpn"), client=("browser", "antidetect"),
        pace=("batches", "steady"), persona="mill", programme="education", free=1.0, vendors=2,
        weight=25, fewest=12,
    ),
    "tag-farm": Recipe(
        mail=("tagged",), cards=("none",), phones=("none", "voip"), devices=("shared", "fresh"),
        network=("proxy", "block"), client=("one-build", "browser"), pace=("bursts",), free=1.0,
        weight=12, fewest=10,
    ),
    # A convicted pool that comes back with what it still has.
    "returning-pool": Recipe(
        mail=("people", "shaped"), cards=("virtual", "own"), phones=("farm", "own"),
        devices=("fresh",), network=("proxy",), client=("browser", "antidetect"),
        pace=("batches", "bursts"), persona="card-farm", anew=True, inherits=0.35, free=0.1,
        weight=25, fewest=12,
    ),
    # Shares a little, and never twice within a week: under every limit on speed.
    "slow-drip": Recipe(
        mail=("people", "catch-all"), cards=("shared", "own"), phones=("farm",),
        devices=("shared", "fresh"), network=("proxy", "home"), client=("browser",),
        pace=("people",), persona="phone-farm", per_card=(2, 3), per_phone=(2, 3),
        per_device=(2, 3), scattered=True, sweep_days=(20.0, 45.0), weight=20, fewest=10,
    ),
    # Pays for everything: shares nothing, hurries nowhere. Nobody can stop it at sign-up.
    "adaptive": Recipe(
        mail=("people",), cards=("own",), phones=("own",), devices=("fresh",), network=("home",),
        client=("browser",), pace=("people",), persona="adaptive", inherits=0.0, found=0.0,
        weight=15, fewest=10,
    ),
}  # fmt: skip
"""Scenarios are those of the usage worlds; their registration is as the reports say, where they
say it, and otherwise a guess. placeholder"""
