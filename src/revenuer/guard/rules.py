"""A policy as the guard looks it up: by fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from revenuer.guard.countering import GRAVITY
from revenuer.guard.events import Caller, ReasoningSign
from revenuer.guard.fingerprint import Fingerprinter, Kind
from revenuer.guard.ladder import Action
from revenuer.guard.layout import Given
from revenuer.guard.policy import Limit, Mode, Policy, Rate

EVERYBODY = "*"
"""In a limit, every cohort."""
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rate, by the second, with its name.

    Attributes:
        name: Of the limit; empty for what a verdict asks for.
        requests_per_s: 0 is any number.
        requests_burst: How many may come at once.
        tokens_per_s: 0 is any number.
        tokens_burst: How many may come at once.
    """

    name: str
    requests_per_s: float
    requests_burst: float
    tokens_per_s: float
    tokens_burst: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What a policy says, by fingerprint.

    Attributes:
        shadow: Whether it only watches.
        at_most: The gravest action.
        stale_s: Age from which a snapshot is not trusted.
        throttle: What a throttled caller may ask for.
        by_fingerprint: Limits of accounts and organizations that it names.
        by_cohort: Limits of cohorts.
        exempt: When the exemption of an account or organization ends.
        replayed: What is done about each sign in replayed reasoning.
        allowed: Countermeasures that may be given.
    """

    shadow: bool
    at_most: Action
    stale_s: float
    throttle: Allowance
    by_fingerprint: Mapping[bytes, Allowance]
    by_cohort: Mapping[str, Allowance]
    exempt: Mapping[bytes, float]
    replayed: Mapping[ReasoningSign, Action]
    allowed: frozenset[str] = frozenset()

    def allowance(self, caller: Caller) -> Allowance | None:
        """The limit of a caller of whom nothing is known; None if there is none."""
        if self.by_fingerprint:
            named = self.by_fingerprint.get(caller.account)
            if named is None and caller.organization is not None:
                named = self.by_fingerprint.get(caller.organization)
            if named is not None:
                return named
        if self.by_cohort:
            return self.by_cohort.get(caller.cohort) or self.by_cohort.get(EVERYBODY)
        return None

    def exempts(self, caller: Caller, now: float) -> bool:
        """Whether a caller is only watched."""
        exempt = self.exempt
        if not exempt:
            return False
        if exempt.get(caller.account, 0.0) > now:
            return True
        return caller.organization is not None and exempt.get(caller.organization, 0.0) > now

    def given(self, said: tuple[Given, ...], now: float) -> tuple[str, ...]:
        """Countermeasures that hold, of those that a snapshot gives."""
        if self.at_most < GRAVITY:
            return ()
        return tuple(one.id for one in said if one.until > now and one.id in self.allowed)


def rules_of(policy: Policy, fingerprints: Fingerprinter) -> Rules:
    """Bring a policy into the form in which it is looked up."""
    by_fingerprint: dict[bytes, Allowance] = {}
    by_cohort: dict[str, Allowance] = {}
    for limit in policy.limits:
        allowance = allowance_of(limit.rate, limit.name)
        for key in _fingerprints_of(limit, fingerprints):
            by_fingerprint.setdefault(key, allowance)
        for cohort in limit.cohorts:
            by_cohort.setdefault(cohort, allowance)
    exempt: dict[bytes, float] = {}
    for exemption in policy.exemptions:
        until = NEVER if exemption.until is None else exemption.until.timestamp()
        for account in exemption.accounts:
            key = fingerprints.of(Kind.ACCOUNT, account)
            exempt[key] = max(until, exempt.get(key, 0.0))
        for organization in exemption.organizations:
            key = fingerprints.of(Kind.ORGANIZATION, organization)
            exempt[key] = max(until, exempt.get(key, 0.0))
    said = policy.replayed
    return Rules(
        shadow=policy.mode is Mode.SHADOW,
        at_most=policy.at_most,
        stale_s=policy.stale_s,
        throttle=allowance_of(policy.throttle, ""),
        by_fingerprint=by_fingerprint,
        by_cohort=by_cohort,
        exempt=exempt,
        replayed={sign: getattr(said, field_of(sign)) for sign in ReasoningSign},
        allowed=frozenset(policy.countermeasures.allowed),
    )


def field_of(sign: ReasoningSign) -> str:
    """The field of `policy.Replayed` that answers a sign."""
    return sign.name.lower()


def allowance_of(rate: Rate, name: str) -> Allowance:
    """A rate by the second."""
    return Allowance(
        name,
        rate.requests_per_minute / 60,
        rate.requests_burst,
        rate.tokens_per_minute / 60,
        rate.tokens_burst,
    )


def tightest(one: Allowance, other: Allowance) -> Allowance:
    """What both allow, so that a verdict never gives more than an ordinary limit."""
    return Allowance(
        one.name or other.name,
        _less(one.requests_per_s, other.requests_per_s),
        min(one.requests_burst, other.requests_burst),
        _less(one.tokens_per_s, other.tokens_per_s),
        min(one.tokens_burst, other.tokens_burst),
    )


def _less(one: float, other: float) -> float:
    """The lower of two rates, of which 0 is none."""
    return min(one, other) if one and other else one or other


def _fingerprints_of(limit: Limit, fingerprints: Fingerprinter) -> list[bytes]:
    return [
        *(fingerprints.of(Kind.ACCOUNT, account) for account in limit.accounts),
        *(fingerprints.of(Kind.ORGANIZATION, name) for name in limit.organizations),
    ]
