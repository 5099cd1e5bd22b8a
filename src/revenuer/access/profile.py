"""An application with what the tables say of it: traits, and values that may be shared.

Values become opaque numbers here. What comes after sees no address, number or name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b

from revenuer.access import signal_traits as traits
from revenuer.access.applications import Application, Programme
from revenuer.access.domains import Domain, DomainKind, DomainTables
from revenuer.access.mail import Address, hostname, numbered, parse, shape
from revenuer.access.networks import NetworkTables, block, home, public
from revenuer.access.signals import Family, Signal

Digest = Callable[[str, str], int]
"""Kind and value -> an opaque number of 63 bits, the same for the same value."""

UNTRACEABLE_PAYMENT = frozenset(("virtual", "prepaid", "gift-card", "gift_card", "gift"))
_NETWORK_TRAITS = {
    "hosting": traits.HOSTING,
    "vpn": traits.VPN,
    # The milder of the two that it may be.
    "server": traits.VPN,
    "proxy": traits.PROXY,
    "tor": traits.TOR,
}
_NETWORK_WORDS = frozenset((*_NETWORK_TRAITS, "relay", "residential", "mobile", "business"))


class Kind(IntEnum):
    """Kinds of values that applications may share."""

    PAYMENT = 0
    PHONE = 1
    DEVICE = 2
    DOCUMENT = 3
    MAILBOX = 4
    ADDRESS = 5
    NUMBERED = 6
    FAMILY = 7
    BLOCK = 8
    REFERRAL = 9
    SYSTEM = 10
    CLIENT = 11
    SHAPE = 12


POPULAR = frozenset((Kind.SYSTEM, Kind.CLIENT, Kind.SHAPE))
"""Values that thousands share; only how often they come says anything."""
PERSONAL = frozenset((Kind.PAYMENT, Kind.PHONE, Kind.DEVICE, Kind.DOCUMENT, Kind.MAILBOX))
"""Values that belong to a person or a household."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The offline tables.

    Attributes:
        domains: Of mail domains.
        networks: Of addresses.
    """

    domains: DomainTables = field(default_factory=DomainTables)
    networks: NetworkTables = field(default_factory=NetworkTables)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is judged.

    Attributes:
        at_us: When it was applied; None where unknown.
        party: Who openly stands behind it where cards and phones are shared: an organization,
            a company's mail domain, an address, or nobody but itself.
        crowd: Likewise where places are shared: a class is one party there.
        links: Values that may be shared, opaque.
        traits: What it shows by itself.
        known: Families of traits about which something was known.
        seen: Facts for an analyst's sentence; no address, number or name of a person.
    """

    at_us: int | None
    party: int
    crowd: int
    links: tuple[tuple[Kind, int], ...]
    traits: tuple[Signal, ...]
    known: frozenset[Family]
    seen: tuple[tuple[str, str], ...] = ()


def plain_digest(kind: str, value: str) -> int:
    """An opaque number without a secret, for what never leaves the process."""
    text = f"{kind}\x1f{value}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest()) >> 1


def profile(application: Application, tables: Tables, digest: Digest = plain_digest) -> Profile:
    """Say what an application shows and what it may share.

    Args:
        application: From `applications.read`.
        tables: The offline tables.
        digest: Makes values opaque.
    """
    address = _address(application)
    domain = tables.domains.lookup(address.domain) if address else None
    network, network_links = _network(application, tables.networks)
    values: list[tuple[Kind, str]] = [
        (kind, value)
        for kind, value in (
            (Kind.PAYMENT, application.payment_fingerprint),
            (Kind.PHONE, application.phone_fingerprint),
            (Kind.DEVICE, application.device_fingerprint),
            (Kind.DOCUMENT, application.document_reference),
            (Kind.REFERRAL, application.referral),
            (Kind.CLIENT, application.tls_fingerprint),
        )
        if value is not None
    ]
    values += network_links
    values += _mail_links(application, address, domain, tables.domains)
    party, crowd = _parties(application, domain, digest)
    return Profile(
        at_us=application.applied_us,
        party=party,
        crowd=crowd,
        links=tuple((kind, digest(kind.name, value)) for kind, value in values),
        traits=tuple(_traits(application, domain, network, tables.domains)),
        known=_known(application, domain, network),
        seen=tuple(_seen(domain, network)),
    )


def _address(application: Application) -> Address | None:
    """The e-mail address, or as much of it as is known."""
    if application.email is not None and (found := parse(application.email)) is not None:
        return found
    if application.email_domain is not None:
        name = hostname(application.email_domain.removeprefix("@"))
        return Address(name) if name else None
    return None


