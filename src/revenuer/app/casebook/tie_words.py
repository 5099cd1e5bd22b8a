"""What a tie is called, and what it says of how rare it is."""

from __future__ import annotations

from revenuer.reports.wording import count, counted

KINDS = {
    "payment-fingerprint": ("payment", "identity"),
    "device-fingerprint": ("device", "identity"),
    "phone-fingerprint": ("phone", "identity"),
    "email-domain": ("mail domain", "identity"),
    "address": ("address", "network"),
    "address-block": ("address block", "network"),
    "asn": ("network", "network"),
    "reseller": ("reseller", "network"),
    "end-user": ("end user", "network"),
    "tls-fingerprint": ("TLS fingerprint", "software"),
    "user-agent": ("user agent", "software"),
    "system-prompt-sketch": ("system prompt", "text"),
    "prompt-sketch": ("prompt template", "text"),
}
"""How each kind of `features.tie_kinds` is called, and its family."""
FAMILIES = ("identity", "network", "software", "text", "timing", "state", "peer")
MARK_LETTERS = 6


def kind_named(kind: str) -> str:
    """What a kind is called on a page.

    Examples:
        >>> kind_named("address-block"), kind_named("shared-payment")
        ('address block', 'shared payment')
    """
    return KINDS[kind][0] if kind in KINDS else kind.replace("-", " ")


def family_of(kind: str) -> str:
    """The family of a kind; empty where it has none."""
    return KINDS[kind][1] if kind in KINDS else ""


def mark_shown(mark: int) -> str:
    """A keyed fingerprint as far as it is shown."""
    return f"{mark:016x}"[:MARK_LETTERS]


def rarity(outside: int, others: int) -> str:
    """How rare something is among accounts that are in no campaign.

    Examples:
        >>> rarity(0, 400_000), rarity(4, 400_000), rarity(150_000, 400_000), rarity(2, 0)
        ('none of 400,000 others', '4 of 400,000 others, 1 in 100,000',
         '150,000 of 400,000 others, 1 in 2.7', '2 others')
    """
    if not others:
        return counted(outside, "other")
    if not outside:
        return f"none of {count(others)} others"
    one_in = others / outside
    said = count(round(one_in)) if one_in >= 10 else f"{one_in:.2g}"
    return f"{count(outside)} of {count(others)} others, 1 in {said}"
