"""Which kinds of value may leave, and how: one table, from which everything else follows.

| tier | leaves | why |
|---|---|---|
| clear | in a bundle, as it is | says something of infrastructure or software, not of a person |
| keyed | in a bundle, under a key that the members of a sharing group have | may be guessed at |
| private | only by private matching, where a peer has it too | enumerable: a hash hides nothing |
| never | not at all | what customers said, and who they are |

Source:
    CJEU, C-413/23 P (2025), EDPS v SRB: what is pseudonymous to a receiver stays personal to
    the sender. A hash of an IPv4 address is undone by trying 2^32 of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Tier(StrEnum):
    """How a kind of value may leave."""

    CLEAR = "clear"
    KEYED = "keyed"
    PRIVATE = "private"
    NEVER = "never"


TIERS: Mapping[str, Tier] = MappingProxyType(
    {
        "asn": Tier.CLEAR,
        "tls-fingerprint": Tier.CLEAR,
        "user-agent": Tier.CLEAR,
        "email-domain": Tier.CLEAR,
        "system-prompt-sketch": Tier.KEYED,
        "prompt-sketch": Tier.KEYED,
        "device-fingerprint": Tier.PRIVATE,
        "address": Tier.PRIVATE,
        "address-block": Tier.PRIVATE,
        "payment-fingerprint": Tier.PRIVATE,
        "phone-fingerprint": Tier.PRIVATE,
        "email": Tier.PRIVATE,
        "phone": Tier.PRIVATE,
        "account-id": Tier.NEVER,
        "organization-id": Tier.NEVER,
        "reseller": Tier.NEVER,
        "end-user": Tier.NEVER,
        "prompt": Tier.NEVER,
        "answer": Tier.NEVER,
        "identity-document": Tier.NEVER,
    }
)
"""Kinds of `ties.parquet`, and what never gets that far."""

FREE_MAIL = frozenset(
    (
        "126.com", "163.com", "aol.com", "duck.com", "fastmail.com", "foxmail.com", "free.fr",
        "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk",
        "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com",
        "mac.com", "mail.com", "mail.ru", "me.com", "mozmail.com", "msn.com", "naver.com",
        "orange.fr", "outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com",
        "rediffmail.com", "sina.com", "t-online.de", "tuta.com", "tutanota.com", "web.de",
        "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.fr", "yandex.com",
        "yandex.ru", "ymail.com", "zoho.com",
    )
)  # fmt: skip
"""Mail houses and relays that strangers share: such a domain says nothing of an operator.
placeholder"""

NAMING = ("@", "://", "www.")
"""In a user agent, what may name a person or a firm: people write contacts into it."""


def tier_of(kind: str) -> Tier:
    """How a kind may leave; what is not in the table never does.

    Examples:
        >>> tier_of("asn"), tier_of("shoe-size")
        (<Tier.CLEAR: 'clear'>, <Tier.NEVER: 'never'>)
    """
    return TIERS.get(kind, Tier.NEVER)


def held_back(kind: str, value: str) -> str | None:
    """Why one value of a clear kind stays here all the same; None if it may leave.

    Examples:
        >>> held_back("email-domain", "gmail.com")
        'a mail house that strangers share'
    """
    if kind == "email-domain" and value.lower() in FREE_MAIL:
        return "a mail house that strangers share"
    if kind == "user-agent" and any(mark in value for mark in NAMING):
        return "may name a person or a firm"
    if not value.isprintable() or len(value) > LONGEST:
        return "not a value that another operator's logs could show"
    return None


LONGEST = 512
"""Characters of a value; longer ones carry something else. placeholder"""