def _network(
    application: Application, tables: NetworkTables
) -> tuple[str | None, list[tuple[Kind, str]]]:
    """The kind of network, `ordinary` where no table has it, and the places that it shares."""
    address = public(application.signup_ip) if application.signup_ip else None
    links: list[tuple[Kind, str]] = []
    system, kind = application.signup_asn, None
    if address is not None:
        links.append((Kind.ADDRESS, f"{address.version}-{home(address)}"))
        links.append((Kind.BLOCK, f"{address.version}-{block(address)}"))
        system = system or tables.system(address)
        held = tables.kind(address)
        kind = held.value if held else "ordinary"
    if system is not None:
        links.append((Kind.SYSTEM, str(system)))
    if application.network_kind in _NETWORK_WORDS:
        kind = application.network_kind
    return kind, links


def _mail_links(
    application: Application, address: Address | None, domain: Domain | None, tables: DomainTables
) -> Iterator[tuple[Kind, str]]:
    if domain is not None and domain.kind is DomainKind.OWN:
        yield Kind.FAMILY, domain.family
    if address is None or address.mailbox is None:
        if application.email_fingerprint is not None:
            yield Kind.MAILBOX, f"fingerprint {application.email_fingerprint}"
        return
    # A Cyrillic letter among Latin ones makes no other person.
    mailbox = tables.skeleton(address.mailbox) if not address.mailbox.isascii() else address.mailbox
    yield Kind.MAILBOX, f"{mailbox}@{address.domain}"
    if domain is not None and domain.kind is not DomainKind.RELAY:
        # A relay's names are made by the relay, and all alike.
        pattern = numbered(mailbox)
        if pattern is not None:
            yield Kind.NUMBERED, f"{pattern}@{domain.family}"
        yield Kind.SHAPE, f"{shape(mailbox)}@{domain.registrable}"


def _parties(application: Application, domain: Domain | None, digest: Digest) -> tuple[int, int]:
    """Who openly stands behind an application, for personal things and for places."""
    organization = application.organization_id
    if organization is not None:
        party = digest("organization", organization)
        return party, party
    own = domain is not None and domain.kind is DomainKind.OWN and domain.imitates is None
    institution = domain is not None and domain.kind is DomainKind.ACADEMIC
    alone = (
        application.account_id
        or application.email
        or application.email_fingerprint
        or application.application_id
    )
    party = digest("domain", domain.registrable) if own and domain else digest("alone", alone)
    if institution and domain:
        return party, digest("domain", domain.registrable)
    return party, party


def _traits(
    application: Application, domain: Domain | None, network: str | None, tables: DomainTables
) -> Iterator[Signal]:
    if domain is None and application.email is not None:
        yield traits.UNREADABLE
    if domain is not None:
        if domain.kind is DomainKind.DISPOSABLE:
            yield traits.DISPOSABLE if domain.votes > 1 else traits.LISTED_ONCE
        if domain.imitates is not None:
            imitated = tables.lookup(domain.imitates).kind
            school = imitated is DomainKind.ACADEMIC
            yield traits.SCHOOL_LOOK_ALIKE if school else traits.HOUSE_LOOK_ALIKE
    if application.payment_kind in UNTRACEABLE_PAYMENT:
        yield traits.UNTRACEABLE
    if application.phone_kind == "voip":
        yield traits.VOIP
    if network in _NETWORK_TRAITS:
        yield _NETWORK_TRAITS[network]
    if application.programme is not None:
        yield from _claims(application, domain, tables)


def _claims(
    application: Application, domain: Domain | None, tables: DomainTables
) -> Iterator[Signal]:
    """What does not fit the programme that is applied for."""
    name = hostname(application.claimed_domain) if application.claimed_domain else None
    claimed = tables.lookup(name) if name else None
    schooling = application.programme is Programme.EDUCATION
    if claimed is not None:
        if claimed.imitates is not None:
            yield traits.SCHOOL_LOOK_ALIKE
        elif claimed.kind in (DomainKind.FREE, DomainKind.DISPOSABLE, DomainKind.RELAY):
            yield traits.CLAIM_NOT_OWN
        elif (
            schooling and claimed.kind is not DomainKind.ACADEMIC and "academic" not in tables.blind
        ):
            yield traits.CLAIM_NOT_ACADEMIC
    if domain is not None:
        if domain.kind is DomainKind.DISPOSABLE:
            yield traits.THROWAWAY_CLAIM
        if schooling and domain.former:
            yield traits.FORMER
        if claimed is not None and claimed.registrable != domain.registrable:
            yield traits.MAIL_NOT_CLAIM


def _known(
    application: Application, domain: Domain | None, network: str | None
) -> frozenset[Family]:
    """About which families of traits the application says something."""
    facts = {
        Family.MAIL: domain is not None or application.email is not None,
        Family.PAYMENT: application.payment_kind is not None,
        Family.PHONE: application.phone_kind is not None,
        Family.NETWORK: network is not None,
        Family.PROGRAMME: application.programme is not None,
    }
    return frozenset(family for family, told in facts.items() if told)


def _seen(domain: Domain | None, network: str | None) -> Iterator[tuple[str, str]]:
    if domain is not None:
        yield "mail domain", f"{domain.name} ({domain.kind.value})"
        if domain.imitates is not None:
            yield "resembles", domain.imitates
    if network is not None:
        yield "network", network
