"""S11: a shell company resells access and keeps what passes through; traffic cannot tell."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.accounts import sign_up
from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.draws import mint
from revenuer.worlds.gateways import gateway_setup, many_customers
from revenuer.worlds.network import CLOUD, EGRESS
from revenuer.worlds.people import gradual_adoption
from revenuer.worlds.relays import relayed_users
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage


def shell_reseller(stage: Stage, count: int, exchanges: int) -> Cohort:
    """One verified organization with the traffic of an ordinary gateway.

    What it keeps of its customers' answers happens outside the logs, so the right verdict is
    `undecided`: its rows differ from an honest gateway's in nothing.

    Source:
        Anthropic (2026-09-10), GTG-16003: a shell company that resold only two providers'
        models; its traffic looked normal.
    """
    rng = stage.random("S11")
    created = np.full(count, stage.spec.start_us - 200 * DAY_US)
    accounts = sign_up(rng, stage.internet, count, created=created, plan="scale")
    accounts.put("organization_id", mint(rng, "org_", 1)[0])
    for name in ("email_domain", "payment_fingerprint", "signup_ip", "signup_asn", "country"):
        accounts.put(name, accounts[name][0])
    accounts.put("payment_kind", "invoice")
    accounts.put("verification", "id-document")
    places = stage.internet.places(rng, 1, CLOUD, EGRESS).shared(count)
    setup = gateway_setup(rng, stage, count)
    users = max(40, exchanges // 25)
    streams = tuple(
        Stream(
            name,
            relayed_users(rng, stage, count, users, exchanges // 2, hop=0.3),
            many_customers(stage, f"S11-{name}"),
            setup,
            places,
            gradual_adoption(rng, count),
            own=own,
        )
        for name, own in (("kept", True), ("passed on", False))
    )
    truth = CampaignTruth(
        "S11", "S11", False, "undecided", ("synthetic-data",),
        "A reseller under its own name; what it keeps leaves no trace in the logs.",
    )  # fmt: skip
    return Cohort("S11", accounts, streams, truth)
