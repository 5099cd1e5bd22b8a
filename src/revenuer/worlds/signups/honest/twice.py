"""People who sign up a second time: openly, or because their first account was taken away."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.draws import mint
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.signups.applicants import NAMES, Applicants, join
from revenuer.worlds.signups.names import mail_hosts, people_locals
from revenuer.worlds.signups.season import Season

KEPT = ("payment_fingerprint", "payment_kind", "phone_fingerprint", "phone_kind", "user_agent",
        "tls_fingerprint", "device_fingerprint", "signup_ip", "signup_asn", "region",
        "group")  # fmt: skip


def second_account(season: Season, count: int) -> Applicants:
    """One account for work and one for home: same device, often the same phone or card."""
    rng = season.rng
    first = season.people(-(-count // 2), "ordinary", "person")
    second = _again(season, first, "second-account", 45.0)
    for name, share in (("payment", 0.5), ("phone", 0.5)):
        other = rng.random(len(second)) < share
        for part in ("fingerprint", "kind"):
            second.put(f"{name}_{part}", None, other)
    return join([first, second])


def returner(season: Season, count: int) -> Applicants:
    """People whose account was suspended wrongly, and who come back with what they have."""
    rng = season.rng
    first = season.people(-(-count // 2), "ordinary", "returner")
    after = (rng.uniform(4, 40, len(first)) * DAY_US).astype(np.int64)
    # Half of them were mistaken for part of a campaign, half were suspended for something else.
    blamed = rng.random(len(first)) < 0.5
    first.put("suspended_us", (first.applied + after).astype(object))
    first.put("convicted_us", (first.applied + after).astype(object), blamed)
    second = _again(season, first, "returner", 20.0, since=first.applied + after)
    for name in ("convicted_us", "suspended_us"):
        second.put(name, None)
    return join([first, second])


def _again(
    season: Season,
    first: Applicants,
    cohort: str,
    days: float,
    *,
    since: np.ndarray | None = None,
) -> Applicants:
    """The same people later, with a new mail address and what they have."""
    rng, count = season.rng, len(first)
    begin = first.applied if since is None else since
    applied = begin + (1 + rng.exponential(days, count) * DAY_US).astype(np.int64)
    labels = np.array([f"{cohort} {name}" for name in first["application_id"]], dtype=object)
    first.put("group", labels)
    second = Applicants({name: first[name].copy() for name in NAMES})
    second.put("cohort", cohort)
    second.put("application_id", mint(rng, "app_", count))
    second.put("account_id", mint(rng, "acct_", count))
    second.put("applied_at", applied.astype(object))
    second.mail(people_locals(rng, count), mail_hosts(rng, count))
    return second
