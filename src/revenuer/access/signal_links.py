"""Signals that an application shows beside others: shared, at once, or inherited."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from revenuer.access.applications import Check
from revenuer.access.signals import Family, Signal, Sort

_PERSON = {Check.PHONE: 0.5, Check.ORGANIZATION: 0.85, Check.DOCUMENT: 0.95}
"""Checks that tell a household or office from one operator with many names. placeholder"""
_CROWD = {
    Check.PHONE: 0.6,
    Check.CARD: 0.6,
    Check.INSTITUTION: 0.85,
    Check.ORGANIZATION: 0.9,
    Check.DOCUMENT: 0.95,
}
"""Checks that tell a class or an event from one operator. placeholder"""
_HEIR = {Check.ORGANIZATION: 0.7, Check.DOCUMENT: 0.85}
"""Checks that tell the victim of a theft, or a household, from an operator who returns.
placeholder"""
_MEMBER = {Check.INSTITUTION: 0.5, **_HEIR}
"""Checks that tell a member of an institution from who had its addresses on lease. placeholder"""
_RETURN = "Details of this application belong to accounts that were closed for breaking our terms."
_IDENTITY = "We could not tell from your details alone that this account is yours alone."

MAILBOX_SHARED = Signal(
    "mailbox-family", Family.MAIL, Sort.LINK,
    "One mailbox behind several applications",
    "Tags after a plus make many addresses of one mailbox.",
    ("catch-all domains", "bought mailboxes"),
    ("developers with an account for tests", "a shared mailbox of a small company"),
    _IDENTITY, _PERSON,
)  # fmt: skip
NUMBERED = Signal(
    "numbered-mail", Family.MAIL, Sort.LINK,
    "Addresses that differ in their numbers only",
    "Whoever makes accounts by program counts.",
    ("names drawn from lists of people",),
    ("common names with years of birth", "student numbers"),
    _IDENTITY, {Check.PHONE: 0.6, Check.CARD: 0.6, Check.INSTITUTION: 0.9, Check.DOCUMENT: 0.95},
)  # fmt: skip
PAYMENT_SHARED = Signal(
    "payment-shared", Family.PAYMENT, Sort.LINK,
    "One means of payment behind several applications",
    "Pools were found by the cards that they share.",
    ("a card an account",),
    ("a family", "a small company before it has an organization with us"),
    _IDENTITY, _PERSON,
)  # fmt: skip
PHONE_SHARED = Signal(
    "phone-shared", Family.PHONE, Sort.LINK,
    "One phone number behind several applications",
    "A number confirms any number of accounts if nobody counts.",
    ("a number an account",),
    ("a family", "a shop's or an office's number", "a number that was given out again"),
    _IDENTITY, {Check.CARD: 0.4, Check.ORGANIZATION: 0.85, Check.DOCUMENT: 0.95},
)  # fmt: skip
DEVICE_SHARED = Signal(
    "device-shared", Family.DEVICE, Sort.LINK,
    "One device behind several applications",
    "One machine that makes account after account.",
    ("browsers that change their fingerprint", "applications without a browser"),
    ("a household's computer", "a school's or library's machines", "machines set up alike"),
    _IDENTITY, {Check.PHONE: 0.6, Check.CARD: 0.6, Check.INSTITUTION: 0.8,
                Check.ORGANIZATION: 0.85, Check.DOCUMENT: 0.95},
)  # fmt: skip
DOCUMENT_SHARED = Signal(
    "document-shared", Family.DOCUMENT, Sort.LINK,
    "One person's papers behind several applications",
    "A verified person who lends a name to many accounts.",
    ("a hired person an account",),
    ("somebody with a private and a work account",),
    "The person confirmed for this application is confirmed for other accounts already.",
    {Check.ORGANIZATION: 0.8},
)  # fmt: skip
ADDRESS_SHARED = Signal(
    "address-shared", Family.CROWD, Sort.LINK,
    "One network address behind several applications",
    "One line that makes account after account.",
    ("an address an account",),
    ("households", "offices, campuses and cafes", "carriers that put many behind one address"),
    "We could not tell from the connection alone who applies. Confirming the account helps.",
    _CROWD,
)  # fmt: skip
BLOCK_BURST = Signal(
    "block-burst", Family.CROWD, Sort.LINK,
    "Many applications from one block of addresses at once",
    "Accounts are made in batches.",
    ("a slow drip", "residential proxies"),
    ("an event", "a class", "an office's first day"),
    "Many applications came at once. Confirming that this one is yours lets it through.",
    _CROWD,
)  # fmt: skip
SYSTEM_BURST = Signal(
    "network-burst", Family.CROWD, Sort.LINK,
    "Many more applications from one network than it usually sends",
    "Accounts are made in batches, from wherever addresses are cheap that week.",
    ("residential proxies over many networks",),
    ("a country's launch", "news", "a carrier's new range"),
    BLOCK_BURST.applicant, _CROWD,
)  # fmt: skip
CLIENT_BURST = Signal(
    "client-burst", Family.CROWD, Sort.LINK,
    "Many more applications from one kind of client than usual",
    "One program fills the form again and again.",
    ("a real browser that is driven",),
    ("a browser's new release",),
    BLOCK_BURST.applicant, _CROWD,
)  # fmt: skip
REFERRAL_BURST = Signal(
    "referral-burst", Family.CROWD, Sort.LINK,
    "Many applications through one referral at once",
    "Credits for referrals are farmed.",
    ("no referral",),
    ("a talk, a post or a course that recommends you",),
    BLOCK_BURST.applicant, _CROWD,
)  # fmt: skip
DOMAIN_BURST = Signal(
    "domain-burst", Family.CROWD, Sort.LINK,
    "Many applications from one young family of mail domains at once",
    "A catch-all domain is an unlimited supply of addresses.",
    ("a domain an account",),
    ("a company's first day", "a small mail house"),
    "Many applications came from this mail domain. Confirming the organization lets them through.",
    {Check.ORGANIZATION: 0.95, Check.INSTITUTION: 0.85, Check.DOCUMENT: 0.95},
)  # fmt: skip
SHAPE_BURST = Signal(
    "name-shape-burst", Family.CROWD, Sort.LINK,
    "Many more addresses of one shape at one mail domain than usual",
    "Generated names have a shape.",
    ("names drawn from lists of people",),
    ("an institution that gives its members numbers",),
    BLOCK_BURST.applicant, _CROWD,
)  # fmt: skip
CHECK_FAILED = Signal(
    "check-failed", Family.CHECKS, Sort.OUTCOME,
    "A check was not passed",
    "Who is asked and cannot answer.",
    ("people who pass for hire",),
    ("bad photographs", "worn papers", "a typing error"),
    "The confirmation did not succeed. It can be tried again, or done by a person.",
    {Check.ORGANIZATION: 0.6, Check.DOCUMENT: 0.8},
)  # fmt: skip


def _inherited(
    code: str, family: Family, what: str, powers: Mapping[Check, float] = MappingProxyType(_HEIR)
) -> Signal:
    return Signal(
        code, family, Sort.INHERITED,
        f"{what} that accounts of a convicted campaign used",
        "A pool that was closed comes back with what it still has.",
        ("new cards, numbers and machines for every account",),
        ("stolen cards and taken-over accounts", "a household", "numbers given out again"),
        _RETURN, powers,
    )  # fmt: skip


MAIL_INHERITED = _inherited("mail-inherited", Family.MAIL, "A mailbox or mail domain", _MEMBER)
PAYMENT_INHERITED = _inherited("payment-inherited", Family.PAYMENT, "A means of payment")
PHONE_INHERITED = _inherited("phone-inherited", Family.PHONE, "A phone number")
DEVICE_INHERITED = _inherited("device-inherited", Family.DEVICE, "A device")
DOCUMENT_INHERITED = _inherited("document-inherited", Family.DOCUMENT, "A person's papers")
NETWORK_INHERITED = _inherited("network-inherited", Family.NETWORK, "A network address")
