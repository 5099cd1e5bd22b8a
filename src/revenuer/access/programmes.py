"""Programmes: what confirms a member, how long it holds, and when it is asked for again.

```
pending --confirmed--> verified --near its end--> expiring --end--> expired
   ^                      |  ^                       |                 |
   |                      |  +-------confirmed-------+----confirmed----+
   +----------------------+--revoked--> revoked
```
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from revenuer.access.applications import Application, Check, Programme
from revenuer.access.domains import Domain, DomainKind, DomainTables
from revenuer.access.history import DAY_US
from revenuer.access.mail import hostname, parse
from revenuer.access.policy import Terms


class State(StrEnum):
    """Where an entitlement stands."""

    PENDING = "pending"
    VERIFIED = "verified"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Usage:
    """How an account was used of late; None is unknown.

    Attributes:
        exchanges_per_day: On days with any.
        networks: Different autonomous systems.
        hours_per_day: Hours of a day with exchanges.
        campaign: Verdict about the campaign that it is in, or empty.
    """

    exchanges_per_day: float | None = None
    networks: int | None = None
    hours_per_day: float | None = None
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Membership of a programme: decisions and references, no papers.

    Attributes:
        programme: Which.
        asks: Checks that confirm it, all of them.
        asked_us: Since when they are asked for.
        verified_us: When it was last confirmed; 0 if it was not.
        expires_us: When that ends; 0 if it was not confirmed.
        revoked_us: When it was revoked; 0 if it was not.
        misfits: What of the usage brought the re-check forward.
    """

    programme: Programme
    asks: tuple[Check, ...]
    asked_us: int
    verified_us: int = 0
    expires_us: int = 0
    revoked_us: int = 0
    misfits: tuple[str, ...] = ()

    def state(self, now_us: int, terms: Terms) -> State:
        """Where it stands."""
        if self.revoked_us:
            return State.REVOKED
        if not self.verified_us:
            return State.PENDING
        if now_us >= self.expires_us:
            return State.EXPIRED
        near = self.expires_us - terms.remind_days * DAY_US
        return State.EXPIRING if now_us >= near or self.misfits else State.VERIFIED


def begin(application: Application, tables: DomainTables, now_us: int) -> Entitlement | None:
    """Open the flow of the programme that is applied for; None where none is."""
    if application.programme is None:
        return None
    return Entitlement(application.programme, asks(application, tables), now_us)


def asks(application: Application, tables: DomainTables) -> tuple[Check, ...]:
    """The checks that confirm a programme.

    An address of the institution's own domain confirms by receiving mail. Who has none is
    confirmed by the institution's word, and who has neither institution nor company by papers
    at the vendor: no list of well-known places decides who may take part.
    """
    mail, claimed = _mail_domain(application, tables), _claimed(application, tables)
    belongs = mail is not None and (claimed is None or claimed.registrable == mail.registrable)
    if application.programme is Programme.EDUCATION:
        at_school = belongs and mail is not None and mail.kind is DomainKind.ACADEMIC
        return (Check.EMAIL,) if at_school else (Check.INSTITUTION,)
    own = belongs and mail is not None and mail.kind in (DomainKind.OWN, DomainKind.ACADEMIC)
    if application.programme is Programme.STARTUP:
        return (Check.EMAIL, Check.ORGANIZATION) if own else (Check.ORGANIZATION,)
    if own and mail is not None:
        research = mail.kind is DomainKind.ACADEMIC
        return (Check.EMAIL, Check.INSTITUTION if research else Check.ORGANIZATION)
    return (Check.INSTITUTION,) if claimed is not None else (Check.DOCUMENT,)


def confirmed(
    entitlement: Entitlement, passed: Collection[Check], now_us: int, terms: Terms
) -> Entitlement:
    """Take in checks that were passed since they were last asked for.

    Args:
        entitlement: What is to be confirmed; a revoked one stays revoked.
        passed: The checks.
        now_us: The time.
        terms: Of the programme.
    """
    if entitlement.revoked_us or not set(entitlement.asks) <= set(passed):
        return entitlement
    return replace(
        entitlement,
        verified_us=now_us,
        expires_us=now_us + terms.valid_days * DAY_US,
        misfits=(),
    )


def looked_at(entitlement: Entitlement, usage: Usage, now_us: int, terms: Terms) -> Entitlement:
    """Bring the re-check forward where the usage does not fit the programme.

    It never lengthens anything, and who is asked already is not asked again.
    """
    found = tuple(misfits(usage, terms))
    live = entitlement.state(now_us, terms) in (State.VERIFIED, State.EXPIRING)
    if not found or not live or entitlement.misfits:
        return entitlement
    return replace(
        entitlement,
        asked_us=now_us,
        expires_us=min(entitlement.expires_us, now_us + terms.grace_days * DAY_US),
        misfits=found,
    )


def misfits(usage: Usage, terms: Terms) -> Iterator[str]:
    """What of the usage does not fit the programme."""
    if terms.exchanges_per_day and (usage.exchanges_per_day or 0) > terms.exchanges_per_day:
        yield "more exchanges a day than the programme is for"
    if terms.networks and (usage.networks or 0) > terms.networks:
        yield "more networks than one member or group uses"
    if (usage.hours_per_day or 0) > terms.hours_per_day:
        yield "round the clock, as no member works"
    if usage.campaign in ("convicted", "suspected"):
        yield f"the account is in a campaign that is {usage.campaign}"


def revoked(entitlement: Entitlement, now_us: int) -> Entitlement:
    """End it for good."""
    return replace(entitlement, revoked_us=entitlement.revoked_us or now_us)


def _mail_domain(application: Application, tables: DomainTables) -> Domain | None:
    address = parse(application.email) if application.email else None
    raw = address.domain if address else application.email_domain
    name = hostname(raw) if raw else None
    return tables.lookup(name) if name else None


def _claimed(application: Application, tables: DomainTables) -> Domain | None:
    name = hostname(application.claimed_domain) if application.claimed_domain else None
    return tables.lookup(name) if name else None
