"""Innocent intermediaries: gateways, routers, offices without an organization, agencies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from revenuer.worlds.cohort import Cohort, Columns
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import mint
from revenuer.worlds.gateways import declared_users, gateway_setup, many_customers
from revenuer.worlds.households import Pace, make_team, work_together
from revenuer.worlds.language.system_prompts import brand_names, write_system_prompts
from revenuer.worlds.network import EGRESS, HOME
from revenuer.worlds.people import everyday_texts, own_software
from revenuer.worlds.rhythm import IS_EVENING, IS_OFFICE
from revenuer.worlds.stage import Stage


def declared_gateway(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N5: gateways that say what they are and name the end user of each exchange."""
    rng = stage.random("N5")
    team = make_team(rng, stage, count, (1, 2), plan="scale")
    team = replace(team, setup=gateway_setup(rng, stage, count), places=team.places.but(EGRESS))
    text = many_customers(stage, "N5")
    pace = Pace(profile=IS_EVENING, stay=0.5, evenness=20.0)
    finish = declared_users("N5", max(50, exchanges // 30))
    return work_together("N5", stage, rng, team, exchanges, pace, text, finish=finish)


def failover_router(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N7: products behind a router that fails over between providers: retries and 429s."""
    rng = stage.random("N7")
    team = make_team(rng, stage, count, (1, 3))
    text = everyday_texts(stage, "N7", np.ones(count, dtype=bool))

    def routed(draw: Draw, columns: Columns, random: np.random.Generator) -> None:
        declared_users("N7", 400)(draw, columns, random)
        del columns["end_user_id"], columns["end_user_source"]

    pace = Pace(profile=IS_EVENING, stay=0.4, failures=0.14, evenness=4.0)
    return work_together("N7", stage, rng, team, exchanges, pace, text, finish=routed)


def small_offices(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Small offices and labs that never made an organization: one address, one company card."""
    rng = stage.random("office")
    team = make_team(rng, stage, count, (3, 8), kind=HOME, organization=False, plan="pro")
    team = replace(team, setup=own_software(stage, rng, count, apps=0.6, prompts=0.6))
    one_in_two = rng.random(int(team.group.max()) + 1)[team.group] < 0.5
    for name, prefix in (("device_fingerprint", "dev_"), ("phone_fingerprint", "tel_")):
        shared = mint(rng, prefix, int(team.group.max()) + 1)[team.group]
        team.accounts.put(name, shared, one_in_two & (rng.random(count) < 0.3))
    text = everyday_texts(stage, "office", rng.random(count) < 0.3)
    return work_together("office", stage, rng, team, exchanges, Pace(profile=IS_OFFICE), text)


def agencies(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Agencies that run an account for each of five to fifteen clients, all on one card."""
    rng = stage.random("agency")
    team = make_team(rng, stage, count, (5, 15), organization=False)
    domains = [f"{name.lower()}{n % 80}.com" for n, name in enumerate(brand_names(rng, count))]
    team.accounts.put("email_domain", np.array(domains, dtype=object))
    team.setup.put("system_prompt", write_system_prompts(rng, count))
    text = everyday_texts(stage, "agency", np.ones(count, dtype=bool))
    pace = Pace(profile=IS_OFFICE, stay=0.3, evenness=3.0)
    return work_together("agency", stage, rng, team, exchanges, pace, text)
